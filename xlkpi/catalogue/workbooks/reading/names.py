"""Formulas in a role workbook: with the names of its data, such as （访客数－上期访客数）÷上期访客数.

`in_ids` gives the arithmetic of role files for it, `in_names` the other way round. Ids are read as well, and 「」
around a name.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xlkpi.common.quarter import MONTHS
from xlkpi.i18n.message_files import BOOKS, MessageError

_SYMBOLS = {
    "×": "*", "✕": "*", "·": "*", "÷": "/", "∕": "/", "−": "-", "–": "-", "—": "-", "≧": ">=", "≥": ">=", "≦": "<=",
    "≤": "<=", "〉": ">", "〈": "<", "[": "(", "]": ")", "【": "(", "】": ")",
}  # fmt: skip
_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(%?)")
_OPERATOR = re.compile(r">=|<=|[-+*/<>()]")
_AND = re.compile(r"(?:并且|而且|且|and(?![a-z0-9_]))")
_JOINS = re.compile(r"(?<=[\w)）」])\s+and\s+(?=[\w(（「])", re.IGNORECASE)
_AND_WRITTEN, _QUOTED = "且", "「」"
_MONTH = re.compile(r"[.的]?(?:m([123])|第([123一二三])个?月|\(m([123])\)|\(第([123一二三])个?月\))(?![a-z0-9_])")
_UNKNOWN = re.compile(r"[^-+*/<>=()「」]+")
_NUMERALS = "一二三"
_NEAR = 0.5
"""How alike a name must be to one that is known, to be offered instead."""
_PLAIN_NAME = re.compile(r"[^\W\d_][^\W_]*")
"""Letters and digits, no digit first: such a name needs no 「」."""


class UnknownNameError(MessageError):
    """A formula has a name that no data has."""


@dataclass(frozen=True)
class _Token:
    """kind: "name", "number", "operator" or "and"."""

    kind: str
    text: str


def in_ids(text: str, names: Mapping[str, str]) -> str:
    """The arithmetic of role files for a formula: (uv - uv_prev) / uv_prev.

    names: name or id → id, "" for a name that several data have. Raises `UnknownNameError`. What is no formula
    otherwise stays wrong, and is for the reader of arithmetic to refuse.
    """
    known = {_plain(name): name for name in names}
    try:
        return _joined(list(_tokens(_plain(text), {name: names[typed] for name, typed in known.items()})))
    except _NoDataError as error:
        raise _explained(error.name, text, known) from None


class _NoDataError(Exception):
    """A name, in plain characters, that stands for no data or for several."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _explained(name: str, text: str, known: Mapping[str, str]) -> UnknownNameError:
    """What is wrong with a name, as it is typed. known: plain name → name."""
    if name in known:
        return UnknownNameError(BOOKS.message("name_twice", name=known[name]))
    match = re.search(re.escape(name), text, re.IGNORECASE)
    typed = match[0] if match else name
    nearest = difflib.get_close_matches(name, known, 1, _NEAR)
    if nearest:
        return UnknownNameError(BOOKS.message("no_name_near", name=typed, nearest=known[nearest[0]]))
    return UnknownNameError(BOOKS.message("no_name", name=typed))


def _plain(text: str) -> str:
    """A formula or name in characters of one width, without white space, in small letters."""
    for symbol, meant in _SYMBOLS.items():  # before NFKC, which changes some of them
        text = text.replace(symbol, meant)
    text = unicodedata.normalize("NFKC", text).replace("−", "-")
    text = _JOINS.sub(_AND_WRITTEN, text)
    return re.sub(r"\s", "", text).casefold()


def _tokens(text: str, names: Mapping[str, str]) -> Iterator[_Token]:
    by_length = sorted(filter(None, names), key=len, reverse=True)
    at = 0
    while at < len(text):
        if (name := _name_at(text, at, by_length)) is not None:
            end, found = name
            if not names[found]:
                raise _NoDataError(found)
            month = _MONTH.match(text, end)
            yield _Token("name", names[found] + (f".{_month(month)}" if month else ""))
            at = month.end() if month else end
        elif match := _NUMBER.match(text, at):
            yield _Token("number", _number(match))
            at = match.end()
        elif match := _AND.match(text, at):
            yield _Token("and", "and")
            at = match.end()
        elif match := _OPERATOR.match(text, at):
            yield _Token("operator", match[0])
            at = match.end()
        else:
            match = _UNKNOWN.match(text, at)
            if match is None:  # = or a quotation mark without its partner
                yield _Token("operator", text[at])
                at += 1
                continue
            raise _NoDataError(match[0])


def _name_at(text: str, at: int, by_length: list[str]) -> tuple[int, str] | None:
    """Where the name ends that begins here, and the name; None where none does. The longest name counts."""
    if text[at] == _QUOTED[0]:
        end = text.find(_QUOTED[1], at)
        inside = text[at + 1 : end]
        if end < 0:
            return None
        if inside not in by_length:
            raise _NoDataError(inside)
        return end + 1, inside
    for name in by_length:
        end = at + len(name)
        if text.startswith(name, at) and _ends(text, end):
            return end, name
    return None


def _ends(text: str, end: int) -> bool:
    """Whether a name may end here: 销售 does not end within 销售额."""
    rest = text[end:]
    return not rest or bool(_OPERATOR.match(rest) or _MONTH.match(rest) or _AND.match(rest)) or rest[0] in _QUOTED + "="


def _month(match: re.Match[str]) -> str:
    number = next(filter(None, match.groups()))
    return MONTHS[_NUMERALS.index(number) if number in _NUMERALS else int(number) - 1]


def _number(match: re.Match[str]) -> str:
    """A number of a formula without separators; 5% as 0.05."""
    digits = match[1].replace(",", "") + (match[2] or "")
    if not match[3]:
        return digits
    whole, _, decimals = digits.partition(".")
    whole = whole.rjust(3, "0")
    text = f"{whole[:-2]}.{whole[-2:]}{decimals}".rstrip("0").rstrip(".")
    return re.sub(r"^0+(?=\d)", "", text)


def _joined(tokens: list[_Token]) -> str:
    """The tokens as role files space them: none inside of brackets, one on both sides of an operator."""
    text, value_before = "", False
    for token in tokens:
        if token.text == "(":
            text += "("
            value_before = False
        elif token.text == ")":
            text = text.rstrip() + ")"
            value_before = True
        elif token.kind in ("name", "number"):
            text += (" " if value_before else "") + token.text
            value_before = True
        elif not value_before and token.text == "-":
            text += "-"
        else:
            text += f" {token.text} "
            value_before = False
    return text.strip()


# --- the other way round ----------------------------------------------------------------------------------------------

_MONTH_WRITTEN = "第{}个月"
_WRITTEN = {"*": "×", "/": "÷", "+": "＋", "-": "－", ">=": "≥", "<=": "≤", ">": ">", "<": "<", "(": "（", ")": "）"}
_PARTS = re.compile(r"\s*(?:([A-Za-z_]\w*(?:\.m[123])?)|(\d+(?:\.\d+)?)|(>=|<=|[-+*/<>()]))\s*")


def in_names(expression: str, labels: Mapping[str, str], names: Mapping[str, str]) -> str:
    """The formula with names for the arithmetic of a role file; the arithmetic itself where it has no such form.

    labels: id → name. names: as for `in_ids`; the formula reads back as the same arithmetic.
    """
    written = "".join(_written_parts(expression, labels))
    try:
        same = in_ids(written, names) == expression
    except UnknownNameError:
        same = False
    return written if same else expression


def _written_parts(expression: str, labels: Mapping[str, str]) -> Iterator[str]:
    at = 0
    while at < len(expression):
        match = _PARTS.match(expression, at)
        if match is None:
            return
        at = match.end()
        name, number, symbol = match.groups()
        if name == "and":
            yield _AND_WRITTEN
        elif name:
            id, _, month = name.partition(".")
            label = labels.get(id, id)
            yield label if _PLAIN_NAME.fullmatch(label) and _AND_WRITTEN not in label else label.join(_QUOTED)
            if month:
                yield _MONTH_WRITTEN.format(month[1])
        else:
            yield number or _WRITTEN[symbol]
