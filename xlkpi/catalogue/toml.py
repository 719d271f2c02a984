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

_T = TypeVar("_T")
_LARGEST = 1e15
LARGEST_FILE = 2_000_000
"""Bytes. A role's file takes 30,000."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file: the key, its value as the file writes it, what is wrong, what to write instead."""

    file: str
    key: str
    message: str
    text: str = ""
    advice: str = ""

    def __str__(self) -> str:
        where = f"{self.key} = {self.text}" if self.text else self.key
        said = f"{self.message}，{self.advice}" if self.advice else self.message
        return "：".join(filter(None, (self.file, where, said)))


class CatalogueError(ValueError):
    """A role or company file with faults; its text has a line for each."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.faults,)  # from one process to another


def read_toml(path: Traversable | Path) -> dict[str, Any]:
    """What a TOML file holds. Raises `CatalogueError`."""
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise CatalogueError([Fault(path.name, "", f"文件超过 {LARGEST_FILE // 1_000_000} MB，不是岗位文件")])
    try:
        return tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))  # Windows puts a mark before the text
    except UnicodeDecodeError:
        raise CatalogueError([Fault(path.name, "", "文件须存为UTF-8编码")]) from None
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError([_toml_fault(path.name, str(error))]) from None
    except (RecursionError, ValueError):  # of brackets in brackets, or of a number of thousands of digits
        raise CatalogueError([Fault(path.name, "", "不是岗位文件：括号套得太深，或数字太长")]) from None


def _toml_fault(file: str, message: str) -> Fault:
    """tomllib's message with the place as its key, in Chinese."""
    place = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    if place is None:
        return Fault(file, "", f"不是有效的TOML文件：{message}")
    said = f"不是有效的TOML，请核对引号、括号和等号：{message[: place.start()]}"
    return Fault(file, f"第{place[1]}行第{place[2]}个字", said)


class TomlTable:
    """A TOML table that notes every fault and every key that nobody asked for."""

    def __init__(self, data: dict[str, Any], file: str, key: str, faults: list[Fault]) -> None:
        self.data, self.file, self.key, self.faults = data, file, key, faults
        self._asked: set[str] = set()
        self._children: list[TomlTable] = []

    def fault(self, name: str, message: str, advice: str = "") -> None:
        value = _written(self.data[name]) if name in self.data else ""
        self.faults.append(Fault(self.file, f"{self.key}{name}", message, value, advice))

    def optional(self, name: str, kind: type[_T], default: _T | None = None) -> _T | None:
        self._asked.add(name)
        if name not in self.data:
            return default
        value = self.data[name]
        if kind is float and type(value) in (int, float) and abs(value) < _LARGEST:
            return float(value)  # type: ignore[return-value]
        if kind is not float and isinstance(value, kind):
            return value
        self.fault(name, f"须为{_KINDS[kind]}")
        return default

    def get(self, name: str, kind: type[_T]) -> _T:
        """A value that must be there; an empty one stands in for it, so that reading can go on."""
        if self.data.get(name, "") in ("", []):
            self._asked.add(name)
            self.fault(name, f"不能缺少，请写{_KINDS[kind]}")
            return kind()
        value = self.optional(name, kind)
        return kind() if value is None else value

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self.optional(name, str, allowed[0]) or allowed[0]
        if value not in allowed:
            self.fault(name, f"只能是{'、'.join(allowed)}之一")
        return value

    def quarter(self, name: str) -> Quarter | None:
        text = self.optional(name, str)
        try:
            return None if text is None else Quarter.parse(text)
        except ValueError as error:
            self.fault(name, str(error))
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
                self.fault(name, "须为表的数组，写成 [[…]]")
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
            self.fault(name, "须为文字的数组")
            return ()
        return tuple(entries)

    def expression(self, name: str, *, condition: bool = False) -> Expression | None:
        text = self.optional(name, str)
        return self.parsed(name, text, condition=condition) if text is not None else None

    def parsed(self, name: str, text: str, *, condition: bool = False) -> Expression | None:
        try:
            expression = Expression(text)
        except ExpressionError as error:
            self.fault(name, str(error))
            return None
        if expression.is_condition is not condition:
            wanted = "一个比较，如 organic_uv / uv >= 0.6" if condition else "算出一个数的算式，不能是比较"
            self.fault(name, f"须为{wanted}")
        return expression

    def identifier(self, name: str) -> str:
        """An id that can stand in an expression or a row id."""
        id = self.get(name, str)
        if id and not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", id):
            self.fault(name, "只能用英文字母、数字和下划线，不以数字开头")
        return id

    def name_unknown_keys(self) -> None:
        """Fault the keys that nobody asked for: a misspelt one would otherwise be silently without effect."""
        for name in sorted(self.data.keys() - self._asked):
            self.fault(name, f"不认识这一项；这里可以写：{'、'.join(sorted(self._asked))}")
        for child in self._children:
            child.name_unknown_keys()


_KINDS: dict[type, str] = {
    str: "文字",
    float: "数字",
    bool: "true或false",
    list: "数组（[…] 或 [[…]]）",
    dict: "表（[…]）",
}


def _written(value: object) -> str:
    """A value as the file writes it, shortened."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
