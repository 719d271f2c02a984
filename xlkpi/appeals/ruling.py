"""Judges the appeals of one workbook: what each is about, whether its ruling can count, and as which actual."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from xlkpi.appeals.contract import line_id, part_labels, ruling_id, shown_values
from xlkpi.appeals.reading import AppealFile, Line
from xlkpi.appraisal.appealed import GRANTED, OPEN, REJECTED, UNSETTLED, VERDICTS, Appealed
from xlkpi.appraisal.appraise import Appraisal, IndicatorResult
from xlkpi.appraisal.filled import FilledForm
from xlkpi.appraisal.inputs import operand_values
from xlkpi.appraisal.people import identity
from xlkpi.appraisal.states import State, states_of
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import FURTHER
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.numbers import (
    Value,
    is_number,
    number_meant,
    number_text,
    number_written,
    plain,
    same_number,
    value_text,
)
from xlkpi.i18n.problems import ADVICE, ERROR, WARNING, Problem
from xlkpi.scoring.reasons import is_refusal


@dataclass(frozen=True)
class Heard:
    """What became of a workbook's appeals; rows: the number of the line of each, for problems at its cells."""

    file: AppealFile
    appeals: tuple[Appealed, ...]
    rows: tuple[int, ...]
    problems: tuple[Problem, ...]


@dataclass
class Judging:
    """Judges one workbook against the form of the quarter that counts. today: by which rulings are due."""

    file: AppealFile
    form: FilledForm
    quarter: Quarter
    today: dt.date
    trusted: bool = True
    """Whether its rulings may count: it shows the result as it is, and is of this form."""

    def __post_init__(self) -> None:
        self.problems: list[Problem] = []

    @property
    def appraisal(self) -> Appraisal:
        """Without what was ruled."""
        return self.form.before or self.form.appraisal

    def heard(self) -> Heard:
        """All its appeals; of a workbook that cannot be read, one that is not settled."""
        if not self.file.lines:
            unread = Appealed(self.file.name, self.file.path, "—", "", "", UNSETTLED)
            return Heard(self.file, (unread,), (1,), ())
        lines = [line for line in self.file.lines if line.appealed]
        for line in self.file.lines:
            if line.ruled and not line.appealed:
                self._tell(ruling_id(line.number), "verdict", "appeal_without_line")
        named = Counter(self._key(line.about) for line in lines)
        appeals = []
        for line in lines:
            doubled = bool(line.about) and named[self._key(line.about)] > 1
            if doubled:
                self._tell(line_id(line.number), "about", "appeal_same", label=line.about)
            appeals.append(self._judged(line, doubled=doubled))
        if not lines:
            self._tell(line_id(1), "about", "appeal_empty", ADVICE)
        return Heard(self.file, tuple(appeals), tuple(line.number for line in lines), tuple(self.problems))

    def _tell(self, row: str, column: str, kind: str, severity: str = ERROR, **values: object) -> None:
        self.problems.append(self.file.problem(row, column, kind, severity, **values))

    # --- what it is about ---------------------------------------------------------------------------------------------

    @cached_property
    def _named(self) -> dict[str, list[tuple[IndicatorResult, int]]]:
        """The results by what the form calls them, and which of their measures."""
        found: dict[str, list[tuple[IndicatorResult, int]]] = {}
        for result in self.appraisal.indicators:
            for part, label in enumerate(part_labels(self.appraisal.role, result)):
                found.setdefault(_folded(label), []).append((result, part))
        return found

    @cached_property
    def _states(self) -> Mapping[str, State]:
        """How the role's indicators count: no ruling changes one that its rule does not score."""
        role, inputs = self.appraisal.role, self.appraisal.inputs
        return states_of(role, inputs, operand_values(role, inputs))

    def _key(self, about: str) -> str:
        return _folded(about.removeprefix(FURTHER))

    def _judged(self, line: Line, *, doubled: bool) -> Appealed:
        before = len(self.problems)
        found = self._named.get(self._key(line.about), [])
        if not line.about:
            self._tell(line_id(line.number), "about", "appeal_no_indicator")
        elif len(found) != 1:
            self._tell(line_id(line.number), "about", "appeal_indicator", label=line.about)
        if not line.grounds:
            self._tell(line_id(line.number), "grounds", "appeal_no_grounds", WARNING)
        appealed = Appealed(
            self.file.name, self.file.path, line.about, line.grounds, line.wanted, OPEN,
            ruler=line.ruler, day=line.day, until=line.until, why=line.why,
        )  # fmt: skip
        if len(found) == 1:
            result, part = found[0]
            appealed = replace(
                appealed, indicator=result.id, part=part, unit=self._unit(result, part),
                actual=result.actual[part], score_before=result.score, score=result.score,
            )  # fmt: skip
        state, value = self._ruled(line, appealed, found[0] if len(found) == 1 else None)
        fine = not any(problem.severity == ERROR for problem in self.problems[before:])
        if state != OPEN and not (fine and self.trusted and not doubled):
            state, value = UNSETTLED, None
        overdue = state in (OPEN, UNSETTLED) and line.until is not None and line.until < self.today
        if overdue:
            self._tell(ruling_id(line.number), "until", "appeal_overdue", WARNING, label=line.about, day=line.until)
        elif state == OPEN:
            self._tell(ruling_id(line.number), "verdict", "appeal_open", ADVICE, label=line.about)
        return replace(appealed, state=state, value=value, overdue=overdue)

    def _unit(self, result: IndicatorResult, part: int) -> str:
        indicators = [one for one in self.appraisal.role.indicators if one.id == result.id]
        if indicators:
            return indicators[0].parts[part].unit
        return next(spare.unit for spare in self.appraisal.inputs.spare if spare.id == result.id)

    # --- the ruling ---------------------------------------------------------------------------------------------------

    def _ruled(self, line: Line, appealed: Appealed, found: tuple[IndicatorResult, int] | None) -> tuple[str, Value]:
        """The state and the new actual, where no error was told."""
        row = ruling_id(line.number)
        if not line.ruled:
            return OPEN, None
        state = _verdict(line.verdict)
        empty = line.value in (None, "")
        if not line.verdict:
            self._tell(row, "verdict", "appeal_no_verdict")
        elif state is None:
            self._tell(row, "verdict", "appeal_verdict", value=line.verdict)
        if not line.ruler:
            self._tell(row, "ruler", "appeal_no_ruler")
        elif self._is_self(line.ruler):
            self._tell(row, "ruler", "appeal_self", name=line.ruler)
        elif _is_named(line.ruler, identity(self.form).superior):
            self._tell(row, "ruler", "appeal_superior", ADVICE, name=line.ruler)
        if not line.why:
            self._tell(row, "why", "appeal_no_why")
        self._check_day(row, line)
        if state == REJECTED and not empty:
            self._tell(row, "value", "appeal_value_rejected", value=value_text(line.value))
        if state in GRANTED and empty:
            self._tell(row, "value", "appeal_no_value")
        if state in GRANTED and not empty and found is not None:
            return state or UNSETTLED, self._value(line, appealed, found[0])
        return state or UNSETTLED, None

    def _check_day(self, row: str, line: Line) -> None:
        """Warn of a day on which nobody could have ruled on this quarter, or not in time: the ruling counts."""
        if line.day is None:
            self._tell(row, "day", "appeal_no_day", WARNING)
            return
        if line.day > self.today:
            self._tell(row, "day", "appeal_day_ahead", WARNING, day=line.day)
        elif line.day < self.quarter.last_day:
            self._tell(row, "day", "appeal_day_early", WARNING, day=line.day, last=self.quarter.last_day)
        if line.until is not None and line.day > line.until:
            self._tell(row, "day", "appeal_day_late", WARNING, day=line.day, until=line.until)

    def _is_self(self, ruler: str) -> bool:
        """Whether the employee rules: by the number, or by the name where no other number stands beside it."""
        who, words_of = identity(self.form), re.findall(r"\w+", _folded(ruler))
        if who.id and _folded(who.id) in words_of:
            return True
        numbered = any(any(char.isdigit() for char in word) for word in words_of)
        return not numbered and _is_named(ruler, who.name)

    def _value(self, line: Line, appealed: Appealed, result: IndicatorResult) -> Value:
        """The new actual, where the indicator is scored from an actual, and it is one."""
        row, value = ruling_id(line.number), line.value
        signed = "%" in line.format
        if appealed.unit == "%" and (share := _share_written(value)) is not None:
            value, signed = share, True
        labels = words(self.appraisal.inputs.language)
        levels = next((one.levels for one in self.appraisal.role.indicators if one.id == result.id), ())
        if result.id in self._states and not self._states[result.id].by_rule:
            self._tell(row, "value", "appeal_off", label=appealed.label)
        elif levels:
            if value not in levels:
                self._tell(row, "value", "appeal_level", value=value_text(value), levels=levels)
        elif not is_number(value):
            meant = number_meant(str(value), appealed.unit)
            self._tell(
                row, "value", "appeal_number", value=value_text(value), meant="" if meant is None else plain(meant)
            )
        elif appealed.unit == "%" and not signed and abs(value) >= 1:
            shown = {"one": plain(value), "meant": f"{plain(value)}%", "whole": number_text(value, True, labels)}
            self._tell(row, "value", "appeal_percent", **shown)
        elif appealed.unit != "%" and signed:
            self._tell(row, "value", "appeal_no_percent", value=number_text(value, True, labels), unit=appealed.unit)
        elif is_number(appealed.actual) and same_number(value, appealed.actual):
            self._tell(row, "value", "appeal_value_same", WARNING, label=appealed.label)
        return value


def typed_over(file: AppealFile, appraisal: Appraisal) -> Iterator[Problem]:
    """An error at each cell that shows another result than the form has: whoever ruled looked at it."""
    if file.grid is None:
        return
    labels = words(file.language)
    for (row, column), value in shown_values(appraisal).items():
        shown = file.grid.get(row, column)
        if not file.grid.has(row, column):
            yield file.problem(None, None, "appeal_damaged")
            return
        if not _same(shown, value):
            percent = column == "weight"
            texts = [number_text(v, percent, labels) if is_number(v) else value_text(v) or "—" for v in (shown, value)]
            yield file.problem(row, column, "appeal_typed_over", value=texts[0], expected=texts[1])


def unscored(appeals: tuple[Appealed, ...], ruled: Appraisal) -> Iterator[tuple[Appealed, Value]]:
    """The appeals whose new actual the rule of the form cannot score, and why."""
    scores = {result.id: result.score for result in ruled.indicators}
    for one in appeals:
        score = scores.get(one.indicator)
        if one.state in GRANTED and (score in (None, "") or is_refusal(score)):
            yield one, score


def lowered(appeals: tuple[Appealed, ...]) -> Iterator[Appealed]:
    """The appeals that were granted, and leave a lower score than there was before."""
    for one in appeals:
        before, after = one.score_before, one.score
        if one.state in GRANTED and is_number(before) and is_number(after) and after < before:
            yield one


def _share_written(value: Value) -> float | None:
    """The share that a text with its sign means, such as 95% or -5%; None for anything else."""
    if not isinstance(value, str) or not unicodedata.normalize("NFKC", value).rstrip().endswith("%"):
        return None
    return number_written(value)


def _is_named(text: str, name: str) -> bool:
    """Whether a text is somebody's name, or has it as one of its words."""
    return bool(name) and _folded(name) in (_folded(text), *re.findall(r"\w+", _folded(text)))


def _same(shown: Value, value: Value) -> bool:
    if is_number(shown) and is_number(value):
        return same_number(shown, value)
    return value_text(shown).strip() == value_text(value).strip()


def _verdict(text: str) -> str | None:
    """The state that a verdict means, in any language; None for none."""
    known = {_folded(words(language)(f"appeal_{state}")): state for language in LANGUAGES for state in VERDICTS}
    return known.get(_folded(text))


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
