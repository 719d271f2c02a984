"""Says the faults of a role's data at the cells of its sheet, in the words of the workbook."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import replace

from xlkpi.catalogue.toml import Fault
from xlkpi.i18n.message_files import BOOKS, Message

_VERSION = re.compile(r" \(\d{4}Q\d–(?:\d{4}Q\d)?\)$")
_PERIOD = re.compile(r" (?:\d{4}Q\d)?–(?:\d{4}Q\d)?(?=\])")
_FORMULAS = ("actual", "target_formula", "applies", "when", "carried_from", "part_of")
"""The last part of keys whose value in the data is not what the cell says."""


def at_cell(fault: Fault, sheet: str, places: Mapping[str, str]) -> Fault:
    """The fault with its sheet and cell, its message and its value as the workbook has them."""
    return replace(
        fault,
        message=_in_words(fault.message),
        text=_as_typed(fault),
        sheet=sheet,
        cell=cell_of(_place_key(fault), places),
    )


def _place_key(fault: Fault) -> str:
    """The key of the place of a fault: of a torn group where it is taken up again, of a doubled entry its id."""
    match fault.message.key:
        case "torn_group":
            return f"torn[{fault.message.values['group']}]"
        case "twice":
            return f"{_VERSION.sub('', fault.key)}.id"
    return fault.key


def cell_of(key: str, places: Mapping[str, str]) -> str:
    """The cell of a key such as `indicators[sales 2027Q1–].rule`, or of the nearest thing around it."""
    key = _VERSION.sub("", key)
    for wanted in (key, _PERIOD.sub("", key)):
        while wanted:
            if wanted in places:
                return places[wanted]
            wanted = wanted.rpartition(".")[0]
    return places.get(re.sub(r"\[.*", "", key)) or places[""]


def _in_words(message: Message) -> Message:
    """The message of role files as books.toml has it, where it speaks of TOML, keys or ids."""
    known = BOOKS.keys()
    return BOOKS.message(message.key, **message.values) if message.key in known else message


def _as_typed(fault: Fault) -> str:
    """The value as somebody typed it: a text without quotation marks; "" for one that the program has translated."""
    if fault.key.rpartition(".")[2] in _FORMULAS or fault.text in ("true", "false"):
        return ""
    if fault.text[:1] not in "'\"":
        return fault.text
    try:
        return str(ast.literal_eval(fault.text))
    except (SyntaxError, ValueError):  # shortened
        return fault.text.strip("'\"")
