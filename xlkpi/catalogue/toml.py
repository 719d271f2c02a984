"""Reads TOML tables and collects their faults by file, key and value, so that one message lists all of them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

from xlkpi.catalogue.arithmetic.expression import Expression, ExpressionError
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import BOOKS, FAULTS, Message, MessageError

_T = TypeVar("_T")
_LARGEST = 1e15
"""Numbers from here on are refused: a spreadsheet could not show them to the last digit."""
LARGEST_FILE = 2_000_000
"""Bytes. A role file has about 30,000."""

_NO_CELL_HOLDS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NAMES = frozenset("title heading label group path unit owner".split())
_LONGEST_NAME, _LONGEST_ALERT, _LONGEST_TEXT = 80, 200, 2_000
"""Characters of the texts. Names and alerts stand in formulas, whose constants may have 255; a cell may have 32,767."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file: its key, what is wrong and what to write instead, and the value as it stands there.

    sheet, cell: where in a workbook; people are then told them instead of the key, and in simplified Chinese, as the
    workbook is. "" in a TOML file.
    """

    file: str
    key: str
    message: Message
    text: str = ""
    sheet: str = ""
    cell: str = ""

    def in_language(self, language: str) -> str:
        """File, key (or sheet and cell), value and message in one line."""
        language = self.language(language)
        where = self._where(language)
        message, advice = self.message.pair(language)
        if advice:
            message = FAULTS("advised", language, message=message, advice=advice)
        return FAULTS("colon", language).join(filter(None, (*where, message)))

    def language(self, wanted: str) -> str:
        """The language in which the fault is told where `wanted` is asked for."""
        return HANS if self.sheet else wanted

    def _where(self, language: str) -> tuple[str, ...]:
        if not self.sheet:
            return self.file, f"{self.key} = {self.text}" if self.text else self.key
        place = BOOKS("place", language, file=self.file, sheet=self.sheet, cell=self.cell).rstrip()
        return place, self.text

    def __str__(self) -> str:
        return self.in_language(HANS)


class CatalogueError(ValueError):
    """A role or company file with faults; its text has a line for each."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.in_language(HANS))

    def in_language(self, language: str) -> str:
        """A line for each fault."""
        return "\n".join(fault.in_language(language) for fault in self.faults)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.faults,)  # from one process to another


def read_toml(path: Traversable | Path) -> dict[str, Any]:
    """The content of a TOML file. Raises `CatalogueError`; OSError where it cannot be read."""
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise CatalogueError([Fault(path.name, "", FAULTS.message("file_too_large", limit=LARGEST_FILE // 1_000_000))])
    try:
        return tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))  # Windows puts a mark before the text
    except UnicodeDecodeError:
        raise CatalogueError([Fault(path.name, "", FAULTS.message("not_utf8"))]) from None
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError([_toml_fault(path.name, str(error))]) from None
    except (RecursionError, ValueError):  # deeply nested brackets, or a number with thousands of digits
        raise CatalogueError([Fault(path.name, "", FAULTS.message("too_deep"))]) from None


def _toml_fault(file: str, message: str) -> Fault:
    """tomllib's message, with line and column in our words."""
    place = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    if place is None:
        return Fault(file, "", FAULTS.message("toml", error=message))
    error = message[: place.start()]
    return Fault(file, "", FAULTS.message("toml_at", line=place[1], column=place[2], error=error))


class TomlTable:
    """A TOML table that collects faults, and knows which of its keys nobody asked for.

    key: what stands before its keys in messages, such as `measures[uv].`. faults: the list that they go to; tables
    inside this one share it.
    """

    def __init__(self, data: dict[str, Any], file: str, key: str, faults: list[Fault]) -> None:
        self.data, self.file, self.key, self.faults = data, file, key, faults
        self._asked: set[str] = set()
        self._children: list[TomlTable] = []

    def fault(self, name: str, key: str, /, **values: object) -> None:
        """Add a fault at a key of the table; `key` names its message in faults.toml."""
        self.note(name, FAULTS.message(key, **values))

    def note(self, name: str, message: Message) -> None:
        """Add a fault at a key of the table with this message."""
        value = _written(self.data[name]) if name in self.data else ""
        self.faults.append(Fault(self.file, f"{self.key}{name}", message, value))

    def optional(self, name: str, kind: type[_T], default: _T | None = None) -> _T | None:
        """A value that may be missing; `default` where it is, or is of another type. A float may be written as int."""
        self._asked.add(name)
        if name not in self.data:
            return default
        value = self.data[name]
        if kind is float and type(value) in (int, float) and abs(value) < _LARGEST:
            return float(value)  # type: ignore[return-value]
        if kind is not float and isinstance(value, kind):
            self._check_text(name, value)
            return value
        self.fault(name, "must_be", kind=_KINDS[kind])
        return default

    def _check_text(self, name: str, value: object) -> None:
        """Add a fault for a text that no form can hold."""
        if not isinstance(value, str):
            return
        alert = self.key.startswith("alerts[")
        longest = _LONGEST_NAME if name in _NAMES else _LONGEST_ALERT if alert else _LONGEST_TEXT
        if len(value) > longest:
            self.fault(name, "text_too_long", length=len(value), limit=longest)
        if match := _NO_CELL_HOLDS.search(value):
            self.fault(name, "control_character", place=match.start() + 1, code=f"U+{ord(match[0]):04X}")

    def get(self, name: str, kind: type[_T]) -> _T:
        """A value that must be there; where it is not, a fault, and an empty value so that reading goes on."""
        if self.data.get(name, "") in ("", []):
            self._asked.add(name)
            self.fault(name, "needed", kind=_KINDS[kind])
            return kind()
        value = self.optional(name, kind)
        return kind() if value is None else value

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        """One of the allowed texts; the first where the key is missing."""
        value = self.optional(name, str, allowed[0]) or allowed[0]
        if value not in allowed:
            self.fault(name, "one_of", choices=allowed)
        return value

    def quarter(self, name: str) -> Quarter | None:
        """A quarter such as 2026Q4; None where it is missing or no quarter."""
        text = self.optional(name, str)
        try:
            return None if text is None else Quarter.parse(text)
        except MessageError as error:
            self.note(name, error.message)
            return None

    def tables(self, name: str) -> list[TomlTable]:
        """The entries of an array of tables; none where the key is missing."""
        entries = self.optional(name, list) or []
        children: list[TomlTable] = []
        for number, entry in enumerate(entries, start=1):
            if isinstance(entry, dict):
                entry_name = entry.get("id") or entry.get("heading") or entry.get("path") or number
                first, last = (entry.get(f"effective_{end}", "") for end in ("from", "to"))
                period = f" {first}–{last}" if first or last else ""  # tells entries of one name apart
                children.append(TomlTable(entry, self.file, f"{self.key}{name}[{entry_name}{period}].", self.faults))
            else:
                self.fault(name, "tables")
        self._children += children
        return children

    def table(self, name: str) -> TomlTable | None:
        """A table inside this one; None where there is none."""
        entry = self.optional(name, dict)
        if entry is None:
            return None
        self._children.append(TomlTable(entry, self.file, f"{self.key}{name}.", self.faults))
        return self._children[-1]

    def strings(self, name: str, *, needed: bool = False) -> tuple[str, ...]:
        """A list of texts; empty where it is missing, which is a fault if it is `needed`."""
        entries = self.get(name, list) if needed else self.optional(name, list) or []
        if not all(isinstance(entry, str) for entry in entries):
            self.fault(name, "strings")
            return ()
        for entry in entries:
            self._check_text(name, entry)
        return tuple(entries)

    def expression(self, name: str, *, condition: bool = False) -> Expression | None:
        """The arithmetic at a key, or the condition; None where it is missing or faulty."""
        text = self.optional(name, str)
        return self.parsed(name, text, condition=condition) if text is not None else None

    def parsed(self, name: str, text: str, *, condition: bool = False) -> Expression | None:
        """A text as arithmetic, or as a condition; its faults are added at the key `name`."""
        try:
            expression = Expression(text)
        except ExpressionError as error:
            self.note(name, error.message)
            return None
        if expression.is_condition is not condition:
            self.fault(name, "comparison_wanted" if condition else "number_wanted")
        return expression

    def identifier(self, name: str) -> str:
        """An id that can stand in an expression or a row id."""
        id = self.get(name, str)
        if id and not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", id):
            self.fault(name, "identifier")
        return id

    def name_unknown_keys(self) -> None:
        """Add a fault for every key that nobody asked for: a misspelt key would silently have no effect."""
        for name in sorted(self.data.keys() - self._asked):
            self.fault(name, "unknown_key", known=tuple(sorted(self._asked)))
        for child in self._children:
            child.name_unknown_keys()


_KINDS: dict[type, Message] = {
    kind: FAULTS.message(f"kind_{name}")
    for kind, name in ((str, "text"), (float, "number"), (bool, "boolean"), (list, "list"), (dict, "table"))
}


def _written(value: object) -> str:
    """A value as the file writes it, at most 60 characters."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
