"""Targets agreed: which returned forms are ready to be recorded, who has agreed, and the sheet about it."""
