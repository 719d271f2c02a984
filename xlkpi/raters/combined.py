"""What the ratings of one person come to: the mean of each kind, weighted by the company's shares of those present."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum

from xlkpi.catalogue.appraising.ratings import KINDS, Shares
from xlkpi.i18n.numbers import round_half_up
from xlkpi.raters.asked import Asked
from xlkpi.raters.reading.returned import Answer

FEWEST = 3
"""So many raters a kind needs to be shown by itself where ratings are anonymous."""
PLACES = 2
"""Decimals of what ratings come to: what the form shows is what counts."""
Points = Mapping[str, Sequence[float]]
"""Kind of raters → the points that each of them gives."""


@dataclass(frozen=True)
class Group:
    """Kinds of raters that are shown together. count: of raters; points: what they come to together."""

    kinds: tuple[str, ...]
    count: int
    points: float


@dataclass(frozen=True)
class Combined:
    """What one thing of one person comes to. asked: one of the rows that asked for it.

    value: points, None where nobody rated. place: the level of a self rating, from the best one on. count: of raters.
    groups: what may be shown of the kinds; none where there are too few raters in all. missing: raters who did not say.
    """

    asked: Asked
    value: float | None
    place: int | None
    count: int
    groups: tuple[Group, ...]
    missing: tuple[str, ...] = ()
    points: Points = field(default_factory=dict, repr=False)

    @property
    def is_self(self) -> bool:
        return self.asked.pair.is_self


def combined(answers: Iterable[Answer], missing: Iterable[Asked], shares: Shares, *, anonymous: bool) -> list[Combined]:
    """Everything that was asked for, in the order of the answers, then what nobody rated."""
    rows: dict[tuple[object, ...], list[Answer]] = defaultdict(list)
    silent: dict[tuple[object, ...], list[Asked]] = defaultdict(list)
    first: dict[tuple[object, ...], Asked] = {}
    for answer in answers:
        rows[_key(answer.asked)].append(answer)
        first.setdefault(_key(answer.asked), answer.asked)
    for asked in missing:
        silent[_key(asked)].append(asked)
        first.setdefault(_key(asked), asked)
    return [
        _of(asked, rows.get(key, ()), silent.get(key, ()), shares, anonymous=anonymous) for key, asked in first.items()
    ]


def _key(asked: Asked) -> tuple[object, ...]:
    return (*asked.key, asked.pair.is_self)


def _of(
    asked: Asked, answers: Sequence[Answer], silent: Sequence[Asked], shares: Shares, *, anonymous: bool
) -> Combined:
    names = tuple(row.pair.rater_name for row in silent if row.pair.rater)
    if asked.pair.is_self:
        place = int(answers[0].value) if answers else None
        value = answers[0].points if answers else None
        return Combined(asked, value, place, len(answers), (), names)
    points: dict[str, list[float]] = defaultdict(list)
    for answer in answers:
        points[answer.asked.pair.kind if asked.item.levels else ""].append(answer.points)
    weights = vars(shares) if asked.item.levels else {"": 1.0}
    value = weighted(points, weights)
    return Combined(
        asked, value, None, len(answers), tuple(shown(points, weights, anonymous=anonymous)), names, dict(points)
    )


def weighted(points: Points, weights: Mapping[str, float]) -> float | None:
    """The means of the kinds that somebody rated, weighted; rounded. None where nobody did."""
    present = [kind for kind, given in points.items() if given and weights[kind] > 0]
    if not present:
        return None
    total = fsum(weights[kind] for kind in present)
    return round_half_up(
        fsum(weights[kind] * fsum(points[kind]) / len(points[kind]) for kind in present) / total, PLACES
    )


def shown(points: Points, weights: Mapping[str, float], *, anonymous: bool) -> list[Group]:
    """The groups of kinds that may be shown by themselves; none where fewer than `FEWEST` people rated in all.

    A group's points are made as the whole is, of its kinds by their weights: a plain mean of its people beside the
    whole would give away the mean of each kind in it.
    """
    counts = {kind: len(points.get(kind, ())) for kind in (*KINDS, "") if points.get(kind) and weights[kind] > 0}
    if anonymous and sum(counts.values()) < FEWEST:
        return []
    found = []
    for kinds in joined(counts) if anonymous else [(kind,) for kind in counts]:
        value = weighted({kind: points[kind] for kind in kinds}, weights)
        found.append(Group(kinds, sum(counts[kind] for kind in kinds), value or 0.0))
    return found


def joined(counts: Mapping[str, int]) -> list[tuple[str, ...]]:
    """Kinds in groups of at least `FEWEST` people: small kinds together, and with the next kind as long as it takes."""
    small = [kind for kind, count in counts.items() if count < FEWEST]
    large = [kind for kind in counts if kind not in small]
    while small and sum(counts[kind] for kind in small) < FEWEST and large:
        small.append(min(large, key=lambda kind: counts[kind]))
        large.remove(small[-1])
    order = [*counts]
    return [*((kind,) for kind in large), *([tuple(sorted(small, key=order.index))] if small else [])]
