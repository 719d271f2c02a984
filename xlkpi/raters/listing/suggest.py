"""Drafts who rates whom from the roster: people with the same superior, and those whose superior somebody is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from xlkpi.common.assignment import Assignment
from xlkpi.raters.listing.pair import Pair
from xlkpi.raters.listing.words import SELF, relation


def suggested(
    assignments: Sequence[Assignment],
    kinds: Collection[str],
    by_levels: Collection[str],
    named: Mapping[str, Sequence[str]],
) -> list[Pair]:
    """The draft, person by person.

    kinds: that are drafted, for people in the roles of `by_levels`. named: role → the relations that it names; each
    gets a line without a rater. A superior whose name two people have has no subordinates here.
    """
    people = {assignment.id: assignment for assignment in assignments}
    names = Counter(person.name for person in people.values())
    pairs: list[Pair] = []
    for person in people.values():
        roles = dict.fromkeys(one.role for one in assignments if one.id == person.id)
        if any(role in by_levels for role in roles):
            pairs += _of_person(person, people, kinds, alone=names[person.name] == 1)
        for word in dict.fromkeys(word for role in roles for word in named.get(role, ())):
            pairs.append(Pair(person.id, person.name, "", "", word, ""))
    return pairs


def _of_person(
    person: Assignment, people: Mapping[str, Assignment], kinds: Collection[str], *, alone: bool
) -> Iterator[Pair]:
    for other in people.values():
        fits = {
            SELF: other.id == person.id,
            "peers": other.id != person.id and bool(person.superior) and other.superior == person.superior,
            "subordinates": other.id != person.id and alone and other.superior == person.name,
        }
        for kind, fit in fits.items():
            if fit and kind in kinds:
                yield Pair(person.id, person.name, other.id, other.name, relation(kind), kind)
