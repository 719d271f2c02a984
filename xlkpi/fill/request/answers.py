"""Reads request workbooks that came back, also sorted, with moved columns, or saved by another program.

A row says twice whose it is: in its hidden id, and in what people see. Somebody may sort the visible columns only, so
that what people see counts, as long as the sheet has such a row; where neither fits, it is asked about.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from xlkpi.fill.findings import FAULT, NOTE, Findings
from xlkpi.fill.gathering.rows import Wanted
from xlkpi.fill.gathering.settle import Candidate, Origin
from xlkpi.fill.gathering.values import value_at
from xlkpi.fill.request.rows import COLUMN_IDS, VALUE_IDS, Asked, is_row_id, quarter_of_id
from xlkpi.fill.tables.table import Table
from xlkpi.fill.targets import Form
from xlkpi.i18n.labels import words
from xlkpi.i18n.numbers import is_number, number_text, plain
from xlkpi.roster.header import folded

_SEARCHED = 20
_FEWEST = 8
"""Column ids that a row must hold to be the one with the ids."""


@dataclass(frozen=True)
class Answers:
    """A sheet of a request workbook. row: of the column ids; at: the column of each, both from 0."""

    table: Table
    row: int
    at: Mapping[str, int]


def answers_in(table: Table) -> Answers | None:
    """The answers on a sheet; None where it is no request, or one that lost its ids: then it is a table like others."""
    for row in range(min(_SEARCHED, len(table.rows))):
        at = {str(cell): column for column, cell in enumerate(table.rows[row]) if str(cell) in COLUMN_IDS}
        if len(at) >= _FEWEST and {"id", "employee_id", "measure"} <= at.keys():
            ids = (table.text(number, at["id"]) for number in range(row + 1, len(table.rows)))
            return Answers(table, row, at) if any(map(is_row_id, ids)) else None
    return None


@dataclass
class AnswerReading:
    """Reads the answers of one sheet."""

    answers: Answers
    wanted: Wanted
    findings: Findings
    _asked: dict[str, Asked] = field(default_factory=dict)
    _visible: dict[tuple[str, str], list[Asked]] = field(default_factory=lambda: defaultdict(list))
    _renamed: Mapping[str, str] = field(default_factory=dict)

    def candidates(self) -> Iterator[Candidate]:
        """The values that were typed."""
        table, at = self.answers.table, self.answers.at
        everything = {asked.id: asked for form in self.wanted.forms for asked in _rows_of(form)}
        rows = [row for row in range(self.answers.row + 1, len(table.rows)) if is_row_id(table.text(row, at["id"]))]
        for row in rows:
            asked = everything.get(table.text(row, at["id"]))
            if asked is not None:
                self._asked[asked.id] = asked
                self._visible[_who(asked.form.number), folded(asked.measure.label)].append(asked)
        self._renamed = self._renamed_in(rows)
        for row in range(self.answers.row + 1, len(table.rows)):
            typed = [id for id in VALUE_IDS if id in at and table.cell(row, at[id]) is not None]
            if not typed or table.text(row, at["id"]) == "id":  # the headers that people see
                continue
            found = self._row(row)
            if found is not None:
                for id in typed:
                    yield from self._value(row, id, found)

    def _tell(self, key: str, row: int, column: str, **values: object) -> None:
        table = self.answers.table
        self.findings.add(FAULT, key, table.file, table.sheet, (row, self.answers.at[column]), **values)

    def _renamed_in(self, rows: Sequence[int]) -> Mapping[str, str]:
        """Folded labels that measures had when the request was made → their labels now.

        A label that nobody has now stands in all rows whose ids are of one measure, and in no others. Where rows were
        moved apart from their ids, or somebody wrote over a label, that is not so.
        """
        table, at = self.answers.table, self.answers.at
        now: dict[str, set[str]] = defaultdict(set)
        seen: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            asked = self._asked.get(table.text(row, at["id"]))
            if asked is not None:
                label = folded(table.text(row, at["measure"]))
                now[label].add(asked.measure.label)
                seen[asked.measure.label].add(label)
        known = self.wanted.company.known.keys() | self.wanted.labels.known.keys()
        return {
            label: min(labels)
            for label, labels in now.items()
            if label and label not in known and len(labels) == 1 and len(seen[min(labels)]) == 1
        }

    def _row(self, row: int) -> Asked | None:
        """What a row is about; None where that is in doubt, which is told."""
        table, at = self.answers.table, self.answers.at
        id, number, label = (table.text(row, at[column]) for column in ("id", "employee_id", "measure"))
        if new := self._renamed.get(folded(label)):
            self.findings.add(
                NOTE, "fill_request_renamed", table.file, table.sheet, (row, at["measure"]), label=label, new=new
            )
            label = new
        asked = self._asked.get(id)
        if asked is not None and (_who(number), folded(label)) == (
            _who(asked.form.number),
            folded(asked.measure.label),
        ):
            return asked
        visible = self._visible.get((_who(number), folded(label)), [])
        if len(visible) == 1:
            return visible[0]
        if is_row_id(id) and quarter_of_id(id) != str(self.wanted.quarter):
            values = {"quarter": quarter_of_id(id), "expected": str(self.wanted.quarter)}
            self._tell("fill_request_quarter", row, "id", **values)
        elif asked is not None:
            values = {"who": asked.form.who, "expected": asked.measure.label, "number": number, "label": label}
            self._tell("fill_request_changed", row, "employee_id", **values)
        else:
            self._tell("fill_request_gone", row, "employee_id", number=number, label=label)
        return None

    def _value(self, row: int, id: str, asked: Asked) -> Iterator[Candidate]:
        table, form, measure = self.answers.table, asked.form, asked.measure
        slot = form.slots.get((measure.id, id))
        if slot is None:
            self._tell("fill_request_column", row, id, label=measure.label, monthly=measure.monthly)
            return
        value = self._read(row, id, asked)
        if value is not None:
            origin = Origin(table.file, table.sheet, ((row + 1, row + 1),), 1)
            yield Candidate(form, measure, id, value, origin)

    def _read(self, row: int, id: str, asked: Asked) -> float | str | None:
        measure = asked.measure
        cell = value_at(self.answers.table, (row, self.answers.at[id]), asked.form, measure)
        if cell.fault:
            self._tell(cell.fault, row, id, **cell.values)
        number, high = cell.value, 1.0 if measure.high is None else measure.high
        if measure.unit == "%" and is_number(number) and number > high >= number / 100:
            shown = {"one": plain(number), "meant": number_text(number / 100, True, words())}
            self._tell("fill_request_percent", row, id, label=measure.label, **shown)
            return None
        return number


def _rows_of(form: Form) -> Iterator[Asked]:
    return (Asked(form, measure) for measure in form.role.measures)


def _who(number: str) -> str:
    text = unicodedata.normalize("NFKC", number).strip().casefold()
    return text.lstrip("0") if text.isdecimal() else text
