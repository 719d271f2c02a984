"""Roles and assignments → workbooks: `workbook.write_workbook`."""
