"""What a number format shows of a number: `0.0%` of 0.25 shows 25.0%, `"3"` of 9 shows 3, `;;;` nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

_SECTION = re.compile(r'"[^"]*"|[\\!].|\[[^\]]*\]|.', re.DOTALL)
_PIECE = re.compile(
    r"""\[(?P<sign>[<>=]{1,2})(?P<limit>-?\d+(?:\.\d*)?)\] | \[\$(?P<currency>[^\]-]*)[^\]]*\] | \[(?P<bracket>[^\]]*)\]
    | "(?P<quoted>[^"]*)" | [\\!](?P<escaped>.) | (?P<blank>_.|\*.) | (?P<general>General|G/\u901a\u7528\u683c\u5f0f|@)
    | (?P<digit>[0#?]) | (?P<point>\.) | (?P<comma>,) | (?P<percent>%) | (?P<other>.)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_NO_DIGITS = re.compile(r"[ymdhsegb/]", re.IGNORECASE)
"""Days and times, fractions, exponents, years of an era."""

_EXACTLY = Context(prec=2000)
"""More digits than the largest number has in the longest format."""

_Pieces = tuple[tuple[str, str], ...]
"""Kind and text of the parts of a section."""


def shown_number(number: float, code: str) -> str | None:
    """A number as a format shows it; None where the format is one of days, fractions or exponents."""
    sections = _sections(code)
    if any(kind == "other" and _NO_DIGITS.fullmatch(text) for section in sections for kind, text in section):
        return None
    section, signed = _chosen(number, sections)
    return ("-" if signed else "") + _filled(abs(number), section)


@lru_cache(1024)
def _sections(code: str) -> tuple[_Pieces, ...]:
    texts = [""]
    for match in _SECTION.finditer(code):
        if match[0] == ";":
            texts.append("")
        else:
            texts[-1] += match[0]
    return tuple(tuple(_pieces(text)) for text in texts)


def _pieces(section: str) -> Sequence[tuple[str, str]]:
    found = []
    for match in _PIECE.finditer(section):
        if match["sign"]:
            found.append(("condition", match["sign"] + match["limit"]))
        elif match["bracket"] is None and match["blank"] is None:  # a colour, or room
            kind = str(match.lastgroup)
            found.append((kind, match[kind]))
    return found


def _chosen(number: float, sections: tuple[_Pieces, ...]) -> tuple[_Pieces, bool]:
    """The section for a number, and whether a minus stands before it."""
    for section in sections:
        for kind, text in section:
            if kind == "condition" and _holds(number, text):
                return section, number < 0
    plain = [section for section in sections if not any(kind == "condition" for kind, _ in section)]
    if len(plain) < len(sections):
        return (plain[-1] if plain else ()), number < 0
    if number < 0 and len(sections) > 1:
        return sections[1], False
    if number == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], number < 0


def _holds(number: float, condition: str) -> bool:
    sign, limit = re.fullmatch(r"(\D+?)(-?\d+(?:\.\d*)?)", condition).groups()  # type: ignore[union-attr]
    value = float(limit)
    return {"<": number < value, ">": number > value, "=": number == value, "<=": number <= value,
            ">=": number >= value, "<>": number != value}.get(sign, False)  # fmt: skip


def _filled(number: float, section: _Pieces) -> str:
    """A number, not below 0, in the places of a section's digits."""
    kinds = [kind for kind, _ in section]
    digits = [place for place, kind in enumerate(kinds) if kind == "digit"]
    if "general" in kinds:
        return "".join(f"{number:.10g}" if kind == "general" else text for kind, text in section if kind != "condition")
    point = kinds.index("point") if "point" in kinds else len(kinds)
    whole = [place for place in digits if place < point]
    decimals = [place for place in digits if place > point]
    last = max(whole, default=-1)
    commas = [place for place, kind in enumerate(kinds) if kind == "comma"]
    thousands = sum(last < place for place in commas) if digits else 0
    grouped = any(min(whole, default=0) < place < last for place in commas)
    scaled = Decimal(repr(number)) * 100 ** kinds.count("percent") / 1000**thousands
    rounded = scaled.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP, _EXACTLY)
    before, _, after = f"{rounded:f}".partition(".")
    filled = _whole(before, [(place, section[place][1]) for place in whole], grouped=grouped)
    for place, digit in zip(decimals, after, strict=False):
        filled[place] = digit
    for place in reversed(decimals):  # an optional digit at the end
        if section[place][1] != "#" or filled.get(place) != "0":
            break
        filled[place] = ""
    return "".join(
        filled.get(place, "") if kind == "digit" else "" if kind in ("comma", "condition") else text
        for place, (kind, text) in enumerate(section)
    )


def _whole(text: str, places: Sequence[tuple[int, str]], *, grouped: bool) -> dict[int, str]:
    """The digits before the point, place by place from the right; the first place takes all that are left."""
    needed = sum(kind == "0" for _, kind in places)
    text = (text if text != "0" else "").zfill(needed) if needed or text != "0" else ""
    filled: dict[int, str] = {}
    count = 0
    for number, (place, _) in enumerate(reversed(places), start=1):
        taken = text if number == len(places) else text[-1:]
        text = text[: len(text) - len(taken)]
        shown = ""
        for digit in reversed(taken):
            shown = digit + ("," if grouped and count and count % 3 == 0 else "") + shown
            count += 1
        filled[place] = shown
    return filled
