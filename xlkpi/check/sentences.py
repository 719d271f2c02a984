"""The sentences of a returned form, read as `KPI_SCORE` reads them and with all that their rows know."""

from __future__ import annotations

from dataclasses import dataclass

from xlkpi.catalogue.role import Indicator
from xlkpi.check.context import CheckedForm
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
    told = {"label": form.label(row), "sentence": sentence}
    unit, target, weight = (form.value(row, column) for column in ("unit", "target", "weight"))
    known = row_of(
        str(unit or ""),
        target,
        weight,
        indicator.lower_is_better if indicator else None,
        len(indicator.parts) if indicator else 1,
    )
    try:
        rule: Rule | None = rule_of(sentence, known.unit, None if known.target is None else float(known.target))
        refused = None
    except RuleError as error:
        rule, refused = None, error
    try:
        read = read_in_row(sentence, known)
    except RuleError as error:
        return ReadRule(None, (_refused(form, row, error, expected, told),))
    if refused is not None:
        problem = form.problem(
            "rule_unreadable", row, "rule", key="rule_settled", error=Asked(refused), reading=read.sentence, **told
        )
        return ReadRule(None, (problem,))
    assert rule is not None
    reading = reading_of(sentence, rule)
    if reading is None or (indicator is not None and sentence == indicator.rule_text):  # the form says it in a note
        return ReadRule(rule, ())
    return ReadRule(rule, (form.problem("rule_reading", row, "rule", ADVICE, reading=reading, **told),))


def _refused(form: CheckedForm, row: str, error: RuleError, expected: str, told: dict[str, str]) -> Problem:
    why, label, sentence = Asked(error), told["label"], told["sentence"]
    if expected and not error.readings:
        return form.problem("rule_unreadable", row, "rule", error=why, label=label, value=sentence, expected=expected)
    instead = dict(zip(("instead", "other"), choices(error), strict=False))
    key = ("refresh_rule", "refresh_rule_instead", "rule_asked")[len(instead)]
    return form.problem("rule_unreadable", row, "rule", key=key, error=why, label=label, sentence=sentence, **instead)
