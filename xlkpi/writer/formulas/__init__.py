"""The formulas of a form: `rows.RowFormulas` (single rows) and `sheet.SheetFormulas` (totals, grade, alerts)."""
