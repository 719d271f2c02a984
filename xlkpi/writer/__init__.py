"""Writes workbooks of forms: roles and assignments → sheets with formulas, formats and calculated values.

Doors: `workbook.write_workbook` (one workbook), `workbook.workbooks` (many groups), `sheets.roster.roster_book` (an
empty roster), `sheets.tables.TableSheet` (plain tables). May use form, calc, catalogue, analysis, xlsx, scoring, rules,
common and i18n.
"""
