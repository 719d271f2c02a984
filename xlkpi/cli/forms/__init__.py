"""Commands that make forms and work on one workbook: new, roster-template, recalc, refresh, score, demo."""
