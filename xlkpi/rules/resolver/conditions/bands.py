"""Conditions with points → bands that cover every value once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from xlkpi.rules.model import Band, Bands, Condition, RuleError
from xlkpi.rules.rule import Rule
from xlkpi.rules.validate import check_bands


class UntiledError(RuleError):
    """Conditions that leave gaps or overlap; beside a base or steps they may still be cliffs.

    `repaired` are the rules that would close the one gap there is, for who asks which of them is meant.
    """

    repaired: tuple[Rule, ...] = ()


def tile(written: Sequence[Band], otherwise: Decimal | None, position: int) -> Bands:
    """Bands from conditions in the order of the sentence; `otherwise` are the points of what they leave out.

    Raises `UntiledError` at `position`.
    """
    bands = sorted(_cascade(written), key=lambda band: _start(band.condition))
    try:
        if otherwise is not None:
            bands = _completed(bands, otherwise)
        tiled = Bands(tuple(bands))
        check_bands(tiled)
    except RuleError as error:
        raise UntiledError(error.source, position=position, **error.values) from None  # type: ignore[arg-type]
    return tiled


def _cascade(written: Sequence[Band]) -> list[Band]:
    """A one-sided cascade (≥120% …；≥100% …) reads first match: each condition ends where the one before begins."""
    bands: list[Band] = []
    above: Condition | None = None  # the last condition open upwards
    below: Condition | None = None  # the last condition open downwards
    for band in written:
        condition = narrowed = band.condition
        if condition.high is None and condition.low:
            if above and above.low and condition.low.value < above.low.value:
                narrowed = replace(condition, high=above.low, high_closed=not above.low_closed)
            above = condition
        elif condition.low is None and condition.high:
            if below and below.high and condition.high.value > below.high.value:
                narrowed = replace(condition, low=below.high, low_closed=not below.high_closed)
            below = condition
        bands.append(Band(narrowed, band.points))
    return bands


def closed(written: Sequence[Band]) -> list[Bands]:
    """The two ways to close the one gap between bands: the lower band goes on to the upper one, or the other way.

    None where something else is wrong too.
    """
    bands = sorted(_cascade(written), key=lambda band: _start(band.condition))
    gaps = [place for place, (lower, upper) in enumerate(pairwise(bands)) if _apart(lower.condition, upper.condition)]
    if len(gaps) != 1:
        return []
    lower, upper = bands[gaps[0] : gaps[0] + 2]
    low, high = upper.condition, lower.condition
    longer = replace(lower, condition=replace(high, high=low.low, high_closed=not low.low_closed))
    deeper = replace(upper, condition=replace(low, low=high.high, low_closed=not high.high_closed))
    before, behind = bands[: gaps[0]], bands[gaps[0] + 2 :]
    ways = [Bands((*before, longer, upper, *behind)), Bands((*before, lower, deeper, *behind))]
    try:
        for way in ways:
            check_bands(way)
    except RuleError:
        return []
    return ways


def _apart(lower: Condition, upper: Condition) -> bool:
    """Whether numbers between two conditions belong to neither."""
    if lower.high is None or upper.low is None:
        return False
    gap = upper.low.value - lower.high.value
    return gap > 0 or (gap == 0 and not lower.high_closed and not upper.low_closed)


def _start(condition: Condition) -> tuple[Decimal, bool]:
    if condition.low is None:
        return Decimal("-Infinity"), False
    return condition.low.value, not condition.low_closed


def _completed(bands: list[Band], otherwise: Decimal) -> list[Band]:
    """Ascending bands with one more for 否则, at the end that they leave open."""
    first, last = bands[0].condition, bands[-1].condition
    if first.low is not None and last.high is None:
        below = Condition(first.subject, None, False, first.low, not first.low_closed, first.measure)
        return [Band(below, otherwise), *bands]
    if first.low is None and last.high is not None:
        above = Condition(last.subject, last.high, not last.high_closed, None, False, last.measure)
        return [*bands, Band(above, otherwise)]
    raise RuleError("“否则”指哪些数值不清楚")
