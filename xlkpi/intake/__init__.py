"""Reads returned workbooks: inputs by row and column id, scored again in Python; decides which of many forms count.

Doors: `workbook.read` (one file), `received.receive_all` (many files, on all cores or a cluster), `counting.entries_of`
(which forms count). May use form, appraisal and the rooms below them. A returned file is untrusted.
"""
