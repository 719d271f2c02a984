"""What is wrong in a file, in the language of its form: `workbook_templates/problems.toml` has the words."""

from __future__ import annotations

import tomllib
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from xlkpi.i18n.languages import HANS
from xlkpi.i18n.resources import TEMPLATES, printable

SEVERITIES = ERROR, WARNING, ADVICE = "error", "warning", "advice"


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file: where, what, and what to do.

    severity: "error" (nothing can be scored, or what is shown is not what counts), "warning" (somebody changed what
    is fixed), "advice" (look once more).
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


@cache
def _table() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads((files(TEMPLATES) / "problems.toml").read_text("utf-8"))


def told(key: str, language: str = HANS, /, **values: object) -> tuple[str, str]:
    """Message and advice. A missing key is an error of ours, and says so."""
    message, advice = _table()[key][language]
    shown = {name: value if isinstance(value, int | float) else _shown(str(value)) for name, value in values.items()}
    return message.format(**shown), advice.format(**shown)


_LONGEST = 200


def _shown(text: str) -> str:
    """What stands in a file, as a line can show it."""
    short = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return "\n".join(map(printable, short.split("\n")))


class UnreadableError(Exception):
    """A file or a sheet that cannot be read as a form of ours. `kind` is what its problem is called."""

    def __init__(
        self, kind: str, key: str, row_id: str | None = None, column_id: str | None = None, **values: object
    ) -> None:
        self.kind, self.key, self.values = kind, key, values
        self.row_id, self.column_id = row_id, column_id
        self.message, self.advice = told(key, **values)
        super().__init__(f"{self.message}。{self.advice}")

    def problem(self, file: str, sheet: str | None = None, language: str = HANS) -> Problem:
        message, advice = told(self.key, language, **self.values)
        return Problem(file, sheet, None, self.row_id, self.column_id, self.kind, message, advice)


def unforeseen(error: BaseException) -> UnreadableError:
    """An error of ours, told by the place in the program where it happened."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return UnreadableError("file", "unforeseen", place=f"{Path(place.filename).name}:{place.lineno}")
