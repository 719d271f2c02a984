"""Hints for HR about ratings, never corrections: all rated alike, far from the others, a self rating far above."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.numbers import plain
from xlkpi.raters.combined import Combined
from xlkpi.raters.reading.returned import Answer

FAR = 30
"""So many per cent of the scale (points out of 100) are far."""
ALIKE = 5
"""So many ratings that are all the same are asked about, if they are of several people."""
OTHERS = 2
"""So many other ratings it takes to say that one is far from them."""
Superiors = Mapping[tuple[tuple[str, str, str], str], float]


@dataclass(frozen=True)
class Hint:
    """A hint. who: the rater, or the person whose self rating it is: staff number and name."""

    number: str
    name: str
    text: str


def hints(answers: Sequence[Answer], results: Sequence[Combined], superiors: Superiors) -> list[Hint]:
    """All hints. superiors: (person, row) → points that the superior chose on the form, as far as forms were given."""
    others = [answer for answer in answers if not answer.asked.pair.is_self]
    return [*_alike(others), *_far(others), *_above(results, superiors)]


def _share(answer: Answer) -> float:
    """A rating as per cent of its scale."""
    item = answer.asked.item
    low = min(item.levels.values()) if item.levels else item.low
    return 100 * (answer.points - low) / item.range if item.range else 0.0


def _alike(answers: Sequence[Answer]) -> Iterator[Hint]:
    by_rater: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_rater[answer.asked.pair.rater].append(answer)
    for rater, given in by_rater.items():
        people = {answer.asked.pair.person for answer in given}
        if len(given) >= ALIKE and len(people) > 1 and len({round(_share(answer), 6) for answer in given}) == 1:
            text = COMMANDS("raters_hint_alike", count=len(given), people=len(people))
            yield Hint(rater, given[0].asked.pair.rater_name, text)


def _far(answers: Sequence[Answer]) -> Iterator[Hint]:
    """Raters who are far from all others of the same thing; how often, and not what they said."""
    by_thing: dict[tuple[str, ...], list[Answer]] = defaultdict(list)
    for answer in answers:
        by_thing[answer.asked.key].append(answer)
    far: dict[str, list[Answer]] = defaultdict(list)
    for given in by_thing.values():
        for answer in given:
            others = [_share(other) for other in given if other is not answer]
            if len(others) >= OTHERS and abs(_share(answer) - fsum(others) / len(others)) >= FAR:
                far[answer.asked.pair.rater].append(answer)
    for rater, found in far.items():
        text = COMMANDS("raters_hint_far", count=len(found), points=FAR)
        yield Hint(rater, found[0].asked.pair.rater_name, text)


def _above(results: Sequence[Combined], superiors: Superiors) -> Iterator[Hint]:
    others = {result.asked.key: result.value for result in results if not result.is_self}
    for result in (result for result in results if result.is_self and result.value is not None):
        asked, value = result.asked, result.value or 0.0
        wide = FAR * asked.item.range / 100
        superior, other = superiors.get((asked.key[:3], asked.item.row)), others.get(asked.key)
        if superior is not None and wide and value - superior >= wide:
            text = COMMANDS("raters_hint_self", item=asked.item.label, points=plain(value - superior))
            yield Hint(asked.pair.person, asked.pair.name, text)
        if other is not None and wide and value - other >= wide:
            text = COMMANDS("raters_hint_self_others", item=asked.item.label, points=plain(round(value - other, 2)))
            yield Hint(asked.pair.person, asked.pair.name, text)
