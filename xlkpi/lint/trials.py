"""Numbers to try a rule with: its edges, numbers just beside them, and numbers of every order of magnitude.

Two rules that score every trial alike are taken to mean the same, so a clause does nothing if no score changes without
it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import chain, pairwise

from xlkpi.catalogue.arithmetic.tree import Range
from xlkpi.i18n.numbers import Value
from xlkpi.rules.model import Adjustment, Bands, Basis, Count, Full, Inverse, Levels, Linear, Ratio, Step
from xlkpi.rules.rule import Need, Rule, conditions_of
from xlkpi.scoring.scorer import ScoreError, Scorer

_NUDGE = 1e-6
"""How far beside an edge to try, as a share of the edge."""
_ACHIEVEMENTS = (0, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 1.1, 1.2, 1.5, 2, 3, 10, 100)
_MAGNITUDES = (0.01, 0.1, 1, 10, 100, 1e3, 1e4, 1e6, 1e9, 1e12)
_MIXTURES = 500
"""Random combinations of actuals to try where a rule has several measures."""


@dataclass(frozen=True)
class Values:
    """One measure's plausible range of actuals, and its targets in the catalogue. percent: its unit is %."""

    range: Range
    targets: tuple[float, ...]
    percent: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """One actual and one target for each measure."""

    actuals: tuple[Value, ...]
    targets: tuple[Value, ...]


def score_of(rule: Scorer, trial: Trial) -> float | str | None:
    """The score to 9 decimals; None where the numbers cannot be scored."""
    try:
        outcome = rule.outcome(list(trial.actuals), list(trial.targets))
    except ScoreError:
        return None
    if outcome is None:
        return None
    score, _ = outcome
    return score if isinstance(score, str) else round(score, 9)


@lru_cache(maxsize=256)
def trials(rule: Rule, values: tuple[Values, ...]) -> tuple[Trial, ...]:
    """All trials of a rule. With several measures each varies by itself, and random mixtures are added."""
    tried: list[Trial] = []
    targets = [_targets(measure) for measure in values]
    most = max(map(len, targets))
    for number in range(most if len(values) == 1 else min(most, 2)):
        chosen = tuple(choices[number % len(choices)] for choices in targets)
        columns = [actuals(rule, m, target, values[m]) for m, target in enumerate(chosen)]
        if not all(columns):
            continue
        if len(columns) == 1:
            tried += (Trial((actual,), chosen) for actual in columns[0])
            continue
        chance = random.Random(0)
        tried += (Trial(tuple(map(chance.choice, columns)), chosen) for _ in range(_MIXTURES))
        for m, column in enumerate(columns):
            for others in (neutral(rule, chosen, columns), tuple(c[0] for c in columns), tuple(c[-1] for c in columns)):
                tried += (Trial((*others[:m], actual, *others[m + 1 :]), chosen) for actual in column)
    return tuple(tried)


def neutral(rule: Rule, targets: tuple[float, ...], columns: list[list[Value]]) -> tuple[Value, ...]:
    """Actuals that neither deduct nor add: counts of 0, numbers at their target."""
    counted = {m for need, m in rule.needs if need is Need.COUNT}
    wanted = (0.0 if m in counted else _base(rule, m, target) for m, target in enumerate(targets))
    return tuple(number if number in column else column[0] for number, column in zip(wanted, columns, strict=True))


def actuals(rule: Rule, measure: int, target: float, values: Values) -> list[Value]:
    """The actuals to try for a measure, in ascending order; for a rated measure the names of its levels."""
    if isinstance(rule.base, Levels) and rule.base.measure == measure:
        return [name for name, _ in rule.base.levels]
    low, high = values.range
    size = max(1.0, abs(target))
    wide = [side * magnitude * size for magnitude in _MAGNITUDES for side in (1, -1)]
    thresholds = list(_thresholds(rule, measure, target))
    beside = [edge + side * _NUDGE * max(1.0, abs(edge)) for edge in thresholds for side in (1, -1)]
    edges = {0.0, low, high, *wide, *beside, *thresholds, *_edges(rule, measure, target)}
    between = [(a + b) / 2 for a, b in pairwise(sorted(edge for edge in edges if math.isfinite(edge)))]
    inside = {number for number in chain(edges, between) if low <= number <= high and math.isfinite(number)}
    if (Need.COUNT, measure) in rule.needs:
        inside = {
            float(n) for number in inside for n in (math.floor(number), math.ceil(number)) if max(0, low) <= n <= high
        }
    return [*sorted(inside)]


def _base(rule: Rule, measure: int, target: float) -> float:
    """The number that steps are counted from."""
    origin = rule.origin(measure)
    return target if origin is None else float(origin.value)


def _targets(values: Values) -> list[float]:
    """The catalogue's targets and some others to try, because targets are agreed anew every quarter."""
    low, high = values.range
    usual = (0.02, 0.2, 0.5, 0.95, 1.0) if values.percent else (1.0, 10.0, 1000.0)
    plausible = [target for target in values.targets if target and low <= target <= high]
    others = [target * share for target in plausible for share in (0.5, 0.8, 1.25)] or usual
    tried = [*values.targets, *(target for target in others if low <= target <= high)]
    return list(dict.fromkeys(tried)) or [high if math.isfinite(high) else low]


def _thresholds(rule: Rule, measure: int, target: float) -> Iterator[float]:
    """The actuals at which the score may jump."""
    base = _base(rule, measure, target)
    yield base
    for condition in conditions_of(rule):
        if condition.measure == measure:
            ends = (end.value for end in (condition.low, condition.high) if end)
            yield from (float(condition.subject.back(end, Decimal(repr(base)))) for end in ends)
    if isinstance(rule.base, Linear) and rule.base.measure == measure:
        yield from (float(rule.base.subject.back(end.value, Decimal(repr(base)))) for end, _ in rule.base.points)


def _edges(rule: Rule, measure: int, target: float) -> Iterator[float]:
    """The actuals at which the score may start to rise or fall faster: steps, achievements, cap and floor."""
    base = _base(rule, measure, target)
    if isinstance(rule.base, Ratio | Inverse | Bands | Linear) and rule.base.measure == measure:
        ends = [float(points / rule.scale) for points in (rule.cap, rule.floor) if points]
        shares = [*_ACHIEVEMENTS, *ends, *(end * nearly for end in ends for nearly in (0.99, 1.01))]
        yield from (base * share for share in shares)
        yield from (base / share for share in shares if share)
    for adjustment in rule.adjustments:
        if adjustment.measure != measure:
            continue
        times = list(_times(rule, adjustment))
        if isinstance(adjustment, Count):
            yield from (float(adjustment.allowance + n) for n in times)
        else:
            size, free = _sizes(adjustment, base)
            yield from (base + side * (free + n * size) for n in times for side in (1, -1))


def _sizes(step: Step, base: float) -> tuple[float, float]:
    """A step and its dead band, in the unit of the actual."""
    times = base if step.basis is Basis.RELATIVE else 1
    return float(step.step) * times, float(step.free) * times


def _times(rule: Rule, adjustment: Adjustment) -> Iterable[int]:
    """How many steps or occurrences to try: few, many, and as many as use up a limit or the whole scale, ±1."""
    together = adjustment.together[1] if isinstance(adjustment, Count) and adjustment.together else None
    room = rule.scale if isinstance(rule.base, Full) else 2 * rule.scale
    used_up = [points for points in (adjustment.limit, room, room - rule.floor, together, rule.cap) if points]
    exact = [math.ceil(points / (adjustment.points or Decimal(1))) for points in used_up]
    return {*range(12), *(2**n for n in range(4, 17)), *(n + d for n in exact for d in (-1, 0, 1) if n > 0)}
