"""Hears the appeals of a quarter: each against the form that counts, and the forms scored again as ruled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xlkpi.appeals.contract import result_digest, ruling_id, start_of
from xlkpi.appeals.reading import AppealFile, read_appeal
from xlkpi.appeals.ruling import Heard, Judging, lowered, typed_over, unscored
from xlkpi.appraisal.appealed import GRANTED, OPEN, UNSETTLED, Appealed
from xlkpi.appraisal.appraise import appraise
from xlkpi.appraisal.filled import FilledForm
from xlkpi.appraisal.people import identity, red_line
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import value_text
from xlkpi.i18n.problems import ERROR, WARNING, Place, Problem
from xlkpi.intake.counting import entries_of
from xlkpi.intake.received import COUNTED, ReceivedFile, find_files
from xlkpi.intake.split import without_split_sheets


@dataclass(frozen=True)
class Hearing:
    """received: the files, their forms with their appeals, scored as ruled. problems: of the appeals."""

    received: tuple[ReceivedFile, ...]
    problems: tuple[Problem, ...]


def appeals_in(folder: Path, language: str = HANS) -> tuple[list[AppealFile], list[Problem]]:
    """The appeals in a folder, and what is wrong with its other workbooks. language: of these. Raises OSError."""
    files: list[AppealFile] = []
    problems: list[Problem] = []
    for name, path in find_files([folder]):
        shown = f"{folder.name}/{name}"
        found = read_appeal(shown, path, language)
        if isinstance(found, AppealFile):
            files.append(found)
        else:
            problems.append(found or Problem.at(Place(shown), "no_appeal", language, WARNING))
    return files, problems


def heard(received: Sequence[ReceivedFile], quarter: Quarter, appeals: Sequence[AppealFile], today: dt.date) -> Hearing:
    """Hear the appeals against the forms of a quarter."""
    received = without_split_sheets(received)
    counted = [entry.form for entry in entries_of(received, quarter) if entry.state == COUNTED]
    problems: list[Problem] = []
    by_form: dict[int, list[Heard]] = {}
    for file in appeals:
        form, told = _form_of(file, counted, quarter)
        problems += (*file.problems, *told)
        if form is not None:
            one = _against(file, form, quarter, today)
            problems += one.problems
            by_form.setdefault(id(form), []).append(one)
    outcomes = {id(form): _outcome(form, by_form[id(form)], problems) for form in counted if id(form) in by_form}
    return Hearing(tuple(_with(file, outcomes, counted, quarter) for file in received), tuple(problems))


def _form_of(
    file: AppealFile, counted: Sequence[FilledForm], quarter: Quarter
) -> tuple[FilledForm | None, list[Problem]]:
    """The form that an appeal is against; None with what is wrong where there is none."""
    settings, grid = file.settings, file.grid
    if settings.get("quarter") != str(quarter):
        return None, [
            file.problem(None, None, "appeal_quarter", quarter=settings.get("quarter", "—"), expected=quarter)
        ]
    id, name = settings.get("person", ""), settings.get("name", "")
    if grid is not None and grid.has("person", "employee_id"):
        shown = (grid.text("person", "employee_id").strip(), grid.text("person", "name").strip())
        if shown != (id, name):
            values = {"value": " ".join(shown), "expected": f"{id} {name}"}
            return None, [file.problem("person", "employee_id", "appeal_who", **values)]
    for form in counted:
        who = identity(form)
        if (who.id, who.name, form.appraisal.role.id) == (id, name, settings.get("role")) and (
            start_of(form) == settings.get("start", "")
        ):
            return form, []
    return None, [file.problem(None, None, "appeal_unknown", who=f"{id} {name}".strip(), quarter=quarter)]


def _against(file: AppealFile, form: FilledForm, quarter: Quarter, today: dt.date) -> Heard:
    """What becomes of the appeals of a file: its rulings count only where it shows the result as it is."""
    told: list[Problem] = []
    if file.settings.get("result") != result_digest(form, quarter):
        final = file.grid.get("person", "final") if file.grid else None
        now = (form.before or form.appraisal).final
        told.append(file.problem("person", "final", "appeal_changed", value=_text(final), expected=_text(now)))
    else:
        told += typed_over(file, form.before or form.appraisal)
    trusted = not any(problem.severity == ERROR for problem in (*file.problems, *told))
    one = Judging(file, form, quarter, today, trusted).heard()
    return replace(one, problems=(*told, *one.problems))


def _text(value: object) -> str:
    return value_text(value) or "—"


def _outcome(form: FilledForm, files: Sequence[Heard], problems: list[Problem]) -> FilledForm:
    """The form with its appeals, scored as ruled. problems: gets what is wrong between files."""
    appeals = _settled(files, problems)
    rulings = {(one.indicator, one.part): one.value for one in appeals if one.state in GRANTED}
    if not rulings:
        return replace(form, appeals=appeals)
    before = form.before or form.appraisal
    ruled = appraise(before.role, replace(before.inputs, rulings=rulings))
    if refused := dict(unscored(appeals, ruled)):
        problems += (
            _at(one, files, "value", "appeal_unscored", ERROR, label=one.label, reason=_text(score))
            for one, score in refused.items()
        )
        appeals = tuple(replace(one, state=UNSETTLED, value=None) if one in refused else one for one in appeals)
        rulings = {(one.indicator, one.part): one.value for one in appeals if one.state in GRANTED}
        ruled = appraise(before.role, replace(before.inputs, rulings=rulings))
    scores = {result.id: result.score for result in ruled.indicators}
    appeals = tuple(replace(one, score=scores[one.indicator]) if one.indicator else one for one in appeals)
    problems += (
        _at(
            one,
            files,
            "value",
            "appeal_lower",
            WARNING,
            label=one.label,
            before=_text(one.score_before),
            after=_text(one.score),
        )
        for one in lowered(appeals)
    )
    granted = [one for one in appeals if one.state in GRANTED]
    if granted and red_line(ruled):
        problems.append(_at(granted[0], files, "value", "appeal_red_line", WARNING, label=granted[0].label))
    return replace(form, appraisal=ruled if rulings else before, before=before if rulings else None, appeals=appeals)


def _settled(files: Sequence[Heard], problems: list[Problem]) -> tuple[Appealed, ...]:
    """The appeals against one form, each once. Where two rulings on one differ, neither counts."""
    groups: dict[object, list[Appealed]] = {}
    for number, (_, one) in enumerate((file, one) for file in files for one in file.appeals):
        groups.setdefault((one.indicator, one.part) if one.indicator else number, []).append(one)
    found = []
    for group in groups.values():
        ruled = [one for one in group if one.state not in (OPEN, UNSETTLED)]
        if len({(one.state, one.value) for one in ruled}) > 1:
            for one in ruled:
                others = tuple(dict.fromkeys(other.file for other in ruled if other is not one))
                problems.append(_at(one, files, "verdict", "appeal_twice", ERROR, label=one.label, file=others))
            found.append(replace(ruled[0], state=UNSETTLED, value=None))
        else:
            unsettled = [one for one in group if one.state == UNSETTLED]
            # A ruling that is not complete may contradict the one that is.
            found.append((unsettled or ruled or group)[0])
    return tuple(found)


def _at(appealed: Appealed, files: Sequence[Heard], column: str, kind: str, severity: str, **values: object) -> Problem:
    """A problem at a cell of the ruling on an appeal."""
    places = (
        (file.file, number) for file in files for one, number in zip(file.appeals, file.rows, strict=True)
        if (one.file, one.indicator, one.part) == (appealed.file, appealed.indicator, appealed.part)
    )  # fmt: skip
    file, number = next(places)
    return file.problem(ruling_id(number), column, kind, severity, **values)


def _with(
    file: ReceivedFile, outcomes: dict[int, FilledForm], counted: Sequence[FilledForm], quarter: Quarter
) -> ReceivedFile:
    """The file with the outcomes in place of its forms. A copy of a form that says the same is ruled as that."""
    if file.quarter != quarter or not outcomes:
        return file
    same = {result_digest(form, quarter): outcomes[id(form)] for form in counted if id(form) in outcomes}

    def ruled(form: FilledForm) -> FilledForm:
        if id(form) in outcomes:
            return outcomes[id(form)]
        outcome = same.get(result_digest(form, quarter))
        if outcome is None or outcome.before is None:
            return form if outcome is None else replace(form, appeals=outcome.appeals)
        inputs = replace(form.appraisal.inputs, rulings=outcome.appraisal.inputs.rulings)
        appraisal = appraise(form.appraisal.role, inputs)
        return replace(form, appraisal=appraisal, before=form.appraisal, appeals=outcome.appeals)

    return replace(file, filled=replace(file.filled, forms=tuple(map(ruled, file.filled.forms))))
