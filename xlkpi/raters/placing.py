"""Decides which cells of forms get what ratings come to: what somebody typed stays, and differences are told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from xlkpi.catalogue.appraising.ratings import KINDS
from xlkpi.form.layout import LEAD, OTHERS, SELF, rating_id
from xlkpi.form.records.rated import Rated, is_same, recorded
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.numbers import Value, is_number, plain, same_number, value_text
from xlkpi.i18n.problems import ERROR, WARNING, Place, Problem
from xlkpi.intake.reading import FormReading
from xlkpi.intake.workbook import Workbook
from xlkpi.raters.combined import FEWEST, Combined
from xlkpi.rules.model import RuleError
from xlkpi.scoring.scores import kpi_score

_UNSAFE = ("row_deleted", "column_deleted", "doubled", "moved")
"""The kinds of problems with which nobody knows which cell is whose."""
QUARTER = "quarter"
Cells = dict[str, dict[str, float | str]]
Key = tuple[str, str, str]
"""Staff number, role, first day in it."""


@dataclass
class Placement:
    """What is written into one workbook: sheet → address → value, and note. same: cells that hold it already.

    people: those whose forms it has. lead: (person, row) → points that the superior chose.
    own: (person, row) → the place of the level that stands as self rating, from the best one on.
    """

    cells: Cells = field(default_factory=lambda: defaultdict(dict))
    notes: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    problems: list[Problem] = field(default_factory=list)
    people: set[Key] = field(default_factory=set)
    lead: dict[tuple[Key, str], float] = field(default_factory=dict)
    own: dict[tuple[Key, str], int] = field(default_factory=dict)
    same: int = 0

    @property
    def filled(self) -> int:
        return sum(len(cells) for cells in self.cells.values())


@dataclass(frozen=True)
class Placing:
    """What all forms of a quarter get. before: the record of an earlier run, whose values give way.

    replace: what somebody typed gives way too. anonymous: whether few raters are not counted in notes.
    """

    quarter: str
    results: Sequence[Combined]
    before: Sequence[Rated]
    anonymous: bool
    replace: bool = False

    def into(self, workbook: Workbook) -> Placement:
        """What a workbook gets."""
        placement = Placement()
        by_person: dict[Key, list[Combined]] = defaultdict(list)
        for result in self.results:
            by_person[result.asked.key[:3]].append(result)
        if workbook.quarter != self.quarter:
            values = {"quarter": workbook.quarter or "?", "expected": self.quarter}
            place = Place(workbook.file)
            placement.problems.append(Problem.at(place, "quarter", workbook.language, WARNING, **values))
            return placement
        for reading in workbook.readings:
            key = _key(reading)
            placement.people.add(key)
            placement.own |= {(key, row): place for row, place in _self_ratings(reading)}
            unsafe = [problem for problem in reading.problems if problem.kind in _UNSAFE]
            placement.problems += unsafe[:1]
            for result in () if unsafe else by_person.get(key, ()):
                self._place(placement, reading, key, result)
        return placement

    def _place(self, placement: Placement, reading: FormReading, key: Key, result: Combined) -> None:
        row = result.asked.item.row
        column = SELF if result.is_self else OTHERS if result.asked.item.levels else QUARTER
        superior = _superior(reading, result)
        if superior is not None:
            placement.lead[key, row] = superior
        value = written(result, reading)
        if value is None:
            return
        if not reading.grid.has(row, column):
            placement.problems.append(_told(reading, result, None, "rater_no_cell"))
            return
        if column == OTHERS and not _same_points(reading, result):
            placement.problems.append(_told(reading, result, (row, column), "rater_rule"))
            return
        now, address = reading.grid.get(row, column), reading.grid.address(row, column)
        if now is not None and is_same(now, value):
            placement.same += 1
        elif now is None or self.replace or self._ours(key, row, column, now, reading):
            placement.cells[reading.sheet][address] = value
            placement.notes[reading.sheet][address] = words(reading.language)("fill_note") + note_of(
                result, words(reading.language), anonymous=self.anonymous
            )
        else:
            shown = {"there": value_text(now), "value": value if isinstance(value, str) else plain(value)}
            placement.problems.append(_told(reading, result, (row, column), "rater_differs", WARNING, **shown))

    def _ours(self, key: Key, row: str, column: str, now: Value, reading: FormReading) -> bool:
        """Whether a cell holds what an earlier run has written."""
        for one in self.before:
            if (one.id, one.role, one.start, one.row, one.column) == (*key, row, column):
                was = recorded(reading.role, one, reading.language)
                return was is not None and is_same(now, was)
        return False


def written(result: Combined, reading: FormReading) -> float | str | None:
    """What stands in the cell; None where a number or a self rating is missing: then the form waits."""
    if result.is_self:
        levels = _levels(reading, result.asked.item.row)
        return levels[result.place] if result.place is not None and result.place < len(levels) else None
    if result.value is None:
        return words(reading.language)("nobody") if result.asked.item.levels else None
    return result.value


def note_of(result: Combined, labels: Labels, *, anonymous: bool) -> str:
    """Where a value comes from: how many people, by kind where that may be shown; never who."""
    if result.is_self:
        return labels("raters_note_self")
    few = anonymous and result.count < FEWEST
    if not result.asked.item.levels:
        return labels("raters_note_points_few") if few else labels("raters_note_points", count=result.count)
    if result.value is None:
        return labels("raters_note_nobody")
    if few:
        return labels("raters_note_few")
    if len(result.groups) == 1 and len(result.groups[0].kinds) > 1:
        return labels("raters_note_all", count=result.count)
    kinds = labels("list_separator").join(
        labels("raters_kind_count", kind=kind_word(group.kinds, labels), count=group.count) for group in result.groups
    )
    return labels("raters_note", count=result.count, kinds=kinds)


def kind_word(kinds: Sequence[str], labels: Labels) -> str:
    """How a group of kinds is called."""
    return labels(f"raters_kind_{kinds[0]}") if len(kinds) == 1 and kinds[0] in KINDS else labels("raters_kind_others")


def _key(reading: FormReading) -> Key:
    person = reading.registered.assignment
    if person is None:
        return reading.inputs.person.get("employee_id", ""), reading.role.id, ""
    return person.post


def _self_ratings(reading: FormReading) -> Iterator[tuple[str, int]]:
    """Row and place of the level of each self rating on a form."""
    for row in (id for id in reading.grid.row if id.startswith("s:")):
        levels = _levels(reading, row)
        if (chosen := value_text(reading.grid.get(row, SELF)).strip()) in levels:
            yield row, levels.index(chosen)


def _levels(reading: FormReading, row: str) -> tuple[str, ...]:
    return next((one.levels for one in reading.role.indicators if rating_id(one.id) == row), ())


def _points(reading: FormReading, row: str) -> Iterator[tuple[str, float]]:
    """Level → points by the sentence that stands on the form; nothing where it cannot be read."""
    indicator = next((one for one in reading.role.indicators if rating_id(one.id) == row), None)
    if indicator is None:
        return
    try:
        for level in indicator.levels:
            points = kpi_score(level, None, reading.inputs.rules[indicator.id], reading.inputs.units[indicator.id])
            if is_number(points):
                yield level, float(points)
    except (RuleError, ValueError):
        return


def _same_points(reading: FormReading, result: Combined) -> bool:
    """Whether the levels give the same points on the form as those that the ratings were counted with."""
    there, ours = [points for _, points in _points(reading, result.asked.item.row)], result.asked.item.levels.values()
    return len(there) == len(ours) and all(map(same_number, there, ours))


def _superior(reading: FormReading, result: Combined) -> float | None:
    """The points of the level that the superior chose."""
    row = result.asked.item.row
    chosen: Mapping[str, float] = dict(_points(reading, row))
    return chosen.get(value_text(reading.grid.get(row, LEAD)).strip())


def _told(
    reading: FormReading, result: Combined, at: tuple[str, str] | None, key: str, severity: str = ERROR, /,
    **values: object,
) -> Problem:  # fmt: skip
    cell = None if at is None else reading.grid.address(*at)
    place = Place(reading.file, reading.sheet, cell, *(at or (None, None)))
    who = {"name": result.asked.pair.name, "item": result.asked.item.label}
    return Problem.at(place, "raters", reading.language, severity, key, **who, **values)
