"""Writes the sheet 概览, the first of the summary workbook: the figures on two pages to show in a meeting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.formatting.rule import DataBarRule
from openpyxl.utils import get_column_letter

from xlkpi.collect.overview.charts import MOST_TEAMS, grades_chart, teams_chart
from xlkpi.collect.overview.figures import Mover, Overview, Team, difference
from xlkpi.collect.overview.texts import losses_text, mark_text, names_text, tiles, vetoed_text
from xlkpi.form.layout import Span
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import round_half_up
from xlkpi.writer import styles
from xlkpi.writer.sheets.tables import CENTRE, COUNT, FINAL, SCORE, SHARE, TEXT, TableSheet, TableValue
from xlkpi.writer.styles import Style

OVERVIEW_WIDTHS = (12.5,) * 12
"""Of equal columns, over which every block lays its own: blocks of different tables share a sheet."""
_LABEL = Style(size=9, colour=styles.MUTED, fill=styles.ACCENT_PALE, align="center", border=False)
_FIGURE = Style(size=20, bold=True, colour=styles.ACCENT, fill=styles.ACCENT_PALE, align="center", border=False)
_HINT = _LABEL.but(size=8, vertical="top")
_NOTE = Style(size=9, colour=styles.MUTED, border=False)
_CHANGE = SCORE.but(format="+0.00;-0.00;0.00")
_SMALL = TEXT.but(size=9)
_CM = 0.196
"""Width of a character in a column, in centimetres."""
_ROW = 20
_NAMES = 18
"""Names written out in a cell."""


@dataclass(frozen=True)
class _Columns:
    """The columns of a block: header, width in columns of the sheet, style. first: its first column, from 0."""

    headers: Sequence[str]
    spans: Sequence[int]
    styles: Sequence[Style]
    first: int = 0

    def at(self, number: int) -> int:
        """The sheet's column of a column of the block, from 0."""
        return self.first + sum(self.spans[:number])


def write_overview(sheet: TableSheet, figures: Overview) -> None:
    """Write the figures; the sheet has `OVERVIEW_WIDTHS`."""
    header = sheet.row - 1
    _tiles(sheet, figures)
    _grades(sheet, figures)
    _teams(sheet, figures)
    sheet.new_page()
    _losses(sheet, figures)
    _movers(sheet, figures)
    _doubts(sheet, figures)
    sheet.finish(header)
    sheet.sheet.print_title_rows = "1:1"


def _tiles(sheet: TableSheet, figures: Overview) -> None:
    top = sheet.row
    for number, tile in enumerate(tiles(figures, sheet.labels)):
        colour = {"colour": styles.WARN} if tile.doubtful else {}
        texts = ((tile.label, _LABEL), (tile.value, _FIGURE.but(**colour)), (tile.hint, _HINT))
        for down, (text, style) in enumerate(texts):
            _put(sheet, top + down, 2 * number, 2, text, style)
    for row, height in enumerate((20, 34, 38), start=top):
        sheet.sheet.row_dimensions[row].height = height
    sheet.row = top + 3


def _put(sheet: TableSheet, row: int, column: int, span: int, value: TableValue, style: Style) -> None:
    """Write a value into so many columns, merged."""
    letters = [sheet.letter(column + offset) for offset in range(span)]
    for letter in letters[1:]:
        sheet.paint.put(f"{letter}{row}", None, style)
    sheet.put(f"{letters[0]}{row}", value, style)
    if span > 1:
        sheet.sheet.merged_cells.add(f"{letters[0]}{row}:{letters[-1]}{row}")


def _block(sheet: TableSheet, columns: _Columns, rows: Sequence[Sequence[TableValue]]) -> Span:
    """Write a table whose columns each take several of the sheet; returns the rows of the values."""
    for number, (header, span) in enumerate(zip(columns.headers, columns.spans, strict=True)):
        _put(sheet, sheet.row, columns.at(number), span, header, styles.HEADER)
    sheet.sheet.row_dimensions[sheet.row].height = 22
    first = sheet.row + 1
    for row, values in enumerate(rows, start=first):
        texts = []
        for number, (value, span, style) in enumerate(zip(values, columns.spans, columns.styles, strict=True)):
            _put(sheet, row, columns.at(number), span, value, style)
            width = sum(sheet.widths[columns.at(number) : columns.at(number) + span])
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
        _put(sheet, sheet.row, 0, 6, labels("overview_grades_note"), _NOTE)
        sheet.row += 1
    share, wanted_share = 2 + columns.at(2), 2 + columns.at(3)
    chart = grades_chart(sheet.sheet, 2, [share, wanted_share] if shares else [share], span)
    tall = max(7, len(rows) + 2)
    chart.width, chart.height = round(sum(sheet.widths[6:]) * _CM), tall * _ROW / 28.35
    sheet.sheet.add_chart(chart, f"{sheet.letter(6)}{top}")
    sheet.row = max(sheet.row, top + tall)


def _teams(sheet: TableSheet, figures: Overview) -> None:
    labels = sheet.labels
    charted = [team for team in figures.teams if team.spread][:MOST_TEAMS]
    sheet.heading(labels("overview_teams_chart") if charted else labels("overview_teams"))
    top, tall = sheet.row, 10 if charted else 0
    sheet.row += tall
    if len(figures.teams) > len(charted) > 0:
        sheet.note(labels("overview_teams_more", count=len(charted)))
    keys = ("department", "col_people", "col_mean", "overview_past", "col_change", "col_median")
    headers = [labels(key) for key in (*keys, "col_worst", "overview_middle", "col_best")]
    cells = [TEXT, COUNT, FINAL, SCORE, _CHANGE, SCORE, SCORE, CENTRE, SCORE]
    columns = _Columns(headers, (3, 1, 1, 1, 1, 1, 1, 2, 1), cells)
    span = _block(sheet, columns, [_team(team, labels) for team in figures.teams])
    if charted:
        high, low, mean = (2 + columns.at(number) for number in (8, 6, 2))
        chart = teams_chart(sheet.sheet, 2, (high, low, mean), charted, span.first)
        chart.width, chart.height = round(sum(sheet.widths) * _CM), (tall - 0.5) * _ROW / 28.35
        sheet.sheet.add_chart(chart, f"{sheet.letter(0)}{top}")


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
        rows = [
            [place, loss.label, _rounded(loss.points), loss.share, loss.people, loss.applied, _rounded(loss.each)]
            for place, loss in enumerate(figures.losses, start=1)
        ]
        columns = _Columns(headers, (1, 4, 2, 1, 1, 1, 2), cells)
        span = _block(sheet, columns, rows)
        bars = DataBarRule("num", 0, "max", None, color=styles.BAR)
        letter = get_column_letter(2 + columns.at(2))
        sheet.sheet.conditional_formatting.add(f"{letter}{span.first}:{letter}{span.last}", bars)
    _note(sheet, vetoed_text(figures, labels))


def _movers(sheet: TableSheet, figures: Overview) -> None:
    """Who rose most on the left, who fell most on the right."""
    labels, top = sheet.labels, sheet.row + 1
    keys = ("name", "department", "overview_past", "overview_now", "col_change")
    for first, key, movers in ((0, "overview_risen", figures.risen), (6, "overview_fallen", figures.fallen)):
        sheet.row = top
        sheet.paint.text(f"{sheet.letter(first)}{sheet.row}", labels(key), styles.SECTION)
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
    rows = [
        [
            labels(f"overview_doubt_{doubt.kind}"),
            len(doubt.names),
            names_text(doubt.names, _NAMES, labels),
            labels(f"overview_doubt_{doubt.kind}_advice"),
        ]
        for doubt in figures.doubts
    ]
    _block(sheet, _Columns(headers, (3, 1, 4, 4), [TEXT, COUNT, _SMALL, _SMALL]), rows)
