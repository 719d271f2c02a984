"""The rows and columns of the sheet 汇总 that other sheets and programs read."""

TITLE_ROW, HEADER_ROW, FIRST_ROW = 2, 4, 5
"""Rows of the title, the headers and the first person."""
SUMMARY_RANK = "H"
"""The column of the ranks."""
