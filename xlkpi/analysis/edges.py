"""The edges of a rule: the actuals of one measure at which the score changes (targets, bounds, steps, counts).

All values are exact decimals in the measure's own unit, so that 95% less two steps of 1 percentage point is 93%.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise

from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import (
    Bands,
    Basis,
    Count,
    Inverse,
    Ratio,
    Side,
    Step,
    Subject,
    written,
)
from xlkpi.rules.rule import Rule
from xlkpi.scoring.scores import count_points

# What is at an edge: keys of commands.toml.
TARGET, OWN_BASE = "edge_target", "edge_base"
BOUND = {
    Subject.ACHIEVEMENT: "edge_achievement",
    Subject.VALUE: "edge_actual",
    Subject.OVER: "edge_over",
    Subject.SHORT: "edge_short",
}
FREE, NTH_STEP = "edge_free", "edge_step"
NO_TIMES, ALLOWED, TIMES, TOGETHER = "edge_no_times", "edge_allowed", "edge_times", "edge_together"
LIMIT, BONUS_LIMIT = "edge_limit", "edge_bonus_limit"

FIRST_STEPS = 3
_MOST_TIMES = 10_000
"""The search for the occurrence that reaches the limit of a count ends here."""


@dataclass(frozen=True)
class Edge:
    """A value of the actual at which something changes.

    note: a key of commands.toml, filled with `values`. main: whether the edge is written in the rule or is its target;
    the others follow from counting steps.
    """

    value: Decimal
    note: str
    values: dict[str, object] = field(default_factory=dict, compare=False)
    main: bool = False


def edges(rule: Rule, measure: int, aim: Decimal | None) -> list[Edge]:
    """Every edge of one measure; aim: its target or own base (以6为基准), None where the rule reads neither."""
    all_edges = list(_main_edges(rule, measure, aim))
    for adjustment in rule.adjustments:
        if adjustment.measure != measure:
            continue
        if isinstance(adjustment, Count):
            all_edges += _count_edges(adjustment)
        else:
            assert aim is not None
            all_edges += _step_edges(adjustment, aim)
    return all_edges


def far_points(rule: Rule, measure: int, aim: Decimal | None) -> Iterator[Decimal]:
    """Values so far from the edges that cap and floor, if they are reached at all, are reached before them."""
    base, scale = rule.base, rule.scale
    top = 2 * max(scale, rule.cap or scale)
    limits = sum((a.limit for a in rule.adjustments if a.bonus and a.limit is not None), Decimal(0))
    height = top + abs(rule.floor) + limits
    by_ratio = isinstance(base, Ratio) or (isinstance(base, Bands) and any(band.points is None for band in base.bands))
    if aim is not None and by_ratio and getattr(base, "measure", None) == measure:
        yield from (Decimal(0), aim * height / scale)
    if aim and isinstance(base, Inverse) and base.measure == measure:
        yield from (Decimal(0), aim * scale / (rule.floor if rule.floor > 0 else scale / 2) * 2)
    for adjustment in rule.adjustments:
        if adjustment.measure != measure or not adjustment.points:
            continue
        steps = (height / adjustment.points).to_integral_value(ROUND_CEILING) + 1
        if isinstance(adjustment, Count):
            yield adjustment.allowance + (adjustment.together[0] if adjustment.together else 0) + steps
        else:
            assert aim is not None
            yield from _values_away(adjustment, aim, steps)


def resolution(rule: Rule, measure: int, aim: Decimal | None, percent: bool) -> Decimal:
    """The distance of a value just beside an edge, as people type numbers: a power of ten, finer than the steps.

    At most 1 percentage point for a rate; 1 for occurrences, and where the rule has whole numbers only.
    """
    if rule.counted(measure):
        return Decimal(1)
    bounds = sorted({edge.value for edge in _main_edges(rule, measure, aim) if edge.values})
    sizes = [step.step * (aim or 1 if step.basis is Basis.RELATIVE else 1) for step in _step_clauses(rule, measure)]
    distances = [size for size in (*sizes, *(upper - lower for lower, upper in pairwise(bounds))) if size > 0]
    numbers = [abs(number) for number in (aim, *bounds) if number]
    smallest = max(min(distances or numbers, default=Decimal(1)), Decimal("1E-6"))
    if percent:
        finer = _power_of_ten(smallest)
        return min(Decimal("0.01"), finer / 10 if finer == smallest else finer)
    finer = _power_of_ten(smallest / 10)
    whole = all(number == number.to_integral_value() for number in (*distances, *numbers))
    return max(finer, Decimal(1)) if whole else finer


def _power_of_ten(number: Decimal) -> Decimal:
    """The largest power of ten that is not above the number (> 0)."""
    return Decimal(1).scaleb(number.adjusted())


def _step_clauses(rule: Rule, measure: int) -> list[Step]:
    return [a for a in rule.adjustments if isinstance(a, Step) and a.measure == measure]


def _main_edges(rule: Rule, measure: int, aim: Decimal | None) -> Iterator[Edge]:
    if aim is not None:
        yield Edge(aim, OWN_BASE if rule.origin(measure) else TARGET, main=True)
    for subject, amount in rule.bounds(measure):
        yield Edge(subject.back(amount.value, aim or Decimal(0)), BOUND[subject], {"bound": written(amount)}, main=True)


def _values_away(step: Step, aim: Decimal, steps: Decimal) -> Iterator[Decimal]:
    """The values that are `steps` steps away from the aim, on each side that counts."""
    gap = (step.free + steps * step.step) * (aim if step.basis is Basis.RELATIVE else 1)
    if step.side is not Side.OVER:
        yield aim - gap
    if step.side is not Side.SHORT:
        yield aim + gap


def _step_edges(step: Step, aim: Decimal) -> Iterator[Edge]:
    if step.free:
        yield from (Edge(value, FREE) for value in _values_away(step, aim, Decimal(0)))
    for nth in range(1, FIRST_STEPS + 1):
        yield from (Edge(value, NTH_STEP, {"nth": nth}) for value in _values_away(step, aim, Decimal(nth)))
    if step.limit and step.points:
        steps = step.limit / step.points
        if step.part is not step.part.PRO_RATA:
            steps = steps.to_integral_value(ROUND_CEILING)
        for value in _values_away(step, aim, steps):
            yield Edge(value, BONUS_LIMIT if step.bonus else LIMIT, {"points": plain(step.limit)})


def _count_edges(count: Count) -> Iterator[Edge]:
    allowed = Decimal(count.allowance)
    yield Edge(Decimal(0), NO_TIMES)
    if allowed:
        yield Edge(allowed, ALLOWED, {"times": count.allowance})
    for times in range(1, FIRST_STEPS + 1):
        yield Edge(allowed + times, TIMES, {"times": times})
    if count.together:
        yield Edge(allowed + count.together[0], TOGETHER, {"times": count.together[0]}, main=True)
    if count.limit:
        full = float(count.limit)
        reached = (n for n in range(_MOST_TIMES) if count_points(count, float(count.allowance + n)) >= full)
        if (times_to_limit := next(reached, None)) is not None:
            note = BONUS_LIMIT if count.bonus else LIMIT
            yield Edge(allowed + times_to_limit, note, {"points": plain(count.limit)})
