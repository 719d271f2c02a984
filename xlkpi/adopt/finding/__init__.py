"""Finds the tables in a file: sheets and cells, headings, columns, the rows of each indicator, as texts."""
