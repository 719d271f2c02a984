"""One spelling for what Chinese sentences write in several ways, before the grammar reads them.

Works on text that `text.compact` has compacted: numerals in characters become digits, enumerations and headings
become separators, words that say nothing are dropped. What stands between 「」 stays as typed, and every character
that is left knows its place in the sentence as typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_NUMERAL = "[一二两三四五六七八九十]"
_DIGITS = {char: value for value, chars in enumerate(["", "一", "二两", "三", *"四五六七八九"]) for char in chars}
TIMES = "人次|次|起|例|宗|件|项|单|条|份|篇|人|家|户|台|款|场|笔|名|位|批|套|册|处|个"
_MEASURED = f"(?:{TIMES}|天|日|小时|工作日|分|档|秒|元|万|%|百分)"
_BEFORE = "[每扣减加得第满足按计许过超低少差于到高多降前共出现生有离]"
_SAID_OF = "[扣减加不得以及或的后,;共]"


def _digits(found: re.Match[str]) -> str:
    """三 → 3, 十二 → 12, 二十 → 20."""
    tens, ten, ones = found.group().rpartition("十")
    return str((_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0))


_RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(f"「[^」]*」|{pattern}"), replacement)
    for pattern, replacement in (
        # 百分之五 → 5%, before the other numerals
        (f"百分之(?P<share>{_NUMERAL}+|[0-9.]+)", lambda found: f"{_number(found['share'])}%"),
        (
            f"(?:(?<={_BEFORE}){_NUMERAL}{{1,3}}(?={_MEASURED}|[扣减加])"
            f"|(?<![\u4e00-\u9fff]){_NUMERAL}{{1,3}}(?={_MEASURED})"
            f"|{_NUMERAL}{{1,3}}(?=(?:{TIMES}|天|小时){_SAID_OF}))(?!一?票否)",
            _digits,
        ),
        # 1、… 2、… · （1）… · ①…
        (r"(?:(?:^|(?<=;))\d{1,2}[,.)](?=[^\d%])|\(\d{1,2}\)(?=[^\d%*])|[①-⑩])", ";"),
        (
            "(?:^|(?<=;))(?:评分标准|评分办法|评分细则|计分方法|计分方式|计分办法|考核标准|考核办法|考核方法"
            "|扣分标准|扣分项?|加分项?|减分项?|说明|备注):",
            ";",
        ),
        # 超过2次的，每次扣5分
        (rf"(?:超过|超出)(?P<free>\d+)(?:{TIMES})(?:以上|之后|以后|后|的|部分)*,?(?=每)", r"允许\g<free>次,"),
        (r"(?:直-|直到)?扣完(?P<most>\d[\d.]*)分为止", r"最多扣\g<most>分"),
        (
            r"(?P<low>(?:大于或?等于|大于|高于|超过|不低于|≥|>)\d[\d.]*%?),?(?=(?:小于|低于|不超过|不足|<|≤)\d)",
            r"\g<low>且",
        ),
        (r"控制在(?=\d[\d.]*[^;,\d]{0,3}内)", ""),
        # ≥95%不扣分: full marks
        (r"(?P<side>(?:≥|>|不低于|大于等于|达到|高于)\d[\d.]*%?|以上(?:\(含\))?),?不扣分?", r"\g<side>得满分"),
        (rf"前(?=\d+(?:{TIMES}))", ""),
        (r"以上,?(?=\d+(?:\.\d+)?%?(?:\(不?含\)|及)?以[下内])", "以上且"),
        ("(?:本|该|此)(?:项|指标)(?:指标|考核)?(?=得|不得|不计|不给|计|为?[零0]分|扣|减|加)", ""),
        (r"累计(?=[扣加减]分?(?:不超过|最多))", ""),
        ("(?:予以|给予|则予|将)(?=扣|减|加|得)", ""),
        ("(?:与|和|比|较|同)目标值?(?:相比|比较|相比较|比)?,?(?=每)", ""),
    )
)


def _number(text: str) -> str:
    return text if text[0].isascii() else _digits(re.match(".*", text))  # type: ignore[arg-type]


def respell(text: str, places: list[int]) -> tuple[str, list[int]]:
    """The text in the spelling of the grammar, and for each of its characters the place given for the old one."""
    for pattern, replacement in _RULES:
        parts: list[str] = []
        moved: list[int] = []
        reached = 0
        for found in pattern.finditer(text):
            if found.group().startswith("「"):
                continue
            start, end = found.span()
            put_in = replacement(found) if callable(replacement) else found.expand(replacement)
            parts += [text[reached:start], put_in]
            moved += places[reached:start]
            moved += [places[min(start + index, end - 1)] for index in range(len(put_in))]
            if len(put_in) > 1:
                moved[-1] = places[end - 1]
            reached = end
        if reached:
            text, places = "".join(parts) + text[reached:], moved + places[reached:]
    return text, places
