"""Writes the sheet 概览, the first of the summary workbook: the figures on two pages to show in a meeting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from openpyxl.formatting.rule import DataBarRule
from openpyxl.utils import get_column_letter

from xlkpi.collect.overview.charts import MOST_TEAMS, grades_chart, teams_chart
from xlkpi.collect.overview.figures import Mover, Overview, Spread, Team, difference
from xlkpi.collect.overview.texts import losses_text, mark_text, names_text, tiles, vetoed_text
from xlkpi.form.layout import Span
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import round_half_up
from xlkpi.writer import styles
from xlkpi.writer.sheets.tables import CENTRE, COUNT, FINAL, SCORE, SHARE, TEXT, TableSheet
from xlkpi.writer.styles import Style
from xlkpi.xlsx.write.rows import TableValue

_HALF = 6
OVERVIEW_WIDTHS = (*(12.5,) * _HALF, 1.5, *(12.5,) * _HALF)
"""Two halves of equal columns with a gap between; blocks lay their own columns over them, counted without the gap."""
_LABEL = Style(size=9, colour=styles.MUTED, fill=styles.ACCENT_PALE, align="center", border=False)
_FIGURE = Style(size=20, bold=True, colour=styles.ACCENT, fill=styles.ACCENT_PALE, align="center", border=False)
_HINT = _LABEL.but(size=8, vertical="top")
_NOTE = Style(size=9, colour=styles.MUTED, border=False)
_CHANGE = SCORE.but(format="+0.00;-0.00;0.00")
_SMALL = TEXT.but(size=9)
_CM = 0.196
"""Width of a character in a column, in centimetres."""
_ROW = 19
_DEFAULT_ROW, _TITLE, _PAGE = 15, 32, 590
"""Heights in points: of a row that nobody set, of the title that each page repeats, of what a page holds."""
_NAMES = 18
"""Names written out in a cell."""


@dataclass(frozen=True)
class _Columns:
    """The columns of a block: header, width in columns of the sheet, style. first: its first column, from 0.

    Columns of the sheet are counted without the gap.
    """

    headers: Sequence[str]
    spans: Sequence[int]
    styles: Sequence[Style]
    first: int = 0

    def begin(self, number: int) -> int:
        """Where a column of the block begins, from 0."""
        return self.first + sum(self.spans[:number])

    def at(self, number: int) -> int:
        """The same as a column of the file, from 1."""
        return 2 + _in_file(self.begin(number))

    @property
    def wide(self) -> bool:
        """Whether the block goes over the gap."""
        return self.first < _HALF < self.begin(len(self.spans))


def _in_file(column: int) -> int:
    return column + (column >= _HALF)


def write_overview(sheet: TableSheet, figures: Overview) -> None:
    """Write the figures; the sheet has `OVERVIEW_WIDTHS`."""
    header, margins = sheet.row - 1, sheet.sheet.page_margins
    margins.top, margins.bottom = 0.4, 0.6
    _tiles(sheet, figures)
    _grades(sheet, figures)
    _together(sheet, 75 + _ROW * len(figures.losses))
    _losses(sheet, figures)
    sheet.new_page()
    _teams(sheet, figures)
    _together(sheet, 80 + _ROW * max(1, len(figures.risen), len(figures.fallen)))
    _movers(sheet, figures)
    _together(sheet, 80 + 1.5 * _ROW * len(figures.doubts))
    _doubts(sheet, figures)
    sheet.finish(header)
    sheet.sheet.print_title_rows = "1:1"
    sheet.sheet.print_area = f"A1:{sheet.letter(len(sheet.widths) - 1)}{sheet.row}"


def _together(sheet: TableSheet, needed: float) -> None:
    """Begin a page in print where what comes next, so many points high, does not fit on this one."""
    dimensions, breaks = sheet.sheet.row_dimensions, sheet.sheet.row_breaks.brk
    first = breaks[-1].id + 1 if breaks else 1
    used = (_TITLE if breaks else 0) + sum(dimensions[row].height or _DEFAULT_ROW for row in range(first, sheet.row))
    if used % _PAGE + needed > _PAGE:
        sheet.new_page()


def _tiles(sheet: TableSheet, figures: Overview) -> None:
    top = sheet.row
    for number, tile in enumerate(tiles(figures, sheet.labels)):
        colour = {"colour": styles.WARN} if tile.doubtful else {}
        texts = ((tile.label, _LABEL), (tile.value, _FIGURE.but(**colour)), (tile.hint, _HINT))
        for down, (text, style) in enumerate(texts):
            _put(sheet, top + down, (2 * number, 2), text, style)
    for row, height in enumerate((20, 32, 27), start=top):
        sheet.sheet.row_dimensions[row].height = height
    sheet.row = top + 3


def _put(
    sheet: TableSheet, row: int, cells: tuple[int, int], value: TableValue, style: Style, *, wide: bool = True
) -> None:
    """Write a value into merged cells. cells: first column and their number; where `wide`, the gap belongs to them."""
    column, span = cells
    end = _in_file(column + span - 1) + (wide and column + span == _HALF)
    letters = [sheet.letter(each) for each in range(_in_file(column), end + 1)]
    for letter in letters[1:]:
        sheet.paint.put(f"{letter}{row}", None, style)
    sheet.put(f"{letters[0]}{row}", value, style)
    if len(letters) > 1:
        sheet.sheet.merged_cells.add(f"{letters[0]}{row}:{letters[-1]}{row}")


def _block(sheet: TableSheet, columns: _Columns, rows: Sequence[Sequence[TableValue]]) -> Span:
    """Write a table whose columns each take several of the sheet; returns the rows of the values."""
    for number, (header, span) in enumerate(zip(columns.headers, columns.spans, strict=True)):
        cells = (columns.begin(number), span)
        _put(sheet, sheet.row, cells, header, styles.HEADER, wide=columns.wide)
    sheet.sheet.row_dimensions[sheet.row].height = 22
    first = sheet.row + 1
    for row, values in enumerate(rows, start=first):
        texts = []
        for number, (value, span, style) in enumerate(zip(values, columns.spans, columns.styles, strict=True)):
            _put(sheet, row, (columns.begin(number), span), value, style, wide=columns.wide)
            width = span * sheet.widths[0]
            if isinstance(value, str) and style.wrap:
                texts.append((value, width, style))
        sheet.paint.height(row, *texts, least=_ROW)
    sheet.row = first + len(rows)
    return Span(first, sheet.row - 1)


def _note(sheet: TableSheet, text: str) -> None:
    if text:
        sheet.note(text)


def _grades(sheet: TableSheet, figures: Overview) -> None:
    labels, shares = sheet.labels, any(grade.wanted is not None for grade in figures.grades)
    sheet.heading(labels("overview_grades"))
    top = sheet.row
    keys = ["grade", "col_people", "col_share", "col_share_wanted", "col_people_wanted", "col_difference"]
    number = SCORE.but(format="0.0")
    cells = [TEXT, COUNT, SHARE, SHARE, number, number.but(format="+0.0;-0.0;0.0")]
    rows: list[list[TableValue]] = []
    for grade in figures.grades:
        away = None if grade.wanted_people is None else round_half_up(grade.count - grade.wanted_people, 1)
        wanted = None if grade.wanted_people is None else round_half_up(grade.wanted_people, 1)
        rows.append([grade.name, grade.count, grade.share, grade.wanted, wanted, away])
    kept = len(keys) if shares else 3
    spans = [1] * 6 if shares else [2, 2, 2]
    columns = _Columns([labels(key) for key in keys[:kept]], spans, cells[:kept])
    span = _block(sheet, columns, [row[:kept] for row in rows])
    if shares:
        _put(sheet, sheet.row, (0, _HALF), labels("overview_grades_note"), _NOTE, wide=False)
        sheet.row += 1
    share, wanted_share = columns.at(2), columns.at(3) if shares else 0
    chart = grades_chart(sheet.sheet, 2, [share, wanted_share] if shares else [share], span)
    tall = max(6, len(rows) + 1)
    chart.width, chart.height = int(sum(sheet.widths[_HALF + 1 :]) * _CM), tall * _ROW / 28.35
    sheet.sheet.add_chart(chart, f"{sheet.letter(_HALF + 1)}{top}")
    sheet.row = max(sheet.row, top + tall)


def _teams(sheet: TableSheet, figures: Overview) -> None:
    labels = sheet.labels
    charted = [team.spread for team in figures.teams if team.spread][:MOST_TEAMS]
    sheet.heading(labels("overview_teams"))
    top, tall = sheet.row, 10 if charted else 0
    for row in range(top, top + tall):
        sheet.sheet.row_dimensions[row].height = _ROW
    sheet.row += tall
    if charted:
        more = len(figures.teams) > len(charted)
        _note(sheet, labels("overview_teams_chart"))
        _note(sheet, labels("overview_teams_more", count=len(charted)) if more else "")
    keys = ("department", "col_people", "col_mean", "overview_past", "col_change", "col_median")
    headers = [labels(key) for key in (*keys, "col_worst", "overview_middle", "col_best")]
    cells = [TEXT, COUNT, FINAL, SCORE, _CHANGE, SCORE, SCORE, CENTRE, SCORE]
    columns = _Columns(headers, (3, 1, 1, 1, 1, 1, 1, 2, 1), cells)
    span = _block(sheet, columns, [_team(team, labels) for team in figures.teams])
    if charted:
        rows = Span(span.first, span.first + len(charted) - 1)
        chart = teams_chart(sheet.sheet, 2, columns.at(2), _steps(sheet, rows, charted), rows, charted)
        chart.width, chart.height = int(sum(sheet.widths) * _CM), (tall - 0.5) * _ROW / 28.35
        sheet.sheet.add_chart(chart, f"{sheet.letter(0)}{top}")


def _steps(sheet: TableSheet, rows: Span, spreads: Sequence[Spread]) -> list[int]:
    """Write what the boxes of the chart are stacked of, into hidden columns beside the table; the columns, from 1."""
    first = len(sheet.widths) + 3
    columns = list(range(first, first + 4))
    for row, spread in zip(rows, spreads, strict=True):
        marks = [spread.low, spread.lower, spread.upper, spread.high]
        steps = [marks[0], *(upper - lower for lower, upper in pairwise(marks))]
        for column, step in zip(columns, steps, strict=True):
            sheet.sheet.cell(row, column, round_half_up(step))
    for column in columns:
        sheet.sheet.column_dimensions[get_column_letter(column)].hidden = True
    return columns


def _team(team: Team, labels: Labels) -> list[TableValue]:
    name, spread = team.name or labels("no_department"), team.spread
    if spread is None:
        return [name, team.people, None, _rounded(team.before), *[None] * 5]
    middle = f"{round_half_up(spread.lower):.2f} – {round_half_up(spread.upper):.2f}"
    return [
        name,
        team.people,
        round_half_up(spread.mean),
        _rounded(team.before),
        difference(spread.mean, team.before),
        round_half_up(spread.median),
        round_half_up(spread.low),
        middle,
        round_half_up(spread.high),
    ]


def _rounded(number: float | None) -> float | None:
    return None if number is None else round_half_up(number)


def _losses(sheet: TableSheet, figures: Overview) -> None:
    labels = sheet.labels
    sheet.heading(labels("overview_losses"))
    _note(sheet, losses_text(figures, labels))
    if figures.losses:
        keys = "no indicator overview_lost overview_lost_share overview_lost_people overview_lost_applied"
        headers = [labels(key) for key in (*keys.split(), "overview_lost_each")]
        cells = [CENTRE, TEXT, FINAL, SHARE, COUNT, COUNT, SCORE]
        rows: list[list[TableValue]] = [
            [place, loss.label, _rounded(loss.points), loss.share, loss.people, loss.applied, _rounded(loss.each)]
            for place, loss in enumerate(figures.losses, start=1)
        ]
        columns = _Columns(headers, (1, 4, 2, 1, 1, 1, 2), cells)
        span = _block(sheet, columns, rows)
        bars = DataBarRule("num", 0, "max", None, color=styles.BAR)
        letter = get_column_letter(columns.at(2))
        sheet.sheet.conditional_formatting.add(f"{letter}{span.first}:{letter}{span.last}", bars)
    _note(sheet, vetoed_text(figures, labels))


def _movers(sheet: TableSheet, figures: Overview) -> None:
    """Who rose most on the left, who fell most on the right."""
    labels, top = sheet.labels, sheet.row + 1
    keys = ("name", "department", "overview_past", "overview_now", "col_change")
    for first, key, movers in ((0, "overview_risen", figures.risen), (_HALF, "overview_fallen", figures.fallen)):
        sheet.row = top
        sheet.paint.text(f"{sheet.letter(_in_file(first))}{sheet.row}", labels(key), styles.SECTION)
        sheet.sheet.row_dimensions[sheet.row].height = 22
        sheet.row += 1
        columns = _Columns([labels(k) for k in keys], (1, 2, 1, 1, 1), [_SMALL, _SMALL, SCORE, SCORE, _CHANGE], first)
        nobody: list[TableValue] = [labels("overview_no_movers"), *[None] * 4]
        rows = [_mover(mover, labels) for mover in movers] or [nobody]
        _block(sheet, columns, rows)
    sheet.row = top + 2 + max(1, len(figures.risen), len(figures.fallen))
    _note(sheet, labels("overview_movers_note"))


def _mover(mover: Mover, labels: Labels) -> list[TableValue]:
    person = mover.record.person
    notes = [labels("overview_role_changed")] if mover.role_changed else []
    notes += filter(None, [mark_text(mover.record.marks, labels)])
    place = labels("list_separator").join([person.department or labels("no_department"), *notes])
    now = _rounded(mover.record.final)
    return [person.name or person.id, place, round_half_up(mover.before), now, mover.change]


def _doubts(sheet: TableSheet, figures: Overview) -> None:
    labels = sheet.labels
    sheet.heading(labels("overview_problems"))
    if not figures.doubts:
        sheet.note(labels("overview_no_doubts"))
        return
    headers = [labels(key) for key in ("col_problem", "overview_count", "overview_names", "col_what_to_do")]
    rows: list[list[TableValue]] = [
        [
            labels(f"overview_doubt_{doubt.kind}"),
            len(doubt.names),
            names_text(doubt.names, _NAMES, labels),
            labels(f"overview_doubt_{doubt.kind}_advice"),
        ]
        for doubt in figures.doubts
    ]
    _block(sheet, _Columns(headers, (3, 1, 4, 4), [TEXT, COUNT, _SMALL, _SMALL]), rows)
