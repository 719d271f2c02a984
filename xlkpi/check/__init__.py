"""Checks returned workbooks cell by cell, marks what is wrong in a copy, and refreshes edited rules.

Doors: `run.check` (files → problems), `marks.marks_of` (problems → marks for a copy), `refresh.refresh` (edited rules →
new formulas). A check is a function `CheckedForm → problems` that `run.CHECKS` lists. May use intake, writer and the
rooms below them.
"""
