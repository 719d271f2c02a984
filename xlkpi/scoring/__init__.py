"""Rule + numbers → score, deduction, receipt: in Python, in NumPy, and as a built-in formula.

Doors: `scores.kpi_score` (one row), `frame.score_frame` (a table), `receipt.explain` (the receipt),
`formula.native_score` (the built-in twin). May use rules, common and i18n. All but `frame` and `columns` need only the
standard library and what reads the grammar, so that they also run in Pyodide and in LibreOffice's Python.
"""
