"""The sheet 汇总: everyone's total, grade and rank, the same in the order of the ranks, and a chart."""

from __future__ import annotations

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.formatting.rule import DataBarRule
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.catalogue import Company
from xlkpi.form import FINAL_ROW, GRADE_ROW, LETTER, PERSON_ROW
from xlkpi.generate import styles
from xlkpi.generate.styles import Painter, fit_page, set_footer
from xlkpi.quarter import Quarter
from xlkpi.words import Words, period_text

TITLE_ROW, HEADER_ROW, FIRST_ROW = 2, 4, 5
SUMMARY_RANK = "H"
_PLACE = "J"  # hidden: the rank with ties in sheet order, by which the list at the right is sorted
_PEOPLE = (
    ("B", "no", 6), ("C", "name", 13), ("D", "department", 20), ("E", "post", 22), ("F", "final", 11),
    ("G", "grade", 12), (SUMMARY_RANK, "rank_word", 8), ("I", "filled", 14),
)  # fmt: skip
_RANKING = (("L", "rank_word", 8), ("M", "name", 13), ("N", "post", 22), ("O", "final", 22), ("P", "grade", 12))
_LAST = "P"
_NAME = styles.COMPUTED_TEXT.but(wrap=False, shrink=True)  # rows do not grow with what is typed elsewhere
_ON_ONE_PAGE = 8  # people whose table and chart fit on one page


def write_summary(sheet: Worksheet, titles: list[str], company: Company, quarter: Quarter, words: Words) -> None:
    """Write the summary of the forms with these sheet titles, one row each."""
    paint = Painter(sheet, words("font"))
    _frame(sheet)
    paint.fill(f"B:{_LAST}", TITLE_ROW, styles.TITLE)
    sheet.merged_cells.add(f"B{TITLE_ROW}:{_LAST}{TITLE_ROW}")
    title = words("summary_title", company=company.name, period=period_text(quarter, words))
    paint.text(f"B{TITLE_ROW}", title, styles.TITLE)
    sheet.row_dimensions[TITLE_ROW].height = 32
    for letter, key, width in (*_PEOPLE, *_RANKING):
        paint.put(f"{letter}{HEADER_ROW}", words(key), styles.HEADER)
        sheet.column_dimensions[letter].width = width
    sheet.row_dimensions[HEADER_ROW].height = 22
    last = FIRST_ROW + len(titles) - 1
    for number, name in enumerate(titles, start=1):
        _person(paint, FIRST_ROW + number - 1, number, name, last)
        _ranked(paint, FIRST_ROW + number - 1, number, last)
    bars = DataBarRule("num", 0, "num", 120, color=styles.BAR)
    sheet.conditional_formatting.add(f"O{FIRST_ROW}:O{last}", bars)
    _chart(sheet, len(titles), words)


def _person(paint: Painter, row: int, number: int, name: str, last: int) -> None:
    source = "'" + name.replace("'", "''") + "'!"

    def cell(column: str, at: int) -> str:
        return f"{source}${LETTER[column]}${at}"

    text, centre = _NAME, styles.COMPUTED_TEXT.but(align="center")
    paint.put(f"B{row}", number, centre)
    for letter, column in (("C", "name"), ("D", "department"), ("E", "post")):
        paint.put(f"{letter}{row}", f'=IF({cell(column, PERSON_ROW)}="","",{cell(column, PERSON_ROW)})', text)
    paint.put(f"F{row}", f"={cell('score', FINAL_ROW)}", styles.COMPUTED.but(format="0.00", bold=True))
    paint.put(f"G{row}", f"={cell('score', GRADE_ROW)}", centre.but(wrap=False))
    finals = f"$F${FIRST_ROW}:$F${last}"
    # RANK of a cell holding "" is an error.
    paint.put(f"{SUMMARY_RANK}{row}", f'=IF(ISNUMBER(F{row}),RANK(F{row},{finals}),"")', centre)
    paint.put(f"I{row}", f"={cell('filled', GRADE_ROW)}", centre)
    ties = f"COUNTIF($F${FIRST_ROW}:$F{row},F{row})-1"
    paint.sheet[f"{_PLACE}{row}"] = f'=IF(ISNUMBER(F{row}),{SUMMARY_RANK}{row}+{ties},"")'
    paint.sheet.row_dimensions[row].height = 20


def _ranked(paint: Painter, row: int, place: int, last: int) -> None:
    """One line of the list in the order of the ranks; empty below the last who has a total."""
    places = f"${_PLACE}${FIRST_ROW}:${_PLACE}${last}"
    centre = styles.COMPUTED_TEXT.but(align="center", wrap=False)
    columns = (("L", SUMMARY_RANK, centre), ("M", "C", _NAME), ("N", "E", _NAME))
    score = styles.COMPUTED.but(format="0.00", bold=True)
    for letter, source, style in (*columns, ("O", "F", score), ("P", "G", centre)):
        found = f"INDEX(${source}${FIRST_ROW}:${source}${last},MATCH({place},{places},0))"
        paint.put(f"{letter}{row}", f'=IF(COUNT({places})<{place},"",{found})', style)


def _frame(sheet: Worksheet) -> None:
    for letter in ("A", "K"):
        sheet.column_dimensions[letter].width = 2
    sheet.column_dimensions[_PLACE].hidden = True
    sheet.sheet_view.showGridLines = False
    sheet.freeze_panes = f"B{FIRST_ROW}"
    fit_page(sheet, landscape=True)
    sheet.print_title_rows = f"{TITLE_ROW}:{HEADER_ROW}"
    sheet.print_options.horizontalCentered = True
    set_footer(sheet, center="&P / &N")
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False


def _chart(sheet: Worksheet, people: int, words: Words) -> None:
    """One bar a form, in the order of the ranks, the best on top."""
    chart = BarChart()
    chart.type, chart.style = "bar", 10
    chart.title = words("totals_chart")
    last = FIRST_ROW + people - 1
    column = ord("O") - ord("A") + 1
    chart.add_data(Reference(sheet, min_col=column, min_row=FIRST_ROW, max_row=last), titles_from_data=False)
    chart.set_categories(Reference(sheet, min_col=column - 1, min_row=FIRST_ROW, max_row=last))
    (series,) = chart.series
    series.graphicalProperties.solidFill = styles.ACCENT
    chart.legend = None
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 120
    chart.y_axis.majorUnit, chart.y_axis.number_format = 20, "0"
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=LineProperties(solidFill=styles.LINE)))
    chart.dataLabels = DataLabelList(
        showVal=True, showSerName=False, showCatName=False, showLegendKey=False, showPercent=False, numFmt="0.0"
    )
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.gapWidth = 60
    chart.height, chart.width = 3.5 + 0.62 * people, 30
    sheet.add_chart(chart, f"B{last + 2}")
    if people > _ON_ONE_PAGE:
        sheet.row_breaks.append(Break(id=last + 1))
