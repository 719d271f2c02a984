"""Makes the next quarter's forms from a quarter's returned workbooks, and a report of what changes.

Doors: `plan.following` (files → planned workbooks), `report.changes_text` (the report). May use intake, roster, writer
and the rooms below them.
"""
