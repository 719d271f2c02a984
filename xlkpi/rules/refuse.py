"""Why a Chinese sentence cannot be read: known habits that are no rule, each with its question, and unknown words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lark import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from xlkpi.rules.rule import RuleError
from xlkpi.rules.text import is_bare_label, normalise

_STEP, _RATIO = "每低5个百分点扣3分", "按完成率得分"
_BANDS = "完成率≥100%得100分；完成率<100%得0分"
_LINE = "线性：80%得60分，100%得100分"
_LEVELS = "优秀得100分；良好得80分；合格得60分；不合格得0分"
_EVENTS = "每次扣5分"

_TRAPS = tuple(
    (re.compile(f"「[^」]*」|(?P<said>{pattern})"), message, suggestions)
    for pattern, message, suggestions in (
        (
            r"(?:(?:较|比|同比|环比|与)(?:上年|去年|上月|上期|上季度?|上一?年|上个?月|同期|往年)(?:同期|同比)?(?:相比)?"
            r"|同比|环比)(?:,|每|下降|降低|减少|增长|增加|上升|提高|提升|持平|超|低|高|负增长)+(?!率|额|量|幅)",
            "“{said}”：上期的数在哪一格？请把它作为目标值，或把变化的幅度作为实际值",
            (_STEP, "每低于目标值5%扣3分"),
        ),
        (
            r"酌情|视(?:具体|完成|实际)?(?:情况|情节|程度)|适当(?:扣|加|减)分?|由[^;,]{1,8}(?:评定|评分|打分|认定|确定|评价)"
            r"|(?:根据|按照?|依据)[^;,]{0,8}(?:情况|程度|效果|质量|表现)[^;,]{0,4}(?:打分|评分|扣分|加分|得分|给分|计分|评定)"
            r"|综合评[定分价]|主观评[定分价]",
            "“{said}”要由人判断：请写成几个等级各得几分，或写出数值的条件",
            (_LEVELS, _BANDS),
        ),
        (
            r"与[^;,]{1,8}挂钩",
            "“{said}”没有写怎样得分或扣分：怎样挂钩？",
            (_RATIO, _STEP),
        ),
        (
            r"原则上|一般(?:情况下|不|应|要)|尽量|力争|基本(?:达|完成|不)",
            "“{said}”之外怎么算？请写出确定的条件",
            (_BANDS, "达到目标得100分，否则得0分"),
        ),
        (
            r"(?:大?约|大概|将近|接近)\d[\d.]*%?|\d[\d.]*%?[^\d;,]{0,2}左右",
            "“{said}”的界限在哪里？请写出确定的数",
            (_BANDS, "偏差5个百分点以内不扣，之后每偏离1个百分点扣2分"),
        ),
        (
            r"排名?第?[\d一二三四五六七八九十]+|第[\d一二三四五六七八九十]+名|前[\d一二三四五六七八九十]+(?:名|%)"
            r"|后[\d一二三四五六七八九十]+(?:名|%)|末位|倒数|名次",
            "“{said}”是名次：要比较所有人才知道。请把名次作为实际值填入，写“实际≤3得100分”这样的条件",
            ("实际≤3得100分；实际>3得60分", _BANDS),
        ),
        (
            r"(?:扣除?|扣减|扣罚|罚|奖励?|减)款?\d[\d.,]*(?:元|块|万元)|罚款|(?:扣|减)(?:除|减|发)?(?:当月|当季|全部|部分)?(?:绩效|奖金|工资)",
            "“{said}”是金额，不是分数：扣几分？",
            (_EVENTS, _STEP),
        ),
        (
            r"[每按逐](?:个)?(?:月|季度?|周|年度?)(?!度?目标)|连续(?=[\d两二三四五六])",
            "“{said}”：表上只有整个考核期的数。是考核期合计，还是逐期计算？逐期的请另设数据项",
            (_EVENTS, "允许2次，之后每次扣5分"),
        ),
        (
            r"(?:得|计|扣|加)\d[\d.]*分?-\d[\d.]*分|(?<![\d.])\d[\d.]*分?-\d[\d.]*分(?=;|,(?![得计为])|$)",
            "“{said}”：档内按线性计算，还是由上级评定？请写出端点的得分，或分成几档",
            (_LINE, "完成率≥100%得100分；90%≤完成率<100%得90分；完成率<90%得0分"),
        ),
        (
            r"(?:底线|挑战|门槛|保底|基本目标)值?(?!\d)(?=[-)÷*+,;]|$|不|得|0|时|以)",
            "“{said}”是多少？请写出数字",
            ("线性：80%得60分，100%得100分；完成率<80%得0分", _LINE),
        ),
        (
            r"(?:基础|基准|起评|底|起步)分(?:值?为?)\d+(?:\.\d+)?分?",
            "“{said}”是从这个分数起加减吗？扣分的规则从满分起扣；加分请写最多加几分",
            ("每低1个百分点扣1分", "每超1个百分点加1分，最多加10分"),
        ),
        (
            r"^(?=[^每]*$)[^;,]*?(?:不足|超过|超出|低于|未达)(?:目标值?)?(?:的|部分)*,?按(?:同等)?比例(?:扣减?|加)?分?",
            "“{said}”：每差多少扣几分，还是按目标值÷实际值得分？",
            ("每低1个百分点扣1分，按比例", "按目标值÷实际值得分；封顶100分"),
        ),
    )
)


def refuse_traps(text: str, spelled: str, places: list[int]) -> None:
    """Raise `RuleError` for the first habit of forms that is no rule: judgement, ranks, money, other periods."""
    found = [
        (match.start(), match["said"], message, suggestions)
        for pattern, message, suggestions in _TRAPS
        for match in pattern.finditer(spelled)
        if match["said"]
    ]
    if found:
        start, said, message, suggestions = min(found)
        shown = text[places[start] : places[start + len(said) - 1] + 1]
        raise RuleError(message, position=places[start], suggestions=suggestions, said=shown)


_EXPECTED = (
    ({"_GETS", "MINUS"}, "“{clause}”里第{nth}个字起“{said}”读不懂：这里应写得几分或扣几分"),
    ({"MINUS", "PLUS"}, "“{clause}”里第{nth}个字起“{said}”读不懂：这里应写扣几分或加几分"),
    ({"_MARK"}, "“{clause}”里第{nth}个字起“{said}”读不懂：这里应写“分”"),
    ({"_GETS"}, "“{clause}”里第{nth}个字起“{said}”读不懂：这里应写得几分"),
    ({"_SEP"}, "“{clause}”里第{nth}个字起“{said}”读不懂：若是另一句，请用“；”隔开"),
    ({"NUMBER"}, "“{clause}”里第{nth}个字起“{said}”读不懂：这里应写一个数"),
)
_UNKNOWN = "“{clause}”里第{nth}个字起“{said}”读不懂"
_NEAREST = "“{clause}”里第{nth}个字起“{said}”读不懂：“{unknown}”是“{near}”吗？"


def unread(
    text: str, spelled: str, places: list[int], error: UnexpectedInput, reads: Callable[[str], bool]
) -> RuleError:
    """Why the grammar stopped where it did: what was expected there, or which word may be meant."""
    place = _place(spelled, error)
    position = places[place] if place < len(spelled) else len(text)
    if spelled.startswith(("一票否决", "veto"), place):
        return RuleError("什么情况下一票否决？请写出条件", position=position, suggestions=("实际>0一票否决",))
    marked = normalise(text)
    if position >= len(text):
        last = max(marked.rfind(";"), marked.rfind(",")) + 1
        if is_bare_label(said := text[last:].strip()):
            start = text.index(said, last)
            return RuleError(
                "“{said}”读不懂：没有写怎样得分或扣分", position=start, suggestions=(_STEP, _RATIO), said=said
            )
    allowed = (
        set(error.accepts or error.expected)
        if isinstance(error, UnexpectedToken)
        else set(getattr(error, "allowed", None) or ())
    )
    if "_PER_TIME" in allowed:  # 迟到扣2分
        clause = _clause(text, marked, min(position, len(text) - 1))[0]
        advice = (_EVENTS, "实际=0得100分；实际≥1得80分")
        return RuleError("“{clause}”：每次都算，还是只算一次？", position=position, suggestions=advice, clause=clause)
    near = next(_nearest(text, marked, position, reads), None)
    if position >= len(text) and near is None:
        ended = (f"{text}分", _STEP) if reads(f"{text}分") else (_STEP, _BANDS)
        clause = _clause(text, marked, position)[0]
        return RuleError("“{clause}”：句子没有写完", position=position, suggestions=ended, clause=clause)
    values = {"clause": _clause(text, marked, position)[0], "nth": position + 1, "said": text[position : position + 12]}
    if near is not None:
        unknown, word, corrected = near
        return RuleError(
            _NEAREST, position=position, suggestions=(corrected, _STEP), unknown=unknown, near=word, **values
        )
    begins = "LABEL" in allowed  # a clause may begin here, so anything might be expected
    message = _UNKNOWN if begins else next((said for expected, said in _EXPECTED if expected <= allowed), _UNKNOWN)
    return RuleError(message, position=position, suggestions=(_STEP, _RATIO), **values)


def _place(spelled: str, error: UnexpectedInput) -> int:
    if isinstance(error, UnexpectedCharacters):
        return error.pos_in_stream or 0
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        return error.token.start_pos or 0
    return len(spelled)


LONGEST_CLAUSE = 30


def _clause(text: str, marked: str, position: int) -> tuple[str, int]:
    """The clause that holds a position, as typed, and where it begins."""
    start = max(marked.rfind(mark, 0, position) for mark in ";,") + 1
    ends = [end for mark in ";," if (end := marked.find(mark, max(position, start))) >= 0]
    clause = text[start : min(ends, default=len(text))].strip()
    return (clause if len(clause) <= LONGEST_CLAUSE else clause[:LONGEST_CLAUSE] + "…"), start


WORDS = (
    "每低", "每低于目标值", "每超", "每超出目标值", "每偏离", "每次", "扣", "加", "得", "分", "满分",
    "不得分", "完成率", "实际", "目标值", "个百分点", "达到目标", "不超过目标", "否则", "线性", "以上",
    "以下", "低于", "高于", "为基准", "允许", "累计", "共扣", "最多扣", "最多加", "封顶", "最低", "一票否决",
    "按比例", "不足一档按一档", "偏差", "以内不扣", "按完成率得分", "扣完为止", "以此类推",
)  # fmt: skip
LONGEST_WORD = max(map(len, WORDS))
_TRIES = 4


def _nearest(text: str, marked: str, position: int, reads: Callable[[str], bool]) -> Iterator[tuple[str, str, str]]:
    """(unknown word, the word of the language it is one letter off, the sentence with that), the longest first."""
    start = _clause(text, marked, position)[1]
    tried = 0
    for size in range(LONGEST_WORD, 1, -1):
        for begin in range(max(start, position - 3), min(position + 2, len(text) - size + 1)):
            said = text[begin : begin + size]
            for word in filter(lambda word: _one_letter_off(said, word), WORDS):
                corrected = text[:begin] + word + text[begin + size :]
                tried += 1
                if reads(corrected):
                    yield said, word, corrected
                if tried == _TRIES:
                    return


def _one_letter_off(said: str, word: str) -> bool:
    """Whether one letter is another one, which has no meaning in the language: 每抵 for 每低, but not 每升."""
    if len(said) != len(word):
        return False
    off = [letter for letter, meant in zip(said, word, strict=True) if letter != meant]
    return len(off) == 1 and off[0] not in _LETTERS


_LETTERS = frozenset(
    "".join(WORDS)
    + "升降增减少差欠提前完成达到未不无错缺漏多超过以内外及含则即和或与；;，,。、：:「」 \n%％0123456789"
    + "０１２３４５６７８９"
)
