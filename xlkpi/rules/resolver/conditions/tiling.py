"""Conditions on one number → bands that cover every value once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from xlkpi.rules.model import (
    Amount,
    Band,
    Bands,
    Condition,
    RuleError,
    Subject,
)
from xlkpi.rules.resolver.clauses import Award, Outcome
from xlkpi.rules.resolver.conditions.bands import UntiledError, tile
from xlkpi.rules.resolver.conditions.measure import Case, Measure
from xlkpi.rules.validate import check_bands


def covers(of: Measure, group: list[Case]) -> bool:
    """Whether conditions cover every value once by themselves."""
    try:
        tiled(of, [Band(c.condition, Decimal(0)) for c in group], None, group)
    except RuleError:
        return False
    return True


def with_middle(of: Measure, group: list[Case]) -> list[Case]:
    """低于80%得0分，高于120%得120分，中间按完成率得分: what lies between the two."""
    middle = next((c for c in of.clauses if c.means == "middle_ratio"), None)
    low = next((c.condition for c in group if c.condition.low is None), None)
    high = next((c.condition for c in group if c.condition.high is None), None)
    if middle is None or len(group) != 2 or low is None or high is None or low.high is None or high.low is None:
        return group
    between = Condition(low.subject, low.high, not low.high_closed, high.low, not high.low_closed, of.measure)
    return [*group, Case(middle, between, Outcome(Award.RATIO))]


def tiled(of: Measure, bands: list[Band], rest: Decimal | None, group: list[Case]) -> Bands:
    """Bands that cover every value; 0-3% reaches down without end, 21-40分钟 and 41-80分钟 cover whole numbers."""
    untiled: UntiledError | None = None
    for way in (bands, _from_below(bands), _up_to_all(bands)):
        try:
            return tile(way, rest, group[0].clause.start)
        except UntiledError as error:
            untiled = untiled or error
    whole = None if rest is not None else whole_numbers(of, bands, group)
    if whole is None:
        assert untiled is not None
        raise untiled
    return whole


def whole_numbers(of: Measure, bands: list[Band], group: list[Case]) -> Bands | None:
    """2-4次, 5-7次: bands of whole numbers, each ending one below the next."""
    if any(
        c.clause.bound is None
        or c.clause.bound.edge.kind not in ("cnt", "dim", "")
        or c.condition.subject is not Subject.VALUE
        for c in group
    ):
        return None
    spans = [b for b in bands if b.condition.low and b.condition.high]
    if not spans or any(a and a.value != int(a.value) for b in bands for a in (b.condition.low, b.condition.high)):
        return None
    ranges = [c.condition for c in group if c.clause.bound and c.clause.bound.span]
    rising = sorted(bands, key=lambda b: b.condition.low.value if b.condition.low else Decimal("-Infinity"))
    found: list[Band] = []
    reached = Decimal(-1)
    for index, band in enumerate(rising):
        condition = band.condition
        low = condition.low.value + (not condition.low_closed) if condition.low else Decimal(0)
        last = index == len(rising) - 1
        following = None if last else rising[index + 1].condition.low
        high = None if condition.high is None else condition.high.value
        reaches = condition in ranges and following is not None and high is not None and following.value == high + 1
        if high is not None and not condition.high_closed and not reaches:
            high -= 1
        if condition.low and low == reached and condition.high is None:
            low += 1  # 80分钟以上 behind 41-80分钟
        if low != reached + 1 or (high is None and not last) or (high is not None and high < low):
            return None
        top = None if high is None else Amount(high)
        found.append(Band(Condition(Subject.VALUE, Amount(low), True, top, top is not None, of.measure), band.points))
        reached = high if high is not None else reached
    if rising[-1].condition.high is not None:
        return None
    bands_ = Bands(tuple(found))
    check_bands(bands_)
    return bands_


def one_is_all(of: Measure, group: list[Case]) -> bool:
    """出现1次不得分: full marks without it."""
    case = group[0]
    if len(group) > 1 or (case.outcome.award is not Award.ZERO and case.outcome.points is None):
        return False
    low = case.condition.low
    if of.scale.awarded(case.outcome) != 0 or low is None or case.condition.subject is not Subject.VALUE or low.percent:
        return False
    edge = case.clause.bound.edge if case.clause.bound else None
    if edge is None or edge.kind != "cnt":
        return False
    rising = Condition(Subject.VALUE, low, case.condition.low_closed, measure=of.measure)
    if low.value == 1 and case.condition.low_closed:
        bands = [Band(of.exactly(Decimal(0)), of.scale.full), Band(rising, Decimal(0))]
    else:
        falling = Condition(Subject.VALUE, high=low, high_closed=not case.condition.low_closed, measure=of.measure)
        bands = [Band(falling, of.scale.full), Band(rising, Decimal(0))]
    of.found.bases.append(tile(bands, None, case.clause.start))
    return True


def losing(of: Measure, group: list[Case]) -> None:
    """低于98%扣4分，低于90%扣12分: what no condition names keeps full marks; the narrower condition counts."""
    first = group[0]
    if len(group) == 1:
        bound = first.condition
        size, points = first.clause.bound, first.outcome.points
        assert size is not None
        assert points is not None
        if bound.one_sided and not first.clause.once:
            raise RuleError(
                "“{clause}”：每次都算，还是仅算一次？", position=first.clause.start, clause=first.clause.said
            )
    nested = sorted(group, key=lambda case: of.scale.awarded(case.outcome))
    bands = [Band(case.condition, of.scale.awarded(case.outcome)) for case in nested]
    edges = [c.condition for c in group]
    lows = [c.low for c in edges if c.low]
    highs = [c.high for c in edges if c.high]
    open_low = any(c.low is None for c in edges)
    open_high = any(c.high is None for c in edges)
    subject = first.condition.subject
    full = of.scale.full
    if open_low and not open_high and highs:
        top = max(edges, key=lambda c: (c.high.value, c.high_closed) if c.high else (Decimal(0), False))
        assert top.high is not None
        bands.append(Band(Condition(subject, top.high, not top.high_closed, measure=of.measure), full))
    elif open_high and not open_low and lows:
        bottom = min(edges, key=lambda c: (c.low.value, not c.low_closed) if c.low else (Decimal(0), False))
        assert bottom.low is not None
        if all(c.low_closed for c in edges if c.low == bottom.low) and bottom.high is not None and not bottom.is_point:
            pass
        bands.append(
            Band(Condition(subject, high=bottom.low, high_closed=not bottom.low_closed, measure=of.measure), full)
        )
    else:
        raise UntiledError("分档没有覆盖全部数值", position=first.clause.start)
    of.found.bases.append(tiled(of, bands, None, group))


def _up_to_all(bands: list[Band]) -> list[Band]:
    """The same bands, the highest and best of which goes on where it ends at 100%: 95%-100%得满分."""
    if not all(band.condition.high for band in bands) or any(band.points is None for band in bands):
        return bands
    highest = max(bands, key=lambda band: band.condition.high.value if band.condition.high else Decimal(0))
    last, best = highest.condition, max(band.points or Decimal(0) for band in bands)
    ends = last.high is not None and last.high.percent and last.high.value == 1 and last.low is not None
    if not ends or last.is_point or highest.points != best:
        return bands
    opened = replace(highest, condition=replace(last, high=None, high_closed=False))
    return [opened if band is highest else band for band in bands]


def _from_below(bands: list[Band]) -> list[Band]:
    """The same bands, the lowest of which reaches down without end where it begins at 0: 0-3%得100分."""
    if not all(band.condition.low for band in bands):
        return bands
    lowest = min(bands, key=lambda band: band.condition.low.value if band.condition.low else Decimal(0))
    first = lowest.condition
    if not (first.low and first.low.value == 0 and first.low_closed and first.high and not first.is_point):
        return bands
    opened = replace(lowest, condition=replace(first, low=None, low_closed=False))
    return [opened if band is lowest else band for band in bands]
