"""Why a cell cannot be scored: the texts after `#KPI`. Python and the built-in formulas show the same ones."""

from __future__ import annotations

from xlkpi.i18n.languages import HANS, LANGUAGES
from xlkpi.i18n.messages import say
from xlkpi.rules.model import RuleError
from xlkpi.rules.rule import Need

PREFIX = "#KPI"
VETO = "一票否决"

PASSED = "{text}"
"""Shows the `#KPI …` of another cell unchanged."""


def veto(language: str) -> str:
    """The text of a score cell where a veto holds."""
    return say(VETO, language)


VETOES = tuple(map(veto, LANGUAGES))

NEED = {
    Need.ACTUAL_NUMBER: "实际完成须为数字",
    Need.ACTUAL_LEVEL: "实际完成须为评分标准里的一个等级",
    Need.TARGET_NUMBER: "目标值须为数字",
    Need.COUNT: "次数须为不小于0的整数",
    Need.POSITIVE_TARGET: "目标值须大于0",
    Need.INVERTIBLE: "实际与目标须不小于0，目标为0时实际也须为0",
}

SELF_LEVEL = "自评须为评分标准里的一个等级"
LEAD_LEVEL = "上级评须为评分标准里的一个等级"
OTHERS_POINTS = "他人评须为0到{best}的数字，没有人评时写“{nobody}”"
NO_RATER = "没有计分的评级"
TOO_FEW_MEASURES = "评分标准说到的数据项比单元格多"
TOO_MANY_MEASURES = "单元格比评分标准说到的数据项多"
NOT_ONE_CELL = "这一项只能是一个单元格"
TOO_LARGE = "数值过大"
NOT_ONLY_DEDUCTING = "本行不再是纯扣分，请联系人力资源更新"
RULE_CHANGED = "本行评分标准有改动，暂时不能自动计分，请联系人力资源更新"
SPARE_PENDING = "待人力资源更新后才能计分，暂不计入总分"
GRADES_CHANGED = "等级标准有改动，暂时不能自动评级，请联系人力资源更新"
SIDE_OR_BASIS = "side 须为 short 或 over，basis 须为 absolute 或 relative"
STEP_AND_POINTS = "每档的大小须大于0，扣分须不小于0"
SCORE_NOT_NUMBER = "得分须为数字"
WEIGHT_NOT_NUMBER = "权重须为数字"
WEIGHT_NOT_SHARE = "权重须为0%到100%的数字"
TOTAL_NOT_NUMBER = "总分须为数字"
EVENT_NOT_NUMBER = "加减分须为数字"
NO_WEIGHTS = "没有权重大于0的指标"
NOT_A_NUMBER = "“{label}”须为数字"
ZERO_DIVISOR = "除数为0：{label}"
NO_OCCASION = "本期没有此事：岗位没有规定怎样计分，请人力资源在岗位里写明"
ZERO_OCCASION = "除数为0：本期没有此事的，请写在“不计分事项”里，或由岗位规定怎样计分"
EXCEPTION_TWICE = "“不计分事项”里这个指标写了两行，请只留一行"
UNREADABLE = "评分标准：{message}"
RULE_NOT_TEXT = "评分标准须为文字"
SIZES_DIFFER = "得分与权重的单元格数目不同"


def unreadable(error: RuleError) -> str:
    """The text of a cell whose rule cannot be read, in the language of the rule."""
    message = with_example(error)
    if error.source.startswith(_SUBJECT):
        return cell_text(message)
    return cell_text(UNREADABLE, error.language, message=message)


def with_example(error: RuleError) -> str:
    """Why a sentence is refused, with the example that tells its readings apart: …？（实际4%时：98分，还是34分？）"""
    if not error.example:
        return error.message
    return error.message + say("（{example}）", error.language, example=error.example)


_SUBJECT = "评分标准"


def is_refusal(value: object) -> bool:
    """Whether a value is the `#KPI …` of another cell; in any case, as in the built-in formulas' COUNTIF."""
    return isinstance(value, str) and value[: len(PREFIX)].upper() == PREFIX


def cell_text(reason: str, language: str = HANS, /, **values: object) -> str:
    """The text of a cell that cannot be scored; the `#KPI …` of another cell passes unchanged."""
    return reason if is_refusal(reason) else f"{PREFIX} {say(reason, language, **values)}"
