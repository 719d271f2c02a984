"""The lines of 不计分事项 on a form: which indicator each is about, and whether it is in force. Pure.

A line counts only when indicator, situation, reason and approver are filled in. The form's formulas compare names
letter by letter (EXACT), and so does this module: spreadsheets differ in what else they take for equal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlkpi.i18n.labels import words

FIELDS = ("indicator", "situation", "reason", "approver")
SITUATIONS = NOT_APPLICABLE, MISSING, NO_OCCASION = "not_applicable", "missing", "no_occasion"
"""What a line says of its indicator: it does not apply, its data is missing, nothing of the kind was to be done."""
EMPTY, INCOMPLETE, NO_INDICATOR, NO_SITUATION, IN_FORCE = "empty", "incomplete", "unknown", "situation", "in_force"
"""The states of a line: nothing is typed; something is missing; no indicator, or more than one, has this name; the
situation is none of the three; it holds."""
_BLANKS = " \u3000"
"""What the form's formulas take for nothing: TRIM knows the first, and we take out the second."""


@dataclass(frozen=True)
class ExceptionLine:
    """A line of 不计分事项 as typed; place: 1 for the first. indicator: a name, situation: a word of the form."""

    place: int
    indicator: str
    situation: str
    reason: str
    approver: str

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that are not filled in."""
        return tuple(name for name in FIELDS if not getattr(self, name).strip(_BLANKS))


@dataclass(frozen=True)
class JudgedLine:
    """A line with its state. indicator: an id; "" unless the line is in force, as for `situation`."""

    line: ExceptionLine
    state: str
    indicator: str = ""
    situation: str = ""


def situation_words(language: str) -> dict[str, str]:
    """The word of a form for each of `SITUATIONS`."""
    labels = words(language)
    return {situation: labels(f"situation_{situation}") for situation in SITUATIONS}


def judged(lines: Sequence[ExceptionLine], labels: Mapping[str, str], language: str) -> tuple[JudgedLine, ...]:
    """Every line with its state. labels: of the form's indicators by id; language: of the form."""
    known = {word: situation for situation, word in situation_words(language).items()}
    found = []
    for line in lines:
        named = [id for id, label in labels.items() if label == line.indicator]
        if len(line.missing) == len(FIELDS):
            found.append(JudgedLine(line, EMPTY))
        elif line.missing:
            found.append(JudgedLine(line, INCOMPLETE))
        elif len(named) != 1:
            found.append(JudgedLine(line, NO_INDICATOR))
        elif line.situation not in known:
            found.append(JudgedLine(line, NO_SITUATION))
        else:
            found.append(JudgedLine(line, IN_FORCE, named[0], known[line.situation]))
    return tuple(found)
