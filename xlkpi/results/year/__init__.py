"""The year of a person: its quarters weighted, as totals and as a workbook that shows the arithmetic."""
