"""Names in tables: the title of a role in the title of its table, its quarter, the names of groups and indicators."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from xlkpi.adopt.finding.sheets import Place, Sheet
from xlkpi.adopt.words import folded, words
from xlkpi.common.quarter import Quarter
from xlkpi.rules.spelling import normalise

_TABLE = re.compile(
    r"(?:的|员工|岗位|工作|人员)*(?:月度|季度|年度|半年度|月|季|年终|试用期|定量)?(?:的)?(?:关键)?(?:KPI|kpi|绩效指标|业绩|绩效|目标)*"
    r"(?:管理)?(?:指标)?(?:考核|考评|评分|评价|目标责任|绩效)(?:量化|指标|评分|标准|评价|细则|方案|内容)*(?:表格|表单|表|书|卡)?"
    r"|(?:岗位|的)*(?:KPI|kpi)(?:指标)*(?:库|表)?|(?:岗位|的)*指标表"
)
_PERIOD = re.compile(
    r"\d{4}\s*年?\s*(?:度|第?[一二三四1-4]\s*季度?|[Qq][1-4]|\d{1,2}\s*月份?(?:\s*[-—~至]\s*(?:\d{4}年)?\d{1,2}\s*月份?)?|[上下]半年)?"
    r"|第?[一二三四]季度|[Qq][1-4]|\d{1,2}月份?"
)
_MONTHLY = re.compile(r"月度|(?<![-—~至\d])\d{1,2}\s*月份?(?!\s*[-—~至\d]|日)")


def title_in(text: str) -> str:
    """The role in the title of a table: 抖音主播 in 抖音主播绩效考核表（2026年第三季度）; "" where it names none."""
    whole = unicodedata.normalize("NFKC", text)
    spelled = normalise(whole)  # a character for each of `whole`
    plain = re.sub(r"[(\[][^)\]]*[)\]]", " ", spelled)
    plain = re.sub(r"^\s*(?:[一二三四五六七八九十]+|\d+)\s*[、.]\s*|^附[件表]\s*\d*\s*:?", "", plain)
    plain = _PERIOD.sub(" ", plain)
    plain = re.sub(r"^\s*\S*?(?:有限公司|股份公司|公司|集团)", "", plain)
    match = _TABLE.search(plain)
    if match is None:
        return ""
    before = re.sub(r"[\s\-—_:《》·]+", "", plain[: match.start()])
    after = re.sub(r"^[\s\-—_:·]+|\s+", "", plain[match.end() :])
    inside = (_PERIOD.sub("", name).strip() for name in re.findall(r"[(\[]([^)\]]*)[)\]]", spelled))
    names = (before, after, *(name for name in inside if not re.search(r"\d|KPI|试行|版|分", name)))
    title = next((name for name in names if 1 < len(name) <= 20), "")
    at = spelled.find(title)
    return whole[at : at + len(title)] if at >= 0 else title


def title_said(sheet: Sheet, above: Iterable[Place]) -> tuple[str, Place | None]:
    """The role that a line over the table names (岗位：天猫运营), and where; "" where none does."""
    for place in above:
        for part in re.split(r"\s{2,}|\t|　|；|;", sheet.text(*place)):
            name, colon, value = part.replace("：", ":").partition(":")
            if folded(name) not in words("title", "role"):
                continue
            beside = (place[0], _right_of(sheet, place))
            said = value.strip() if colon and value.strip() else sheet.text(*beside)
            if said and len(said) <= 20 and not re.search("[：:]", said):
                return said, beside if not value.strip() else place
    return "", None


def _right_of(sheet: Sheet, place: Place) -> int:
    area = sheet.areas.get(place)
    return (area[3] if area else place[1]) + 1


def quarter_in(texts: Iterable[str]) -> Quarter | None:
    """The quarter that a table names: 2026Q3 for 2026年第三季度; the first of a year for 2026年度."""
    for text in texts:
        plain = unicodedata.normalize("NFKC", text)
        match = re.search(r"(20\d\d)\s*年?\s*度?\s*(?:第?\s*([一二三四1-4])\s*季|[Qq]([1-4]))", plain)
        if match:
            number = match[3] or match[2]
            return Quarter(int(match[1]), int(number) if number.isdigit() else "一二三四".index(number) + 1)
        month = re.search(r"(20\d\d)\s*[年.\-/]\s*(\d{1,2})\s*月?", plain)
        if month and 1 <= int(month[2]) <= 12:
            return Quarter(int(month[1]), (int(month[2]) + 2) // 3)
        if year := re.search(r"(20\d\d)\s*年", plain):
            return Quarter(int(year[1]), 1)
    return None


def is_monthly(texts: Iterable[str]) -> bool:
    """Whether what stands over a table says that it is for one month."""
    return any(_MONTHLY.search(unicodedata.normalize("NFKC", text)) is not None for text in texts)


def group_name(text: str) -> str:
    """The name of a group without its number and its weight: 业绩指标 for 一、业绩指标（60%）."""
    plain = re.sub(
        r"[（(\s:：]?\s*(?:权重|占比|占|共|满分)?\s*[:：]?\s*\d+(?:\.\d+)?\s*(?:%|％|分)\s*[）)]?\s*$", "", text.strip()
    )
    plain = re.sub(r"^(?:[一二三四五六七八九十]+|\d+)\s*[、.．]\s*|^[（(][一二三四五六七八九十\d]+[）)]\s*", "", plain)
    return re.sub(r"\s+", "", plain).replace("/", "、") or text.strip()


def label_name(text: str) -> str:
    """The name of an indicator in one line, without a number before it."""
    plain = re.sub(r"\s*\n\s*", "", text.strip())
    return re.sub(r"^(?:\d{1,2}\s*[、.．]\s*(?!\d)|[①-⑳]\s*|[（(]\d{1,2}[）)]\s*)", "", plain).strip() or text.strip()
