"""The rows of request workbooks: what is asked of a data owner, and how a row is recognised when it comes back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xlkpi.catalogue.role import Measure
from xlkpi.common.quarter import MONTHS
from xlkpi.fill.targets import QUARTER, Form

COLUMN_IDS = (
    "id", "employee_id", "name", "department", "post", "measure", "unit", *MONTHS, QUARTER, "plausible", "remark",
)  # fmt: skip
"""The ids of a request's columns, which stand in its hidden first row."""
VALUE_IDS = (*MONTHS, QUARTER)
_MARK = "q:"
_BETWEEN = "|"


@dataclass(frozen=True)
class Asked:
    """One row: a measure of a form."""

    form: Form
    measure: Measure

    @property
    def id(self) -> str:
        """The hidden id of the row."""
        return _MARK + _BETWEEN.join((str(self.form.quarter), *self.form.key, self.measure.id))


def is_row_id(text: str) -> bool:
    """Whether a text is the id of a row."""
    return text.startswith(_MARK) and text.count(_BETWEEN) >= 4


def quarter_of_id(text: str) -> str:
    """The quarter that the id of a row names."""
    return text.removeprefix(_MARK).partition(_BETWEEN)[0]


def asked_by_owner(forms: Iterable[Form]) -> Mapping[str, list[Asked]]:
    """What every data owner is asked for, in the order of the forms; measures without an open cell are left out."""
    owners: dict[str, list[Asked]] = defaultdict(list)
    for form in forms:
        for measure in form.role.measures:
            columns = MONTHS if measure.monthly else (QUARTER,)
            slots = [form.slots.get((measure.id, column)) for column in columns]
            if any(slot is not None and slot.open for slot in slots):
                owners[measure.owner].append(Asked(form, measure))
    return owners


def grouped(asked: Iterable[Asked], *, by_person: bool) -> list[Asked]:
    """The rows in their order on the sheet: measure by measure, or person by person."""
    rows = list(asked)
    if by_person:
        return rows
    first: dict[tuple[str, str], int] = {}
    for place, row in enumerate(rows):
        first.setdefault((row.measure.label, row.measure.unit), place)
    return sorted(rows, key=lambda row: first[row.measure.label, row.measure.unit])


def cells_of(rows: Iterable[Asked]) -> tuple[int, int]:
    """How many cells are to be typed, and how many are filled already."""
    slots = [
        slot
        for row in rows
        for column in VALUE_IDS
        if (slot := row.form.slots.get((row.measure.id, column))) is not None and slot.open
    ]
    there = sum(slot.value is not None for slot in slots)
    return len(slots) - there, there
