"""The columns of 不计分事项: indicators that do not count."""

from __future__ import annotations

EXCEPTION_COLUMNS = {"indicator": "group", "situation": "definition", "reason": "weight", "approver": "score"}
"""The column ids of what is typed into a line of 不计分事项: of the first of their merged cells."""
