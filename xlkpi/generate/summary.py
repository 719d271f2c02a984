"""The sheet 汇总: everyone's total, grade and rank, the scores of the dimensions, and a chart of them."""

from __future__ import annotations

from itertools import groupby

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.catalogue import Company, Role
from xlkpi.form import FINAL_ROW, GRADE_ROW, LETTER, PERSON_ROW, Layout, part_id
from xlkpi.generate import styles
from xlkpi.generate.styles import Painter, set_footer
from xlkpi.quarter import Quarter
from xlkpi.words import Words, period_text

TITLE_ROW, HEADER_ROW, FIRST_ROW = 2, 4, 5
_COLUMNS = (
    ("B", "no", 6), ("C", "name", 14), ("D", "department", 16), ("E", "post", 16),
    ("F", "final", 11), ("G", "grade", 13),
)  # fmt: skip
SUMMARY_RANK = "H"
_FIRST_DIMENSION = "I"


def write_summary(
    sheet: Worksheet, roles: list[tuple[str, Role]], company: Company, quarter: Quarter, words: Words
) -> None:
    """Write the summary of (sheet title, role) pairs, one row each."""
    paint = Painter(sheet)
    dimensions = _dimensions(roles)
    last = chr(ord(_FIRST_DIMENSION) + len(dimensions) - 1)
    _frame(sheet, last)
    sheet.merge_cells(f"B{TITLE_ROW}:{last}{TITLE_ROW}")
    title = words("summary_title", company=company.name, period=period_text(quarter, words))
    paint.text(f"B{TITLE_ROW}", title, styles.TITLE)
    sheet.row_dimensions[TITLE_ROW].height = 32
    for letter, key, width in _COLUMNS:
        paint.put(f"{letter}{HEADER_ROW}", words(key), styles.HEADER)
        sheet.column_dimensions[letter].width = width
    paint.put(f"{SUMMARY_RANK}{HEADER_ROW}", words("rank").split(" ")[0], styles.HEADER)
    for offset, dimension in enumerate(dimensions):
        letter = chr(ord(_FIRST_DIMENSION) + offset)
        paint.put(f"{letter}{HEADER_ROW}", dimension, styles.HEADER)
        sheet.column_dimensions[letter].width = 13
    sheet.row_dimensions[HEADER_ROW].height = 22
    for number, (name, role) in enumerate(roles, start=1):
        _person(paint, FIRST_ROW + number - 1, number, name, role, dimensions, len(roles))
    _chart(sheet, len(roles), last, words)


def _dimensions(roles: list[tuple[str, Role]]) -> list[str]:
    """The top-level groups of all roles, in the order in which they first appear."""
    return list(dict.fromkeys(i.group.split("/")[0] for _, role in roles for i in role.indicators))


def _person(paint: Painter, row: int, number: int, name: str, role: Role, dimensions: list[str], people: int) -> None:
    layout = Layout(role)
    source = "'" + name.replace("'", "''") + "'!"

    def cell(column: str, at: int) -> str:
        return f"{source}${LETTER[column]}${at}"

    text, score = styles.COMPUTED_TEXT, styles.COMPUTED.but(format="0.00")
    paint.put(f"B{row}", number, text.but(align="center"))
    for letter, column in (("C", "name"), ("D", "department"), ("E", "post")):
        paint.put(f"{letter}{row}", f'=IF({cell(column, PERSON_ROW)}="","",{cell(column, PERSON_ROW)})', text)
    paint.put(f"F{row}", f"={cell('score', FINAL_ROW)}", score.but(bold=True))
    paint.put(f"G{row}", f"={cell('score', GRADE_ROW)}", text.but(align="center"))
    finals = f"$F${FIRST_ROW}:$F${FIRST_ROW + people - 1}"
    # RANK of a cell holding "" is an error.
    paint.put(f"{SUMMARY_RANK}{row}", f'=IF(ISNUMBER(F{row}),RANK(F{row},{finals}),"")', text.but(align="center"))
    rows = {
        dimension: [layout.rows[part_id(i.id)] for i in group]
        for dimension, group in groupby(role.indicators, key=lambda i: i.group.split("/")[0])
    }
    for offset, dimension in enumerate(dimensions):
        formula = None
        if dimension in rows:
            first, last = rows[dimension][0], rows[dimension][-1]
            scores, weights = (f"{source}${LETTER[c]}${first}:${LETTER[c]}${last}" for c in ("score", "effective"))
            complete = f'ROUND(SUM({weights})-SUMIF({scores},">-1E+300",{weights}),9)=0'
            mean = f"SUMPRODUCT({scores},{weights})/SUM({weights})"
            formula = f'=IF(SUM({weights})=0,"",IF({complete},{mean},""))'
        paint.put(f"{chr(ord(_FIRST_DIMENSION) + offset)}{row}", formula, score)
    paint.sheet.row_dimensions[row].height = 22


def _frame(sheet: Worksheet, last: str) -> None:
    sheet.column_dimensions["A"].width = 2
    sheet.column_dimensions[SUMMARY_RANK].width = 9
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    sheet.print_options.horizontalCentered = True
    set_footer(sheet, center="&P / &N")
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False


def _chart(sheet: Worksheet, people: int, last: str, words: Words) -> None:
    """Bars of the dimensions: one group of bars a dimension, one colour a person."""
    chart = BarChart()
    chart.type, chart.style = "col", 10
    chart.title = words("dimensions_chart")
    for offset in range(people):
        row = FIRST_ROW + offset
        first = ord(_FIRST_DIMENSION) - ord("A") + 1
        values = Reference(sheet, min_col=first, max_col=ord(last) - ord("A") + 1, min_row=row)
        chart.add_data(values, from_rows=True, titles_from_data=False)
    names = Reference(
        sheet, min_col=ord(_FIRST_DIMENSION) - ord("A") + 1, max_col=ord(last) - ord("A") + 1, min_row=HEADER_ROW
    )
    chart.set_categories(names)
    for series in chart.series:
        series.graphicalProperties.solidFill = styles.ACCENT
    chart.legend = None
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 120
    chart.y_axis.majorUnit, chart.y_axis.number_format = 20, "0"
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=LineProperties(solidFill=styles.LINE)))
    chart.dataLabels = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False)
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.gapWidth = 80
    chart.height, chart.width = 8.5, 22
    sheet.add_chart(chart, f"B{FIRST_ROW + people + 1}")
