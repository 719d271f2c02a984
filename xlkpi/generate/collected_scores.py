"""The sheets 指标矩阵 and 分布 of the summary workbook: scores by person and indicator, people by grade."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import mean

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.worksheet.pagebreak import Break

from xlkpi import translate
from xlkpi.appraisal import IndicatorResult
from xlkpi.catalogue import Company, load_role
from xlkpi.collect import Collection
from xlkpi.form import SPARE
from xlkpi.generate import styles
from xlkpi.generate.table import CENTRE, COUNT, FINAL, SCORE, SHARE, TEXT, Sheet, Value
from xlkpi.intake import Form
from xlkpi.people import Person
from xlkpi.report import shown
from xlkpi.scoring import is_number, round_half_up
from xlkpi.words import Words

_GREEN = "BFE3CC"
_ROWS_OF_A_PAGE = 26

Column = tuple[str, str]
"""An indicator: its id, and its label where it is a form's own."""


def write_matrix(make: Callable[[int], Sheet], collection: Collection) -> None:
    """One table for each role; `make` makes the sheet for so many indicators."""
    forms: dict[str, list[tuple[Person, Form]]] = {}
    for ranked in collection.ranking:
        for form in ranked.person.forms:
            forms.setdefault(form.appraisal.role.id, []).append((ranked.person, form))
    columns = {role: _columns([form for _, form in mine]) for role, mine in forms.items()}
    sheet = make(max(map(len, columns.values()), default=1))
    header = sheet.row - 1
    for role, mine in forms.items():
        if sheet.row + len(mine) > _ROWS_OF_A_PAGE and sheet.row > header + 1:
            sheet.sheet.row_breaks.append(Break(id=sheet.row))
        _role_table(sheet, role, mine, columns[role])
    sheet.finish(header, columns=1)


def _columns(forms: Sequence[Form]) -> list[Column]:
    """The indicators of the role in its order, then what forms have added."""
    found = dict.fromkeys(_column(result) for form in forms for result in form.appraisal.indicators)
    return sorted(found, key=lambda column: column[0] in SPARE)


def _column(result: IndicatorResult) -> Column:
    return result.id, result.label if result.id in SPARE else ""


def _role_table(sheet: Sheet, role: str, mine: Sequence[tuple[Person, Form]], columns: Sequence[Column]) -> None:
    said = sheet.words
    known = translate.role(load_role(role), said.language)
    labels = {i.id: f"{i.label}\n{shown(float(known.weights[i.id] * 100))}%" for i in known.indicators}
    sheet.heading(said("matrix_heading", role=known.title, count=len(mine)))
    headers = [said("name"), said("department"), *(label or labels[id] for id, label in columns), said("final")]
    cells = [TEXT, TEXT, *[SCORE.but(format="0.0", size=9)] * len(columns), FINAL]
    rows = [_scores(person, form, columns, said) for person, form in mine]
    rows.append(_means(rows, len(columns), said))
    table = sheet.table(headers, cells, rows, bold_last=True)
    sheet.sheet.conditional_formatting.add(sheet.cells(2, table, 1 + len(columns)), _colours())


def _colours() -> ColorScaleRule:
    colours = {"start_color": styles.BAD_PALE, "mid_color": styles.WHITE, "end_color": _GREEN}
    return ColorScaleRule(
        start_type="num", start_value=60, mid_type="num", mid_value=85, end_type="num", end_value=100, **colours
    )


def _scores(person: Person, form: Form, columns: Sequence[Column], said: Words) -> list[Value]:
    scores = {_column(result): result.score for result in form.appraisal.indicators}
    final = form.appraisal.final
    own: list[Value] = [scores.get(column) for column in columns]
    department = form.post.department if form.post else person.department
    return [person.name or said("nameless"), department, *own, said("no_final") if final is None else final]


def _means(rows: Sequence[Sequence[Value]], count: int, said: Words) -> list[Value]:
    columns = ([float(row[n]) for row in rows if is_number(row[n])] for n in range(2, count + 3))  # type: ignore[arg-type]
    return [said("matrix_mean"), "", *(round_half_up(mean(values)) if values else None for values in columns)]


# --- grades ---------------------------------------------------------------------------------------------------------


def write_distribution(sheet: Sheet, collection: Collection, company: Company, grades: Sequence[str]) -> None:
    """The company's people by grade beside the shares that it expects, and each department's. It only advises."""
    shares = {grade.name: grade.share for grade in company.grades if grade.share is not None}
    said, header = sheet.words, sheet.row - 1
    people = [ranked.person for ranked in collection.ranking if ranked.person.complete]
    compared = bool(shares) and len(people) >= company.share_minimum
    sheet.heading(said("whole_company"))
    edges = {grade.name: grade.at_least for grade in company.grades}
    keys = "grade col_people col_at_least col_share col_share_wanted col_people_wanted col_difference"
    rows = []
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
    table = sheet.table([said(key) for key in keys.split()], cells, rows)
    sheet.note(_advice(people, shares, company.share_minimum, said))
    _chart(sheet, table.first, table.last, bool(shares))
    _teams(sheet, collection, grades, shares, company.share_minimum)
    sheet.finish(header, columns=1)


def _teams(
    sheet: Sheet, collection: Collection, grades: Sequence[str], shares: dict[str, float], minimum: int
) -> None:
    said = sheet.words
    teams: dict[str, list[Person]] = {}
    for ranked in collection.ranking:
        if ranked.person.complete:
            teams.setdefault(ranked.person.department or said("no_department"), []).append(ranked.person)
    sheet.heading(said("distribution_teams"))
    gap = len(sheet.widths) - 3 - len(grades)
    headers = [said("department"), said("col_people"), *grades, *[""] * gap, said("col_advice")]
    cells = [TEXT, COUNT, *[COUNT] * (len(grades) + gap), TEXT.but(size=9)]
    rows = [
        [
            name,
            len(people),
            *(_count(people, grade) or None for grade in grades),
            *[None] * gap,
            _advice(people, shares, minimum, said),
        ]
        for name, people in teams.items()
    ]
    sheet.table(headers, cells, rows)


def _count(people: Sequence[Person], grade: str) -> int:
    return sum(person.grade == grade for person in people)


def _advice(people: Sequence[Person], shares: dict[str, float], minimum: int, said: Words) -> str:
    """Where the grades differ from the shares by a whole person or more, in words."""
    if not shares:
        return ""
    if len(people) < minimum:
        return said("advice_small", minimum=minimum)
    found = []
    for grade, share in shares.items():
        away = round(_count(people, grade) - len(people) * share, 9)
        if abs(away) >= 1:
            key = "advice_more" if away > 0 else "advice_fewer"
            found.append(said(key, grade=grade, count=shown(round_half_up(abs(away), 1))))
    return said("list_separator").join(found) + said("advice_end") if found else said("advice_none")


def _chart(sheet: Sheet, first: int, last: int, shares: bool) -> None:
    """Shares of the grades, beside those expected."""
    chart = BarChart()
    chart.type, chart.style = "col", 10
    chart.title = sheet.words("distribution_chart")
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
    sheet.row += 17
