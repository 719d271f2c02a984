"""Improvement guides (改进指南): one HTML page and one Word file for each person, from the quarter's forms.

Doors: `content.guides` (people → guides as data), `files.rendered` (guides → files, on all cores or a cluster),
`render.render` (one file). May use writer, appraisal and the rooms below them.
"""
