"""The indicators that HR has approved not to count for somebody: the table 不计分.xlsx of a company.

A row is a person, an indicator and its situation in a quarter, with reason and who approved it. A row with a fault is a
problem at its cell; the others are read all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xlkpi.appraisal.exceptions import situation_words
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.workbooks.reading.rows import quarter_text
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.files import shown_name
from xlkpi.common.quarter import Quarter
from xlkpi.form.blocks.exceptions import EXCEPTION_COLUMNS
from xlkpi.form.grid import address
from xlkpi.form.layout import EXCEPTION_COUNT
from xlkpi.form.prefill import Preset
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS, LANGUAGES
from xlkpi.i18n.problems import ERROR, WARNING, Place, Problem, UnreadableError
from xlkpi.roster.header import folded, text_of
from xlkpi.roster.roles import roles_named
from xlkpi.roster.table import FileTable, read_table

COLUMNS = ("employee_id", "name", "post", "indicator", "situation", "exception_reason", "approver", "exempt_quarter")
"""The keys of its headers."""
OPTIONAL = ("name", "post")
FILE = CompanyFolder(Path()).exemptions.name
_SEARCHED_ROWS = 20


@dataclass(frozen=True)
class Exemption:
    """A row of the table, of one quarter.

    id: the staff number. indicators: role → the indicator's id in it; one role where the row names it, else all that
    have the indicator. label: as written. situation: one of `SITUATIONS`. place: of its indicator.
    """

    id: str
    name: str
    indicators: Mapping[str, str]
    label: str
    situation: str
    reason: str
    approver: str
    place: Place


@dataclass(frozen=True)
class Exemptions:
    """The rows of a quarter, and what is wrong in the table."""

    lines: tuple[Exemption, ...] = ()
    problems: tuple[Problem, ...] = ()

    def of(self, id: str, role: str) -> tuple[Exemption, ...]:
        """Those of a person's form."""
        return tuple(line for line in self.lines if line.id == id and role in line.indicators)


def read_exemptions(path: Path, catalogue: Catalogue, quarter: Quarter) -> Exemptions:
    """Read the table; nothing where there is no file. Raises OSError, `CatalogueError`."""
    if not path.is_file():
        return Exemptions()
    file = shown_name(path)
    try:
        table = read_table(path)
        header, columns = _header(table)
    except UnreadableError as error:
        return Exemptions(problems=(error.problem(file),))
    reader = _Reader(file, table, columns, catalogue, quarter)
    lines = tuple(reader.lines(header + 1))
    return Exemptions(lines, tuple(reader.problems))


def _header(table: FileTable) -> tuple[int, dict[str, int]]:
    """The row of the headers and their columns, from 0."""
    known = {folded(words(language)(key)): key for language in LANGUAGES for key in COLUMNS}
    for number, cells in enumerate(table.rows[:_SEARCHED_ROWS]):
        found = {
            known[name]: at for at, cell in reversed([*enumerate(cells)]) if (name := folded(text_of(cell))) in known
        }
        if {*COLUMNS} - {*OPTIONAL} <= found.keys():
            return number, found
    raise UnreadableError("file", "exempt_no_header", file=FILE, columns=tuple(words(HANS)(key) for key in COLUMNS))


class _Reader:
    """Reads the rows and collects the problems. columns: key → column, from 0."""

    def __init__(
        self, file: str, table: FileTable, columns: Mapping[str, int], catalogue: Catalogue, quarter: Quarter
    ) -> None:
        self.file, self.table, self.columns = file, table, columns
        self.catalogue, self.quarter = catalogue, quarter
        self.problems: list[Problem] = []

    def lines(self, first: int) -> Iterator[Exemption]:
        seen: dict[tuple[str, str, str], int] = {}
        for number in range(first, len(self.table.rows)):
            texts = {key: self._text(number, key) for key in COLUMNS}
            line = self._line(number, texts) if any(texts.values()) else None
            if line is None:
                continue
            keys = [(line.id, role, indicator) for role, indicator in line.indicators.items()]
            if again := [seen[key] for key in keys if key in seen]:
                self._problem(number, "indicator", "exempt_twice", label=line.label, row=again[0] + 1)
                continue
            seen |= dict.fromkeys(keys, number)
            yield line

    def _text(self, row: int, key: str) -> str:
        at = self.columns.get(key)
        if at is None or at >= len(self.table.rows[row]):
            return ""
        return self.table.shown.get((row, at)) or text_of(self.table.rows[row][at])

    def _line(self, row: int, texts: Mapping[str, str]) -> Exemption | None:
        """A row of the quarter; None for one of another quarter, and for one with a fault."""
        if fault := self._fault(row, texts):
            column, message, values = fault
            self._problem(row, column, message, **values)
            return None
        if _quarter(texts["exempt_quarter"]) != self.quarter:
            return None
        situation = _situations().get(folded(texts["situation"]))
        if situation is None:
            listed = tuple(situation_words(HANS).values())
            self._problem(row, "situation", "exempt_situation", value=texts["situation"], words=listed)
            return None
        indicators = self._indicators(row, texts["post"], texts["indicator"])
        if not indicators:
            return None
        id, name, label = (texts[key] for key in ("employee_id", "name", "indicator"))
        reason, approver = texts["exception_reason"], texts["approver"]
        place = Place(self.file, self.table.sheet, address(row, self.columns["indicator"]))
        return Exemption(id, name, indicators, label, situation, reason, approver, place)

    def _fault(self, row: int, texts: Mapping[str, str]) -> tuple[str, str, dict[str, Any]] | None:
        """Column, message and its values of what makes a row useless, whichever quarter it is of."""
        for key, at in self.columns.items():
            if (row, at) in self.table.errors or (row, at) in self.table.uncalculated:
                return key, "exempt_unreadable", {"what": words(HANS)(key)}
        if missing := [key for key in COLUMNS if key not in OPTIONAL and not texts[key]]:
            return missing[0], "exempt_empty", {"what": tuple(map(words(HANS), missing))}
        if _quarter(texts["exempt_quarter"]) is None:
            return "exempt_quarter", "exempt_quarter", {"value": texts["exempt_quarter"]}
        return None

    def _indicators(self, row: int, post: str, label: str) -> dict[str, str]:
        """Role → indicator of this name."""
        roles = roles_named(post, self.catalogue, self.quarter) if post else self.catalogue.roles(self.quarter).values()
        if not roles:
            self._problem(row, "post", "exempt_role", value=post)
            return {}
        found = {role.id: ids for role in roles if (ids := _named(label, role.id, self.catalogue, self.quarter))}
        if not found or any(len(ids) > 1 for ids in found.values()):
            self._problem(row, "indicator", "exempt_indicator" if not found else "exempt_alike", label=label)
            return {}
        return {role: ids[0] for role, ids in found.items()}

    def _problem(self, row: int, key: str, message: str, /, **values: object) -> None:
        place = Place(self.file, self.table.sheet, address(row, self.columns.get(key, 0)))
        self.problems.append(Problem.at(place, "exemption", HANS, ERROR, message, **values))


def _quarter(text: str) -> Quarter | None:
    try:
        return Quarter.parse(quarter_text(text))
    except ValueError:
        return None


def _situations() -> dict[str, str]:
    """Folded word in any language → situation."""
    return {folded(word): key for language in LANGUAGES for key, word in situation_words(language).items()}


def _named(label: str, role: str, catalogue: Catalogue, quarter: Quarter) -> Sequence[str]:
    """The indicators of a role that have this name in any language."""
    found: dict[str, None] = {}
    for language in LANGUAGES:
        for indicator in catalogue.role(role, quarter, language).indicators:
            if folded(indicator.label) == folded(label):
                found[indicator.id] = None
    return [*found]


def exemption_presets(
    lines: Sequence[Exemption], role: str, catalogue: Catalogue, quarter: Quarter, language: str
) -> dict[tuple[str, str], Preset]:
    """The lines of a form that HR's rows fill in in advance; at most as many as it has."""
    labels, situations = words(language), situation_words(language)
    named = {indicator.id: indicator.label for indicator in catalogue.role(role, quarter, language).indicators}
    presets: dict[tuple[str, str], Preset] = {}
    for number, line in enumerate(lines[:EXCEPTION_COUNT], start=1):
        texts = {
            "indicator": named[line.indicators[role]], "situation": situations[line.situation],
            "reason": line.reason, "approver": line.approver,
        }  # fmt: skip
        for field, column in EXCEPTION_COLUMNS.items():
            note = labels("exception_preset") if field == "indicator" else ""
            presets[f"x:{number}", column] = Preset(texts[field], note)
    return presets


def too_many(lines: Sequence[Exemption]) -> Iterator[Problem]:
    """A problem at each row that a form has no line for. lines: those of one form."""
    for line in lines[EXCEPTION_COUNT:]:
        yield Problem.at(
            line.place, "exemption", HANS, WARNING, "exempt_too_many", label=line.label, most=EXCEPTION_COUNT
        )
