"""The board: what was expected, and what has come of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xlkpi.appraisal.people import identity
from xlkpi.common.assignment import Assignment, Identity
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.problems import ADVICE, WARNING, Place, Problem
from xlkpi.intake.received import COUNTED, OLDER, OTHER_QUARTER, UNFINISHED, ReceivedFile, ReceivedForm, overlap

RECEIVED, INCOMPLETE, UNREADABLE, MISSING = "received", "incomplete", "unreadable", "missing"
"""What has come of a post."""
STATES = (RECEIVED, INCOMPLETE, UNREADABLE, MISSING)

CHANGED = frozenset(
    """
    weight weights weights_total rule rule_unreadable compiled target grades identity overwritten formula unit doubled
    row_deleted column_deleted digest
    """.split()
)
"""The kinds of problems that say that somebody changed what was not to be typed."""
MISTYPED = frozenset(("number", "date", "boolean", "error_value", "level", "count"))
"""The kinds of problems of a typed cell that holds something else than what counts."""


@dataclass(frozen=True)
class BoardLine:
    """A post, expected or come unasked (`expected` False): its state, the form that counts, other copies of it."""

    who: Identity
    role: str
    state: str
    expected: bool
    entry: ReceivedForm | None = None
    copies: tuple[ReceivedForm, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether something was changed that was not to be typed."""
        found = self.entry.problems if self.entry else []
        return any(problem.kind in CHANGED and problem.severity != ADVICE for problem in found)


def lines(
    received: Sequence[ReceivedFile],
    entries: Sequence[ReceivedForm],
    quarter: Quarter,
    roster: Sequence[Assignment] | None,
) -> list[BoardLine]:
    """The board, by superior, department, number and name."""
    of_quarter = [file for file in received if file.quarter == quarter]
    registered = [
        r.assignment for file in sorted(of_quarter, key=_newest) for r in file.filled.registered if r.assignment
    ]
    unread = [
        r.assignment
        for file in of_quarter
        for r in file.filled.registered
        if r.assignment and r.title not in [form.sheet for form in file.filled.forms]
    ]
    open_entries = [entry for entry in entries if entry.state in (COUNTED, OLDER, UNFINISHED)]
    found: list[BoardLine] = []
    for assignment in _distinct(registered if roster is None else roster, quarter):
        mine = [entry for entry in open_entries if _is_of(entry, assignment, quarter)]
        open_entries = [entry for entry in open_entries if entry not in mine]
        failed = any(_same(assignment, other, quarter) for other in unread)
        found.append(_line(assignment.identity, assignment.role, mine, UNREADABLE if failed else MISSING))
    for counted in [entry for entry in open_entries if entry.state == COUNTED]:
        mine = [entry for entry in open_entries if entry is counted or _copy_of(entry, counted, quarter)]
        found.append(_line(identity(counted.form), counted.form.appraisal.role.id, mine, "", expected=roster is None))
    return sorted(found, key=lambda line: (line.who.superior, line.who.department, line.who.id, line.who.name))


def _newest(file: ReceivedFile) -> float:
    return -file.saved.timestamp() if file.modified else 0.0


def _distinct(assignments: Sequence[Assignment], quarter: Quarter) -> list[Assignment]:
    """The posts with a day in the quarter, each once: several files may register it."""
    found: list[Assignment] = []
    for assignment in assignments:
        if assignment.days(quarter) and not any(_same(assignment, other, quarter) for other in found):
            found.append(assignment)
    return found


def _same(assignment: Assignment, other: Assignment, quarter: Quarter) -> bool:
    return (assignment.id, assignment.role) == (other.id, other.role) and overlap(assignment, other, quarter)


def _is_of(entry: ReceivedForm, assignment: Assignment, quarter: Quarter) -> bool:
    """Whether a form is the one of a post; one made without the roster is known by number, name and role."""
    form = entry.form
    if form.assignment is not None:
        return _same(form.assignment, assignment, quarter)
    who = identity(form)
    return (who.id, who.name, form.appraisal.role.id) == (assignment.id, assignment.name, assignment.role)


def _copy_of(entry: ReceivedForm, counted: ReceivedForm, quarter: Quarter) -> bool:
    if entry.state == COUNTED or entry.form.appraisal.role.id != counted.form.appraisal.role.id:
        return False
    mine, theirs = identity(entry.form), identity(counted.form)
    return (mine.id, mine.name) == (theirs.id, theirs.name) and overlap(
        entry.form.assignment, counted.form.assignment, quarter
    )


def _line(
    who: Identity, role: str, mine: Sequence[ReceivedForm], otherwise: str, *, expected: bool = True
) -> BoardLine:
    counted = next((entry for entry in mine if entry.state == COUNTED), None)
    copies = tuple(entry for entry in mine if entry is not counted)
    state = otherwise if counted is None else RECEIVED if counted.complete else INCOMPLETE
    return BoardLine(who, role, state, expected, counted, copies)


def problems(
    entries: Sequence[ReceivedForm], lines: Sequence[BoardLine], language: str, *, roster: bool
) -> Iterator[Problem]:
    """What the board has to tell: copies, other quarters, what is missing or not complete, who came unasked."""
    for entry in entries:
        if entry.state in (OLDER, UNFINISHED):
            assert entry.instead is not None
            key = "copy_older" if entry.state == OLDER else "copy_unfinished"
            yield entry.problem(
                "duplicate", language, key, name=identity(entry.form).name, file=entry.instead.file.name
            )
        elif entry.state == OTHER_QUARTER:
            yield entry.problem("quarter", language, "other_quarter", quarter=entry.file.filled.quarter or "—")
    for line in lines:
        who = line.who
        if line.state == MISSING:
            values = {"id": who.id, "name": who.name, "superior": who.superior or "—"}
            yield Problem.at(Place(""), "missing", language, WARNING, "line_missing", **values)
        elif line.entry and line.state == INCOMPLETE:
            wrong = sum(problem.kind in MISTYPED for problem in line.entry.problems)
            key = "line_wrong" if wrong else "line_incomplete"
            yield line.entry.problem("incomplete", language, key, name=who.name, count=wrong)
        if line.entry and roster and not line.expected:
            yield line.entry.problem("unexpected", language, "line_unexpected", id=who.id, name=who.name)


def by_superior(lines: Sequence[BoardLine]) -> dict[str, Counter[str]]:
    """How many posts of each superior are "expected", in each state, have "copies", are "changed"."""
    counts: dict[str, Counter[str]] = {}
    for line in lines:
        count = counts.setdefault(line.who.superior, Counter())
        count["expected"] += line.expected
        count[line.state] += 1
        count["copies"] += bool(line.copies)
        count["changed"] += line.changed
    return counts
