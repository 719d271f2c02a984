"""What a page holds: everyone, or the people of one department and nobody else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from xlkpi.appraisal.people import ranks
from xlkpi.collect.collection import Ranked
from xlkpi.collect.marks import Unranked
from xlkpi.collect.overview.facts import Facts, Scope
from xlkpi.collect.overview.records import Record
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.problems import Problem


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
    scopes = {"": Scope(department)}
    if department is None:
        scopes |= {f"d{number}": Scope(name) for number, name in enumerate(departments)}
    for number, superior in enumerate(superiors):
        scopes[f"s{number}"] = Scope(department, superior)
        own = [name for name in departments if (name, superior) in people]
        if len(own) > 1:
            scopes |= {f"d{departments.index(name)}s{number}": Scope(name, superior) for name in own}
    return Part(facts, department, records, missing, tuple(departments), tuple(superiors), scopes)


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
