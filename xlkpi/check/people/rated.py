"""Ratings on a form held against what the raters' workbooks came to: typed over, or never given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from xlkpi.form.layout import OTHERS, SELF, rating_id
from xlkpi.form.records.rated import Rated, is_same, recorded
from xlkpi.i18n.numbers import is_number, plain, value_text
from xlkpi.i18n.problems import ADVICE, WARNING, Place, Problem
from xlkpi.intake.reading import FormReading
from xlkpi.intake.workbook import Workbook

Records = Mapping[str, Mapping[tuple[str, str, str], Sequence[Rated]]]
"""By quarter and post. A quarter whose record cannot be read has none, and one that has no record is not there."""


def by_post(rated: Iterable[Rated]) -> dict[tuple[str, str, str], list[Rated]]:
    """A quarter's ratings by staff number, role and first day."""
    posts: dict[tuple[str, str, str], list[Rated]] = {}
    for one in rated:
        posts.setdefault((one.id, one.role, one.start), []).append(one)
    return posts


def rated_otherwise(workbook: Workbook, records: Records) -> Iterator[Problem]:
    """A warning at every rating of a workbook's forms that is not the recorded one.

    records: of the company's history. Without the record of the quarter every rating by others is told.
    """
    if workbook.quarter not in records:
        yield from _unrecorded(workbook)
    record = records.get(workbook.quarter or "", {})
    for reading in workbook.readings if record else ():
        person = reading.registered.assignment
        if person is None:
            continue
        own = record.get(person.post, ())
        for one in own:
            yield from _different(reading, one)
        known = {(one.row, one.column) for one in own}
        for row in (id for id in reading.grid.row if id.startswith("s:")):
            if (row, OTHERS) not in known and is_number(reading.grid.get(row, OTHERS)):
                yield _told(reading, row, OTHERS, "rated_unknown", value=value_text(reading.grid.get(row, OTHERS)))


def _unrecorded(workbook: Workbook) -> Iterator[Problem]:
    """A warning at every rating by others that counts: nobody can tell where it comes from."""
    for reading in workbook.readings:
        shares = reading.inputs.shares
        if reading.registered.assignment is None or shares is None or not shares.others:
            continue
        for row in (id for id in reading.grid.row if id.startswith("s:") and reading.grid.has(id, OTHERS)):
            if is_number(value := reading.grid.get(row, OTHERS)):
                yield _told(reading, row, OTHERS, "rated_unrecorded", value=value_text(value), quarter=workbook.quarter)


def _different(reading: FormReading, one: Rated) -> Iterator[Problem]:
    if not reading.grid.has(one.row, one.column):
        return  # other checks say that the row is gone
    now, was = reading.grid.get(one.row, one.column), recorded(reading.role, one, reading.language)
    if was is None or is_same(now, was):
        return
    shown = value_text(was) if isinstance(was, str) else plain(was)
    if now is None:
        yield _told(reading, one.row, one.column, "rated_empty", ADVICE, expected=shown)
        return
    key = "rated_self" if one.column == SELF else "rated_over"
    yield _told(reading, one.row, one.column, key, value=value_text(now), expected=shown)


def _told(
    reading: FormReading, row: str, column: str, key: str, severity: str = WARNING, /, **values: object
) -> Problem:
    place = Place(reading.file, reading.sheet, reading.grid.address(row, column), row, column)
    labels = reading.role.labels | {rating_id(i.id): i.label for i in reading.role.indicators}
    label = labels.get(row, labels.get(row.removeprefix("m:"), row))
    return Problem.at(place, "rated", reading.language, severity, key, label=label, **values)
