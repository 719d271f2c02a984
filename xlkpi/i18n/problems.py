"""Problems in files: place, message, advice and severity. `workbook_templates/problems.toml` has the messages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import PROBLEMS

SEVERITIES = ERROR, WARNING, ADVICE = "error", "warning", "advice"
UNSIGNED = "unsigned"
"""The kind of problem of a form that not everybody has signed: it is counted apart from findings about data."""


@dataclass(frozen=True)
class Place:
    """A place in a file. sheet, cell and ids are None for the whole file or sheet, or where they are not known."""

    file: str
    sheet: str | None = None
    cell: str | None = None
    row_id: str | None = None
    column_id: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: where, what, and what to do.

    severity: "error" (something cannot be scored, or the file shows another score than the right one), "warning"
    (somebody changed what people should not change), "advice" (worth a second look).
    """

    file: str
    sheet: str | None
    cell: str | None
    row_id: str | None
    column_id: str | None
    kind: str
    message: str
    advice: str
    severity: str = ERROR

    @classmethod
    def at(
        cls, place: Place, kind: str, language: str, severity: str = ERROR, key: str = "", /, **values: object
    ) -> Problem:
        """A problem of a kind at a place, in a language. key: of its message, where the kind has several."""
        message, advice = PROBLEMS.pair(key or kind, language, **values)
        return cls(place.file, place.sheet, place.cell, place.row_id, place.column_id, kind, message, advice, severity)


class UnreadableError(Exception):
    """A file or a sheet that cannot be read as one of ours.

    kind: of its problem. key: of its message. language: of the workbook, once it is known.
    """

    language: str | None = None

    def __init__(
        self, kind: str, key: str, row_id: str | None = None, column_id: str | None = None, **values: object
    ) -> None:
        self.kind, self.key, self.values = kind, key, values
        self.row_id, self.column_id = row_id, column_id
        super().__init__(key)

    def __str__(self) -> str:
        return self.in_language(self.language or HANS)

    def of(self, language: str) -> UnreadableError:
        """The same error; from now on it has the language of its workbook."""
        self.language = language
        return self

    def in_language(self, language: str) -> str:
        """Message and advice in one line."""
        message, advice = PROBLEMS.pair(self.key, language, **self.values)
        return words(language)("problem_line", message=message, advice=advice)

    def problem(self, file: str, sheet: str | None = None, language: str = HANS) -> Problem:
        """The error as a problem of a file or sheet; in `language` where the workbook's own is not known."""
        place = Place(file, sheet, None, self.row_id, self.column_id)
        return Problem.at(place, self.kind, self.language or language, ERROR, self.key, **self.values)


def unforeseen(error: BaseException) -> UnreadableError:
    """An unexpected error as a message that names the place in the program where it happened."""
    import traceback  # here, since nobody foresees to need it

    place = traceback.extract_tb(error.__traceback__)[-1]
    return UnreadableError("file", "unforeseen", place=f"{Path(place.filename).name}:{place.lineno}")
