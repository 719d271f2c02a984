"""A small quarter for the overview, made by hand: seven people in two departments, and the quarter before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.support.catalogues import SHIPPED
from xlkpi.appraisal.appraise import Appraisal, IndicatorResult
from xlkpi.appraisal.filled import Event, FilledForm
from xlkpi.appraisal.inputs import Inputs
from xlkpi.appraisal.people import Person
from xlkpi.collect.board import INCOMPLETE, MISSING, RECEIVED, BoardLine
from xlkpi.collect.collection import Collection, Ranked, _ranked
from xlkpi.collect.overview.facts import Facts
from xlkpi.collect.overview.past import PastPerson
from xlkpi.common.assignment import Assignment, Identity
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import Value, is_number
from xlkpi.i18n.problems import Place, Problem
from xlkpi.intake.received import COUNTED, ReceivedFile, ReceivedForm
from xlkpi.intake.workbook import FilledWorkbook
from xlkpi.scoring.grades import grade, write_grade_scale

QUARTER = Quarter(2026, 4)
ROLE = "ecommerce-operations"
SALES, VISITORS = "sales_achievement", "uv_growth"
WHOLE = 92
"""Days of the fourth quarter."""
EAST, WEST = "东部", "西部"


@dataclass(frozen=True)
class Given:
    """A person, and the scores of the two indicators; of weight 30 and 20, which the total rescales to 60 and 40."""

    id: str
    name: str
    department: str
    superior: str
    scores: tuple[Value, Value]
    days: int = WHOLE
    receipts: tuple[str, str] = ("实际95，目标100", "实际0.1，目标0.2")
    events: tuple[Event, ...] = ()

    @property
    def final(self) -> Value:
        one, other = self.scores
        if "一票否决" in self.scores:
            return 0.0
        return one * 0.6 + other * 0.4 if is_number(one) and is_number(other) else None


PEOPLE = (
    Given("01", "赵一", EAST, "孙上级", (90.0, 90.0)),  # 90
    Given("02", "钱二", EAST, "孙上级", (80.0, 80.0)),  # 80
    Given("03", "孙三", EAST, "周上级", (100.0, 25.0), 40),  # 70
    Given("04", "李四", WEST, "吴上级", (100.0, 100.0)),  # 100
    Given("05", "周五", WEST, "吴上级", (50.0, 50.0)),  # 50
    Given("06", "吴六", WEST, "吴上级", ("一票否决", 100.0)),  # 0
    Given("07", "郑七", EAST, "周上级", (90.0, None)),  # none
)
GONE = Identity("08", "王八", WEST, "吴上级")
"""Whose form is missing."""
BEFORE = (
    PastPerson("01", "赵一", EAST, "孙上级", frozenset([ROLE]), 85.0, True),
    PastPerson("02", "钱二", WEST, "吴上级", frozenset(["store-manager"]), 90.0, True),
    PastPerson("03", "孙三", EAST, "周上级", frozenset([ROLE]), 60.0, True),
    PastPerson("05", "周五", WEST, "吴上级", frozenset([ROLE]), 50.0, True),
    PastPerson("09", "冯九", WEST, "吴上级", frozenset([ROLE]), 77.0, True),
)


def form(given: Given) -> FilledForm:
    role = SHIPPED.role(ROLE)
    labels = {indicator.id: indicator.label for indicator in role.indicators}
    results = tuple(
        IndicatorResult(id, labels[id], True, weight, (0.1,), (0.2,), score, None, receipt)
        for id, weight, score, receipt in zip(
            (SALES, VISITORS), (30.0, 20.0), given.scores, given.receipts, strict=True
        )
    )
    final, inputs = given.final, Inputs.preset(role, {})
    scale = write_grade_scale(SHIPPED.company().grades)
    mark = grade(float(final), scale) if is_number(final) else None
    appraisal = Appraisal(role, inputs, results, final, final, mark, ())
    start = QUARTER.last_day - dt.timedelta(days=given.days - 1)
    post = Assignment(given.id, given.name, given.department, ROLE, given.superior, start=start)
    return FilledForm(given.id, appraisal, post, given.events)


def collection(
    people: Sequence[Given] = PEOPLE, problems: Sequence[Problem] = (), gone: Sequence[Identity] = (GONE,)
) -> Collection:
    """The collection of these people, each with a sheet named by the number, in one file."""
    forms = [form(given) for given in people]
    file = ReceivedFile("表.xlsx", Path("表.xlsx"), None, FilledWorkbook(str(QUARTER), tuple(forms), ()))
    entries = [ReceivedForm(file, each, COUNTED) for each in forms]
    persons = [
        Person(
            id=given.id,
            name=given.name,
            department=given.department,
            superior=given.superior,
            forms=(each,),
            days=(given.days,),
            total=given.final,
            final=given.final,
            grade=each.appraisal.grade,
        )
        for given, each in zip(people, forms, strict=True)
    ]
    lines = [
        BoardLine(Identity(p.id, p.name, p.department, p.superior), ROLE, state, True, entry)
        for p, entry in zip(persons, entries, strict=True)
        for state in [RECEIVED if p.complete else INCOMPLETE]
    ]
    lines += [BoardLine(who, ROLE, MISSING, True) for who in gone]
    ranking: list[Ranked] = _ranked(persons)
    made = Collection(SHIPPED, QUARTER, (file,), tuple(entries), tuple(ranking), tuple(lines), (), True, HANS)
    return replace(made, problems=tuple(problems))


def facts(of: Collection, past: Sequence[PastPerson] = BEFORE, language: str = HANS) -> Facts:
    return Facts.of(of, past, language)


def problem(sheet: str, severity: str, kind: str = "number", message: str = "须为数字", cell: str = "J10") -> Problem:
    return Problem(Place("表.xlsx").file, sheet, cell, None, None, kind, message, "请填数字", severity)
