"""Bringing a sentence to one spelling, without losing the place of any character."""

from __future__ import annotations

import re

from xlkpi.rules.respell import respell

# Traditional characters of the words of the language and their simplified forms. Text that is not the
# language's own (labels) is kept as typed; OpenCC serves where whole workbooks are translated.
_TRADITIONAL = (
    "達標個點於實際則滿頂優線綫為爲準離內計過並與檔後額項對開僅單數沒無從長減評級負階別時間條幣錢萬億決類許礎發"
)
_SIMPLIFIED = (
    "达标个点于实际则满顶优线线为为准离内计过并与档后额项对开仅单数没无从长减评级负阶别时间条币钱万亿决类许础发"
)

_PUNCTUATION = {
    "；": ";", "。": ";", "\n": ";", "\r": ";", "，": ",", "、": ",", "：": ":",
    "≧": "≥", "≦": "≤", "⩾": "≥", "⩽": "≤", "～": "-", "~": "-", "–": "-", "—": "-", "−": "-", "至": "-",
    "\u3000": " ", "\t": " ", "\u00a0": " ",
    "×": "*", "✕": "*", "/": "÷", "╱": "÷",
}  # fmt: skip
# Quotation marks other than 「」 are ignored; so is what pasted text brings along without being seen.
_QUOTATION_MARKS = "“”‘’\"'『』《》"

_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"

_TABLE = (
    dict.fromkeys(_QUOTATION_MARKS + _INVISIBLE, " ") | dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True)) | _PUNCTUATION
)
_FULL_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_TRANSLATION = str.maketrans({wide: _TABLE.get(half, half) for wide, half in _FULL_WIDTH.items()} | _TABLE)

# Between Latin letters and digits a space parts words and numbers; elsewhere (得 100 分) it is only typesetting.
_KEPT = re.compile(r"\S|(?<=[0-9A-Za-z.])\s+(?=[0-9A-Za-z.])")

RESERVED = (
    r"得|扣|减|加|奖|计分|计满|计\d|计零|封顶|上限|最低|最高|最多|至多|达标(?!率)|达到|达(?=\d)|线性|插值|完成率|达成率|完成比例|达成比例"
    "|实际|目标|否则|反之|每|偏差|偏离|允许|累计|满分|满\\d|分值|一票|不得|不计|不给|不低|不高|不超|不少|不足|不扣|不含|不大|不小"
    "|不多|不到|不倒|未达|未完|不达|按|百分点|以上|以下|以此|依此|以内|之内|以\\d|为基|之后|超过|超出|高于|低于|大于|小于|多于|少于|等于"
    r"|零分|为止|非此|无上限|不封顶|不设|达成(?=[得计])|完成(?=[得计])|突破|控制在|±|上下浮动|上下波动|为\d|完成\d|\d[\d.]*(?:%|分|元|天|小时|万|个|以|及以|\(含|\(不含)|(?:出现|发生|存在)(?=\d)|第(?=\d)|\d+(?:人次|次|起|例|宗|件)(?!\w*率)"
)
"""The language's own words: text that holds one is a label between 「」 only. The grammar's LABEL is built of them."""

LONGEST_LABEL = 100
_LABEL = re.compile(rf"[^\n「」;,:<>=≥≤%*?~]{{1,{LONGEST_LABEL}}}")
_AROUND = rf"[\s「」{_QUOTATION_MARKS}{_INVISIBLE}]+"
_AROUND_LABEL = re.compile(f"^{_AROUND}|{_AROUND}$")
_BARE_LABEL = re.compile(rf"(?![-\d])((?!{RESERVED})[^()])+")


def normalise(text: str) -> str:
    """The text in half-width punctuation and simplified characters; every character keeps its place."""
    return text.translate(_TRANSLATION)


def compact(text: str) -> tuple[str, list[int]]:
    """The normalised text without its spaces, and for each character the place in `text` where it stood."""
    spelled = normalise(text)
    places = [found.start() for found in _KEPT.finditer(spelled)]
    return "".join(spelled[place] for place in places), places


def strip_label(text: str) -> str:
    """A label without the quotation marks and spaces around it."""
    return _AROUND_LABEL.sub("", text)


def is_label(text: str) -> bool:
    """Whether a text can name a measure or a level: 「text」 reads back as it is."""
    return text == strip_label(text) and _LABEL.fullmatch(compact(text)[0]) is not None


def is_bare_label(text: str) -> bool:
    """Whether a label reads back without 「」 too, as the name of a level does in 甲得100分."""
    if not is_label(text):
        return False
    spelled, places = compact(text)
    named = f"{spelled}得"
    alike = respell(named, [*places, len(text)])[0] == named  # but 优秀一次 is 优秀1次 there
    return alike and _BARE_LABEL.fullmatch(spelled) is not None
