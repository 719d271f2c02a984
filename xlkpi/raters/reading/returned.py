"""Reads one returned rater's workbook: its answers by row id, and everything about it that is not as it was sent."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from xlkpi.common.quarter import Quarter
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import is_number, number_written, plain, value_text
from xlkpi.i18n.problems import ERROR, WARNING, Place, Problem, UnreadableError
from xlkpi.intake.received import stamp
from xlkpi.raters.asked import Asked, is_row_id, whose
from xlkpi.raters.reading.sheet import RaterSheet, rater_sheet
from xlkpi.roster.header import folded


@dataclass(frozen=True)
class Answer:
    """A rating. value: the place of the level from the best one on, else points. cell: where it stands."""

    asked: Asked
    value: float
    remark: str
    cell: str

    @property
    def points(self) -> float:
        return self.asked.item.points(self.value)


@dataclass(frozen=True)
class Expected:
    """What the workbooks of a quarter have to be. companies: the company's name in every language.

    asked: language → rater → rows. raters: staff number → name.
    """

    quarter: Quarter
    companies: frozenset[str]
    raters: Mapping[str, str]
    asked: Callable[[str], Mapping[str, Sequence[Asked]]]


@dataclass(frozen=True)
class ReturnedFile:
    """A file that came back. rater: whose it is, "" for one that counts for nobody. missing: rows without a rating."""

    name: str
    rater: str
    saved: dt.datetime
    answers: tuple[Answer, ...] = ()
    missing: tuple[Asked, ...] = ()
    problems: tuple[Problem, ...] = ()
    language: str = HANS

    @property
    def complete(self) -> bool:
        return not self.missing

    @property
    def said(self) -> Mapping[str, float]:
        """Row id → rating: what two files say alike."""
        return {answer.asked.id: answer.value for answer in self.answers}


def read_returned(content: bytes, name: str, changed: dt.datetime, expected: Expected) -> ReturnedFile:
    """Read a file. changed: when it was, where it does not say itself. Raises nothing for what is wrong in it."""
    saved, _ = stamp(content, changed)
    try:
        sheet = rater_sheet(content)
    except UnreadableError as error:
        return ReturnedFile(name, "", saved, problems=(error.problem(name),), language=error.language or HANS)
    reading = _Reading(name, sheet, expected)
    rater = reading.rater()
    answers = tuple(reading.answers(rater)) if rater else ()
    answered = {answer.asked.id for answer in answers}
    missing = tuple(row for row in reading.rows(rater) if row.id not in answered)
    return ReturnedFile(name, rater, saved, answers, missing, tuple(reading.problems), sheet.language)


@dataclass
class _Reading:
    """Reads one sheet, and collects the problems."""

    file: str
    sheet: RaterSheet
    expected: Expected
    problems: list[Problem] = field(default_factory=list)

    def _tell(
        self, key: str, row: int | None, column: str = "rating", severity: str = ERROR, /, **values: object
    ) -> None:
        cell = None if row is None else self.sheet.cell(row, column)
        row_id = None if row is None else self.sheet.text(row, "id") or None
        place = Place(self.file, self.sheet.title, cell, row_id, None if row is None else column)
        self.problems.append(Problem.at(place, "raters", self.sheet.language, severity, key, **values))

    def rows(self, rater: str) -> Sequence[Asked]:
        """The rows that a rater is asked for."""
        return self.expected.asked(self.sheet.language).get(rater, ())

    def rater(self) -> str:
        """Whose workbook it is; "" where it must not count, which is told."""
        settings, expected = self.sheet.settings, self.expected
        rater, quarter = settings.get("rater", ""), settings.get("quarter", "")
        if settings.get("company", "") not in expected.companies:
            self._tell("rater_other_company", None, company=settings.get("company", ""))
        elif quarter != str(expected.quarter):
            self._tell("rater_other_quarter", None, quarter=quarter, expected=expected.quarter)
        elif rater not in expected.raters:
            self._tell("rater_not_listed", None, number=rater, name=settings.get("name", ""))
        elif other := self._other(rater):
            self._tell("rater_other", None, number=rater, name=expected.raters[rater], other=other)
        else:
            return rater
        return ""

    def _other(self, rater: str) -> str:
        """Another rater whom the visible title, or most rows, are of; "" where there is none."""
        heading = self.sheet.heading
        if heading and f"({folded(rater)})" not in folded(heading):
            return heading
        owners = [whose(id)[1] for id in self._ids() if is_row_id(id)]
        others = [owner for owner in owners if owner != rater]
        return max(others, key=others.count) if len(others) * 2 > len(owners) else ""

    def _ids(self) -> Iterator[str]:
        return (self.sheet.text(row, "id") for row in self.sheet.numbers())

    # --- rows ---------------------------------------------------------------------------------------------------------

    def answers(self, rater: str) -> Iterator[Answer]:
        """The ratings that count."""
        asked = {row.id: row for row in self.rows(rater)}
        found: dict[str, list[int]] = defaultdict(list)
        for row in self.sheet.numbers():
            if self._is_asked(row, rater, asked):
                found[self.sheet.text(row, "id")].append(row)
        gone = [row for id, row in asked.items() if id not in found]
        if gone:
            names = tuple(dict.fromkeys(row.pair.name for row in gone))
            self._tell("rater_rows_gone", None, "rating", WARNING, count=len(gone), names=names)
        for id, rows in found.items():
            answer = self._answer(asked[id], rows)
            if answer is not None:
                yield answer

    def _is_asked(self, row: int, rater: str, asked: Mapping[str, Asked]) -> bool:
        """Whether a row is one of this rater's, as it was sent; what else it is, is told."""
        sheet, id = self.sheet, self.sheet.text(row, "id")
        filled = sheet.value(row, "rating") is not None
        if not is_row_id(id):
            if filled:
                self._tell("rater_row_added", row)
            return False
        quarter, owner = whose(id)
        who = {"name": sheet.text(row, "name"), "item": sheet.text(row, "item")}
        if quarter != str(self.expected.quarter):
            self._tell("rater_other_quarter", row, quarter=quarter, expected=self.expected.quarter)
        elif owner != rater:
            self._tell("rater_row_of_other", row, **who)
        elif id not in asked:
            self._tell("rater_row_not_asked", row, **who)
        elif not self._as_sent(row, asked[id]):
            was = {"name": asked[id].pair.name, "item": asked[id].item.label}
            self._tell("rater_row_changed", row, "employee_id", shown=" ".join(who.values()), **was)
        else:
            return True
        return False

    def _as_sent(self, row: int, asked: Asked) -> bool:
        """Whether what people see of a row is what its id says."""
        number, name, item = (folded(self.sheet.text(row, column)) for column in ("employee_id", "name", "item"))
        shown = number.lstrip("0") == folded(asked.pair.person).lstrip("0") and name == folded(asked.pair.name)
        return shown and item == folded(asked.item.label)

    def _answer(self, asked: Asked, rows: Sequence[int]) -> Answer | None:
        """The rating of a row; None where there is none, or where two rows say different ones."""
        values = [self._value(asked, row) for row in rows]
        given = [value for value in values if value is not None]
        if len(rows) > 1:
            key = "rater_row_twice" if len(set(given)) > 1 else "rater_row_twice_same"
            severity = ERROR if len(set(given)) > 1 else WARNING
            self._tell(key, rows[1], "rating", severity, name=asked.pair.name, item=asked.item.label, row=rows[0] + 1)
        if len(set(given)) != 1:
            return None
        row = rows[values.index(given[0])]
        return Answer(asked, given[0], self.sheet.text(row, "remark"), self.sheet.cell(row, "rating"))

    def _value(self, asked: Asked, row: int) -> float | None:
        """What was chosen or typed; None for nothing, and for what is no rating, which is told."""
        sheet, item, value = self.sheet, asked.item, self.sheet.value(row, "rating")
        who = {"name": asked.pair.name, "item": item.label}
        if sheet.is_formula(row, "rating"):
            self._tell("rater_formula", row, **who)
        elif value is None:
            return None
        elif item.levels:
            places = {folded(level): place for place, level in enumerate(item.levels)}
            if folded(value_text(value)) in places:
                return float(places[folded(value_text(value))])
            self._tell("rater_level", row, text=value_text(value), levels=tuple(item.levels), **who)
        else:
            number = value if is_number(value) else number_written(value) if isinstance(value, str) else None
            percent = isinstance(value, str) and not value.strip().replace(".", "", 1).isdecimal()
            if number is not None and not percent and item.low <= number <= item.high:
                return float(number)
            ends = {"low": plain(item.low), "high": plain(item.high)}
            self._tell("rater_points", row, text=value_text(value), **ends, **who)
        return None
