"""The formulas of a form."""
