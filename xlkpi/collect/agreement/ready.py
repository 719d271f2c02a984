"""What a returned form still lacks before its targets count as agreed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import normalize

from xlkpi.appraisal.people import identity
from xlkpi.form.blocks.agreement import SIGNED
from xlkpi.form.records.agreed import Agreed
from xlkpi.i18n.labels import words
from xlkpi.i18n.problems import ADVICE, ERROR, WARNING, Place, Problem
from xlkpi.intake.agreement.held import NOT_AGREED, is_signed_by, plain_text
from xlkpi.intake.agreement.reading import SIGNED_ROW
from xlkpi.intake.received import ReceivedForm

_LATER = frozenset(("missing", "unscored", "stale", "level", "number", "count", "range"))
"""The kinds of problems about numbers that are filled in later, in any row."""
_ALSO = frozenset(("weights_total", "own_row", "key_action"))
"""The kinds of warnings with which it is not clear what was agreed."""
_DATE = re.compile(r"\d{1,4}\s*[-./年月]\s*\d{1,2}|\d{8}")
"""A day as people write it behind a signature."""


def lacking(entry: ReceivedForm, before: Agreed | None) -> list[Problem]:
    """What keeps a form from being recorded; nothing where it is ready. before: the agreement that it revises."""
    return [*(problem for problem in entry.problems if _unclear(problem)), *_signatures(entry, before)]


def notes(entry: ReceivedForm) -> list[Problem]:
    """What is worth a look before it is agreed: key actions, and weights, rules, targets that are not the role's."""
    asked = (problem for problem in entry.problems if (problem.row_id or "").startswith(("i:", "k:")))
    return [problem for problem in asked if not _unclear(problem) and problem.kind not in _LATER]


def _unclear(problem: Problem) -> bool:
    row = problem.row_id or ""
    if row.startswith(("m:", "r:", "b:")) or (row.startswith("i:+") and problem.column_id == "actual"):
        return False
    if problem.kind in _ALSO:
        return problem.severity != ADVICE
    typed = row.startswith("i:") and problem.column_id == "target"
    return problem.severity == ERROR and (typed or problem.kind not in _LATER)


def _signatures(entry: ReceivedForm, before: Agreed | None) -> Iterator[Problem]:
    """Signatures under the targets that are empty, without a date, of somebody else, or those of `before`."""
    agreement, who = entry.form.agreement, identity(entry.form)
    labels = words(entry.form.appraisal.inputs.language)
    for key, name, earlier in (
        ("employee", who.name, before.employee if before else ""),
        ("superior", who.superior, before.superior if before else ""),
    ):
        text = getattr(agreement, key)
        values = {"label": labels(f"signed_{key}"), "value": text, "expected": name}
        if not text:
            yield _problem(entry, "agree_unsigned", key, **values)
        elif not _DATE.search(normalize("NFKC", text)):
            yield _problem(entry, "agree_undated", key, **values)
        elif not is_signed_by(text, name):
            yield _problem(entry, "agree_other_name", key, **values)
        elif earlier and plain_text(text) == plain_text(earlier):
            yield _problem(entry, "agree_not_renewed", key, **values)


def _problem(entry: ReceivedForm, key: str, who: str, **values: object) -> Problem:
    cell = entry.form.agreement.cells.get(f"{SIGNED_ROW} {SIGNED[who]}")
    place = Place(entry.file.name, entry.form.sheet, cell, SIGNED_ROW, SIGNED[who])
    return Problem.at(place, NOT_AGREED, entry.form.appraisal.inputs.language, WARNING, key, **values)
