"""Workbooks as files: opened under limits, read, edited, annotated. Nothing here knows of appraisals.

Doors: `archive.unpack` (bytes → parts), `reader.WorkbookReader` (values, errors, formulas), `edit.edit` (change cells),
`annotate.mark` (colour cells and add notes), `write.workbook.assembled` (new workbooks). May use i18n and common.
"""
