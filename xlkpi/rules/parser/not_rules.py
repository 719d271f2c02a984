"""Habits of appraisal forms that are no rules: judgement, ranks, money, other periods; each with its question."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xlkpi.i18n.languages import EN
from xlkpi.rules.model import RuleError

STEP, RATIO = "每低5个百分点扣3分", "按完成率得分"
BANDS = "完成率≥100%得100分；完成率<100%得0分"
EVENTS = "每次扣5分"
_LINE = "线性：80%得60分，100%得100分"
_LEVELS = "优秀得100分；良好得80分；合格得60分；不合格得0分"


@dataclass(frozen=True, slots=True)
class Habit:
    """A question, what it answers in Chinese and English sentences (regular expressions), and sentences to offer.

    English sentences are in small letters there; one without `english` has no such habit.
    """

    message: str
    suggestions: tuple[str, ...]
    chinese: str
    english: str | None = None


_SIGNED = r"(?:[-+]|\b(?:deduct|minus|subtract|lose|add|plus|fined?|pay)\b)"

_HABITS = (
    Habit(
        "“{said}”：上期的数在哪一格？请把它作为目标值，或把变化的幅度作为实际值",
        (STEP, "每低于目标值5%扣3分"),
        r"(?:(?:较|比|同比|环比|与)(?:上年|去年|上月|上期|上季度?|上一?年|上个?月|同期|往年)(?:同期|同比)?(?:相比)?"
        r"|同比|环比)(?:,|每|下降|降低|减少|增长|增加|上升|提高|提升|持平|超|低|高|负增长)+(?!率|额|量|幅)",
        r"\b(?:than|vs\.?|versus|compared (?:to|with)|against|over|below|above|from)"
        r" (?:the )?(?:last|previous|prior|same) (?:year|month|quarter|period)\b"
        r"|\b(?:(?:year|month|quarter)[- ]on[- ]\w+|yoy|qoq)\b(?! (?:growth|change|rate))",
    ),
    Habit(
        "“{said}”要由人判断：请写成几个等级各得几分，或写出数值的条件",
        (_LEVELS, BANDS),
        r"酌情|视(?:具体|完成|实际)?(?:情况|情节|程度)|适当(?:扣|加|减)分?|由[^;,]{1,8}(?:评定|评分|打分|认定|确定|评价)"
        r"|(?:根据|按照?|依据)[^;,]{0,8}(?:情况|程度|效果|质量|表现)[^;,]{0,4}(?:打分|评分|扣分|加分|得分|给分|计分|评定)"
        r"|综合评[定分价]|主观评[定分价]",
        r"\b(?:at (?:[\w']+ ){1,3}discretion|as appropriate|appropriately|depending on|case by case"
        r"|(?:judged|assessed|rated|decided) by)\b",
    ),
    Habit(
        "“{said}”没有写怎样得分或扣分：怎样挂钩？",
        (RATIO, STEP),
        r"与[^;,]{1,8}挂钩",
        r"\b(?:linked|tied) (?:to|with)\b",
    ),
    Habit(
        "“{said}”之外怎么算？请写出确定的条件",
        (BANDS, "达到目标得100分，否则得0分"),
        r"原则上|一般(?:情况下|不|应|要)|尽量|力争|基本(?:达|完成|不)",
        r"\b(?:in principle|generally|basically|as far as possible|if possible|normally|usually)\b",
    ),
    Habit(
        "“{said}”的界限在哪里？请写出确定的数",
        (BANDS, "偏差5个百分点以内不扣，之后每偏离1个百分点扣2分"),
        r"(?:大?约|大概|将近|接近)\d[\d.]*%?|\d[\d.]*%?[^\d;,]{0,2}左右",
        r"\b(?:about|around|roughly|approximately|approx\.?|nearly|almost|close to|circa) \d[\d.]*%?"
        r"|\d[\d.]*%? or so\b",
    ),
    Habit(
        "“{said}”是名次：要比较所有人才知道。请把名次作为实际值填入，写“实际≤3得100分”这样的条件",
        ("实际≤3得100分；实际>3得60分", BANDS),
        r"排名?[第前后]?[\d一二三四五六七八九十]+|第[\d一二三四五六七八九十]+名|前[\d一二三四五六七八九十]+(?:名|%)"
        r"|后[\d一二三四五六七八九十]+(?:名|%)|末位|倒数|名次",
        r"\b(?:top|bottom|best|worst) \d+%?|\brank(?:s|ed|ing)?,? (?:in |among |the )*(?:top|first|last|bottom|\d+)",
    ),
    Habit(
        "“{said}”是金额，不是分数：扣几分？",
        (EVENTS, STEP),
        r"(?:扣除?|扣减|扣罚|罚|奖励?|减)款?\d[\d.,]*(?:元|块|万元)|罚款|(?:扣|减)(?:除|减|发)?(?:当月|当季|全部|部分)?(?:绩效|奖金|工资)",
        rf"{_SIGNED} ?(?:[$¥€£]|(?:usd|rmb|cny|eur) ?)\d[\d.]*"
        rf"|{_SIGNED} ?\d[\d.]* ?(?:yuan|rmb|cny|usd|dollars?|euros?)\b",
    ),
    Habit(
        "“{said}”：表上只有整个考核期的数。是考核期合计，还是逐期计算？逐期的请另设数据项",
        (EVENTS, "允许2次，之后每次扣5分"),
        r"[每按逐](?:个)?(?:月|季度?|周|年度?)(?!度?目标)|连续(?=[\d两二三四五六])",
        r"\b(?:every|each|per|a) (?:month|quarter|week|year)\b|\bconsecutive\b|\bin a row\b",
    ),
    Habit(
        "“{said}”：档内按线性计算，还是由上级评定？请写出端点的得分，或分成几档",
        (_LINE, "完成率≥100%得100分；90%≤完成率<100%得90分；完成率<90%得0分"),
        r"(?:得|计|扣|加)\d[\d.]*分?-\d[\d.]*分|(?<![\d.])\d[\d.]*分?-\d[\d.]*分(?=;|,(?![得计为])|$)",
        r"(?<=:)(?<!linear:) *\d[\d.]* *(?:-|to) *\d[\d.]*(?: *(?:points|marks|pts))?(?= *(?:[;,]|$))",
    ),
    Habit(
        "“{said}”是多少？请写出数字",
        ("线性：80%得60分，100%得100分；完成率<80%得0分", _LINE),
        r"(?:底线|挑战|门槛|保底|基本目标)值?(?!\d)(?=[-)÷*+,;]|$|不|得|0|时|以)",
        r"\b(?:threshold|stretch target|stretch goal)(?= *(?:[-)÷*+,;:]|$))",
    ),
    Habit(
        "“{said}”是从这个分数起加减吗？扣分的规则从满分起扣；加分请写最多加几分",
        ("每低1个百分点扣1分", "每超1个百分点加1分，最多加10分"),
        r"(?:基础|基准|起评|底|起步)分(?:值?为?)\d+(?:\.\d+)?分?",
        r"\b(?:base|basic|starting) (?:score|points|marks)(?: of)? *\d+",
    ),
    Habit(
        "“{said}”：每差多少扣几分，还是按目标值÷实际值得分？",
        ("每低1个百分点扣1分，按比例", "按目标值÷实际值得分；封顶100分"),
        r"^(?=[^每]*$)[^;,]*?(?:不足|超过|超出|低于|未达)(?:目标值?)?(?:的|部分)*,?按(?:同等)?比例(?:扣减?|加)?分?",
    ),
)

_QUOTED = '「[^」]*」|"[^"]*"'
_CHINESE = tuple((re.compile(f"{_QUOTED}|(?P<said>{habit.chinese})"), habit) for habit in _HABITS)
_ENGLISH = tuple((re.compile(f"{_QUOTED}|(?P<said>{habit.english})"), habit) for habit in _HABITS if habit.english)


def refuse_habits(text: str, spelled: str, places: list[int], language: str) -> None:
    """Raise `RuleError` for the first habit that `text` shows; `spelled` is its one spelling, with their places."""
    found = [
        (match.start("said"), match["said"], habit)
        for pattern, habit in (_ENGLISH if language == EN else _CHINESE)
        for match in pattern.finditer(spelled)
        if match["said"]
    ]
    if found:
        start, said, habit = min(found, key=lambda match: match[:2])
        shown = text[places[start] : places[start + len(said) - 1] + 1].strip()
        raise RuleError(habit.message, position=places[start], suggestions=habit.suggestions, said=shown)
