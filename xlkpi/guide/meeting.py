"""What a guide shows of the record of the meeting."""

from __future__ import annotations

from typing import Any

from xlkpi.appraisal.meeting import Meeting
from xlkpi.form.blocks.meeting import TEXTS
from xlkpi.i18n.labels import Labels


def meeting_view(meeting: Meeting | None, labels: Labels) -> dict[str, Any] | None:
    """The texts for the templates; None on forms without the record.

    lines: label and text of what somebody wrote. previous: last quarter's actions with what became of them.
    """
    if meeting is None:
        return None
    lines = [
        ("meeting_date", meeting.date.isoformat() if meeting.date else meeting.date_said),
        ("col_present", labels("list_separator").join(meeting.people) if meeting.begun else ""),
        *((f"meeting_{field}", meeting.texts[field]) for field in TEXTS),
    ]
    return {
        "lines": [{"label": labels(key), "text": text} for key, text in lines if text],
        "previous": [
            {
                "about": action.about,
                "actions": action.actions,
                "due": action.due,
                "owner": action.owner,
                "state": labels(f"state_of_{action.state}") if action.state else action.said or "—",
                "remark": action.remark,
            }
            for action in meeting.previous
            if action.actions
        ],
    }
