"""The receipt of a score: 实际12%，目标20%，低8个百分点，计1档，扣3分，得97分."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xlkpi.i18n.languages import HANS, language_of
from xlkpi.i18n.messages import say
from xlkpi.i18n.numbers import Value, decisive_places, plain, round_half_up
from xlkpi.rules.model import (
    Bands,
    Basis,
    Condition,
    Count,
    Inverse,
    Levels,
    Linear,
    PartStep,
    Ratio,
    Side,
    Step,
    Subject,
)
from xlkpi.rules.printer.phrase import phrase_condition
from xlkpi.rules.rule import Rule
from xlkpi.scoring import reasons
from xlkpi.scoring.arithmetic import count_steps, distance
from xlkpi.scoring.scorer import Outcome
from xlkpi.scoring.scores import Cells, appraise, as_list, count_points, holds, rule_of, step_points

# The texts of a receipt; their English is in messages.toml.
_GAP = {
    (Side.SHORT, Basis.POINTS): "低{gap}个百分点",
    (Side.SHORT, Basis.RELATIVE): "低{share}",
    (Side.SHORT, Basis.ABSOLUTE): "低{gap}",
    (Side.OVER, Basis.POINTS): "高{gap}个百分点",
    (Side.OVER, Basis.RELATIVE): "高{share}",
    (Side.OVER, Basis.ABSOLUTE): "高{gap}",
    (Side.EITHER, Basis.POINTS): "偏离{gap}个百分点",
    (Side.EITHER, Basis.RELATIVE): "偏离{share}",
    (Side.EITHER, Basis.ABSOLUTE): "偏离{gap}",
}
_NO_GAP = {Side.SHORT: "不低于目标", Side.OVER: "未超目标", Side.EITHER: "与目标一致"}
_NO_GAP_FROM_BASE = {Side.SHORT: "不低于基准", Side.OVER: "未超基准", Side.EITHER: "与基准一致"}


def explain(
    actual: Cells, target: Cells, rule: str | Rule, unit: str | None = None, language: str | None = None
) -> str | None:
    """The receipt of a score: how it came about, in one line. Arguments, errors and None as for `scores.kpi_score`.

    language: of the receipt; None takes the language of the sentence, and simplified Chinese for a `Rule`.
    """
    if language is None:
        language = language_of(rule) if isinstance(rule, str) else HANS
    outcome = appraise(actual, target, rule, unit)  # with the sentence, so that its `Scorer` comes from the cache
    if outcome is None:
        return None
    parsed = rule_of(rule, unit) if isinstance(rule, str) else rule
    return receipt_of(outcome, as_list(actual), as_list(target), parsed, unit, language)


def receipt_of(
    outcome: Outcome, actuals: Sequence[Value], targets: Sequence[Value], rule: Rule, unit: str | None, language: str
) -> str:
    """The receipt of an outcome, in one line; actuals, targets: the numbers that `rule` scored, one per measure."""
    aims = [*targets, *[None] * (len(actuals) - len(targets))]
    comma = say("，", language)
    measures: list[str] = []
    for measure, label in enumerate(rule.labels):
        origin = rule.origin(measure)
        receipt = _MeasureReceipt(rule, measure, unit, language)
        number = float(origin.value) if origin else aims[measure] if rule.reads_target(measure) else None
        parts = comma.join(receipt.parts(actuals[measure], number, own_base=origin is not None))
        measures.append(say("「{label}」{said}", language, label=label, said=parts) if label else parts)
    vetoed = isinstance(outcome.score, str)
    result = reasons.veto(language) if vetoed else _result(float(outcome.score), rule, language)
    return comma.join((say("；", language).join(measures), result))


def _result(score: float, rule: Rule, language: str) -> str:
    """得97分; on a scale of its own 得8分（满分10分）, as its deductions are told on that scale."""
    if rule.scale == 100:
        return say("得{score}分", language, score=_points(score))
    own = _points(score * float(rule.scale) / 100)
    return say("得{score}分（满分{scale}分）", language, score=own, scale=plain(rule.scale))


def _shown(number: float, percent: bool = False) -> str:
    number, places = (number * 100, 2) if percent else (number, 4)
    text = plain(round(number, decisive_places(number, places)))
    return f"{text}%" if percent else text


def _points(number: float) -> str:
    return plain(round_half_up(number))


class _MeasureReceipt:
    """The part of a receipt about one measure."""

    def __init__(self, rule: Rule, measure: int, unit: str | None, language: str) -> None:
        self.rule, self.measure, self.language = rule, measure, language
        self.steps = [a for a in rule.adjustments if isinstance(a, Step) and a.measure == measure]
        self.counts = [a for a in rule.adjustments if isinstance(a, Count) and a.measure == measure]
        self.percent = rule.shows_percent(measure, unit)

    def _conditions(self) -> Iterator[Condition]:
        rule = self.rule
        conditions = [cliff.condition for cliff in rule.cliffs] + list(rule.vetoes)
        if isinstance(rule.base, Bands):
            conditions += [band.condition for band in rule.base.bands]
        yield from (condition for condition in conditions if condition.measure == self.measure)

    def _say(self, message: str, **values: object) -> str:
        return say(message, self.language, **values)

    def parts(self, actual: object, target: object, *, own_base: bool) -> Iterator[str]:
        base = self.rule.base if getattr(self.rule.base, "measure", None) == self.measure else None
        if isinstance(base, Levels):
            yield self._say("实际{actual}", actual=actual)
            return
        number = float(actual)  # type: ignore[arg-type]
        aim = None if target is None else float(target)  # type: ignore[arg-type]
        yield self._say("实际{actual}次" if self.counts else "实际{actual}", actual=_shown(number, self.percent))
        if aim is not None:
            yield self._say("基准{aim}" if own_base else "目标{aim}", aim=_shown(aim, self.percent))
        by_achievement = isinstance(base, Ratio) or (
            isinstance(base, Bands | Linear) and base.subject is Subject.ACHIEVEMENT
        )
        if aim and (by_achievement or any(c.subject is Subject.ACHIEVEMENT for c in self._conditions())):
            yield self._say("完成率{share}", share=_shown(number / aim, True))
        if isinstance(base, Inverse) and number:
            yield self._say("目标÷实际{share}", share=_shown((aim or 0.0) / number, True))
        for step in self.steps:
            assert aim is not None
            yield from self._step(step, number, aim, own_base=own_base)
        for count in self.counts:
            yield self._signed(count.bonus, count_points(count, number))
        for condition in self._conditions():
            by_share = condition.subject is Subject.ACHIEVEMENT
            if holds(condition, condition.subject.of(number, (aim or 1.0) if by_share else (aim or 0.0))):
                yield self._say("符合“{condition}”", condition=phrase_condition(condition, self.language))

    def _step(self, step: Step, actual: float, target: float, *, own_base: bool) -> Iterator[str]:
        gap = distance(step.side, actual, target)
        if round(gap, 9) <= 0:
            yield self._say((_NO_GAP_FROM_BASE if own_base else _NO_GAP)[step.side])
        else:
            size, free, shown = float(step.step), float(step.free), gap
            if step.basis is Basis.POINTS:
                shown = gap * 100
            elif step.basis is Basis.RELATIVE:
                size, free, shown = size * target, free * target, gap / target
            message = _GAP[step.side, step.basis]
            yield self._say(message, gap=_shown(shown), share=_shown(shown, True))
            if step.part is not PartStep.PRO_RATA:
                steps = f"{count_steps(gap - free, size, step.part):.0f}"
                yield self._say("计1档" if steps == "1" else "计{steps}档", steps=steps)
        yield self._signed(step.bonus, step_points(step, actual, target))

    def _signed(self, bonus: bool, points: float) -> str:
        if (shown := _points(points)) == "0":
            return self._say("加0分" if bonus else "扣0分")
        return self._say("加{points}分" if bonus else "扣{points}分", points=shown)
