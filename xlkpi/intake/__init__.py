"""A returned workbook → its forms, scored: `workbook.read`."""
