"""Carries the actions of a review meeting to the form on which somebody says what became of them."""

from __future__ import annotations

from xlkpi.appraisal.filled import FilledForm
from xlkpi.common.quarter import Quarter
from xlkpi.form.blocks.meeting import CARRIED, PREVIOUS, PREVIOUS_ROWS
from xlkpi.form.prefill import Preset
from xlkpi.i18n.labels import Labels


def carried_actions(form: FilledForm, quarter: Quarter, labels: Labels) -> dict[tuple[str, str], Preset]:
    """The actions agreed on a form of `quarter`, for the lines of the next one; labels: in the new form's language."""
    agreed = [review for review in form.reviews if review.actions]
    note, presets = labels("next_action_note", quarter=quarter), dict[tuple[str, str], Preset]()
    for row, review in zip(PREVIOUS_ROWS, agreed, strict=False):
        for field in CARRIED:
            if text := getattr(review, field):
                presets[row, PREVIOUS[field]] = Preset(text, note if field == "actions" else "")
    return presets


def count_of(presets: dict[tuple[str, str], Preset]) -> int:
    """How many actions these presets are."""
    return len({row for row, _ in presets})
