"""Stage one: characters. One spelling for what is typed in several ways, without losing the place of any character.

Width, traditional characters, numerals in characters, enumerations, what nobody sees. Text that is not the language's
own (names) is kept as typed: whoever needs a name cuts it out of the sentence by its places.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from xlkpi.rules.spelling import INVISIBLE, normalise

# Between Latin letters and digits a space parts words and numbers; elsewhere (得 100 分) it is only typesetting.
_KEPT = re.compile(r"\S|(?<=[0-9A-Za-z.])\s+(?=[0-9A-Za-z.])")

_NUMERAL = "[零〇一二两三四五六七八九十百]"
_DIGITS = {char: value for value, chars in enumerate(["零〇", "一", "二两", *"三四五六七八九"]) for char in chars}
COUNTERS = (
    "人次|次|起|例|宗|件|项|单|条|份|篇|人|家|户|台|款|场|笔|名|位|批|套|册|处|"
    "页|张|个|站|辆|间|只|吨|倍|台次|门|包|箱|瓶|桩|层|期|轮|课时|步|本|幅|段|封|班"
)
_MEASURED = (
    rf"(?:(?:{COUNTERS})(?!性|线|交验|交付|通过|合格|验收|成功|送检)|天|日(?!常)|小时|工作日|自然日|分(?![公部店支拣])|档"
    r"|秒|元|万元?|%|百分|成|周(?!转)|月|季度|点)"
)
_BEFORE = "[每扣减加得第满足按计许过超低少差于到高多降前共现生有离记奖以和与迟晚早误期及缩延]"
_WHOLE = re.compile(
    f"百分之(?P<share>{_NUMERAL}+|[0-9.]+)"
    rf"|(?!百分)(?<![0-9])(?:(?<={_BEFORE}){_NUMERAL}{{1,4}}(?={_MEASURED}|[扣减加])|(?<!统)(?<!唯)(?<!逐)(?<!之)(?<!同){_NUMERAL}{{1,4}}(?={_MEASURED}))"
    "(?!一?票否)"
)
# 1、… 2、… · ①… · 一、… · （1）…（2）…, which are no numbers of points: 良（80）、中（60）
_NUMBERED = re.compile(
    r"(?:^|(?<=;)|(?<=\s))(?:\d{1,2}[、.)](?=[^\d%])|\(\d\)(?=[^\d%*×x])|[一二三四五六七八九十]{1,2}、)|[①-⑩]"
)
_IN_BRACKETS = re.compile(r"\((\d{1,2})\)(?=[^\d%*×x])")
# “滞销品占比”: a name; a sentence that stands between quotation marks as a whole is none.
_NAMED = re.compile('[“『"]([^“”『』"「」；;，,。：:\\d]{1,20})[”』"]')
_SCALE_OF_RATING = re.compile(r"\(\d+分制\)")  # 满意度（5分制）
_FIRST = re.compile("首(?=[次例起件])")
_HALF = re.compile("(?<![一大])半(?=个?小时|个?钟头|天|个百分点|个点)")  # 每超过半小时

Spelled = tuple[str, list[int]]
"""A text, and for each of its characters the place in the sentence as typed."""


def spelled(text: str) -> Spelled:
    """A Chinese sentence in the one spelling that the words of the lexicon have."""
    marked = _NAMED.sub(lambda found: found.group() if found.group() == text.strip() else f"「{found[1]}」", text)
    same_length = normalise(marked)
    if (numbers := _IN_BRACKETS.findall(same_length))[1:] and numbers == [str(n + 1) for n in range(len(numbers))]:
        same_length = _IN_BRACKETS.sub(_parted, same_length)
    same_length = _NUMBERED.sub(_parted, same_length)
    same_length = _SCALE_OF_RATING.sub(lambda found: " " * len(found.group()), same_length)
    places = [found.start() for found in _KEPT.finditer(same_length)]
    spelling = "".join(same_length[place] for place in places), places
    spelling = _replaced(_HALF, lambda _: "0.5", *_replaced(_FIRST, lambda _: "第1", *spelling))
    return _replaced(_WHOLE, _number, *spelling)


def _parted(found: re.Match[str]) -> str:
    return ";" * len(found.group())


def _number(found: re.Match[str]) -> str:
    share = found["share"]
    if share is None:
        return _digits(found.group())
    return f"{share if share[0].isascii() else _digits(share)}%"


def _digits(numeral: str) -> str:
    """三 → 3, 十二 → 12, 二十 → 20, 一百二十 → 120."""
    total = 0
    pending = 0
    for char in numeral:
        if char in "十百":
            total += (pending or 1) * (10 if char == "十" else 100)
            pending = 0
        else:
            pending = pending * 10 + _DIGITS[char] if numeral.isdigit() else _DIGITS[char]
    return str(total + pending)


def _replaced(pattern: re.Pattern[str], put: Callable[[re.Match[str]], str], text: str, places: list[int]) -> Spelled:
    """The text with every match replaced; each new character has the place of the old ones it stands for."""
    parts: list[str] = []
    moved: list[int] = []
    reached = 0
    for found in pattern.finditer(text):
        if _quoted(text, found.start()):
            continue
        start, end = found.span()
        put_in = put(found)
        parts += [text[reached:start], put_in]
        moved += places[reached:start]
        moved += [places[min(start + index, end - 1)] for index in range(len(put_in))]
        if len(put_in) > 1:
            moved[-1] = places[end - 1]
        reached = end
    if not reached:
        return text, places
    return "".join(parts) + text[reached:], moved + places[reached:]


def _quoted(text: str, place: int) -> bool:
    """Whether a place lies between 「 and 」."""
    return text.count("「", 0, place) > text.count("」", 0, place)


# --- English --------------------------------------------------------------------------------------------------------

_FULL_STOP = re.compile(r"\.(?=\s|$)")
_ALL_QUOTED = re.compile(r'\s*"[^"]*"\s*')
# What nobody sees, and the comma of 10,000 (though not that of 80% 60,100% 100).
_DROPPED = re.compile(rf"[{INVISIBLE}]|(?<=\d),(?=\d{{3}}(?![\d%]))")
_MARKS = str.maketrans(dict.fromkeys("“”„«»", '"'))


def spelled_english(text: str) -> Spelled:
    """An English sentence in small letters and half width, spaces kept."""
    same_length = _FULL_STOP.sub(";", normalise(text.translate(_MARKS), marks=False).lower())
    if len(same_length) != len(text):  # a letter whose small form has two characters
        same_length = "".join(char if len(char) == 1 else "?" for char in map(str.lower, text))
    if _ALL_QUOTED.fullmatch(same_length):
        same_length = same_length.replace('"', " ")
    dropped = {found.start() for found in _DROPPED.finditer(same_length)}
    places = [place for place in range(len(text)) if place not in dropped]
    return "".join(same_length[place] for place in places), places
