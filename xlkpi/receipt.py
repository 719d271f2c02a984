"""The receipt of a score: 实际12%，目标20%，低8个百分点，计1档，扣3分，得97分."""

from __future__ import annotations

from collections.abc import Iterator

from xlkpi.rules.parse import parse
from xlkpi.rules.phrase import phrase_condition, plain
from xlkpi.rules.rule import (
    Bands,
    Basis,
    Condition,
    Count,
    Inverse,
    Levels,
    Linear,
    PartStep,
    Ratio,
    Rule,
    Side,
    Step,
    Subject,
)
from xlkpi.scoring import (
    VETO,
    Cells,
    appraise,
    as_list,
    count_points,
    count_steps,
    distance,
    holds,
    round_half_up,
    step_points,
)


def explain(actual: Cells, target: Cells, rule: str | Rule, unit: str | None = None) -> str | None:
    """How a score came about, in one line. Arguments, errors and None as for `scoring.kpi_score`."""
    parsed = parse(rule, unit) if isinstance(rule, str) else rule
    outcome = appraise(actual, target, parsed)
    if outcome is None:
        return None
    actuals, targets = as_list(actual), as_list(target)
    targets += [None] * (len(actuals) - len(targets))
    parts: list[str] = []
    for measure in range(parsed.measures):
        origin = parsed.origin(measure)
        reading = _Reading(parsed, measure, unit if measure == 0 else None)
        number = float(origin.value) if origin else targets[measure] if parsed.reads_target(measure) else None
        said = "，".join(reading.parts(actuals[measure], number, own_base=origin is not None))
        label = parsed.labels[measure]
        parts.append(f"「{label}」{said}" if label else said)
    result = VETO if outcome.score == VETO else f"得{_points(float(outcome.score))}分"
    return "；".join(parts) + f"，{result}"


def _shown(number: float, percent: bool = False) -> str:
    return f"{plain(round(number * 100, 2))}%" if percent else plain(round(number, 4))


def _points(number: float) -> str:
    return plain(round_half_up(number))


class _Reading:
    """One measure of a rule, as the receipt tells it."""

    def __init__(self, rule: Rule, measure: int, unit: str | None) -> None:
        self.rule, self.measure = rule, measure
        self.steps = [a for a in rule.adjustments if isinstance(a, Step) and a.measure == measure]
        self.counts = [a for a in rule.adjustments if isinstance(a, Count) and a.measure == measure]
        amounts = [a for c in self._conditions() if c.subject is Subject.VALUE for a in (c.low, c.high)]
        amounts.append(rule.origin(measure))
        if isinstance(rule.base, Linear) and (rule.base.subject, rule.base.measure) == (Subject.VALUE, measure):
            amounts += [amount for amount, _ in rule.base.points]
        self.percent = (
            unit == "%"
            or any(step.basis is Basis.POINTS for step in self.steps)
            or any(amount.percent for amount in amounts if amount)
        )

    def _conditions(self) -> Iterator[Condition]:
        rule = self.rule
        found = [cliff.condition for cliff in rule.cliffs] + list(rule.vetoes)
        if isinstance(rule.base, Bands):
            found += [band.condition for band in rule.base.bands]
        yield from (condition for condition in found if condition.measure == self.measure)

    def parts(self, actual: object, target: object, *, own_base: bool) -> Iterator[str]:
        base = self.rule.base if getattr(self.rule.base, "measure", None) == self.measure else None
        if isinstance(base, Levels):
            yield f"实际{actual}"
            return
        number = float(actual)  # type: ignore[arg-type]
        aim = None if target is None else float(target)  # type: ignore[arg-type]
        yield f"实际{_shown(number, self.percent)}" + ("次" if self.counts else "")
        if aim is not None:
            yield ("基准" if own_base else "目标") + _shown(aim, self.percent)
        by_achievement = isinstance(base, Ratio) or (
            isinstance(base, Bands | Linear) and base.subject is Subject.ACHIEVEMENT
        )
        if aim and (by_achievement or any(c.subject is Subject.ACHIEVEMENT for c in self._conditions())):
            yield f"完成率{_shown(number / aim, True)}"
        if isinstance(base, Inverse) and number:
            yield f"目标÷实际{_shown((aim or 0.0) / number, True)}"
        for step in self.steps:
            assert aim is not None
            yield from _step(step, number, aim, "基准" if own_base else "目标")
        for count in self.counts:
            yield _signed(count.bonus, count_points(count, number))
        for condition in self._conditions():
            if holds(condition, number / (aim or 1.0) if condition.subject is Subject.ACHIEVEMENT else number):
                yield f"符合“{phrase_condition(condition)}”"


def _step(step: Step, actual: float, target: float, aim: str) -> Iterator[str]:
    gap = distance(step.side, actual, target)
    if round(gap, 9) <= 0:
        yield {Side.SHORT: f"不低于{aim}", Side.OVER: f"未超{aim}", Side.EITHER: f"与{aim}一致"}[step.side]
    else:
        word = {Side.SHORT: "低", Side.OVER: "高", Side.EITHER: "偏离"}[step.side]
        size, free = float(step.step), float(step.free)
        if step.basis is Basis.POINTS:
            yield f"{word}{_shown(gap * 100)}个百分点"
        elif step.basis is Basis.RELATIVE:
            yield f"{word}{_shown(gap / target, True)}"
            size, free = size * target, free * target
        else:
            yield f"{word}{_shown(gap)}"
        if step.part is not PartStep.PRO_RATA:
            yield f"计{count_steps(gap - free, size, step.part):.0f}档"
    yield _signed(step.bonus, step_points(step, actual, target))


def _signed(bonus: bool, points: float) -> str:
    return ("加" if bonus else "扣") + f"{_points(points)}分"
