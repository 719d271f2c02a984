"""Reads the roster (名册): a file that says who is appraised → assignments, grouped into workbooks.

Doors: `reader.read_roster` (file → assignments and problems), `grouping.grouped` (assignments → workbooks). May use
form, catalogue and the rooms below them.
"""
