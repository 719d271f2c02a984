"""Names in tables: the title of a role in the title of its table, its quarter, the names of groups and indicators."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from xlkpi.adopt.finding.sheets import Place, Sheet
from xlkpi.adopt.words import folded, numbers, pattern, words
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.labels import words as labels
from xlkpi.i18n.languages import HANS
from xlkpi.rules.spelling import normalise


def title_in(text: str) -> str:
    """The role in the title of a table: 抖音主播 in 抖音主播绩效考核表（2026年第三季度）; "" where it names none."""
    whole = unicodedata.normalize("NFKC", text)
    spelled = normalise(whole)  # a character for each of `whole`
    plain = pattern("title_number").sub("", spelled)
    plain = re.sub(r"[(\[][^)\]]*[)\]]", " ", plain)
    plain = pattern("company").sub("", pattern("period").sub(" ", plain))
    match = pattern("table").search(plain)
    if match is None:
        return ""
    beside = (pattern("title_marks").sub("", part) for part in (plain[: match.start()], plain[match.end() :]))
    inside = (pattern("period").sub("", name).strip() for name in re.findall(r"[(\[]([^)\]]*)[)\]]", spelled))
    names = (*beside, *(name for name in inside if not pattern("no_role").search(name)))
    title = next((name for name in map(_without_period, names) if 1 < len(name) <= 20), "")
    at = spelled.find(title)
    return whole[at : at + len(title)] if at >= 0 else title


def _without_period(name: str) -> str:
    """A role without how often it is appraised: 采购员 for 采购员月度/季度; the name as it is where nothing remains."""
    plain = pattern("period_before_role").sub("", pattern("period_after_role").sub("", name))
    return plain if len(plain) > 1 else pattern("ends_of_role").sub("", name)


def cleaner_name(title: str, sheet: str) -> str:
    """The name of a sheet where it is the title without marks, numbers and the like; else the title."""
    name = name_of(sheet)
    rest = title.replace(name, "", 1) if name else title
    return name if name and name in title and pattern("beside_role").fullmatch(rest) else title


def name_of(text: str) -> str:
    """The role that a line or the name of a sheet gives: in the title of a table, or alone; "" for Sheet1."""
    if title := title_in(text):
        return title
    table = pattern("table").search(normalise(text)) or pattern("unnamed_sheet").match(text.lower())
    text = _without_period(text)
    return text if 1 < len(text) <= 20 and not table and not text.isdigit() else ""


def title_said(sheet: Sheet, above: Iterable[Place]) -> tuple[str, Place | None]:
    """The role that a line over the table names (岗位：天猫运营), and where; "" where none does."""
    for place in above:
        for part in pattern("parts_of_line").split(sheet.text(*place)):
            name, colon, value = unicodedata.normalize("NFKC", part).partition(":")
            if folded(name) not in words("title", "role"):
                continue
            beside = (place[0], _right_of(sheet, place))
            said = value.strip() if colon and value.strip() else sheet.text(*beside)
            if said and len(said) <= 20 and ":" not in unicodedata.normalize("NFKC", said):
                return said, beside if not value.strip() else place
    return "", None


def _right_of(sheet: Sheet, place: Place) -> int:
    area = sheet.areas.get(place)
    return (area[3] if area else place[1]) + 1


def quarter_in(texts: Iterable[str]) -> Quarter | None:
    """The quarter that a table names: 2026Q3 for 2026年第三季度; the first of a year for 2026年度."""
    for text in texts:
        plain = unicodedata.normalize("NFKC", normalise(text))
        if match := pattern("quarter").search(plain):
            number = match[3] or match[2]
            return Quarter(int(match[1]), numbers("numerals").get(number) or int(number))
        month = pattern("month").search(plain)
        if month and 1 <= int(month[2]) <= 12:
            return Quarter(int(month[1]), (int(month[2]) + 2) // 3)
        if year := pattern("year").search(plain):
            return Quarter(int(year[1]), 1)
    return None


def names_a_month(texts: Iterable[str]) -> bool:
    """Whether what stands over a table says that it is for one month."""
    return any(pattern("monthly").search(unicodedata.normalize("NFKC", text)) is not None for text in texts)


def group_name(text: str) -> str:
    """The name of a group without its number and its weight: 业绩指标 for 一、业绩指标（60%）."""
    plain = pattern("weight_in_name").sub("", text.strip())
    plain = re.sub(r"\s+", "", pattern("group_number").sub("", plain))
    return plain.replace("/", labels(HANS)("list_separator")) or text.strip()


def label_name(text: str) -> str:
    """The name of an indicator in one line, without a number before it."""
    plain = re.sub(r"\s*\n\s*", "", text.strip())
    return pattern("label_number").sub("", plain).strip() or text.strip()
