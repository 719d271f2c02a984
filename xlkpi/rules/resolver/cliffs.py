"""Conditions that are no bands: beside a base or steps each decides alone, or says where the steps begin."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import Amount, Cliff, Condition, RuleError, Side, Step, Subject, written
from xlkpi.rules.printer.phrase import phrase_condition
from xlkpi.rules.resolver.bands import UntiledError
from xlkpi.rules.resolver.clauses import Conditional, Entry, Sentence


@dataclass(frozen=True, slots=True)
class Case:
    """A conditional clause, and its condition."""

    entry: Entry
    clause: Conditional
    condition: Condition

    @property
    def compared(self) -> tuple[Subject, int]:
        """The number that the condition looks at."""
        return self.condition.subject, self.condition.measure


def cliffs_of(
    cases: list[Case],
    untiled: dict[tuple[Subject, int], UntiledError],
    said: Sentence,
    *,
    has_base: bool,
    adjusted: bool,
) -> tuple[list[Cliff], dict[str, Amount]]:
    """Conditions that are no bands decide alone beside a base or steps, or say by label where the steps begin."""
    cliffs: list[Cliff] = []
    own_bases: dict[str, Amount] = {}
    for case in cases:
        if case.clause.veto or case.compared not in untiled:
            continue
        points, label = case.clause.points, case.entry.label
        if points is None or not (has_base or adjusted):
            raise untiled[case.compared]
        if case.clause.lost is not None:
            raise _beside_steps(case, said.scale)
        _check_direction(case, said)
        own_base = None if has_base or label in said.origins | own_bases else _own_base(case, said)
        if own_base:
            own_bases[label] = own_base
        elif not case.condition.one_sided:
            raise untiled[case.compared]
        else:
            cliffs.append(Cliff(case.condition, points))
    return cliffs, own_bases


def _own_base(case: Case, said: Sentence) -> Amount | None:
    """≥95%得满分，每低1%扣1分: where full marks begin, the steps begin too.

    With a subject of its own (实际≥95%得100分) it is a cliff like any other.
    """
    condition = case.condition
    named = case.clause.bound.subject is not None and not case.clause.bound.by_unit
    if named or case.clause.points != said.scale or condition.subject is not Subject.VALUE:
        return None
    steps = [e.clause for e in said.entries if isinstance(e.clause, Step) and e.label == case.entry.label]
    sides = {step.side for step in steps if not step.bonus}
    if condition.low is not None and sides == {Side.SHORT}:
        return condition.low
    if condition.high is not None and sides == {Side.OVER}:
        return condition.high
    return None


def _check_direction(case: Case, said: Sentence) -> None:
    """每低1%扣1分，超过5%不得分: 5 % of the number itself, or of what is missing?"""
    condition = case.condition
    if case.clause.points is None:
        return
    entry = case.entry
    later = [
        e.clause
        for e in said.entries
        if isinstance(e.clause, Step) and e.label == entry.label and e.position > entry.position
    ]
    if condition.high is None and any(step.bonus and step.side is Side.OVER for step in later):
        raise RuleError(
            "{shown}时已经定为{points}分，后面的加分用不上：其余情况得几分？",
            position=case.entry.position,
            suggestions=("每低于目标值1%扣1分；每超出目标值1%加1分，最多加10分", "按完成率得分；封顶120分"),
            shown=partial(phrase_condition, condition),
            points=plain(case.clause.points),
        )
    shortfalls = [step.step for step in later if step.side is Side.SHORT and not step.bonus]
    low = condition.low
    full = case.clause.points == said.scale and condition.subject is Subject.ACHIEVEMENT
    if full and shortfalls and low is not None and condition.high is None and low.value < 1:
        share, free = plain(shortfalls[0] * 100), plain((1 - low.value) * 100)
        raise RuleError(
            "从{shown}起扣分，还是从目标起扣分？",
            position=entry.position,
            suggestions=(
                f"偏差目标值{free}%以内不扣，之后每低于目标值{share}%扣1分",
                f"每低于目标值{share}%扣1分；完成率≥{written(low)}得{plain(said.scale)}分",
            ),
            shown=written(low),
        )
    steps = [e.clause for e in said.entries if isinstance(e.clause, Step) and e.label == case.entry.label]
    sides = {step.side for step in steps if not step.bonus}
    if case.clause.bound.subject or case.clause.points >= said.scale:
        return
    if (sides == {Side.SHORT} and condition.high is None) or (sides == {Side.OVER} and condition.low is None):
        edge = condition.low or condition.high
        assert edge is not None
        raise RuleError(
            "{shown}指实际值，还是与目标的差？扣分的方向与它相反",
            position=case.entry.position,
            suggestions=(
                f"每低1个百分点扣1分；实际<{written(edge)}得0分",
                f"每超1个百分点扣1分；实际>{written(edge)}得0分",
            ),
            shown=partial(phrase_condition, condition),
        )


def _beside_steps(case: Case, full: Decimal) -> RuleError:
    """每低1%扣1分，低于85%扣20分: in all, or on top?"""
    lost = plain(case.clause.lost or Decimal(0))
    condition = phrase_condition(case.condition)
    left = plain(full - (case.clause.lost or Decimal(0)))
    return RuleError(
        "{shown}时一共扣{lost}分，还是在每档扣分之外再扣{lost}分？",
        position=case.entry.position,
        suggestions=(f"每低1个百分点扣1分；{condition}得{left}分",),
        shown=partial(phrase_condition, case.condition),
        lost=lost,
    )
