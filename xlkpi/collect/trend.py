"""Builds the trend workbook: people, departments and indicators over the quarters, as tables with line charts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

import pandas as pd
from openpyxl import Workbook
from openpyxl.chart import LineChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties

from xlkpi.catalogue.catalogue import Catalogue, UnknownRoleError
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import SPARE, Span
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import round_half_up
from xlkpi.intake.received import OWN
from xlkpi.writer import styles
from xlkpi.writer.sheets.tables import FINAL, SCORE, TEXT, TableSheet
from xlkpi.xlsx.write.rows import TableValue
from xlkpi.xlsx.write.saved import saved

READ = ("id", "name", "department", "role", "indicator", "label", "weight", "score", "person_final")
"""The columns of the history that the workbook is made of."""
IN_CHART = 8
"""Lines that can be told apart in one chart."""
_WIDTH = 105  # of a chart, in characters; tables are at least as wide
_IN_PORTRAIT = 6  # quarters that fit on a page in portrait
_ROWS_BESIDE_CHART = 30
_COLOURS = (styles.ACCENT, "D97706", "1B7F4B", "B42318", "7C3AED", "0E7490", "A16207", "6B7280")
_CHANGE = SCORE.but(format="+0.00;-0.00;0.00")


Names = list[tuple[str, ...]]
Named = tuple[Names, pd.DataFrame]
"""The names of each row, and the table, which has a column for each quarter."""


def build(rows: pd.DataFrame, catalogue: Catalogue, language: str = HANS) -> bytes:
    """The trend workbook; the same rows give the same bytes.

    rows: as `history.load` gives them, with the columns `READ`; not empty.
    """
    labels, company = words(language), catalogue.company(language)
    quarters = list(rows["quarter"].unique())
    book = Workbook()
    book.remove(book.worksheets[0])
    title = labels("trend_title", company=company.name)
    tables: Sequence[tuple[str, Sequence[str], Sequence[float], Callable[[pd.DataFrame, Labels], Named]]] = (
        ("trend_people", ("department", "employee_id", "name"), (20, 11, 16), _people),
        ("trend_departments", ("department",), (28,), _departments),
        ("trend_indicators", ("post", "indicator"), (24, 28), partial(_indicators, catalogue=catalogue)),
    )
    for key, columns, widths, table in tables:
        spare = max(0.0, _WIDTH - sum(widths) - 11 * (len(quarters) + 1)) / len(widths)
        all_widths = [*(width + spare for width in widths), *[11] * len(quarters), 11]
        sheet = TableSheet(book.create_sheet(labels(key)), all_widths, labels)
        sheet.sheet.page_setup.orientation = "portrait" if len(quarters) <= _IN_PORTRAIT else "landscape"
        sheet.title(f"{title} · {labels(key)}", labels(f"{key}_note", count=IN_CHART))
        _write(sheet, [labels(column) for column in columns], quarters, *table(rows, labels))
    last = Quarter.parse(quarters[-1]).last_day
    return saved(book, datetime(last.year, last.month, last.day, tzinfo=UTC), OWN)


def _people(rows: pd.DataFrame, labels: Labels) -> Named:
    """The final scores of people, with their latest department."""
    once = rows.drop_duplicates(["quarter", "id", "name"], keep="last")
    department = once.groupby(["id", "name"], sort=False)["department"].last()
    table = _wide(once, ["id", "name"], "person_final")
    return [(department[id, name], id, name or labels("nameless")) for id, name in table.index], table


def _departments(rows: pd.DataFrame, labels: Labels) -> Named:
    """The mean final scores of departments."""
    once = rows.drop_duplicates(["quarter", "id", "name"], keep="last")
    once = once.assign(department=once["department"].replace("", labels("no_department")))
    table = _wide(once, ["department"], "person_final")
    return [(name,) for name in table.index], table


def _indicators(rows: pd.DataFrame, labels: Labels, catalogue: Catalogue) -> Named:
    """The mean scores of indicators where they applied; spare rows differ from form to form and are left out."""
    rows = rows[(rows["weight"] > 0) & ~rows["indicator"].isin(SPARE)]
    label = rows.groupby(["role", "indicator"], sort=False)["label"].last()
    table = _wide(rows, ["role", "indicator"], "score", best_first=False)
    return [_role_and_label(role, id, label[role, id], catalogue, labels.language) for role, id in table.index], table


def _role_and_label(role: str, indicator: str, label: str, catalogue: Catalogue, language: str) -> tuple[str, str]:
    """Title and label from the catalogue, translated; what it no longer has, as the forms had it."""
    try:
        current = catalogue.role(role, language=language)
    except UnknownRoleError:
        return role, label
    return current.title, next((i.label for i in current.indicators if i.id == indicator), label)


def _wide(rows: pd.DataFrame, keys: list[str], value: str, *, best_first: bool = True) -> pd.DataFrame:
    """The means by keys (rows) and quarter (columns); the best of the latest quarter come first."""
    # Not pivot_table with dropna=False: it makes a row for every number with every name, 100 million for 10,000 people.
    ordered = {key: pd.Categorical(rows[key], rows[key].unique()) for key in keys}  # in the order of the history
    means = rows.assign(**ordered).groupby([*keys, "quarter"], observed=True)[value].mean()
    table = means.unstack("quarter").reindex(columns=list(rows["quarter"].unique())).dropna(how="all")
    return table.sort_values(list(table.columns[::-1]), ascending=False, kind="stable") if best_first else table


def _write(
    sheet: TableSheet, columns: Sequence[str], quarters: Sequence[str], names: Names, table: pd.DataFrame
) -> None:
    cells = [*[TEXT] * len(columns), *[SCORE] * (len(quarters) - 1), FINAL, _CHANGE]
    rows = [_row(of_row, list(values)) for of_row, values in zip(names, table.to_numpy(), strict=True)]
    span = sheet.table([*columns, *quarters, sheet.labels("col_change")], cells, rows)
    if len(rows) > _ROWS_BESIDE_CHART:
        sheet.new_page()
    if rows:
        _chart(sheet, span, len(columns), len(quarters), table)
    sheet.finish(span.first - 1, columns=len(columns), table=span)


def _row(names: tuple[str, ...], values: Sequence[float]) -> list[TableValue]:
    scores = [None if pd.isna(value) else round_half_up(float(value)) for value in values]
    numbers = [score for score in scores if score is not None]
    change = round_half_up(numbers[-1] - numbers[-2]) if len(numbers) > 1 else None
    return [*names, *scores, change]


def _chart(sheet: TableSheet, span: Span, names: int, quarters: int, table: pd.DataFrame) -> None:
    """A line chart of the first rows. names, quarters: the number of such columns."""
    chart, page = LineChart(), sheet.sheet
    first_column = 2 + names
    for row in list(span)[:IN_CHART]:
        values = Reference(page, min_col=first_column - 1, max_col=first_column + quarters - 1, min_row=row)
        chart.add_data(values, from_rows=True, titles_from_data=True)
    header = Reference(page, min_col=first_column, max_col=first_column + quarters - 1, min_row=span.first - 1)
    chart.set_categories(header)
    for series, colour in zip(chart.series, _COLOURS, strict=False):
        series.smooth = False
        series.graphicalProperties.line.solidFill, series.graphicalProperties.line.width = colour, 24000
        series.marker.symbol, series.marker.size = "circle", 6
        series.marker.graphicalProperties = GraphicalProperties(solidFill=colour)
        series.marker.graphicalProperties.line.solidFill = colour
    chart.y_axis.number_format = "0"
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=LineProperties(solidFill=styles.LINE)))
    lowest = min(value for row in table.to_numpy()[:IN_CHART] for value in row if not pd.isna(value))
    chart.y_axis.scaling.min = max(0, int(lowest // 10) * 10 - 10)
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.height, chart.width = 9, 20
    page.add_chart(chart, f"B{sheet.row + 1}")
