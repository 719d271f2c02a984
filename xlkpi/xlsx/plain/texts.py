"""Texts of usual XML as characters: those of cells and formulas, and the texts that cells share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.parsers import expat

from xlkpi.common.caches import kept_if_small
from xlkpi.xlsx.usual import Parts


class NotPlainError(Exception):
    """The workbook is for the readers of any XML."""


_CONTROL = bytes(code for code in range(32) if code not in (9, 10))
"""XML forbids them, but for the carriage return, which its readers replace."""
_OTHERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf", b"]]>")
"""What XML forbids besides: two code points, and the end of a section in the middle of a text."""
_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")
_NUMBERED = re.compile("&#(x?)([0-9a-fA-F]+);")
_ENTITIES = (("&quot;", '"'), ("&apos;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_BLANK = rb"(?:[\t\n ]|&#(?:0*(?:9|10|32)|x0*(?:9|[aA]|20));)"
_TRIMMED = re.compile(rb"<t>(?:" + _BLANK + rb"|[^<]*" + _BLANK + rb"</t>)")
"""Blanks that no attribute keeps: readers differ in whether they keep them."""
_ESCAPED = re.compile("_x[0-9A-Fa-f]{4}_")
"""A character as spreadsheets escape it: readers differ in whether they replace it."""
_BETWEEN = "\0"


def check_characters(data: bytes) -> None:
    """Raise `NotPlainError` for characters over which XML is refused, or which readers read differently.

    Raises UnicodeDecodeError.
    """
    data.decode()
    if len(data.translate(None, _CONTROL)) < len(data) or any(mark in data for mark in _OTHERS):
        raise NotPlainError
    if (b"&" in data and _ENTITY.search(data)) or (b"<t>" in data and _TRIMMED.search(data)):
        raise NotPlainError


def check_well_formed(data: bytes) -> None:
    """Raise `NotPlainError` where the data are no well-formed XML."""
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        raise NotPlainError from None


def decoded(raw: Sequence[bytes]) -> list[str]:
    """Checked texts as characters, their entities replaced. Raises `NotPlainError`, UnicodeDecodeError."""
    if not raw:
        return []
    text = _BETWEEN.encode().join(raw).decode()  # at once: replacing in each takes longer than all the rest
    if "&#" in text:
        text = _NUMBERED.sub(_character, text)
    if "&" in text:
        for entity, character in _ENTITIES:
            text = text.replace(entity, character)
    return text.split(_BETWEEN)


def _character(entity: re.Match[str]) -> str:
    code = int(entity[2], 16 if entity[1] else 10)
    if code in (9, 10) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000:
        return "&amp;" if chr(code) == "&" else chr(code)
    raise NotPlainError


def check_escapes(texts: Sequence[str]) -> None:
    """Raise `NotPlainError` for texts of cells with escaped characters."""
    if any("_x" in text and _ESCAPED.search(text) for text in texts):
        raise NotPlainError


_TEXT = rb'<t(?: xml:space="preserve")?>([^<]*)</t>'
_RUN = rb'<r>(?:<rPr>(?:<\w+(?: \w+="[^"<>&]*")* ?/>)*</rPr>)?<t(?: xml:space="preserve")?>[^<]*</t></r>'
_ITEM = re.compile(rb"<si>(?:" + _TEXT + rb"|<t ?/>|((?:" + _RUN + rb")+))</si>")
_TEXT_OF_RUN = re.compile(_TEXT)
_SHARED = re.compile(rb'\s*(?:<\?xml[^<>?]*\?>)?\s*<sst xmlns="[^"<>&]*"(?: \w+="[0-9]+")*>#*</sst>\s*')


def shared_texts(parts: Parts) -> list[str]:
    """The texts that cells refer to by number. Raises `NotPlainError`, UnicodeDecodeError."""
    data = next((data for name, data in parts.items() if name.lower() == "xl/sharedstrings.xml"), None)
    if data is None:
        return []
    check_characters(data)
    between, plain, rich = (found[offset::3] for found in [_ITEM.split(data)] for offset in range(3))
    if not _SHARED.fullmatch(b"#".join(between)):
        raise NotPlainError
    check_well_formed(between[0] + (between[-1] if len(between) > 1 else b""))
    texts = decoded([text or (_of_runs(runs) if runs else b"") for text, runs in zip(plain, rich, strict=True)])
    check_escapes(texts)
    return texts


@kept_if_small(256, 20_000, len)
def _of_runs(runs: bytes) -> bytes:
    """The text of a shared text in several fonts. Those of the sheet 填写说明 are the same in every workbook."""
    check_well_formed(b"<si>" + runs + b"</si>")
    return b"".join(_TEXT_OF_RUN.findall(runs))
