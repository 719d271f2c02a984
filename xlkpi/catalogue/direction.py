"""Which way a rule rewards: more of a measure, less of it, or a number near its base."""

from __future__ import annotations

from xlkpi.rules.model import Adjustment, Bands, Base, Count, Inverse, Linear, Meet, Ratio, Side, Step, Subject
from xlkpi.rules.rule import Rule


def direction_of_base(base: Base, measure: int) -> int:
    """The actual that a base rewards: 1 a higher one, -1 a lower one, 0 where it does not say so by itself."""
    match base:
        case Ratio(scored) if scored == measure:
            return 1
        case Inverse(scored) if scored == measure:
            return -1
        case Meet(points, otherwise, at_least, scored) if scored == measure and points != otherwise:
            return 1 if at_least is (points > otherwise) else -1
    return 0


def direction_of_adjustment(adjustment: Adjustment) -> int:
    """The actual that an adjustment rewards: 1 a higher one, -1 a lower one, 0 one near the base."""
    if isinstance(adjustment, Count):
        return 1 if adjustment.bonus else -1
    assert isinstance(adjustment, Step)
    if adjustment.side is Side.EITHER:
        return 0
    return 1 if (adjustment.side is Side.OVER) is adjustment.bonus else -1


def lower_is_better(rule: Rule, measure: int) -> bool:
    """Whether everything that the rule says of a measure rewards less of it."""
    directions = {direction_of_base(rule.base, measure), _direction_of_ends(rule.base, measure)}
    directions |= {direction_of_adjustment(a) for a in rule.adjustments if a.measure == measure}
    return directions - {0} == {-1}


def _direction_of_ends(base: Base, measure: int) -> int:
    """The same for bands and lines, by the points at their two ends."""
    if not isinstance(base, Bands | Linear) or base.measure != measure:
        return 0
    if isinstance(base, Bands):
        first, last = base.bands[0].points, base.bands[-1].points
        if first is None or last is None:  # the achievement itself
            return 1
    else:
        (_, first), (_, last) = base.points[0], base.points[-1]
    sign = -1 if base.subject is Subject.SHORT else 1
    return 0 if first == last else sign if last > first else -sign


def by_achievement(rule: Rule, measure: int) -> bool:
    """Whether the rule looks at the achievement (actual ÷ target) of a measure."""
    base = rule.base
    if getattr(base, "measure", None) == measure:
        if isinstance(base, Ratio) or (isinstance(base, Bands | Linear) and base.subject is Subject.ACHIEVEMENT):
            return True
        if isinstance(base, Bands) and any(band.points is None for band in base.bands):
            return True
    return any(condition.subject is Subject.ACHIEVEMENT for condition in rule.conditions(measure))
