"""The cells that a host hands over: what they hold, and the short way to a score where all of them hold plain numbers.

Where the short way raises one of `NOT_PLAIN`, there is something to ask or to say, and the usual way does.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import isfinite, nan
from operator import mul
from typing import Any

from xlkpi.i18n.numbers import is_number, round_half_up
from xlkpi.rules.model import RuleError
from xlkpi.scoring import reasons, scores
from xlkpi.scoring.arithmetic import Plainly
from xlkpi.scoring.scorer import ScoreError, Scorer

CellValue = Any
"""An argument from a host: float, str, bool, None, a date, a list of rows."""

_ROWS = (list, tuple)
_ERRORS = range(-2146826288, -2146826188)
"""The numbers of Excel's errors in COM. xlwings translates the old ones, but delivers new ones (#SPILL!) as numbers."""


def flat(value: CellValue) -> list[CellValue]:
    """The cells of a range, or the one cell, in a list; the number of an error becomes NaN."""
    rows = value if isinstance(value, _ROWS) else [value]
    return [
        nan if type(cell) is int and cell in _ERRORS else cell
        for row in rows
        for cell in (row if isinstance(row, _ROWS) else [row])
    ]


def first(value: CellValue) -> CellValue:
    """The one cell, or the first of a range whose others are empty, as those of merged cells are.

    Raises `ScoreError` where another is filled too: its content must not be passed over without a word.
    """
    if value is None or isinstance(value, str):
        return value
    one, *others = flat(value)
    if any(other is not None and other != "" for other in others):
        raise ScoreError(reasons.NOT_ONE_CELL)
    return one


def rule_text(value: CellValue) -> str:
    """The text of a rule. Raises `ScoreError` where there is none, or the `#KPI …` of another cell."""
    if not isinstance(value := first(value), str):
        raise ScoreError(reasons.RULE_NOT_TEXT)
    if reasons.is_refusal(value):
        raise ScoreError(reasons.PASSED, text=value)
    return value


def optional_text(value: CellValue) -> str | None:
    """An omitted argument may arrive as None, "" or, from an empty cell, as 0."""
    value = first(value)
    return value if isinstance(value, str) and value.strip() else None


def true(value: CellValue) -> bool:
    """Whether an optional argument is TRUE or a number other than 0; an error or a text is not."""
    value = first(value)
    return value is True or (is_number(value) and value != 0)


# --- the short way --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def plainly(rule: object, unit: object) -> Plainly:
    """(score, deducted) as a function of actual and target, by the rule and the unit that two cells hold."""
    scorer = _scorer(rule, unit)
    return _not_plain if scorer is None else scorer.plainly


@lru_cache(maxsize=4096, typed=True)
def plainly_deducted(step: object, points: object, side: object, basis: object) -> Callable[[Any, Any], float]:
    """The points to deduct as a function of actual and target, by the further arguments of `STEP_DEDUCT`."""
    if isinstance(step, str):
        scorer = _scorer(step, points)
        if scorer is None or not scorer.only_deducts:
            return _not_plain
        found, scale = scorer.plainly, scorer.scale
        return lambda actual, target: found(actual, target)[1] * 100 / scale
    try:
        single = scores.one_step(step, points, optional_text(side) or "short", optional_text(basis) or "absolute")
    except ScoreError:
        return _not_plain
    found = single.plainly
    return lambda actual, target: found(actual, target)[1]


def _scorer(rule: object, unit: object) -> Scorer | None:
    """The rule of a cell, ready to score; None where it is none."""
    try:
        return scores.scorer_of(rule_text(rule), optional_text(unit))
    except (RuleError, ScoreError):
        return None


def _not_plain(actual: object, target: object) -> Any:
    raise ValueError


def plain_total(column: CellValue, weights: CellValue) -> float:
    """The weighted total of a column of numbers by a column of numbers above 0."""
    numbers, shares = [score for (score,) in column], [weight for (weight,) in weights]
    if {*map(type, numbers), *map(type, shares)} != {float} or len(numbers) != len(shares):
        raise ValueError
    if not (isfinite(sum(numbers) + sum(shares)) and min(shares) > 0):
        raise ValueError
    return round_half_up(sum(map(mul, numbers, shares)) / sum(shares))
