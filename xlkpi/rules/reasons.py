"""Why a cell cannot be scored, in the manager's words. Python and the built-in formulas show the same texts."""

from __future__ import annotations

from xlkpi.rules.rule import Need

PREFIX = "#KPI"
VETO = "一票否决"

NEED = {
    Need.ACTUAL_NUMBER: "实际完成须为数字",
    Need.ACTUAL_LEVEL: "实际完成须为评分标准里的一个等级",
    Need.TARGET_NUMBER: "目标值须为数字",
    Need.COUNT: "次数须为不小于0的整数",
    Need.POSITIVE_TARGET: "目标值须大于0",
    Need.INVERTIBLE: "实际与目标须不小于0，目标为0时实际也须为0",
}

TOO_FEW_MEASURES = "评分标准说到的数据项比单元格多"
TOO_LARGE = "数值过大"
NOT_ONLY_DEDUCTING = "本行不再是纯扣分，请运行 xlkpi refresh"
RULE_CHANGED = "评分标准已改：请用Python计分，或运行 xlkpi refresh"
GRADES_CHANGED = "等级标准已改：请用Python计分，或运行 xlkpi refresh"
SIDE_OR_BASIS = "side 须为 short 或 over，basis 须为 absolute 或 relative"
STEP_AND_POINTS = "每档的大小须大于0，扣分须不小于0"
SCORE_NOT_NUMBER = "得分须为数字"
WEIGHT_NOT_NUMBER = "权重须为数字"
TOTAL_NOT_NUMBER = "总分须为数字"
EVENT_NOT_NUMBER = "加减分须为数字"
NO_WEIGHTS = "没有权重大于0的指标"


def is_refusal(value: object) -> bool:
    """Whether a value is the `#KPI …` of another cell; the built-in formulas' COUNTIF ignores case too."""
    return isinstance(value, str) and value.upper().startswith(PREFIX)


def cell_text(reason: str) -> str:
    """What a cell shows; the `#KPI …` of another cell passes unchanged."""
    return reason if is_refusal(reason) else f"{PREFIX} {reason}"
