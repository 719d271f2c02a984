"""Holds the lines of 不计分事项, and the hidden scores of the quarter before, against what HR and the history know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from xlkpi.appraisal.appraise import appraise
from xlkpi.appraisal.exceptions import situation_words
from xlkpi.catalogue.appraising.policies import CARRY_OVER
from xlkpi.collect.exceptions.listed import lines_in_force
from xlkpi.form.blocks.exceptions import EXCEPTION_COLUMNS
from xlkpi.form.issued import IssuedForm
from xlkpi.form.layout import Layout, part_id
from xlkpi.i18n.numbers import is_number, plain, round_half_up, same_number
from xlkpi.i18n.problems import ERROR, WARNING, Place, Problem
from xlkpi.intake.received import COUNTED, ReceivedForm
from xlkpi.roster.exemptions import FILE, Exemption, Exemptions


def against_hr(entries: Iterable[ReceivedForm], exemptions: Exemptions, blocks: tuple[str, ...]) -> Iterator[Problem]:
    """What HR approved and the forms that count say otherwise, or do not say. blocks: those of the company's forms."""
    for entry in entries:
        form = entry.form
        if entry.state != COUNTED or form.assignment is None or form.appraisal.inputs.exceptions is None:
            continue
        role = form.appraisal.role
        for line in exemptions.of(form.assignment.id, role.id):
            yield from (_problem(entry, blocks, *found) for found in _compared(entry, line, line.indicators[role.id]))


def _compared(
    entry: ReceivedForm, line: Exemption, indicator: str
) -> Iterator[tuple[str, str, str, Mapping[str, str]]]:
    """Row, field, message and its values of every difference."""
    inputs, role = entry.form.appraisal.inputs, entry.form.appraisal.role
    words = situation_words(inputs.language)
    label = next(one.label for one in role.indicators if one.id == indicator)
    values = {"label": label, "situation": words[line.situation], "file": FILE}
    found = next((one for one in lines_in_force(entry.form) if one.indicator == indicator), None)
    if found is None:
        yield "x:1", "indicator", "exempt_gone", values
        return
    row, typed = f"x:{found.line.place}", found.line
    for field, same, shown in (
        ("situation", found.situation == line.situation, typed.situation),
        ("reason", _plain(typed.reason) == _plain(line.reason), typed.reason),
        ("approver", _plain(typed.approver) == _plain(line.approver), typed.approver),
    ):
        if not same:
            yield row, field, "exempt_changed", values | {"value": shown.strip()}


def without_hr(entries: Iterable[ReceivedForm], exemptions: Exemptions, blocks: tuple[str, ...]) -> Iterator[Problem]:
    """The lines of the forms that count which HR has not approved; each with the total without it."""
    for entry in entries:
        form = entry.form
        role, inputs = form.appraisal.role, form.appraisal.inputs
        if entry.state != COUNTED or form.assignment is None or inputs.exceptions is None:
            continue
        approved = {line.indicators[role.id] for line in exemptions.of(form.assignment.id, role.id)}
        labels = {indicator.id: indicator.label for indicator in role.indicators}
        for line in (line for line in lines_in_force(form) if line.indicator not in approved):
            others = [other for other in inputs.exceptions if other.place != line.line.place]
            total = appraise(role, replace(inputs, exceptions=others)).total
            values = {
                "label": labels.get(line.indicator, line.line.indicator),
                "situation": situation_words(inputs.language)[line.situation],
                "approver": line.line.approver.strip(),
                "file": FILE,
                "total": plain(round_half_up(total)) if is_number(total) else str(total or "—"),
            }
            yield _problem(entry, blocks, f"x:{line.line.place}", "indicator", "exempt_alone", values)


def _plain(text: str) -> str:
    return "".join(text.split())


def _problem(
    entry: ReceivedForm, blocks: tuple[str, ...], row: str, field: str, key: str, values: Mapping[str, str]
) -> Problem:
    place = _place(entry, blocks, row, EXCEPTION_COLUMNS[field])
    return Problem.at(place, "exemption", entry.form.appraisal.inputs.language, WARNING, key, **values)


def _place(entry: ReceivedForm, blocks: tuple[str, ...], row: str, column: str) -> Place:
    """The cell of a form as it was made."""
    address = Layout(entry.form.appraisal.role, blocks).address(row, column)
    return Place(entry.file.name, entry.form.sheet, address, row, column)


def carried_changed(
    entries: Iterable[ReceivedForm], issued: Sequence[IssuedForm], blocks: tuple[str, ...]
) -> Iterator[Problem]:
    """Hidden scores of the quarter before that are not those with which the form was issued."""
    known: Mapping[tuple[str, str, str], IssuedForm] = {(form.id, form.role, form.start): form for form in issued}
    for entry in entries:
        assignment, appraisal = entry.form.assignment, entry.form.appraisal
        if entry.state != COUNTED or assignment is None or appraisal.inputs.exceptions is None:
            continue
        form = known.get(assignment.post)
        if form is not None:
            yield from _carried(entry, form, blocks)


def _carried(entry: ReceivedForm, issued: IssuedForm, blocks: tuple[str, ...]) -> Iterator[Problem]:
    appraisal = entry.form.appraisal
    role, inputs = appraisal.role, appraisal.inputs
    was = {indicator.id: issued.cells.get(f"{part_id(indicator.id)} carried") for indicator in role.indicators}
    for indicator in role.indicators:
        now, then = inputs.carried.get(indicator.id), was[indicator.id]
        same = now == then or (is_number(now) and is_number(then) and same_number(now, then))
        if same or role.if_missing(indicator) != CARRY_OVER:
            continue
        right = appraise(role, replace(inputs, carried={**inputs.carried, indicator.id: then})).total
        shown = {"value": now, "expected": then, "total": right}
        texts = {key: plain(round_half_up(one)) if is_number(one) else str(one or "—") for key, one in shown.items()}
        place = _place(entry, blocks, part_id(indicator.id), "carried")
        yield Problem.at(place, "carried", inputs.language, ERROR, "carried_changed", label=indicator.label, **texts)
