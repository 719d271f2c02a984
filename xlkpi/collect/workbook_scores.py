"""Writes two sheets of the summary workbook: 指标矩阵 (scores by person and indicator), 分布 (people by grade)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from statistics import mean

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.formatting.rule import ColorScaleRule

from xlkpi.appraisal.appraise import IndicatorResult
from xlkpi.appraisal.filled import FilledForm
from xlkpi.appraisal.people import Person
from xlkpi.catalogue.company import Company
from xlkpi.catalogue.role import Role
from xlkpi.collect.collection import Collection
from xlkpi.form.layout import SPARE
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import is_number, round_half_up, score_text
from xlkpi.scoring.reasons import is_refusal
from xlkpi.writer import styles
from xlkpi.writer.sheets.tables import COUNT, FINAL, SCORE, SHARE, TEXT, TableSheet
from xlkpi.xlsx.write.rows import TableValue

_COLOURS = ColorScaleRule(
    start_type="num",
    start_value=60,
    start_color=styles.BAD_PALE,
    mid_type="num",
    mid_value=85,
    mid_color=styles.WHITE,
    end_type="num",
    end_value=100,
    end_color="BFE3CC",
)
_NARROWEST = 10
"""The least width of an indicator's column, in characters."""
_ROWS_OF_A_PAGE = 28
_TEAMS_OF_A_PAGE = 18  # that leave room for the chart

Column = tuple[str, str]
"""An indicator: its id, and its label where it is a spare row of a form, else ""."""


def score_or_reason(score: TableValue, labels: Labels) -> TableValue:
    """A final score; a word where there is none."""
    if score is None:
        return labels("no_final")
    return labels("no_score") if is_refusal(score) else score


def write_matrix(make: Callable[[int, float], TableSheet], collection: Collection, labels: Labels) -> None:
    """Write a table for each role.

    make: makes the sheet, given the number of indicators and the width of their columns in characters.
    """
    forms: dict[str, list[tuple[Person, FilledForm]]] = {}
    for ranked in collection.ranking:
        for form in ranked.person.forms:
            forms.setdefault(form.appraisal.role.id, []).append((ranked.person, form))
    columns = {role: _columns([form for _, form in of_role]) for role, of_role in forms.items()}
    roles = {id: collection.role(id, labels.language) for id in forms}
    label_of = {id: _headers(role) for id, role in roles.items()}
    parts = re.findall("[A-Za-z]+", " ".join(text for headers in label_of.values() for text in headers.values()))
    width = max([_NARROWEST, *map(len, parts)])  # no word is broken
    sheet = make(max(map(len, columns.values()), default=1), width)
    header = top = sheet.row - 1
    for role, of_role in forms.items():
        if sheet.row > top + 1 and sheet.row - top + len(of_role) > _ROWS_OF_A_PAGE:
            sheet.new_page()
            top = sheet.row
        _role_table(sheet, roles[role].title, of_role, columns[role], label_of[role])
    sheet.finish(header, columns=1)


def _columns(forms: Sequence[FilledForm]) -> list[Column]:
    """The indicators of the role in its order, then the spare rows of the forms."""
    columns = dict.fromkeys(_column(result) for form in forms for result in form.appraisal.indicators)
    return sorted(columns, key=lambda column: column[0] in SPARE)


def _column(result: IndicatorResult) -> Column:
    return result.id, result.label if result.id in SPARE else ""


def _headers(role: Role) -> dict[str, str]:
    """Indicator id → label and weight."""
    return {i.id: f"{i.label}\n{score_text(float(role.weights[i.id] * 100))}%" for i in role.indicators}


def _role_table(
    sheet: TableSheet,
    title: str,
    forms: Sequence[tuple[Person, FilledForm]],
    columns: Sequence[Column],
    header_of: Mapping[str, str],
) -> None:
    labels = sheet.labels
    sheet.heading(labels("matrix_heading", role=title, count=len(forms)))
    headers = [
        labels("name"),
        labels("department"),
        *(label or header_of[id] for id, label in columns),
        labels("final"),
    ]
    cells = [TEXT, TEXT, *[SCORE.but(format="0.0", size=9)] * len(columns), FINAL]
    rows = [_scores(person, form, columns, labels) for person, form in forms]
    rows.append(_means(rows, len(columns), labels))
    table = sheet.table(headers, cells, rows, bold_last=True)
    sheet.sheet.conditional_formatting.add(sheet.cells(2, table, 1 + len(columns)), _COLOURS)


def _scores(person: Person, form: FilledForm, columns: Sequence[Column], labels: Labels) -> list[TableValue]:
    scores = {_column(result): result.score for result in form.appraisal.indicators}
    by_column = [labels("no_score") if is_refusal(score) else score for score in map(scores.get, columns)]
    department = form.assignment.department if form.assignment else person.department
    return [person.name or labels("nameless"), department, *by_column, score_or_reason(form.appraisal.final, labels)]


def _means(rows: Sequence[Sequence[TableValue]], count: int, labels: Labels) -> list[TableValue]:
    columns = ([float(row[n]) for row in rows if is_number(row[n])] for n in range(2, count + 3))  # type: ignore[arg-type]
    return [labels("matrix_mean"), "", *(round_half_up(mean(values)) if values else None for values in columns)]


# --- grades ---------------------------------------------------------------------------------------------------------


def write_distribution(sheet: TableSheet, collection: Collection, company: Company, grades: Sequence[str]) -> None:
    """Write people by grade beside the shares that the company expects, for everyone and for each department.

    Differences are advice only.
    """
    shares = {grade.name: grade.share for grade in company.grades if grade.share is not None}
    labels, header = sheet.labels, sheet.row - 1
    sheet.sheet.page_setup.orientation = "portrait"
    people = [ranked.person for ranked in collection.ranking if ranked.person.complete]
    compared = bool(shares) and len(people) >= company.share_minimum
    sheet.heading(labels("whole_company"))
    edges = {grade.name: grade.at_least for grade in company.grades}
    keys = "grade col_people col_at_least col_share col_share_wanted col_people_wanted col_difference"
    rows: list[list[TableValue]] = []
    for grade in grades:
        count, share, edge = _count(people, grade), shares.get(grade), edges.get(grade)
        wanted = len(people) * share if compared and share is not None else None
        difference = None if wanted is None else round_half_up(count - wanted, 1)
        rows.append(
            [
                grade,
                count,
                None if edge is None else float(edge),
                count / len(people) if people else None,
                share,
                None if wanted is None else round_half_up(wanted, 1),
                difference,
            ]
        )
    number = SCORE.but(format="0.0")
    cells = [TEXT, COUNT, SCORE.but(format='"≥"0.##'), SHARE, SHARE, number, number.but(format="+0.0;-0.0;0.0")]
    table = sheet.table([labels(key) for key in keys.split()], cells, rows)
    sheet.note(_advice(people, shares, company.share_minimum, labels))
    teams = _teams(sheet, collection, grades, shares, company.share_minimum)
    if teams > _TEAMS_OF_A_PAGE:
        sheet.new_page()
    _chart(sheet, table.first, table.last, bool(shares))
    sheet.finish(header, columns=1)


def _teams(
    sheet: TableSheet, collection: Collection, grades: Sequence[str], shares: dict[str, float], minimum: int
) -> int:
    """Write people by grade for each department; returns the number of departments."""
    labels = sheet.labels
    teams: dict[str, list[Person]] = {}
    for ranked in collection.ranking:
        if ranked.person.complete:
            teams.setdefault(ranked.person.department or labels("no_department"), []).append(ranked.person)
    sheet.heading(labels("distribution_teams"))
    gap = len(sheet.widths) - 3 - len(grades)
    headers = [labels("department"), labels("col_people"), *grades, *[""] * gap, labels("col_advice")]
    cells = [TEXT, COUNT, *[COUNT] * (len(grades) + gap), TEXT.but(size=9)]
    rows = [
        [
            name,
            len(people),
            *(_count(people, grade) or None for grade in grades),
            *[None] * gap,
            _advice(people, shares, minimum, labels),
        ]
        for name, people in teams.items()
    ]
    sheet.table(headers, cells, rows)
    return len(teams)


def _count(people: Sequence[Person], grade: str) -> int:
    return sum(person.grade == grade for person in people)


def _advice(people: Sequence[Person], shares: dict[str, float], minimum: int, labels: Labels) -> str:
    return advice({grade: _count(people, grade) for grade in shares}, len(people), shares, minimum, labels)


def advice(counts: Mapping[str, int], people: int, shares: Mapping[str, float], minimum: int, labels: Labels) -> str:
    """Where the grades of so many people differ from the shares by a whole person or more, in words."""
    if not shares:
        return ""
    if people < minimum:
        return labels("advice_small", minimum=minimum)
    differences = []
    for grade, share in shares.items():
        away = round(counts[grade] - people * share, 9)
        if abs(away) >= 1:
            key = "advice_more" if away > 0 else "advice_fewer"
            counted, wanted = counts[grade], int(round_half_up(people * share, 0))
            values = {"people": counted, "wanted": wanted, "count": abs(counted - wanted)}
            differences.append(labels(key, grade=grade, **values))
    return labels("alert_end").join(differences) + labels("advice_end") if differences else labels("advice_none")


def _chart(sheet: TableSheet, first: int, last: int, shares: bool) -> None:
    """A bar chart of the grades' shares, beside the expected ones if there are any."""
    chart = BarChart()
    chart.type, chart.style = "col", 10
    chart.title = sheet.labels("distribution_chart")
    page = sheet.sheet
    for column, colour in ((5, styles.ACCENT), (6, styles.BAR))[: 1 + shares]:
        chart.add_data(Reference(page, min_col=column, min_row=first - 1, max_row=last), titles_from_data=True)
        chart.series[-1].graphicalProperties.solidFill = colour
    chart.set_categories(Reference(page, min_col=2, min_row=first, max_row=last))
    chart.y_axis.number_format, chart.y_axis.scaling.min = "0%", 0
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=LineProperties(solidFill=styles.LINE)))
    chart.x_axis.delete = chart.y_axis.delete = False
    if shares:
        chart.legend.position = "b"
    else:
        chart.legend = None
    chart.gapWidth, chart.height, chart.width = 60, 7.5, 24
    page.add_chart(chart, f"B{sheet.row + 1}")
