"""Received forms held against the record of what was issued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from xlkpi.appraisal.filled import FilledForm
from xlkpi.appraisal.inputs import Inputs
from xlkpi.appraisal.people import identity
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Indicator, Measure, Role
from xlkpi.collect.against.actions import issued_otherwise
from xlkpi.common.caches import ByIdentity
from xlkpi.common.quarter import MONTHS, Quarter
from xlkpi.form.blocks.usual import usual_layout
from xlkpi.form.captions import column_caption
from xlkpi.form.issued import IssuedForm
from xlkpi.form.layout import measure_id, part_id
from xlkpi.i18n.labels import words
from xlkpi.i18n.numbers import Value, is_number, number_text, same_number
from xlkpi.i18n.problems import ADVICE, ERROR, WARNING, Place, Problem
from xlkpi.intake.received import ReceivedFile

_FROM_ROLE = frozenset(("digest", "weights", "rule", "unit", "target", "formula", "label", "compiled"))
"""The kinds of problems that come from a comparison with today's role."""


def held_against_issued(
    files: Sequence[ReceivedFile], issued: Sequence[IssuedForm], quarter: Quarter, catalogue: Catalogue
) -> list[ReceivedFile]:
    """The files, with a problem wherever a form differs from what was issued.

    issued: the record of the quarter; an empty one says nothing.
    """
    if not issued:
        return [*files]
    posts: dict[tuple[str, str], list[IssuedForm]] = {}
    for form in issued:
        posts.setdefault((form.id, form.role), []).append(form)
    read = {form.appraisal.role.id for file in files if file.quarter == quarter for form in file.filled.forms}
    today = {id: catalogue.readable_digest(id, quarter) for id in read}
    blocks = catalogue.company(None, quarter).blocks
    return [_held(file, posts, today, blocks) if file.quarter == quarter else file for file in files]


def _held(
    file: ReceivedFile,
    posts: Mapping[tuple[str, str], Sequence[IssuedForm]],
    today: Mapping[str, str | None],
    blocks: tuple[str, ...],
) -> ReceivedFile:
    digests = {registered.title: registered.digest for registered in file.filled.registered}
    problems = list(file.problems)
    for form in file.filled.forms:
        if form.assignment is None:
            continue
        known = posts.get((form.assignment.id, form.appraisal.role.id), ())
        own = digests.get(form.sheet)
        match = next((one for one in known if one.start == form.assignment.begins), None)
        if match is None:
            problems.append(_whole(file, form, ADVICE, "issued_unknown", name=identity(form).name))
        elif own is not None and own != match.digest:
            problems.append(_whole(file, form, ERROR, "issued_digest"))
        else:
            if match.digest != today.get(match.role):  # the role was changed since; the form was not
                problems = [p for p in problems if p.sheet != form.sheet or p.kind not in _FROM_ROLE]
            told = {(p.sheet, p.row_id, p.column_id) for p in problems}
            found = (_different(file, form, match, *place.rsplit(" ", 1)) for place in match.cells)
            problems += (p for p in found if p is not None and (p.sheet, p.row_id, p.column_id) not in told)
            problems += issued_otherwise(file, form, match, blocks)
    return replace(file, problems=tuple(problems))


def _whole(file: ReceivedFile, form: FilledForm, severity: str, key: str, **values: object) -> Problem:
    place = Place(file.name, form.sheet)
    return Problem.at(place, "issued", form.appraisal.inputs.language, severity, key, **values)


def _different(file: ReceivedFile, form: FilledForm, issued: IssuedForm, row: str, column: str) -> Problem | None:
    """What is said of a cell that holds something else than when it was issued."""
    role, inputs = form.appraisal.role, form.appraisal.inputs
    labels, was = words(inputs.language), issued.cells[f"{row} {column}"]
    label, unit, now = _cell(role, inputs, row, column)
    if label is None or now in (None, "") or _same(now, was):
        return None
    percent = unit == "%" or column == "weight"
    shown = [number_text(v, percent, labels) if is_number(v) else str(v) for v in (now, was)]
    place = Place(
        file.name, form.sheet, usual_layout(role, rated=inputs.shares is not None).address(row, column), row, column
    )
    what = "issued_carried" if row.startswith("m:") else "issued_cell"
    return Problem.at(
        place, "issued", inputs.language, WARNING, what,
        label=label, column=column_caption(column, labels, row), value=shown[0], expected=shown[1],
    )  # fmt: skip


def _cell(role: Role, inputs: Inputs, row: str, column: str) -> tuple[str | None, str, Value]:
    """Label and unit of a row, and what its form holds in a column; no label where the row is not of this role."""
    measures, parts = _rows(ByIdentity(role))
    if (measure := measures.get(row)) is not None:
        values = [*inputs.measures.get(measure.id, ()), None, None, None]
        return measure.label, measure.unit, values[MONTHS.index(column) if measure.monthly else 0]
    if row not in parts:
        return None, "", None
    indicator, number = parts[row]
    part = indicator.parts[number]
    typed: dict[str, Value] = {"unit": inputs.units[indicator.id] if number == 0 else None}
    typed["target"] = [*inputs.targets[indicator.id], *[None] * len(indicator.parts)][number]
    if number == 0:
        typed |= {"rule": inputs.rules[indicator.id], "weight": inputs.weights[indicator.id]}
    return part.label, part.unit, typed.get(column)


@lru_cache(256)
def _rows(role: ByIdentity[Role]) -> tuple[Mapping[str, Measure], Mapping[str, tuple[Indicator, int]]]:
    """By row id: the measures, and the parts of indicators by their numbers."""
    parts = {part_id(one.id, n): (one, n) for one in role.value.indicators for n in range(len(one.parts))}
    return {measure_id(measure.id): measure for measure in role.value.measures}, parts


def _same(now: Value, was: float | str) -> bool:
    if is_number(now) and is_number(was):
        return same_number(now, was)
    return str(now).strip() == str(was).strip()
