"""Recalculation without an office program: a workbook's formulas get their values.

Doors: `engine.recalculate` for workbooks of our own, `sandbox.recalculated` for workbooks that people sent. Formulas
call `xlkpi.functions`; besides that, the room uses xlsx, common and i18n.
"""
