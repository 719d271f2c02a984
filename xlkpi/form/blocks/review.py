"""The columns of 加减分项 and 面谈与改进: events, and what was agreed in the review."""

from __future__ import annotations

TYPED_TEXT = {"event": "group", "evidence": "weight", "actions": "unit", "about": "score", "due": "receipt"}
"""The column ids of the texts of events and of the review meeting: of the first of their merged cells.

about: the indicator that actions are about, because the list of losses beside them is sorted anew with every score."""
