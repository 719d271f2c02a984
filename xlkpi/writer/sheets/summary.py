"""The sheet 汇总: everybody's final score, grade and rank, a list sorted by rank, and a chart."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.formatting.rule import DataBarRule
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.catalogue.company import Company
from xlkpi.common.quarter import Quarter, period_text
from xlkpi.form.layout import AGREEMENT, FINAL_ROW, GRADE_ROW, LETTER, PERSON_ROW
from xlkpi.form.summary_layout import FIRST_ROW, HEADER_ROW, SUMMARY_RANK, TITLE_ROW
from xlkpi.i18n.labels import Labels
from xlkpi.scoring.formula import any_holds, as_shown, empty
from xlkpi.writer import styles
from xlkpi.writer.formulas.number_text import rounded
from xlkpi.writer.formulas.sheet import native_grade
from xlkpi.writer.styles import Painter, fit_page, set_footer

if TYPE_CHECKING:
    from xlkpi.form.planned import PlannedSheet

_PLACE = "J"  # hidden: the rank with ties in sheet order, by which the list at the right is sorted
_GRADED = "Q"  # hidden: the points for the grade of a person with several assignments
_PEOPLE = (
    ("B", "no", 6), ("C", "name", 13), ("D", "department", 20), ("E", "post", 22), ("F", "final", 11),
    ("G", "grade", 12), (SUMMARY_RANK, "rank_word", 8), ("I", "filled", 14),
)  # fmt: skip
_STAGE_WIDTH = 34  # of the stage of a form, where 已填 n/m stands otherwise
_RANKING = (("L", "rank_word", 8), ("M", "name", 13), ("N", "post", 22), ("O", "final", 22), ("P", "grade", 12))
_LAST = "P"
_DAYS = "B"  # the days in the table of several assignments: not the column of ranks, whose numbers forms count
NAME = styles.COMPUTED_TEXT.but(wrap=False, shrink=True)  # rows do not grow with texts typed on other sheets
CENTRE = styles.COMPUTED_TEXT.but(align="center")
SCORE = styles.COMPUTED.but(format="0.00", bold=True)
_ON_ONE_PAGE = 8  # people whose table and chart fit on one page


def persons(sheets: Iterable[PlannedSheet]) -> list[list[PlannedSheet]]:
    """The forms of each person, in the order of the first ones; those of one person by the assignments' first days."""
    groups: dict[object, list[PlannedSheet]] = {}
    for number, sheet in enumerate(sheets):
        groups.setdefault(sheet.assignment.id if sheet.assignment else number, []).append(sheet)
    return [sorted(group, key=_begins) for group in groups.values()]


def _begins(sheet: PlannedSheet) -> dt.date:
    return (sheet.assignment and sheet.assignment.start) or dt.date.min


@dataclass(frozen=True)
class SummaryLine:
    """One person on the summary. titles: of the person's forms. days: in the quarter, of each assignment.

    numbered: whether the staff number is shown beside the name, because somebody else has the same name.
    """

    titles: tuple[str, ...]
    days: tuple[int, ...] = ()
    numbered: bool = False


def lines_of(people: Iterable[Sequence[PlannedSheet]], quarter: Quarter) -> tuple[SummaryLine, ...]:
    """The lines of the summary, one for each person's forms."""
    people = list(people)
    namesakes = Counter(person[0].assignment.name for person in people if person[0].assignment)
    return tuple(
        SummaryLine(
            tuple(sheet.title for sheet in person),
            tuple(sheet.assignment.days(quarter) for sheet in person if sheet.assignment),
            person[0].assignment is not None and namesakes[person[0].assignment.name] > 1,
        )
        for person in people
    )


def write_summary(
    sheet: Worksheet, people: Sequence[SummaryLine], company: Company, quarter: Quarter, labels: Labels
) -> None:
    """Write the summary: a row per person; below them, the assignments of people who have several."""
    paint = Painter(sheet, labels("font"))
    _frame(sheet)
    paint.fill(f"B:{_LAST}", TITLE_ROW, styles.TITLE)
    sheet.merged_cells.add(f"B{TITLE_ROW}:{_LAST}{TITLE_ROW}")
    title = labels("summary_title", company=company.name, period=period_text(quarter, labels))
    paint.text(f"B{TITLE_ROW}", title, styles.TITLE)
    sheet.row_dimensions[TITLE_ROW].height = 32
    for letter, key, width in (*_PEOPLE, *_RANKING):
        paint.put(f"{letter}{HEADER_ROW}", labels(key), styles.HEADER)
        sheet.column_dimensions[letter].width = width
    if AGREEMENT in company.blocks:
        paint.put(f"I{HEADER_ROW}", labels("stage"), styles.HEADER)
        sheet.column_dimensions["I"].width = _STAGE_WIDTH
    sheet.row_dimensions[HEADER_ROW].height = 22
    last = FIRST_ROW + len(people) - 1
    split = SplitAssignments(paint, last + 2, company, quarter, labels)
    for row, person in enumerate(people, start=FIRST_ROW):
        if len(person.titles) == 1:
            write_form(paint, row, person.titles[0], numbered=person.numbered)
        else:
            split.write(row, person)
        _rank_cells(paint, row, last)
        _list_row(paint, row, row - FIRST_ROW + 1, last)
    bars = DataBarRule("num", 0, "num", 120, color=styles.BAR)
    sheet.conditional_formatting.add(f"O{FIRST_ROW}:O{last}", bars)
    _chart(sheet, len(people), split.last_row or last, labels, named=any(person.days for person in people))


def write_form(paint: Painter, row: int, title: str, *, numbered: bool) -> None:
    """Write person, final and grade of a form into a row; `numbered` adds the staff number to the name."""
    for letter, column in (("C", "name"), ("D", "department"), ("E", "post")):
        paint.put(f"{letter}{row}", typed_text(title, column, numbered=numbered and column == "name"), NAME)
    paint.put(f"F{row}", f"={as_shown(cell_of(title, 'score', FINAL_ROW))}", SCORE)
    paint.put(f"G{row}", f"={as_shown(cell_of(title, 'score', GRADE_ROW))}", CENTRE.but(wrap=False))
    paint.put(f"I{row}", f"={as_shown(cell_of(title, 'filled', GRADE_ROW))}", CENTRE)
    paint.sheet.row_dimensions[row].height = 20


def typed_text(title: str, column: str, *, numbered: bool = False) -> str:
    """The formula for a text in the person block of a form."""
    cell = cell_of(title, column, PERSON_ROW)
    number = f'&" "&{cell_of(title, "employee_id", PERSON_ROW)}' if numbered else ""
    return f'=IF({cell}="","",{cell}{number})'


def cell_of(title: str, column: str, row: int) -> str:
    """The reference to a cell of a form; title: of its sheet."""
    return "'" + title.replace("'", "''") + f"'!${LETTER[column]}${row}"


def _rank_cells(paint: Painter, row: int, last: int) -> None:
    paint.put(f"B{row}", row - FIRST_ROW + 1, CENTRE)
    finals = f"$F${FIRST_ROW}:$F${last}"
    # Not RANK: HyperFormula has none.
    rank = f'COUNTIF({finals},">"&F{row})+1'
    paint.put(f"{SUMMARY_RANK}{row}", f'=IF(ISNUMBER(F{row}),{rank},"")', CENTRE)
    ties = f"COUNTIF($F${FIRST_ROW}:$F{row},F{row})-1"
    paint.sheet[f"{_PLACE}{row}"] = f'=IF(ISNUMBER(F{row}),{SUMMARY_RANK}{row}+{ties},"")'


class SplitAssignments:
    """The table below the summary, for people with several assignments in the quarter, and their rows in the summary.

    Their final is the mean of the forms' finals weighted by days, empty while one is empty; `appraisal.people` computes
    the same.
    """

    def __init__(self, paint: Painter, row: int, company: Company, quarter: Quarter, labels: Labels) -> None:
        self.paint, self.row, self.company, self.quarter, self.labels = paint, row, company, quarter, labels
        self.last_row: int | None = None
        """The last row of the table; None while nobody has several assignments."""

    def write(self, row: int, person: SummaryLine) -> None:
        """Write a person's assignments into the table, and the result into the person's row."""
        if self.last_row is None:
            self._header()
            self.last_row = self.row + 1
        rows = range(self.last_row + 1, self.last_row + 1 + len(person.titles))
        for at, title, days in zip(rows, person.titles, person.days, strict=True):
            write_form(self.paint, at, title, numbered=person.numbered)
            self.paint.put(f"{_DAYS}{at}", days, CENTRE)
            self.paint.put(f"{SUMMARY_RANK}{at}", None, CENTRE)
        self.last_row = rows[-1]
        self._person(row, person, rows)

    def _header(self) -> None:
        self.paint.put(f"B{self.row}", self.labels("split_posts"), styles.SECTION)
        for letter, key, _ in _PEOPLE:
            header = {_DAYS: self.labels("days_in_post"), SUMMARY_RANK: None}.get(letter, self.labels(key))
            self.paint.put(f"{letter}{self.row + 1}", header, styles.SUBHEADER)

    def _person(self, row: int, person: SummaryLine, rows: range) -> None:
        put, newest = self.paint.put, person.titles[-1]
        put(f"C{row}", typed_text(newest, "name", numbered=person.numbered), NAME)
        put(f"D{row}", typed_text(newest, "department"), NAME)
        put(f"E{row}", "=" + '&" → "&'.join(f"E{at}" for at in rows), NAME)
        finals, days = (f"${letter}${rows[0]}:${letter}${rows[-1]}" for letter in ("F", _DAYS))
        mean = rounded(f"SUMPRODUCT({finals},{days})/SUM({days})", 2)
        cells = [f"$F${at}" for at in rows]
        scored = mean
        for cell in reversed(cells):
            scored = f"IF(COUNT({cell})=0,{cell},{scored})"
        put(f"F{row}", f'=IF({any_holds([empty(cell) for cell in cells])},"",{scored})', SCORE)
        ceilings = "".join(f",{cell_of(title, 'effective', FINAL_ROW)}" for title in person.titles)
        self.paint.sheet[f"{_GRADED}{row}"] = f"=IF(COUNT(F{row})=0,F{row},MIN(F{row}{ceilings}))"
        scale = cell_of(newest, "definition", FINAL_ROW)
        graded = f"{_GRADED}{row}"
        native = native_grade(graded, scale, self.company.grades, self.company.grade_scale, self.labels.language)
        put(f"G{row}", f"=IFERROR(KPI_GRADE({graded},{scale}),{native})", CENTRE.but(wrap=False))
        put(f"I{row}", self.labels("see_posts"), CENTRE.but(colour=styles.MUTED, size=9))
        self.paint.sheet.row_dimensions[row].height = 20
        self.paint.sheet.column_dimensions[_GRADED].hidden = True


def _list_row(paint: Painter, row: int, place: int, last: int) -> None:
    """Write one row of the list sorted by rank; empty below the last person with a final."""
    places = f"${_PLACE}${FIRST_ROW}:${_PLACE}${last}"
    centre = CENTRE.but(wrap=False)
    columns = (("L", SUMMARY_RANK, centre), ("M", "C", NAME), ("N", "E", NAME))
    for letter, source, style in (*columns, ("O", "F", SCORE), ("P", "G", centre)):
        value = f"INDEX(${source}${FIRST_ROW}:${source}${last},MATCH({place},{places},0))"
        paint.put(f"{letter}{row}", f'=IF(COUNT({places})<{place},"",{value})', style)


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


def _chart(sheet: Worksheet, people: int, above: int, labels: Labels, *, named: bool) -> None:
    """Add the chart below the row `above`: one bar per person, the best on top."""
    chart = BarChart()
    chart.type, chart.style = "bar", 10
    chart.title = labels("totals_chart")
    last = FIRST_ROW + people - 1
    column = ord("O") - ord("A") + 1
    chart.add_data(Reference(sheet, min_col=column, min_row=FIRST_ROW, max_row=last), titles_from_data=False)
    called = column - 2 if named else column - 1  # names where a roster gives them, else roles
    chart.set_categories(Reference(sheet, min_col=called, min_row=FIRST_ROW, max_row=last))
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
    sheet.add_chart(chart, f"B{above + 2}")
    if people > _ON_ONE_PAGE:
        sheet.row_breaks.append(Break(id=above + 1))
