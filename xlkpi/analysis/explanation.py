"""Explains a scoring rule: how its sentence is read, what it scores for given numbers, and where its edges are."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from xlkpi.analysis.preview import Panel, PreviewRow, panels, rows
from xlkpi.i18n.languages import LANGUAGES, language_of
from xlkpi.i18n.message_files import COMMANDS, MessageError
from xlkpi.i18n.numbers import Value, number_written
from xlkpi.rules.model import Levels, RuleError
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.row import Row
from xlkpi.rules.rule import Rule
from xlkpi.scoring.formula import native_score
from xlkpi.scoring.reasons import with_example
from xlkpi.scoring.receipt import receipt_of
from xlkpi.scoring.rule_in_row import reading_of, row_of
from xlkpi.scoring.scorer import Outcome, ScoreError
from xlkpi.scoring.scores import evaluate

_COLUMN = {"actual": "J", "target": "G"}
_FIRST_ROW = 9
"""The row of the first measure in `native`: that of a form with one indicator (a test compares the layout)."""


class InputsError(MessageError):
    """Too few or too many actuals or targets for the rule; the message names the option to use."""


@dataclass(frozen=True)
class Explanation:
    """A rule and what it scores. outcome, receipt: None where no actual was given."""

    sentence: str
    rule: Rule
    outcome: Outcome | None
    receipt: str | None
    panels: tuple[tuple[Panel, tuple[PreviewRow, ...]], ...]
    """The preview of each measure; empty where it needs a target that was not given."""

    @property
    def phrases(self) -> dict[str, str]:
        """The rule in every language."""
        return {language: phrase(self.rule, language) for language in LANGUAGES}

    @property
    def reading(self) -> str | None:
        """The canonical sentence; None where the sentence says it in the same words."""
        return reading_of(self.sentence, self.rule)

    @property
    def cells(self) -> dict[str, list[str]]:
        """The cell addresses in `native`, one per measure; only of targets that the rule reads."""
        measures = range(self.rule.measures)
        read = [m for m in measures if self.rule.reads_target(m)]
        return {"actual": [_cell("actual", m) for m in measures], "target": [_cell("target", m) for m in read]}

    @property
    def native(self) -> str:
        """The built-in formula for the score, as in a row of a form."""
        measures = range(self.rule.measures)
        actuals, targets = ([_cell(column, m) for m in measures] for column in ("actual", "target"))
        return "=" + native_score(self.rule, actuals, targets, language_of(self.sentence))


def _cell(column: str, measure: int) -> str:
    return f"{_COLUMN[column]}{_FIRST_ROW + measure}"


def _inputs_error(key: str, **values: object) -> InputsError:
    return InputsError(COMMANDS.message(key, **values))


def explanation(sentence: str, actuals: Sequence[str], targets: Sequence[str], unit: str | None = None) -> Explanation:
    """Explain a sentence. actuals, targets: as typed, one per measure or none at all ("-" leaves one out).

    Raises `RuleError` for the sentence, `InputsError` for missing or surplus inputs, `ScoreError` for the numbers, in
    the language of the sentence.
    """
    return _explained(sentence, parse(sentence, None, _row(unit, targets)), actuals, targets, unit)


def explained_readings(
    error: RuleError, actuals: Sequence[str], targets: Sequence[str], unit: str | None = None
) -> tuple[Explanation, ...]:
    """Each reading between which a refused sentence decides, explained; numbers that it cannot score are left out."""
    found = []
    for sentence, rule in error.readings:
        fitting = targets[: rule.measures]
        try:
            found.append(_explained(sentence, rule, actuals, fitting, unit))
        except (InputsError, ScoreError):
            found.append(_explained(sentence, rule, (), fitting, unit))
    return tuple(found)


def _row(unit: str | None, targets: Sequence[str]) -> Row:
    """What is known beside the sentence: the unit, and the target of the first measure."""
    return row_of(unit or "", typed_value(targets[0]) if targets else None)


def _explained(
    sentence: str, rule: Rule, actuals: Sequence[str], targets: Sequence[str], unit: str | None
) -> Explanation:
    if len(actuals) not in (0, rule.measures):
        raise _inputs_error("inputs_actual", measures=rule.measures, given=len(actuals))
    if len(targets) > rule.measures:
        raise _inputs_error("inputs_target", measures=rule.measures, given=len(targets))
    typed_actuals = [typed_value(text, rule, m) for m, text in enumerate(actuals)]
    aims = [typed_value(text) for text in targets] + [None] * (rule.measures - len(targets))
    if actuals and any(rule.reads_target(m) and aim is None for m, aim in enumerate(aims)):
        raise _inputs_error("inputs_no_target")
    language = language_of(sentence)
    try:
        outcome = evaluate(rule, typed_actuals, aims) if actuals else None
        receipt = receipt_of(outcome, typed_actuals, aims, rule, unit, language) if outcome else None
        previews = tuple((panel, rows(panel, language)) for panel in panels(rule, typed_actuals, aims, unit))
    except ScoreError as error:
        raise error.told(language) from None
    return Explanation(sentence, rule, outcome, receipt, previews)


def typed_value(text: str, rule: Rule | None = None, measure: int = 0) -> Value:
    """The value of a text that somebody typed: 12%, 0.12, 1,000, a level. "" and "-" give None; other texts stay."""
    text = unicodedata.normalize("NFKC", text).strip()
    if text in ("", "-", "—"):
        return None
    rated = rule is not None and isinstance(rule.base, Levels) and rule.base.measure == measure
    number = None if rated else number_written(text)
    return text if number is None else number


def refusal_text(sentence: str, error: RuleError) -> str:
    """The message for a refused sentence: its line with a mark, the reason with its example, sentences to write."""
    lines = []
    if error.position is not None:
        before = sentence[: error.position]
        start = before.rfind("\n") + 1
        lines += [sentence.split("\n")[before.count("\n")], " " * display_width(sentence[start : error.position]) + "^"]
    lines.append(with_example(error))
    lines += [COMMANDS("instead", error.language, sentence=suggestion) for suggestion in error.suggestions]
    return "\n".join(lines)


def display_width(text: str) -> int:
    """The columns of a text in a terminal: 2 for a Chinese character, 0 for an invisible one."""
    return sum(
        0 if unicodedata.category(char) in ("Mn", "Cf") else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
