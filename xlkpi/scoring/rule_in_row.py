"""A scoring rule read in its row: what the row settles, what its cell has to say for it, and how that is read.

`KPI_SCORE` is given actual, target, sentence and unit, and no more. What only the rest of the row settles (the weight
says that 10 points are full marks) is settled once, by writing a sentence that says it into the cell: then the form,
its built-in formulas, `xlkpi score` and `KPI_SCORE` cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from xlkpi.i18n.languages import EN, language_of
from xlkpi.i18n.numbers import Value, is_number
from xlkpi.rules.model import RuleError
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.row import Row
from xlkpi.rules.rule import Rule
from xlkpi.rules.spelling import normalise
from xlkpi.scoring.reasons import with_example
from xlkpi.scoring.scores import rule_of


@dataclass(frozen=True, slots=True)
class RuleInRow:
    """A sentence read with all that its row knows.

    sentence: what the cell has to hold: the sentence itself, or one that says what only the row settled.
    """

    rule: Rule
    sentence: str

    @property
    def reading(self) -> str:
        """The canonical sentence, in the language of the sentence."""
        return phrase(self.rule, language_of(self.sentence))


def row_of(
    unit: str,
    target: Value = None,
    weight: Fraction | Value = None,
    lower_is_better: bool | None = None,
    measures: int | None = None,
) -> Row:
    """What a row knows. target: as its cell holds it; weight: from 0 to 1. What is no number is not known."""
    points = None
    if isinstance(weight, Fraction) or is_number(weight):
        points = Decimal(repr(round(float(weight) * 100, 6))).normalize()
    return Row(
        normalise(unit).strip() or None,
        Decimal(repr(float(target))) if is_number(target) else None,
        points,
        lower_is_better,
        measures,
    )


@lru_cache(maxsize=4096)
def read_in_row(sentence: str, row: Row) -> RuleInRow:
    """Read a sentence in its row: as `KPI_SCORE` does, and only what that refuses with all that the row knows.

    Raises `RuleError` for what the row does not settle either.
    """
    rule = _alone(sentence, row.unit)
    if rule is not None and not rule.rate_edges:
        return RuleInRow(rule, sentence)
    if rule is None or row.target is not None:
        rule = parse(sentence, None, row)
    if says_itself(sentence, rule, row.unit):
        return RuleInRow(rule, sentence)
    return RuleInRow(rule, _with_full_marks(sentence, rule, row.unit) or phrase(rule, language_of(sentence)))


def says_itself(sentence: str, rule: Rule, unit: str | None) -> bool:
    """Whether a sentence and its unit are read as this rule, whatever target is typed beside them."""
    if _alone(sentence, unit) != rule:
        return False
    # A manager may type a target so low that bare per cent could be the achievement as well.
    return not rule.rate_edges or _alone(sentence, unit, min(rule.rate_edges) - 2) == rule


def _alone(sentence: str, unit: str | None, target: Decimal | None = None) -> Rule | None:
    """As `KPI_SCORE` reads it; None where that asks. Without a target it is read once for all who want its rule."""
    try:
        return rule_of(sentence, unit) if target is None else parse(sentence, None, Row(unit, target))
    except RuleError:
        return None


def _with_full_marks(sentence: str, rule: Rule, unit: str | None) -> str | None:
    """满分10分；and the sentence as it stands, where that is all that it did not say."""
    language = language_of(sentence)
    separator = "; " if language == EN else "；"
    head = phrase(rule, language).split(separator)[0] if rule.tells_scale else ""
    extended = f"{head}{separator}{sentence}"
    return extended if head and says_itself(extended, rule, unit) else None


@lru_cache(maxsize=4096)
def reading_of(sentence: str, rule: Rule) -> str | None:
    """The canonical sentence of a rule, None where its own sentence says the same in the same words."""
    canonical = phrase(rule, language_of(sentence))
    return None if _plain(canonical) == _plain(sentence) else canonical


def _plain(sentence: str) -> str:
    return "".join(normalise(sentence).split())


@dataclass(frozen=True, slots=True)
class Asked:
    """Why a sentence is refused, with the example that tells its readings apart; in any language."""

    error: RuleError

    def in_language(self, language: str) -> str:
        """The text in a language; the example stays in that of the sentence."""
        return with_example(self.error.told(language))


def choices(error: RuleError) -> tuple[str, ...]:
    """What may be written instead: a sentence for each of the first two readings, else at most one."""
    return error.suggestions[: 2 if error.readings else 1]
