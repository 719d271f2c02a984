"""The board (回收情况): which forms were expected, and which have come in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from xlkpi.appraisal.people import identity
from xlkpi.common.assignment import Assignment, Identity
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.problems import ADVICE, WARNING, Place, Problem
from xlkpi.intake.counting import copy_problem
from xlkpi.intake.received import COPIES, COUNTED, OTHER_QUARTER, ReceivedFile, ReceivedForm, overlap

K = TypeVar("K")
T = TypeVar("T")
RECEIVED, INCOMPLETE, UNREADABLE, MISSING = "received", "incomplete", "unreadable", "missing"
"""The states of an assignment: a complete form came; an incomplete one; one that cannot be read; none."""
STATES = (RECEIVED, INCOMPLETE, UNREADABLE, MISSING)

CHANGED = frozenset(
    """
    weight weights weights_total rule rule_unreadable compiled target grades identity overwritten formula unit doubled
    row_deleted column_deleted moved digest agreed
    """.split()
)
"""The kinds of problems where somebody changed what people should not type into."""
MISTYPED = frozenset(("number", "date", "boolean", "error_value", "level", "count"))
"""The kinds of problems where a typed cell holds something that cannot be scored."""


@dataclass(frozen=True)
class BoardLine:
    """An assignment on the board.

    expected: False for a form that came without being expected. entry: the form that counts. copies: its other forms.
    """

    who: Identity
    role: str
    state: str
    expected: bool
    entry: ReceivedForm | None = None
    copies: tuple[ReceivedForm, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether somebody changed what people should not type into."""
        problems = self.entry.problems if self.entry else []
        return any(problem.kind in CHANGED and problem.severity != ADVICE for problem in problems)


def lines(
    received: Sequence[ReceivedFile],
    entries: Sequence[ReceivedForm],
    quarter: Quarter,
    roster: Sequence[Assignment] | None,
) -> list[BoardLine]:
    """The lines of the board, sorted by superior, department, staff number and name.

    roster: the expected assignments; None for those that the received files register.
    """
    of_quarter = [file for file in received if file.quarter == quarter]
    registered = [
        r.assignment for file in sorted(of_quarter, key=_newest) for r in file.filled.registered if r.assignment
    ]
    came = [(file, {form.sheet for form in file.filled.forms}) for file in of_quarter]
    unread = _by_post(
        r.assignment for file, read in came for r in file.filled.registered if r.assignment and r.title not in read
    )
    open_entries = {id(entry): entry for entry in entries if entry.state in (COUNTED, *COPIES)}
    of_post = _grouped(open_entries.values(), _post)
    board: list[BoardLine] = []
    for assignment in _distinct(registered if roster is None else roster, quarter):
        post = assignment.id, assignment.role
        own = [e for e in of_post.get(post, ()) if id(e) in open_entries and _is_of(e, assignment, quarter)]
        for entry in own:
            del open_entries[id(entry)]
        failed = any(overlap(assignment, other, quarter) for other in unread.get(post, ()))
        board.append(_line(assignment.identity, assignment.role, own, UNREADABLE if failed else MISSING))
    of_person = _grouped(open_entries.values(), _person_in_role)
    for counted in [entry for entry in open_entries.values() if entry.instead is None]:
        beside = of_person[_person_in_role(counted)]
        own = [entry for entry in beside if entry is counted or _copy_of(entry, counted, quarter)]
        role = counted.form.appraisal.role.id
        board.append(_line(identity(counted.form), role, own, UNREADABLE, expected=roster is None))
    return sorted(board, key=lambda line: (line.who.superior, line.who.department, line.who.id, line.who.name))


def _grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """The items by key, in their order: with thousands of people nobody is compared with everybody."""
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def _by_post(assignments: Iterable[Assignment]) -> dict[tuple[str, str], list[Assignment]]:
    return _grouped(assignments, lambda assignment: (assignment.id, assignment.role))


def _post(entry: ReceivedForm) -> tuple[str, str]:
    """Staff number and role, as registered or else as typed."""
    assignment = entry.form.assignment
    role = entry.form.appraisal.role.id if assignment is None else assignment.role
    return identity(entry.form).id, role


def _person_in_role(entry: ReceivedForm) -> tuple[str, str, str]:
    who = identity(entry.form)
    return who.id, who.name, entry.form.appraisal.role.id


def _newest(file: ReceivedFile) -> float:
    return -file.saved.timestamp() if file.modified else 0.0


def _distinct(assignments: Iterable[Assignment], quarter: Quarter) -> Iterator[Assignment]:
    """The assignments with a day in the quarter, each once: several files may register the same."""
    distinct: dict[tuple[str, str], list[Assignment]] = {}
    for assignment in assignments:
        same = distinct.setdefault((assignment.id, assignment.role), [])
        if assignment.days(quarter) and not any(overlap(assignment, other, quarter) for other in same):
            same.append(assignment)
            yield assignment


def _is_of(entry: ReceivedForm, assignment: Assignment, quarter: Quarter) -> bool:
    """Whether a form of the same number and role is for an assignment; one made without a roster must have its name."""
    form = entry.form
    if form.assignment is None:
        return identity(form).name == assignment.name
    return overlap(form.assignment, assignment, quarter)


def _copy_of(entry: ReceivedForm, counted: ReceivedForm, quarter: Quarter) -> bool:
    """Whether a form of the same person and role is a copy of the one that counts."""
    return entry.instead is not None and overlap(entry.form.assignment, counted.form.assignment, quarter)


def _line(
    who: Identity, role: str, entries: Sequence[ReceivedForm], without: str, *, expected: bool = True
) -> BoardLine:
    """The line of an assignment with these forms; `without`: its state where none of them counts."""
    counted = next((entry for entry in entries if entry.state == COUNTED), None)
    without = UNREADABLE if entries else without  # which of them counts is not decided
    copies = tuple(entry for entry in entries if entry is not counted)
    state = without if counted is None else RECEIVED if counted.complete else INCOMPLETE
    return BoardLine(who, role, state, expected, counted, copies)


def problems(
    entries: Sequence[ReceivedForm], lines: Sequence[BoardLine], language: str, *, roster: bool
) -> Iterator[Problem]:
    """The problems on the board: copies, forms of other quarters, missing, incomplete and unexpected forms.

    roster: whether a roster says who was expected.
    """
    beside = _grouped(entries, lambda entry: id(entry.instead or entry))
    for entry in entries:
        if entry.state in COPIES:
            yield copy_problem(entry, beside[id(entry.instead or entry)], language)
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
    """Superior → how many assignments are "expected", are in each state, have "copies", are "changed"."""
    counts: dict[str, Counter[str]] = {}
    for line in lines:
        count = counts.setdefault(line.who.superior, Counter())
        count["expected"] += line.expected
        count[line.state] += 1
        count["copies"] += bool(line.copies)
        count["changed"] += line.changed
    return counts
