"""Finds clauses that do nothing: it takes out or changes one clause and looks whether any trial's score changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from xlkpi.i18n.message_files import FAULTS
from xlkpi.i18n.numbers import is_number, plain
from xlkpi.i18n.problems import ADVICE, WARNING
from xlkpi.lint.findings import Finding, IndicatorCase, with_adjustment
from xlkpi.lint.trials import Trial
from xlkpi.rules.model import Adjustment, Bands, Condition, Count, Levels, Linear, Meet, Subject
from xlkpi.rules.printer.phrase import phrase_condition
from xlkpi.rules.rule import Rule
from xlkpi.scoring.scores import holds as condition_holds

_FAR = Decimal(10**6)
"""Points. A limit, cap or floor that is moved so far away no longer binds."""


def check_adjustments(case: IndicatorCase) -> Iterator[Finding]:
    """Deductions that never deduct, bonuses that never add, limits that never bind."""
    for number, adjustment in enumerate(case.rule.adjustments):
        clause = _clause(case, adjustment)
        if not case.differs(with_adjustment(case.rule, number, _without_points(adjustment))):
            yield _without_effect(case, adjustment, clause)
        elif _never_binds(case, number, adjustment):
            used_up = not adjustment.bonus and adjustment.limit > case.rule.scale - case.rule.floor  # type: ignore[operator]
            key = "limit_used_up" if used_up else "limit_not_reached"
            yield case.about_rule("needless", ADVICE, key, clause=clause)


def _without_effect(case: IndicatorCase, adjustment: Adjustment, clause: str) -> Finding:
    if not adjustment.points or adjustment.limit == 0:
        key = "adds_nothing" if adjustment.bonus else "deducts_nothing"
        return case.about_rule("unreachable", WARNING, key, clause=clause)
    rule = case.rule
    if adjustment.bonus and rule.cap is not None and rule.cap <= rule.scale:
        higher = plain(rule.scale + (adjustment.limit or 0))
        return case.about_rule(
            "swallowed", WARNING, "bonus_swallowed", clause=clause, cap=plain(rule.cap), higher=higher
        )
    return case.about_rule("unreachable", WARNING, "never_happens", clause=clause)


def _never_binds(case: IndicatorCase, number: int, adjustment: Adjustment) -> bool:
    """Whether the limit of an adjustment changes no score and has no other reason to be there.

    A bonus must have a limit, even where the cap does the same; 最多扣100分 tells readers that no score is below 0.
    """
    limit, rule = adjustment.limit, case.rule
    if limit is None or (rule.cap is not None if adjustment.bonus else limit == rule.scale - rule.floor):
        return False
    return not case.differs(with_adjustment(rule, number, replace(adjustment, limit=limit + _FAR)))


def check_conditions(case: IndicatorCase) -> Iterator[Finding]:
    """Bands, cliffs and vetoes that no plausible number reaches, or that other clauses always decide first."""
    rule = case.rule
    cliffs = [cliff.condition for cliff in rule.cliffs]
    for band in rule.base.bands if isinstance(rule.base, Bands) else ():
        yield from _unreached(case, band.condition, [*rule.vetoes, *cliffs], _award(band.points))
    for number, cliff in enumerate(rule.cliffs):
        yield from _unreached(case, cliff.condition, [*rule.vetoes, *cliffs[:number]], _award(cliff.points))
    for number, veto in enumerate(rule.vetoes):
        others = [*rule.vetoes[:number], *rule.vetoes[number + 1 :]]
        yield from _unreached(case, veto, others, ("clause_veto", None))


def _award(points: Decimal | None) -> tuple[str, Decimal | None]:
    """The message key for a condition that awards these points (None: its achievement), and the points."""
    return "clause_achievement" if points is None else "clause_points", points


def _unreached(
    case: IndicatorCase, condition: Condition, earlier: list[Condition], outcome: tuple[str, Decimal | None]
) -> Iterator[Finding]:
    """A finding if the condition never holds, or holds only where a condition of `earlier` holds and decides."""
    reached = [trial for trial in case.trials if _holds(case.rule, condition, trial)]
    if any(not any(_holds(case.rule, other, trial) for other in earlier) for trial in reached):
        return
    label = case.rule.labels[condition.measure]
    key, points = outcome
    name = FAULTS.message("clause_of", label=label) if label else ""
    awarded = "" if points is None else plain(points)
    clause = FAULTS.message(key, name=name, condition=phrase_condition(condition, case.language), points=awarded)
    yield case.about_rule("unreachable", WARNING, "decided_before" if reached else "never_reached", clause=clause)


def _holds(rule: Rule, condition: Condition, trial: Trial) -> bool:
    actual, origin = trial.actuals[condition.measure], rule.origin(condition.measure)
    target = trial.targets[condition.measure] if origin is None else float(origin.value)
    if condition.subject is Subject.VALUE:
        return is_number(actual) and condition_holds(condition, float(actual))
    if not target and condition.subject is Subject.ACHIEVEMENT:
        return False
    return condition_holds(condition, condition.subject.of(float(actual), float(target or 0.0)))  # type: ignore[arg-type]


def check_ends(case: IndicatorCase) -> Iterator[Finding]:
    """A cap or a floor that no score reaches; points that the cap takes away again."""
    rule = case.rule
    if rule.cap is not None:
        over = [points for points in _awarded(rule) if points > rule.cap]
        if over:
            values = {"points": plain(max(over)), "cap": plain(rule.cap)}
            yield case.about_rule("swallowed", WARNING, "points_swallowed", **values)
        elif _idle(case, replace(rule, cap=rule.cap + _FAR), rule.cap):
            yield case.about_rule("needless", ADVICE, "cap_needless", cap=plain(rule.cap))
    if rule.floor and _idle(case, replace(rule, floor=rule.floor - _FAR), rule.floor):
        yield case.about_rule("needless", ADVICE, "floor_needless", floor=plain(rule.floor))


def _idle(case: IndicatorCase, without: Rule, end: Decimal) -> bool:
    """Whether a cap or floor can go: no score changes without it, and no score equals it.

    One that some score reaches exactly tells readers how far the score goes.
    """
    return not case.differs(without) and float(end * 100 / case.rule.scale) not in case.scores


def _awarded(rule: Rule) -> Iterator[Decimal]:
    """The points written in the base, on the scale of the sentence."""
    match rule.base:
        case Bands(bands):
            yield from (band.points for band in bands if band.points is not None)
        case Linear(_, ends) | Levels(ends):
            yield from (points for _, points in ends)
        case Meet(points, otherwise):
            yield from (points, otherwise)


def _clause(case: IndicatorCase, adjustment: Adjustment) -> str:
    """One adjustment as a clause in canonical wording."""
    label = case.rule.labels[adjustment.measure]
    return case.phrase(Rule(adjustments=(replace(adjustment, measure=0),), labels=(label,)))


def _without_points(adjustment: Adjustment) -> Adjustment:
    if isinstance(adjustment, Count):
        return replace(adjustment, points=Decimal(0), together=None)
    return replace(adjustment, points=Decimal(0))
