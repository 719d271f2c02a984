"""Sheets of the summary workbook that only companies have which use what is in them."""
