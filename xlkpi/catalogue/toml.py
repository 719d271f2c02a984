"""TOML tables that note every fault by file, key and value, so that a whole file is read before it is refused."""

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
from xlkpi.i18n.message_files import FAULTS, Message, MessageError

_T = TypeVar("_T")
_LARGEST = 1e15
LARGEST_FILE = 2_000_000
"""Bytes. A role's file takes 30,000."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file: the key, what is wrong and what to write instead, the value as the file writes it."""

    file: str
    key: str
    message: Message
    text: str = ""

    def in_language(self, language: str) -> str:
        """All of it in a line."""
        where = f"{self.key} = {self.text}" if self.text else self.key
        message, advice = self.message.pair(language)
        if advice:
            message = FAULTS("advised", language, message=message, advice=advice)
        return FAULTS("colon", language).join(filter(None, (self.file, where, message)))

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
    """What a TOML file holds. Raises `CatalogueError`."""
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
    except (RecursionError, ValueError):  # of brackets in brackets, or of a number of thousands of digits
        raise CatalogueError([Fault(path.name, "", FAULTS.message("too_deep"))]) from None


def _toml_fault(file: str, message: str) -> Fault:
    """tomllib's message, its place in our words."""
    place = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    if place is None:
        return Fault(file, "", FAULTS.message("toml", error=message))
    error = message[: place.start()]
    return Fault(file, "", FAULTS.message("toml_at", line=place[1], column=place[2], error=error))


class TomlTable:
    """A TOML table that notes every fault and every key that nobody asked for."""

    def __init__(self, data: dict[str, Any], file: str, key: str, faults: list[Fault]) -> None:
        self.data, self.file, self.key, self.faults = data, file, key, faults
        self._asked: set[str] = set()
        self._children: list[TomlTable] = []

    def fault(self, name: str, key: str, /, **values: object) -> None:
        """Note a fault at a key of the table; `key` names its words in faults.toml."""
        self.note(name, FAULTS.message(key, **values))

    def note(self, name: str, message: Message) -> None:
        """Note a fault that is in words already."""
        value = _written(self.data[name]) if name in self.data else ""
        self.faults.append(Fault(self.file, f"{self.key}{name}", message, value))

    def optional(self, name: str, kind: type[_T], default: _T | None = None) -> _T | None:
        self._asked.add(name)
        if name not in self.data:
            return default
        value = self.data[name]
        if kind is float and type(value) in (int, float) and abs(value) < _LARGEST:
            return float(value)  # type: ignore[return-value]
        if kind is not float and isinstance(value, kind):
            return value
        self.fault(name, "must_be", kind=_KINDS[kind])
        return default

    def get(self, name: str, kind: type[_T]) -> _T:
        """A value that must be there; an empty one stands in for it, so that reading can go on."""
        if self.data.get(name, "") in ("", []):
            self._asked.add(name)
            self.fault(name, "needed", kind=_KINDS[kind])
            return kind()
        value = self.optional(name, kind)
        return kind() if value is None else value

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self.optional(name, str, allowed[0]) or allowed[0]
        if value not in allowed:
            self.fault(name, "one_of", choices=allowed)
        return value

    def quarter(self, name: str) -> Quarter | None:
        text = self.optional(name, str)
        try:
            return None if text is None else Quarter.parse(text)
        except MessageError as error:
            self.note(name, error.message)
            return None

    def tables(self, name: str) -> list[TomlTable]:
        entries = self.optional(name, list) or []
        children: list[TomlTable] = []
        for number, entry in enumerate(entries, start=1):
            if isinstance(entry, dict):
                called = entry.get("id") or entry.get("heading") or entry.get("path") or number
                first, last = (entry.get(f"effective_{end}", "") for end in ("from", "to"))
                period = f" {first}–{last}" if first or last else ""  # others may be called alike
                children.append(TomlTable(entry, self.file, f"{self.key}{name}[{called}{period}].", self.faults))
            else:
                self.fault(name, "tables")
        self._children += children
        return children

    def table(self, name: str) -> TomlTable | None:
        """A table inside of this one, None where it is not there."""
        entry = self.optional(name, dict)
        if entry is None:
            return None
        self._children.append(TomlTable(entry, self.file, f"{self.key}{name}.", self.faults))
        return self._children[-1]

    def strings(self, name: str, *, needed: bool = False) -> tuple[str, ...]:
        entries = self.get(name, list) if needed else self.optional(name, list) or []
        if not all(isinstance(entry, str) for entry in entries):
            self.fault(name, "strings")
            return ()
        return tuple(entries)

    def expression(self, name: str, *, condition: bool = False) -> Expression | None:
        text = self.optional(name, str)
        return self.parsed(name, text, condition=condition) if text is not None else None

    def parsed(self, name: str, text: str, *, condition: bool = False) -> Expression | None:
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
        """Fault the keys that nobody asked for: a misspelt one would otherwise be silently without effect."""
        for name in sorted(self.data.keys() - self._asked):
            self.fault(name, "unknown_key", known=tuple(sorted(self._asked)))
        for child in self._children:
            child.name_unknown_keys()


_KINDS: dict[type, Message] = {
    kind: FAULTS.message(f"kind_{name}")
    for kind, name in ((str, "text"), (float, "number"), (bool, "boolean"), (list, "list"), (dict, "table"))
}


def _written(value: object) -> str:
    """A value as the file writes it, shortened."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
