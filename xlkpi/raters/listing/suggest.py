"""Drafts who rates whom from the roster: people with the same superior, and those whose superior somebody is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xlkpi.catalogue.appraising.ratings import Shares
from xlkpi.common.assignment import Assignment
from xlkpi.raters.listing.pair import Pair
from xlkpi.raters.listing.words import SELF, relation


def suggested(assignments: Sequence[Assignment], shares: Shares, rated_by: Mapping[str, Sequence[str]]) -> list[Pair]:
    """The draft, person by person. rated_by: role → the relations that it names: each gets a line without a rater.

    Only kinds whose ratings count are drafted. A superior whose name two people have is left out.
    """
    people = {assignment.id: assignment for assignment in assignments}
    pairs: list[Pair] = []
    for person in people.values():
        pairs += _of_person(person, people, shares)
        roles = dict.fromkeys(one.role for one in assignments if one.id == person.id)
        words = dict.fromkeys(word for role in roles for word in rated_by.get(role, ()))
        pairs += [Pair(person.id, person.name, "", "", word, "") for word in words]
    return pairs


def _of_person(person: Assignment, people: Mapping[str, Assignment], shares: Shares) -> Iterator[Pair]:
    namesakes = [other for other in people.values() if other.name == person.name]
    for kind in (SELF, "peers", "subordinates"):
        if not getattr(shares, kind):
            continue
        for other in people.values():
            same = other.id == person.id
            fits = {
                SELF: same,
                "peers": not same and bool(person.superior) and other.superior == person.superior,
                "subordinates": not same and len(namesakes) == 1 and other.superior == person.name,
            }
            if fits[kind]:
                yield Pair(person.id, person.name, other.id, other.name, relation(kind), kind)
