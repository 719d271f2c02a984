"""The arithmetic of a rule as one Python function, compiled from its `source` when the rule first scores.

Two conventions keep Python, Excel, WPS and LibreOffice equal; the built-in formulas of `scoring.formula` follow them
exactly. Rates are fractions (0.12 is 12%):

- whole steps are ``floor(round(gap / step, 9))``: 0.95 − 0.90 is one step of 0.05, although its binary value is less
  (spreadsheets round to 15 digits, and so do we);
- a number reaches an edge where ``round(number - edge, 9) >= 0``, which is ``number - edge >= -ZERO``.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from math import ceil, floor, inf, isfinite, nextafter
from typing import Any

from xlkpi.rules.model import Adjustment, Condition, Levels, PartStep, Side
from xlkpi.rules.rule import Rule
from xlkpi.scoring import source
from xlkpi.scoring.reasons import VETO

Arithmetic = Callable[..., tuple[float | str, float]]
"""(score, deducted) as in `scorer.Outcome`, of the actuals and then the targets of all measures: floats that meet the
needs of the rule, texts where it has levels, anything where no clause reads the target.

Raises OverflowError, ZeroDivisionError or ValueError beyond what a float holds."""
Plainly = Callable[[Any, Any], tuple[float, float]]
"""(score, deducted) of two cells or ranges as hosts hand them over.

Raises one of `NOT_PLAIN` unless all that the rule reads are floats, or levels, that meet its needs without a doubt."""
NOT_PLAIN = (ArithmeticError, LookupError, TypeError, ValueError)

ZERO = nextafter(5e-10, 0)
"""The largest number that is 0 when rounded to 9 decimals; the float 5e-10 itself lies above the half."""


def rounded(steps: float) -> float:
    """Rounded to 9 decimals, but to 15 digits from a million steps on: spreadsheets hold no more digits."""
    return round(steps, 9) if -1e6 < steps < 1e6 else float(f"{steps:.15g}")


_BUILTINS = (abs, float, list, max, min, str, tuple, type, OverflowError, ValueError)
_NAMES: dict[str, Any] = {
    "__builtins__": {builtin.__name__: builtin for builtin in _BUILTINS},
    "VETO": VETO,
    "ZERO": ZERO,
    "inf": inf,
}
_NAMES |= {function.__name__: function for function in (ceil, floor, isfinite, rounded)}
"""All that a source may name, besides what `_function` gives it."""


def distance(side: Side, actual: float, target: float) -> float:
    """How far the actual is below, above, or on either side of the target; negative on the good side."""
    return target - actual if side is Side.SHORT else actual - target if side is Side.OVER else abs(actual - target)


def count_steps(gap: float, step: float, part: PartStep = PartStep.NOTHING) -> float:
    """How many steps a gap makes (≥ 0): whole steps only, begun steps counted whole, or the exact quotient."""
    steps = gap / step
    if part is not PartStep.PRO_RATA:
        steps = floor(rounded(steps)) if part is PartStep.NOTHING else ceil(rounded(steps))
    return max(0, steps)


@lru_cache(maxsize=4096)
def interval(condition: Condition) -> Callable[[float], bool]:
    """Whether a number lies in the condition's interval."""
    return _function(f"def function(x): return {source.inside(condition, 'x')}")


@lru_cache(maxsize=4096)
def points_of(adjustment: Adjustment) -> Callable[[float, float | None], float]:
    """The points (≥ 0) of a step clause or an occurrence clause, within its limit; of the actual and the target."""
    return _function(f"def function(a, t): return {source.points(adjustment, 'a', 't')}")


def arithmetic_of(rule: Rule) -> Arithmetic:
    """The rule as a function of numbers."""
    levels = rule.base.levels if isinstance(rule.base, Levels) else ()
    return _function(source.arithmetic(rule), levels={name.lower(): float(points) for name, points in levels})


def plainly_of(rule: Rule, arithmetic: Arithmetic, above: Decimal | None) -> Plainly:
    """The rule as a function of cells that hold plain numbers.

    above: what the first target must be above, whether the rule reads it or not; None where it may be any.
    """
    return _function(source.plainly(rule, above), arithmetic=arithmetic)


def _function(definition: str, **names: Any) -> Callable[..., Any]:
    """The function of a source. names: what it reads besides `_NAMES`."""
    namespace = _NAMES | names
    exec(definition, namespace)
    made: Callable[..., Any] = namespace["function"]
    return made
