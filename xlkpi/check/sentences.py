"""The sentences of a returned form, read as `KPI_SCORE` reads them and with all that their rows know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from xlkpi.catalogue.role import Indicator
from xlkpi.check.context import CheckedForm
from xlkpi.common.caches import kept_if_small
from xlkpi.i18n.numbers import Value
from xlkpi.i18n.problems import ADVICE, Problem
from xlkpi.rules.model import RuleError
from xlkpi.rules.rule import Rule
from xlkpi.scoring.rule_in_row import Asked, choices, read_in_row, reading_of, row_of
from xlkpi.scoring.scores import rule_of


@dataclass(frozen=True)
class ReadRule:
    """A rule, None where its cell cannot be scored as it stands; and what is to be said about its sentence."""

    rule: Rule | None
    problems: tuple[Problem, ...]


def read_rule(
    form: CheckedForm, row: str, sentence: str, indicator: Indicator | None = None, expected: str = ""
) -> ReadRule:
    """Read the sentence in a row of the form. indicator: None in a spare row; expected: what may be put back."""
    unit, target, weight = (form.value(row, column) for column in ("unit", "target", "weight"))
    better, parts = (indicator.lower_is_better, len(indicator.parts)) if indicator else (None, 1)
    read = _read(sentence, str(unit or ""), target, weight, better, parts)
    if read.rule is not None:
        # What the rule of the role is read as, the form says in a note.
        if read.reading is None or (indicator is not None and sentence == indicator.rule_text):
            return ReadRule(read.rule, ())
        told = {"label": form.label(row), "sentence": sentence}
        return ReadRule(read.rule, (form.problem("rule_reading", row, "rule", ADVICE, reading=read.reading, **told),))
    assert read.refused is not None
    told = {"label": form.label(row), "sentence": sentence}
    if read.reading is None:
        return ReadRule(None, (_refused(form, row, read.refused, expected, told),))
    problem = form.problem(
        "rule_unreadable", row, "rule", key="rule_settled", error=Asked(read.refused), reading=read.reading, **told
    )
    return ReadRule(None, (problem,))


class _Read(NamedTuple):
    """A sentence read: with its rule, and the words in which it is told, where they are others than its own.

    Where `KPI_SCORE` refuses it: without a rule, with the error, and with what the row makes of it. Where the row
    settles nothing either: with the error only.
    """

    rule: Rule | None
    reading: str | None
    refused: RuleError | None = None


@kept_if_small(4096, 1_000, lambda sentence, unit, *_: len(sentence) + len(unit))
def _read(sentence: str, unit: str, target: Value, weight: Value, lower_is_better: bool | None, measures: int) -> _Read:
    """A sentence as `KPI_SCORE` reads it, and in its row."""
    known = row_of(unit, target, weight, lower_is_better, measures)
    rule: Rule | None = None
    try:
        rule, refused = rule_of(sentence, known.unit, None if known.target is None else float(known.target)), None
    except RuleError as error:
        refused = _alone(error)
    try:
        read = read_in_row(sentence, known)
    except RuleError as error:
        return _Read(None, None, _alone(error))
    return _Read(None, read.sentence, refused) if rule is None else _Read(rule, reading_of(sentence, rule))


def _alone(error: RuleError) -> RuleError:
    """The error without the places through which it came: they would keep the form in the memory."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _refused(form: CheckedForm, row: str, error: RuleError, expected: str, told: dict[str, str]) -> Problem:
    why, label, sentence = Asked(error), told["label"], told["sentence"]
    if expected and not error.readings:
        return form.problem("rule_unreadable", row, "rule", error=why, label=label, value=sentence, expected=expected)
    instead = dict(zip(("instead", "other"), choices(error), strict=False))
    key = ("refresh_rule", "refresh_rule_instead", "rule_asked")[len(instead)]
    return form.problem("rule_unreadable", row, "rule", key=key, error=why, label=label, sentence=sentence, **instead)
