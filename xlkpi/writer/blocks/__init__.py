"""The blocks of a form, from top to bottom."""
