"""What the ribbon's buttons share: access to the workbook, new files beside it, messages instead of tracebacks.

A button never changes the manager's file. It reads a copy of the workbook as Excel shows it, with unsaved changes, and
writes new files beside it.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, wraps
from pathlib import Path

import xlwings as xw

from xlkpi.addin.install import this_machine
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.catalogue.workbooks.kept import keep
from xlkpi.common.company_folder import CompanyFolder, find_company, named_company
from xlkpi.common.files import free_path, reason, write_whole
from xlkpi.common.leftovers import temporary_folder
from xlkpi.common.quarter import Quarter
from xlkpi.form.register import META_SHEET, Registered, language_in, registered_forms
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import MessageError
from xlkpi.i18n.problems import Problem, UnreadableError
from xlkpi.next_quarter.plan import NothingToFollowError
from xlkpi.xlsx.reader import WorkbookReader as Content

SHOWN = 8
"""Problems that one message shows at most, because a message box does not scroll."""


class ButtonError(Exception):
    """A button cannot do its work; the text tells the person who pressed it why."""


class Pressed:
    """The workbook in which a button was pressed, and messages to the person who pressed it."""

    def __init__(self, book: xw.Book) -> None:
        self.book, self.app = book, book.app
        self.labels: Labels = words(_language(book))

    @cached_property
    def company(self) -> CompanyFolder | None:
        """The company's folder that the environment names, or that the workbook lies in; None without any."""
        named = named_company()
        if named is not None:
            return find_company(named)
        try:
            return find_company(self.file.parent)
        except ButtonError:  # the workbook lies nowhere yet
            return None

    @cached_property
    def catalogue(self) -> Catalogue:
        """The company's roles and settings, else the program's own."""
        return Catalogue.shipped() if self.company is None else Catalogue.of_company(self.company)

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Show a message."""
        self.app.alert(text, self.labels("ribbon_tab"), mode="critical" if wrong else "info")

    def ask(self, text: str, default: str) -> str | None:
        """Ask a question; the typed answer, None if the person cancels."""
        answer = self.app.api.InputBox(Prompt=text, Title=self.labels("ribbon_tab"), Default=default, Type=2)
        return None if answer is False else str(answer)

    @cached_property
    def file(self) -> Path:
        """The workbook's path on this computer. Raises `ButtonError` where it has none (unsaved, or online only)."""
        try:
            path = Path(self.book.fullname)
        except xw.XlwingsError:  # OneDrive or SharePoint without a synchronised folder
            raise ButtonError(self.labels("ribbon_online")) from None
        if "://" in self.book.fullname:
            raise ButtonError(self.labels("ribbon_online"))
        if not path.is_absolute():
            raise ButtonError(self.labels("ribbon_unsaved"))
        return path

    def keep(self, quarter: Quarter, roles: set[str]) -> None:
        """Keep in the company's folder what new forms were made of, so that they are scored as they were made."""
        if self.company is not None:
            keep(self.company.path, quarter, self.catalogue.definitions(quarter, roles))

    @contextmanager
    def copy(self) -> Iterator[Path]:
        """A temporary copy of the workbook as Excel shows it, with unsaved changes, under the same name."""
        with temporary_folder() as folder:
            path = folder / self.file.name
            self.book.api.SaveCopyAs(str(path))
            yield path

    @cached_property
    def content(self) -> bytes:
        """The workbook as Excel shows it, with unsaved changes."""
        with self.copy() as path:
            return path.read_bytes()

    @cached_property
    def registered(self) -> tuple[dict[str, object], list[Registered]]:
        """Settings and forms of the workbook. Raises `UnreadableError` where it is none of ours."""
        return registered_forms(Content(self.content))

    def must_be_ours(self) -> None:
        """Raises `UnreadableError` where the workbook is none of ours."""
        _ = self.registered

    def free(self, name: str) -> Path:
        """A free path beside the workbook, other than all open workbooks: Excel does not open two of the same name."""
        return free_path(self.file.with_name(name), [book.name for book in self.app.books])

    def write(self, name: str, content: bytes) -> Path:
        """Write a file beside the workbook, under this name or a similar free one. Returns its path."""
        path = self.free(name)
        write_whole(path, content)
        return path

    def open(self, path: Path) -> None:
        """Open a workbook in the same Excel."""
        self.app.books.open(str(path))

    def lines(self, problems: Sequence[Problem]) -> str:
        """The first problems, one line each, and how many more there are."""
        shown = [
            f"{' '.join(filter(None, (problem.sheet, problem.cell)))}: {problem.message} → {problem.advice}".lstrip(
                ": "
            )
            for problem in problems[:SHOWN]
        ]
        more = len(problems) - len(shown)
        return "\n".join([*shown, *([self.labels("ribbon_more", count=more)] if more else [])])


def _language(book: xw.Book) -> str:
    """The language of the workbook's forms; simplified Chinese where it is none of ours."""
    if META_SHEET not in [sheet.name for sheet in book.sheets]:
        return HANS
    return language_in(dict(book.sheets[META_SHEET].range("A1:B10").value))


def button(work: Callable[[Pressed], None]) -> Callable[[xw.Book | None], None]:
    """Turn a function of `Pressed` into one for the ribbon, whose argument may be left out.

    Every error becomes a message in the language of the workbook.
    """

    @wraps(work)
    def press(book: xw.Book | None = None) -> None:
        try:
            pressed = Pressed(xw.Book.caller() if book is None else book)
        except Exception:
            # There is no Excel to show a message in; xlwings shows the last line that a program prints.
            sys.exit(_unexpected(words(HANS)))
        try:
            pressed.app.status_bar = pressed.labels("ribbon_working")
            work(pressed)
        except Exception as error:
            pressed.tell(_reason(error, pressed), wrong=True)
        finally:
            pressed.app.status_bar = False

    return press


def _reason(error: Exception, pressed: Pressed) -> str:
    """The message for an error, in the language of the workbook."""
    labels = pressed.labels
    match error:
        case ButtonError():
            return str(error)
        case MessageError() | CatalogueError():
            return error.in_language(labels.language)
        case UnreadableError():
            problem = error.problem("", language=labels.language)
            return f"{problem.message}\n→ {problem.advice}"
        case NothingToFollowError():
            return pressed.lines(error.problems)
        case PermissionError():
            return labels("ribbon_denied", path=error.filename2 or error.filename or pressed.book.name)
        case OSError():
            path = error.filename2 or error.filename or pressed.book.name
            return labels("ribbon_io", path=path, reason=reason(error).in_language(labels.language))
        case _:
            return _unexpected(labels)


def _unexpected(labels: Labels) -> str:
    """Write the traceback to the log. Returns a message that says what to do and where the log is."""
    log, trace = this_machine().log, traceback.format_exc()
    try:
        write_whole(log, trace.encode(), overwrite=True)
    except OSError:
        return labels("ribbon_failed", log=trace.splitlines()[-1])
    return labels("ribbon_failed", log=log)
