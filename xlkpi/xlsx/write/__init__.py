"""Workbooks put together from sheets that openpyxl wrote once."""
