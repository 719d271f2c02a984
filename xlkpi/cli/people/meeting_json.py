"""The JSON of a form's review meeting."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlkpi.appraisal.filled import FilledForm


def meeting_json(form: FilledForm) -> dict[str, Any]:
    """The fields of a form of `score --json` about its meeting; `meeting` is null on forms without its record.

    Texts that nobody typed are "", a day that cannot be read is null.
    """
    meeting = form.meeting
    return {
        "actions": [
            {"about": review.about, "actions": review.actions, "due": review.due, "owner": review.owner}
            for review in form.reviews
        ],
        "meeting": None
        if meeting is None
        else {
            "date": meeting.date.isoformat() if meeting.date else None,
            "superior": meeting.superior,
            "second_superior": meeting.second_superior,
            "others": meeting.others,
            **meeting.texts,
            "previous": [asdict(action) for action in meeting.previous],
        },
    }
