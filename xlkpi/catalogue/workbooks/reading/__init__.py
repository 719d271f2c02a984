"""Reads one sheet of a role workbook: its blocks, their columns, the values in the rows, the names in formulas."""
