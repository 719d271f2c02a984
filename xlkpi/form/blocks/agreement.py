"""The columns of 核心抓手 and of the signatures in 确认."""

from __future__ import annotations

KEY_ACTION = {"about": "group", "action": "definition", "owner": "weighted", "due": "next"}
"""The column ids of a key action (核心抓手): the indicator, what will be done, by whom, until when."""
SIGNED = {"employee": "unit", "superior": "deducted", "second": "receipt"}
"""The column ids of the signatures in a line of the confirmations."""
