"""Writes a rater's workbook: a row for each person and thing that this rater judges, and nobody else's rating."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.numbers import plain
from xlkpi.raters.asked import Asked
from xlkpi.raters.contract import COLUMN_IDS, CONTRACT_VERSION, META_SHEET, TITLE_ID
from xlkpi.raters.listing.words import RELATIONS
from xlkpi.raters.rateable import Item
from xlkpi.version import __version__
from xlkpi.writer import styles
from xlkpi.writer.styles import Painter, fit_page, set_footer
from xlkpi.xlsx.write.saved import saved

_WIDTHS = (0, 10, 10, 14, 9, 18, 26, 44, 12, 24)
_LETTER = {id: chr(ord("A") + place) for place, id in enumerate(COLUMN_IDS)}
_ID_ROW, _TITLE_ROW, _HINT_ROW, _HEADER_ROW = 1, 2, 3, 4
FIRST_ROW = 5
_FIRST, _LAST = "B", _LETTER["remark"]
_USUAL = ("excellent", "good", "pass", "improve", "fail")
"""Levels that have a wording, as the keys of labels call them."""
_LONGEST = 255
"""Characters of an input message, and of a list."""


@dataclass(frozen=True)
class BookOf:
    """Whose workbook it is. company: its name in the language of its file. anonymous: whether raters stay unnamed."""

    rater: str
    name: str
    company: str
    language: str
    anonymous: bool


def rater_book(of: BookOf, rows: Sequence[Asked]) -> bytes:
    """The workbook of a rater. rows: at least one, in the order of the sheet."""
    labels, book = words(of.language), Workbook()
    sheet: Worksheet = book.worksheets[0]
    sheet.title = labels("raters_sheet")
    writing = _Writing(sheet, labels)
    writing.top(of, rows[0])
    before = ""
    for number, row in enumerate(rows, start=FIRST_ROW):
        writing.row(number, row, first=row.person.id != before)
        before = row.person.id
    writing.finish(of)
    meta: Worksheet = book.create_sheet(META_SHEET)
    for key, value in (
        ("contract", CONTRACT_VERSION), ("xlkpi", __version__), ("quarter", str(rows[0].quarter)),
        ("language", of.language), ("company", of.company), ("rater", of.rater), ("name", of.name),
        ("rows", len(rows)),
    ):  # fmt: skip
        meta.append((key, value))
        if isinstance(value, str):
            meta.cell(meta.max_row, 2).data_type = "s"
    meta.sheet_state = "veryHidden"
    return saved(book)


def wording(item: Item, labels: Labels) -> str:
    """What each level stands for: its points, and a wording where its name is a usual one."""
    if not item.levels:
        return labels("raters_points", low=plain(item.low), high=plain(item.high))
    means = {labels(f"level_{level}").casefold(): labels(f"level_{level}_means") for level in _USUAL}
    return "\n".join(
        labels("level_criterion", level=level, points=plain(points), means=means[level.casefold()])
        if level.casefold() in means
        else labels("level_points", level=level, points=plain(points))
        for level, points in item.levels.items()
    )


class _Writing:
    """The sheet while it is written."""

    def __init__(self, sheet: Worksheet, labels: Labels) -> None:
        self.sheet, self.labels = sheet, labels
        self.paint = Painter(sheet, labels("font"))
        self._typed: dict[tuple[object, ...], tuple[Item, list[str]]] = {}

    def top(self, of: BookOf, first: Asked) -> None:
        """Write ids, title, hint and headers."""
        labels = self.labels
        for (id, letter), width in zip(_LETTER.items(), _WIDTHS, strict=True):
            self.sheet.column_dimensions[letter].width = width or 10
            self.paint.text(f"{letter}{_ID_ROW}", id, styles.PLAIN.but(wrap=False))
        title = labels("raters_title", quarter=first.quarter, name=of.name, number=of.rater)
        hint = labels("raters_hint") + labels("raters_anonymous" if of.anonymous else "raters_open")
        for row, text, style in ((_TITLE_ROW, title, styles.TITLE), (_HINT_ROW, hint, styles.PLAIN)):
            self.paint.fill(f"{_FIRST}:{_LAST}", row, style)
            self.paint.text(f"{_FIRST}{row}", text, style)
            self.sheet.merged_cells.add(f"{_FIRST}{row}:{_LAST}{row}")
        self.paint.text(f"A{_TITLE_ROW}", TITLE_ID, styles.PLAIN.but(wrap=False))
        self.sheet.row_dimensions[_TITLE_ROW].height = 32
        self.paint.height(_HINT_ROW, (hint, sum(_WIDTHS), styles.PLAIN))
        for id, letter in _LETTER.items():
            header = "id" if id == "id" else labels(f"raters_{id}" if id in _OWN_HEADERS else id)
            self.paint.text(f"{letter}{_HEADER_ROW}", header, styles.HEADER)
        self.sheet.row_dimensions[_HEADER_ROW].height = 24

    def row(self, number: int, asked: Asked, *, first: bool) -> None:
        """Write what is asked. first: of its person, above whom a line is drawn by a darker number and name."""
        pair, item, labels = asked.pair, asked.item, self.labels
        relation = labels(f"raters_kind_{pair.kind}") if pair.kind in RELATIONS else pair.relation
        texts = {
            "id": asked.id, "employee_id": pair.person, "name": pair.name, "post": asked.role.title,
            "relation": relation, "item": item.label, "definition": item.definition, "standard": wording(item, labels),
        }  # fmt: skip
        for id, text in texts.items():
            style = styles.FIXED_CENTRE if id in ("employee_id", "relation") else styles.FIXED_TEXT
            style = style.but(format="@") if id in ("id", "employee_id") else style
            style = style.but(bold=True) if first and id in ("employee_id", "name") else style
            self.paint.text(f"{_LETTER[id]}{number}", text, style.but(wrap=id != "id"))
        answer = styles.INPUT_NUMBER.but(align="center", format="General" if item.levels else "0.##")
        at = f"{_LETTER['rating']}{number}"
        self.paint.put(at, None, answer)
        self.paint.put(f"{_LETTER['remark']}{number}", None, styles.INPUT_TEXT)
        self._typed.setdefault((tuple(item.levels), item.low, item.high), (item, []))[1].append(at)
        wrapped = ("name", "post", "item", "definition", "standard")
        heights = ((texts[id], _WIDTHS[COLUMN_IDS.index(id)], styles.FIXED_TEXT) for id in wrapped)
        self.paint.height(number, *heights, least=20)

    def finish(self, of: BookOf) -> None:
        """Add validations, protection, the frozen header, and the page."""
        for item, addresses in self._typed.values():
            self._validate(item, addresses)
        sheet = self.sheet
        sheet.row_dimensions[_ID_ROW].hidden = True
        sheet.column_dimensions["A"].hidden = True
        sheet.freeze_panes = f"{_LETTER['post']}{FIRST_ROW}"
        sheet.sheet_view.showGridLines = False
        sheet.protection.sheet = True
        sheet.protection.formatColumns = sheet.protection.formatRows = False
        for selection in sheet.sheet_view.selection:
            selection.activeCell = selection.sqref = f"{_LETTER['rating']}{FIRST_ROW}"
        fit_page(sheet, landscape=True)
        sheet.print_title_rows = f"{_TITLE_ROW}:{_HEADER_ROW}"
        set_footer(sheet, left=of.name.replace("&", "&&"), center="&P / &N")

    def _validate(self, item: Item, addresses: Sequence[str]) -> None:
        labels = self.labels
        if item.levels:
            listed = labels("list_separator").join(item.levels)
            check = DataValidation(type="list", formula1=f'"{",".join(item.levels)}"', allow_blank=True)
            check.error, check.prompt = labels("invalid_level", levels=listed), labels("raters_prompt", levels=listed)
        else:
            low, high = plain(item.low), plain(item.high)
            check = DataValidation(type="decimal", operator="between", formula1=low, formula2=high, allow_blank=True)
            check.error = check.prompt = labels("raters_prompt_points", low=low, high=high)
        check.errorTitle = labels("invalid_title")
        check.error, check.prompt = (check.error or "")[:_LONGEST], (check.prompt or "")[:_LONGEST]
        check.showErrorMessage = check.showInputMessage = True
        for run in _runs(addresses):
            check.add(run)
        self.sheet.add_data_validation(check)


_OWN_HEADERS = ("relation", "item", "standard", "rating")


def _runs(addresses: Sequence[str]) -> list[str]:
    """The addresses, all of one column and in order, as ranges."""
    rows: dict[int, list[str]] = defaultdict(list)
    for place, address in enumerate(addresses):
        rows[int(address[1:]) - place].append(address)
    return [f"{run[0]}:{run[-1]}" for run in rows.values()]
