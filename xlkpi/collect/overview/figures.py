"""Computes the figures of the overview, for everyone or a part: headline, grades, departments, losses, movers, doubts.

The sheet 概览 and the page for the browser show the same figures; nothing is computed anywhere else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import mean, median, quantiles

from xlkpi.catalogue.company import Company
from xlkpi.collect.board import INCOMPLETE, MISSING, RECEIVED, UNREADABLE
from xlkpi.collect.marks import UNSETTLED
from xlkpi.collect.overview.facts import EVERYONE, Facts, Scope
from xlkpi.collect.overview.past import PastPerson
from xlkpi.collect.overview.records import Record
from xlkpi.i18n.numbers import round_half_up
from xlkpi.i18n.problems import ERROR

MOST_LOSSES, MOST_MOVERS = 10, 5
"""Losses shown; people shown who rose, and as many who fell."""


@dataclass(frozen=True)
class Spread:
    """Final scores of `count` people. lower, upper: quartiles, as QUARTILE.INC of Excel gives them. Not rounded."""

    count: int
    mean: float
    median: float
    low: float
    lower: float
    upper: float
    high: float

    @classmethod
    def of(cls, finals: Sequence[float]) -> Spread | None:
        """None where nobody has a final score."""
        if not finals:
            return None
        lower, _, upper = quantiles(finals, n=4, method="inclusive") if len(finals) > 1 else [finals[0]] * 3
        return cls(len(finals), mean(finals), median(finals), min(finals), lower, upper, max(finals))


@dataclass(frozen=True)
class GradeCount:
    """People with a grade. share: of those with a final score. wanted: the share that the company expects, if any;
    wanted_people: the same in people, where there are enough of them to compare."""

    name: str
    count: int
    share: float
    wanted: float | None
    wanted_people: float | None


@dataclass(frozen=True)
class Team:
    """A department, or in the figures of one department the people of a superior.

    spread: None where nobody has a final score. before: its mean of the quarter before, if any.
    """

    name: str
    people: int
    spread: Spread | None
    before: float | None


@dataclass(frozen=True)
class Loss:
    """An indicator: `points` of people's totals that it cost, added up over `people`; it applied to `applied`.

    share: of all lost points, 0 to 1.
    """

    label: str
    points: float
    people: int
    applied: int
    share: float

    @property
    def each(self) -> float:
        """Points that it cost each of those people on average."""
        return self.points / self.people


@dataclass(frozen=True)
class Mover:
    """A person in post for the whole of both quarters, with a final score in both. change: of two rounded scores."""

    record: Record
    before: float
    change: float
    role_changed: bool


@dataclass(frozen=True)
class Doubt:
    """Something by which results may still change. kind: names its texts. names: of people or files."""

    kind: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Same:
    """People in post for the whole of both quarters, with a final score in both: their means then and now."""

    count: int
    before: float
    now: float


@dataclass(frozen=True)
class Overview:
    """The figures. before: mean and number of people of the quarter before, None where the history has none of them.

    vetoed: people whose total a veto made 0, and the indicators; their losses are not in `losses`.
    """

    people: int
    expected: int
    arrived: int
    states: Counter[str]
    spread: Spread | None
    before: Spread | None
    same: Same | None
    grades: tuple[GradeCount, ...]
    teams: tuple[Team, ...]
    losses: tuple[Loss, ...]
    lost: float
    vetoed: tuple[tuple[str, tuple[str, ...]], ...]
    risen: tuple[Mover, ...]
    fallen: tuple[Mover, ...]
    doubts: tuple[Doubt, ...]

    @property
    def change(self) -> float | None:
        """Of the rounded means of all people, against the quarter before."""
        if self.spread is None or self.before is None:
            return None
        return difference(self.spread.mean, self.before.mean)


def difference(now: float, before: float | None) -> float | None:
    """The difference of two scores as people see it: of both rounded."""
    return None if before is None else round_half_up(round_half_up(now) - round_half_up(before))


def overview(facts: Facts, scope: Scope = EVERYONE) -> Overview:
    """The figures of the people in a scope."""
    records, lines, past = facts.records_in(scope), facts.lines_in(scope), facts.past_in(scope)
    states = Counter(line.state for line in lines)
    finals = [record.final for record in records if record.final is not None]
    losses, lost = _losses(records)
    movers = [mover for record in records if (mover := _mover(facts, record))]
    risen = sorted((m for m in movers if m.change > 0), key=lambda mover: -mover.change)
    fallen = sorted((m for m in movers if m.change < 0), key=lambda mover: mover.change)
    return Overview(
        people=len(records),
        expected=sum(line.expected for line in lines),
        arrived=sum(line.expected and line.state in (RECEIVED, INCOMPLETE) for line in lines),
        states=states,
        spread=Spread.of(finals),
        before=Spread.of([one.final for one in past if one.final is not None]),
        same=_same(movers),
        grades=tuple(_grades(records, facts.company)),
        teams=tuple(_teams(records, past, "department" if scope.department is None else "superior")),
        losses=tuple(losses[:MOST_LOSSES]),
        lost=lost,
        vetoed=tuple((record.person.name, record.vetoes) for record in records if record.vetoes),
        risen=tuple(risen[:MOST_MOVERS]),
        fallen=tuple(fallen[:MOST_MOVERS]),
        doubts=tuple(_doubts(facts, scope, records)),
    )


def _same(movers: Sequence[Mover]) -> Same | None:
    if not movers:
        return None
    now = [mover.record.final or 0.0 for mover in movers]
    return Same(len(movers), mean(mover.before for mover in movers), mean(now))


def _mover(facts: Facts, record: Record) -> Mover | None:
    past = facts.before(record)
    if record.final is None or past is None or past.final is None or not (record.whole and past.whole):
        return None
    change = difference(record.final, past.final)
    return Mover(record, past.final, change or 0.0, past.roles != record.roles)


def _grades(records: Sequence[Record], company: Company) -> Iterable[GradeCount]:
    """The company's grades from the best down, then other grades of the forms."""
    counts = Counter(record.person.grade or "" for record in records if record.final is not None)
    people = counts.total()
    wanted = {grade.name: grade.share for grade in company.grades}
    enough = people >= company.share_minimum
    for name in dict.fromkeys([*wanted, *filter(None, counts)]):
        share = wanted.get(name)
        expected = people * share if share is not None and enough else None
        yield GradeCount(name, counts[name], counts[name] / people if people else 0.0, share, expected)


def _teams(records: Sequence[Record], past: Sequence[PastPerson], by: str) -> list[Team]:
    """The teams, the best mean first; those without a final score last. by: the attribute that makes a team."""
    finals: dict[str, list[Record]] = {}
    for record in records:
        finals.setdefault(getattr(record.person, by), []).append(record)
    before: dict[str, list[float]] = {}
    for one in past:
        if one.final is not None:
            before.setdefault(getattr(one, by), []).append(one.final)
    teams = []
    for name, members in finals.items():
        spread = Spread.of([record.final for record in members if record.final is not None])
        teams.append(Team(name, len(members), spread, mean(before[name]) if name in before else None))
    return sorted(teams, key=lambda team: (-team.spread.mean if team.spread else 1.0, team.name))


def _losses(records: Sequence[Record]) -> tuple[list[Loss], float]:
    """Losses by indicator, the largest first, and the sum of all."""
    points: dict[str, float] = {}
    people: Counter[str] = Counter()
    applied: Counter[str] = Counter()
    for record in records:
        for label, lost in record.lost.items():
            points[label] = points.get(label, 0.0) + lost
            people[label] += lost > 0
            applied[label] += 1
    total = sum(points.values())
    order = sorted((label for label in points if points[label] > 0), key=lambda label: -round(points[label], 9))
    return [Loss(x, points[x], people[x], applied[x], points[x] / total) for x in order], total


def _doubts(facts: Facts, scope: Scope, records: Sequence[Record]) -> Iterable[Doubt]:
    """What may still change results, the most serious first; only kinds that there are."""
    gone = [one for one in facts.missing if scope.has(one.line.who)]
    scored = [record for record in records if record.final is not None]
    errors = [r for r in scored if any(problem.severity == ERROR for problem in r.marks)]
    names = {
        "error": [r.person.name for r in errors],
        "warning": [r.person.name for r in scored if r.marks and r not in errors],
        "unfinished": [record.person.name for record in records if record.final is None],
        MISSING: [one.line.who.name for one in gone if one.state == MISSING],
        UNREADABLE: [one.line.who.name for one in gone if one.state == UNREADABLE],
        UNSETTLED: [one.line.who.name for one in gone if one.state == UNSETTLED],
        "files": [file.name for file, _ in facts.unread] if scope == EVERYONE else [],
    }
    return (Doubt(kind, tuple(who)) for kind, who in names.items() if who)
