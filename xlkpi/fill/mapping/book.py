"""Writes the mapping workbook: a row for each column of each table, and a sheet of shops, to be corrected by people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.fill.mapping.model import COLUMNS, HOW, KINDS, SHOP_COLUMNS, UNUSED, Column, TableMapping
from xlkpi.fill.mapping.suggest import Labels
from xlkpi.fill.words import mapping_word, table_words
from xlkpi.i18n.labels import words
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.numbers import number_written, plain
from xlkpi.roster.header import folded
from xlkpi.writer import styles
from xlkpi.writer.styles import Painter, fit_page
from xlkpi.xlsx.write.saved import saved

_WIDTHS = (22, 22, 18, 12, 24, 11, 9, 9, 18, 44)
_TYPED = frozenset(("kind", "measure", "month", "unit", "factor", "how"))
_SHOP_WIDTHS = (30, 16, 30)
_EMPTY_ROWS = 60
_HEADER_ROW = 3


def mapping_book(
    mappings: Sequence[TableMapping],
    shops: Mapping[str, Sequence[str]],
    labels: Labels,
    lines: Sequence[Mapping[str, str]] = (),
) -> bytes:
    """The workbook with these tables and shops. shops: name → staff numbers, which may be empty.

    lines: those that the workbook had before, as they were written.
    """
    book = Workbook()
    sheet: Worksheet = book.worksheets[0]
    sheet.title = mapping_word("sheet")
    _columns_sheet(sheet, mappings, labels, lines)
    _lists(book.create_sheet("_lists"), labels)
    _shops_sheet(book.create_sheet(mapping_word("shops"), 1), shops)
    return saved(book)


def _top(sheet: Worksheet, paint: Painter, widths: Sequence[float], title: str, hint: str) -> None:
    last = chr(ord("A") + len(widths) - 1)
    for row, text, style in ((1, title, styles.TITLE.but(align="left", indent=1)), (2, hint, styles.PLAIN)):
        paint.fill(f"A:{last}", row, style)
        paint.text(f"A{row}", text, style)
        sheet.merged_cells.add(f"A{row}:{last}{row}")
    sheet.row_dimensions[1].height = 28
    paint.height(2, (hint, sum(widths), styles.PLAIN))
    for number, width in enumerate(widths):
        sheet.column_dimensions[chr(ord("A") + number)].width = width
    sheet.row_dimensions[_HEADER_ROW].height = 22
    sheet.freeze_panes = f"C{_HEADER_ROW + 1}"
    sheet.sheet_view.showGridLines = False
    fit_page(sheet, landscape=True)


def _columns_sheet(
    sheet: Worksheet, mappings: Sequence[TableMapping], labels: Labels, lines: Sequence[Mapping[str, str]]
) -> None:
    paint = Painter(sheet, words()("font"))
    _top(sheet, paint, _WIDTHS, mapping_word("title"), mapping_word("hint"))
    for number, field in enumerate(COLUMNS):
        paint.text(f"{chr(ord('A') + number)}{_HEADER_ROW}", mapping_word(field), styles.HEADER)
    drafts = [(_texts(mapping.name, column), column.question) for mapping in mappings for column in mapping.columns]
    row = _HEADER_ROW
    for row, (texts, question) in enumerate([*((line, False) for line in lines), *drafts], start=_HEADER_ROW + 1):
        _write_row(paint, row, texts, question=question)
    _validations(sheet, row + _EMPTY_ROWS, len(labels.known))


def _texts(table: str, column: Column) -> Mapping[str, str]:
    """What stands in the row of a column, by field."""
    return {
        "table": table,
        "header": column.header,
        "example": column.example,
        "kind": table_words()["kinds"][column.kind],
        "measure": column.measure,
        "month": column.month,
        "unit": column.unit,
        "factor": "" if column.factor is None else plain(column.factor),
        "how": table_words()["how"].get(column.how, ""),
        "remark": column.remark,
    }


def _write_row(paint: Painter, row: int, texts: Mapping[str, str], *, question: bool) -> None:
    unused = folded(texts["kind"]) in ("", folded(table_words()["kinds"][UNUSED]))
    for number, field in enumerate(COLUMNS):
        style = styles.INPUT_TEXT if field in _TYPED else styles.FIXED_TEXT
        if field == "remark":
            style = styles.COMPUTED_TEXT.but(colour=styles.WARN, bold=question)
        elif unused:
            style = style.but(colour=styles.MUTED)
        address = f"{chr(ord('A') + number)}{row}"
        if field == "factor" and (factor := number_written(texts[field])) is not None:
            paint.put(address, factor, style)
        else:
            paint.text(address, texts[field], style.but(format="@")) if texts[field] else paint.put(
                address, None, style
            )
    paint.height(
        row, (texts["remark"], _WIDTHS[-1], styles.COMPUTED_TEXT), (texts["header"], _WIDTHS[1], styles.FIXED_TEXT)
    )


def _validations(sheet: Worksheet, last: int, labels: int) -> None:
    lists = {
        "kind": f"_lists!$A$1:$A${len(KINDS)}",
        "measure": f"_lists!$C$1:$C${max(1, labels)}",
        "how": f"_lists!$B$1:$B${len(HOW)}",
    }
    for field, source in lists.items():
        letter = chr(ord("A") + COLUMNS.index(field))
        validation = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True)
        validation.errorStyle = "warning"
        validation.promptTitle, validation.showInputMessage = mapping_word(field), True
        validation.prompt = COMMANDS(f"fill_prompt_{field}")
        validation.add(f"{letter}{_HEADER_ROW + 1}:{letter}{last}")
        sheet.add_data_validation(validation)


def _lists(sheet: Worksheet, labels: Labels) -> None:
    """The words of the drop-down lists, on a hidden sheet: as a list in the validation they would be too long."""
    listed = (
        [table_words()["kinds"][kind] for kind in KINDS],
        [table_words()["how"][how] for how in HOW],
        sorted(labels.known.values()),
    )
    for letter, texts in zip("ABC", listed, strict=True):
        for row, text in enumerate(texts, start=1):
            cell = sheet[f"{letter}{row}"]
            cell.value, cell.data_type = text, "s"
    sheet.sheet_state = "hidden"


def _shops_sheet(sheet: Worksheet, shops: Mapping[str, Sequence[str]]) -> None:
    paint = Painter(sheet, words()("font"))
    _top(sheet, paint, _SHOP_WIDTHS, mapping_word("shops_title"), mapping_word("shops_hint"))
    for letter, field in zip("ABC", SHOP_COLUMNS, strict=True):
        paint.text(f"{letter}{_HEADER_ROW}", mapping_word(field), styles.HEADER)
    rows: list[tuple[str, str]] = [(shop, number) for shop, numbers in shops.items() for number in (numbers or ("",))]
    for place, (shop, number) in enumerate([*rows, *[("", "")] * _EMPTY_ROWS], start=_HEADER_ROW + 1):
        for letter, text in zip("ABC", (shop, number, ""), strict=True):
            style = styles.INPUT_TEXT.but(format="@")
            paint.text(f"{letter}{place}", text, style) if text else paint.put(f"{letter}{place}", None, style)
