"""A small double of xlwings' object model: one workbook in one Excel, its cells those of a real .xlsx file.

There is no Excel here to drive. What a function asks of the double exists in xlwings under the same name, which a test
holds against xlwings' own classes; methods of `api` are those of Excel's object model.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from xlkpi.calc.engine import evaluate
from xlkpi.xlsx.edit import patch


@dataclass
class App:
    """Excel: what it was told to show and to open. answer: what is typed for a question, False for Cancel.

    python: whether the add-in is there, so that a full rebuild calculates through the functions.
    """

    answer: object = False
    python: bool = True
    alerts: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    asked: list[dict[str, object]] = field(default_factory=list)
    statuses: list[str | bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.books = Books()
        self.api = _AppApi(self)

    def alert(self, prompt: str, title: str | None = None, buttons: str = "ok", mode: str | None = None) -> str:
        assert mode in ("info", "critical")
        self.alerts.append((prompt, title, mode))
        return "ok"

    @property
    def status_bar(self) -> str | bool:
        return self.statuses[-1]

    @status_bar.setter
    def status_bar(self, value: str | bool) -> None:
        self.statuses.append(value)


class Books:
    def __init__(self) -> None:
        self.there: list[Book] = []
        self.opened: list[Path] = []

    def __iter__(self) -> object:
        return iter(self.there)

    def open(self, fullname: str) -> None:
        path = Path(fullname)
        assert path.name not in [book.name for book in self.there], "Excel opens no two workbooks of one name"
        CalamineWorkbook.from_path(str(path))  # Excel would open it too
        self.opened.append(path)


class _AppApi:
    def __init__(self, app: App) -> None:
        self._app = app

    def InputBox(self, **asked: object) -> object:  # noqa: N802
        self._app.asked.append(asked)
        return self._app.answer

    def CalculateFullRebuild(self) -> None:  # noqa: N802
        for book in self._app.books.there:
            book.content = patch(book.content, evaluate(book.content, functions=self._app.python))


class Book:
    """An open workbook: `content` is what Excel has of it, which its file need not have yet."""

    def __init__(self, app: App, fullname: str, content: bytes, selection: tuple[str, str] | None = None) -> None:
        self.app, self._fullname, self.content = app, fullname, content
        self.name = fullname.replace("\\", "/").rsplit("/", 1)[-1]
        self.api = _BookApi(self)
        self._selection = selection
        app.books.there.append(self)

    @property
    def fullname(self) -> str:
        return self._fullname

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def selection(self) -> Range | None:
        if self._selection is None:
            return None
        sheet, address = self._selection
        return Range(self.sheets[sheet], address)


class _BookApi:
    def __init__(self, book: Book) -> None:
        self._book = book

    def SaveCopyAs(self, path: str) -> None:  # noqa: N802
        assert not Path(path).exists()
        Path(path).write_bytes(self._book.content)


class Sheets:
    def __init__(self, book: Book) -> None:
        self._book = _cells(book.content)

    def __iter__(self) -> object:
        return (Sheet(sheet) for sheet in self._book.worksheets)

    def __getitem__(self, name: str) -> Sheet:
        return Sheet(self._book[name])

    @property
    def active(self) -> Sheet:
        return Sheet(self._book.active)


@cache
def _cells(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


class Sheet:
    def __init__(self, sheet: Worksheet) -> None:
        self._sheet, self.name = sheet, sheet.title

    def range(self, address: str) -> Range:
        return Range(self, address)

    def values(self, address: str) -> list[list[object]]:
        return [[cell.value for cell in row] for row in self._sheet[address]]


class Range:
    def __init__(self, sheet: Sheet, address: str) -> None:
        self.sheet, self.address = sheet, address

    @property
    def value(self) -> list[list[object]]:
        return self.sheet.values(self.address)
