"""Reads the roster (名册): a file that says who is appraised → assignments, grouped into workbooks.

Doors: `reader.read_roster` (file → assignments and problems), `titles.read_titles` (which role a company's title is),
`grouping.grouped` (assignments → workbooks). May use form, catalogue and the rooms below them.
"""
