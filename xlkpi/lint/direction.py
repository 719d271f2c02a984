"""Checks that a rule rewards what its indicator's name calls good, and that its clauses reward the same direction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby, pairwise

from xlkpi.catalogue.direction import direction_of_adjustment, direction_of_base
from xlkpi.i18n.numbers import is_number
from xlkpi.i18n.problems import WARNING
from xlkpi.lint.findings import Finding, IndicatorCase, MeasureRow
from xlkpi.lint.trials import Trial
from xlkpi.rules.model import Levels
from xlkpi.rules.spelling import normalise

_LOW_IS_GOOD = re.compile(
    "成本|费用|费率|推广费|营销费|广告费|运费|物流费|管理费|支出|开支|投诉|差评|退款|退货|流失|离职|缺勤|迟到|超时|逾期|延误|延迟|差错|错误|失误|缺货|滞销|损耗|报废|次品|不良|"
    "问题率|故障|事故|违规|违纪|负债|坏账|欠款|库存天数|耗时|"
    # Hours of live streaming or of training are wanted; only those of waiting and of handling are not.
    "(?:等待|等候|排队|响应|回复|应答|处理|办理|解决|修复|审批|审核|交付|配送|发货|揽收|停机|中断|闲置)(?:时长|时间)"
)
_HIGH_IS_GOOD = re.compile(
    "销售额|销售量|销量|收入|利润|毛利|回款|产值|产能|满意|好评|忠诚|知名|转化|复购|续约|增长|提升|达成|完成|达标|准确|合格|准时|按时|"
    "及时|周转率|份额|访客|浏览|粉丝|点击率|利用率|到位率|解决率"
)
# Words that may turn a bad thing into a good one: 投诉解决率, 成本节约. A name that has one is not judged.
_TURNS_LOW = re.compile(
    "节约|节省|降低|下降|减少|控制|处理率|响应率|回复率|回访率|解决|修复|恢复|排除|挽回|挽留|整改|关闭|回收|预防|避免|"
    "无|零(?!售)|目标|预算"
)
_TURNS_HIGH = re.compile("时间|时长|耗时|周期|天数|偏差|差异|差额|缺口|未|不")


def wanted_direction(label: str) -> int:
    """1 if the name of an indicator says that more is better, -1 if less is better, 0 if it does not say."""
    name = normalise(label)
    low, high = bool(_LOW_IS_GOOD.search(name)), bool(_HIGH_IS_GOOD.search(name))
    turns = _TURNS_LOW if low else _TURNS_HIGH
    if low is high or turns.search(_LOW_IS_GOOD.sub("", name)):
        return 0
    return -1 if low else 1


def check_direction(case: IndicatorCase) -> Iterator[Finding]:
    """A rule that rewards more of what its name calls bad, or less of what it calls good.

    Where the role says itself whether less is better, the name is not asked.
    """
    for row in case.rows:
        if row.number == 0 and case.indicator.lower_is_better is not None:
            continue
        wanted, rewarded = wanted_direction(row.part.label), _rewarded_direction(case, row)
        if wanted and rewarded and wanted != rewarded:
            key = "rewards_more" if rewarded > 0 else "rewards_less"
            yield case.about_rule("direction", WARNING, key, label=row.part.label)


def _rewarded_direction(case: IndicatorCase, row: MeasureRow) -> int:
    """1 if the score somewhere rises and never falls as the actual grows, -1 the other way round, else 0."""
    if isinstance(case.rule.base, Levels) and case.rule.base.measure == row.number:
        return 0
    moves = {move for series in _series(case, row) for move in _moves(series)}
    return moves.pop() if len(moves) == 1 else 0


def _series(case: IndicatorCase, row: MeasureRow) -> Iterator[list[float]]:
    """Scores by rising actual, all else the same."""

    def others(scored: tuple[Trial, object]) -> tuple[object, ...]:
        trial, _ = scored
        return (*trial.actuals[: row.number], *trial.actuals[row.number + 1 :], *trial.targets)

    for _, run in groupby(zip(case.trials, case.scores, strict=True), key=others):
        rising = sorted(run, key=lambda scored: float(scored[0].actuals[row.number]))  # type: ignore[arg-type]
        # A veto is less than any score.
        yield [score if is_number(score) else -1.0 for _, score in rising if score is not None]


def _moves(scores: list[float]) -> Iterator[int]:
    yield from (1 if after > before else -1 for before, after in pairwise(scores) if after != before)


def check_opposites(case: IndicatorCase) -> Iterator[Finding]:
    """Clauses of one measure that reward opposite directions, unless they deduct on both sides of a base."""
    for row in case.rows:
        directions = [direction_of_base(case.rule.base, row.number)]
        adjustments = [a for a in case.rule.adjustments if a.measure == row.number]
        directions += map(direction_of_adjustment, adjustments)
        two_sided = not directions[0] and not any(adjustment.bonus for adjustment in adjustments)
        if {1, -1} <= set(directions) and not two_sided:
            yield case.about_rule("opposite", WARNING, "opposite", label=row.part.label)
