"""A company's own folder is made here: its settings as a workbook, the places of its quarters, and a short guide."""
