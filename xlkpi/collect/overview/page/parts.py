"""What a page holds: everyone, or the people of one department and nobody else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

from xlkpi.appraisal.people import ranks
from xlkpi.collect.collection import Ranked
from xlkpi.collect.marks import Unranked
from xlkpi.collect.overview.facts import Facts, Scope
from xlkpi.collect.overview.records import Record
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.problems import Problem

_MOST_SCOPES = 600
"""Choices with figures of their own: some 8 kB each. With more superiors the filter works on the ranking alone, and the
heading of the figures says whose they are."""


@dataclass(frozen=True)
class Part:
    """The people of a page. department: None for everyone; else ranks are those within it.

    departments, superiors: the names that filters offer. scopes: key of a choice → whose figures are shown for it;
    `d1` is the second department, `s0` the first superior, `d1s0` both, "" everyone.
    """

    facts: Facts
    department: str | None
    records: Sequence[Record]
    missing: Sequence[Unranked]
    departments: tuple[str, ...]
    superiors: tuple[str, ...]
    scopes: dict[str, Scope]


def whole(facts: Facts) -> Part:
    """Everyone."""
    return _part(facts, None, facts.records, facts.missing)


def departments_of(facts: Facts) -> list[str]:
    """The departments of everyone who has a form or is missing."""
    named = [record.person.department for record in facts.records]
    return sorted({*named, *(one.line.who.department for one in facts.missing)})


def of_department(facts: Facts, department: str, labels: Labels) -> Part:
    """The people of a department, ranked among themselves; what is said of them names nobody else."""
    own = [record for record in facts.records if record.person.department == department]
    others = _others(facts, department)
    places = ranks([record.person.final for record in own])
    ranked = [
        replace(record, ranked=Ranked(place, record.person), marks=tuple(_safe(record.marks, others, labels)))
        for place, record in zip(places, own, strict=True)
    ]
    missing = [one for one in facts.missing if one.line.who.department == department]
    return _part(facts, department, ranked, missing)


def _part(facts: Facts, department: str | None, records: Sequence[Record], missing: Sequence[Unranked]) -> Part:
    people = [(record.person.department, record.person.superior) for record in records]
    people += [(one.line.who.department, one.line.who.superior) for one in missing]
    departments = sorted({name for name, _ in people})
    superiors = sorted({name for _, name in people})
    return Part(
        facts,
        department,
        records,
        missing,
        tuple(departments),
        tuple(superiors),
        _scopes(department, departments, superiors, set(people)),
    )


def _scopes(
    department: str | None, departments: Sequence[str], superiors: Sequence[str], people: Set[tuple[str, str]]
) -> dict[str, Scope]:
    of_departments = {} if department is not None else {f"d{n}": Scope(name) for n, name in enumerate(departments)}
    of_superiors = {f"s{n}": Scope(department, name) for n, name in enumerate(superiors)}
    of_both: dict[str, Scope] = {}
    for number, superior in enumerate(superiors):
        own = [n for n, name in enumerate(departments) if (name, superior) in people]
        if len(own) > 1:
            of_both |= {f"d{n}s{number}": Scope(departments[n], superior) for n in own}
    scopes = {"": Scope(department)}
    for more in (of_departments, of_superiors, of_both):
        if len(scopes) + len(more) <= _MOST_SCOPES:
            scopes |= more
    return scopes


def _others(facts: Facts, department: str) -> list[str]:
    """Names and numbers of people who are not in the department, nor called as somebody in it or above them."""
    own: set[str] = set()
    others: set[str] = set()
    everyone = [record.person for record in facts.records]
    for who in (*everyone, *(line.who for line in facts.lines)):
        inside = who.department == department
        (own if inside else others).update((who.id, who.name))
        own.update((who.superior, who.second_superior) if inside else ())
    return sorted(others - own - {""})


def _safe(marks: Iterable[Problem], others: Sequence[str], labels: Labels) -> Iterator[Problem]:
    """The problems; one that names somebody else says only that it does."""
    for problem in marks:
        if any(name in problem.message or name in problem.advice for name in others):
            yield replace(problem, message=labels("page_of_others"), advice="")
        else:
            yield problem
