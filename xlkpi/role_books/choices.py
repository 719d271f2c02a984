"""The drop-down lists of a role workbook. Their words stand on a hidden sheet, because lists in a cell are short."""

from __future__ import annotations

from collections.abc import Iterable

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.catalogue.workbooks import words

LISTS = "_lists"
_YES_NO = ("previous", "newcomer", "optional", "lower_is_better", "red_line")
_POLICIES = ("unmet", "missing", "no_occasion")
_KINDS = {"aggregate": "aggregates"} | {name: name for name in _POLICIES} | dict.fromkeys(_YES_NO, "yes_no")
_OPEN = ("unit", "owner")
"""Fields whose lists only offer what is usual: anything else may be typed."""


class Choices:
    """The lists of a workbook. units, owners: those that the roles of the workbook have, in order."""

    def __init__(self, book: Workbook, units: Iterable[str], owners: Iterable[str]) -> None:
        sheet: Worksheet = book.create_sheet(LISTS)
        sheet.sheet_state = "hidden"
        lists = {kind: words.choices(kind) for kind in ("aggregates", *_POLICIES, "yes_no", "settled")}
        lists |= {"unit": tuple(dict.fromkeys([*units, *words.usual("units")]))}
        lists |= {"owner": tuple(dict.fromkeys([*owners, *words.usual("owners")]))}
        self._ranges: dict[str, str] = {}
        self._closed = {"aggregates", *_POLICIES, "yes_no"}
        for column, (kind, texts) in enumerate(lists.items(), start=1):
            for row, text in enumerate(texts, start=1):
                sheet.cell(row, column, text).data_type = "s"
            letter = chr(ord("A") + column - 1)
            self._ranges[kind] = f"{LISTS}!${letter}$1:${letter}${len(texts)}"

    def validate_field(self, sheet: Worksheet, field: str, cells: str) -> None:
        """Give the cells of a field their list, where it has one."""
        if kind := _KINDS.get(field, field if field in _OPEN else ""):
            self.validate(sheet, kind, cells)

    def validate(self, sheet: Worksheet, kind: str, cells: str) -> None:
        """Give cells a list."""
        validation = DataValidation(type="list", formula1=self._ranges[kind], allow_blank=True)
        validation.showErrorMessage = kind in self._closed
        validation.errorTitle, validation.error = words.text("choose_title"), words.text("choose")
        validation.add(cells)
        sheet.add_data_validation(validation)
