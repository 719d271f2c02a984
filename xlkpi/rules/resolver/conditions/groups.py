"""The conditions of a measure by what they look at: bands where they cover every value, else cliffs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from xlkpi.rules.model import (
    Amount,
    Band,
    Condition,
    Count,
    Ratio,
    RuleError,
    Step,
    Subject,
)
from xlkpi.rules.resolver.clauses import Award, Clause, Quantity
from xlkpi.rules.resolver.conditions.bands import UntiledError, closed
from xlkpi.rules.resolver.conditions.bounds import based_bound, case_of, given_down, rising_bound
from xlkpi.rules.resolver.conditions.cliffs import beside_steps, check_direction, take_cliffs
from xlkpi.rules.resolver.conditions.measure import Case, Measure
from xlkpi.rules.resolver.conditions.meets import follows
from xlkpi.rules.resolver.conditions.subjects import subject_of
from xlkpi.rules.resolver.conditions.tiling import covers, losing, one_is_all, tiled, with_middle
from xlkpi.rules.rule import Rule


def take_conditions(of: Measure, ended: set[Decimal] | None = None) -> None:
    """All conditions of the measure, by what they look at."""
    bounded = [
        c
        for c in of.clauses
        if c.means == "cond" and c.bound and c.outcome and not of.is_listed(c) and not is_zero_of_count(of, c)
    ]
    bounded = _zero_in_per_cent(bounded)
    bounded = [rising_bound(of, based_bound(of, clause, bounded)) for clause in bounded]
    subjects = [subject_of(of, clause) for clause in bounded]
    settled = list(zip(bounded, subjects, strict=True))
    given = given_down(of, settled)
    cases = [case_of(of, clause, subject, settled, ended or set(), given) for clause, subject in settled]
    of.found.vetoes += [case.condition for case in cases if case.outcome.award is Award.VETO]
    cases = [case for case in cases if case.outcome.award is not Award.VETO]
    cases = zero_first(of, cases)
    otherwise = next(
        (
            c
            for c in of.all
            if c.means == "otherwise" and c.outcome and follows(c, of.all, "cond") and _near(c, of.all, of.label)
        ),
        None,
    )
    if not cases:
        return
    if otherwise is not None:
        of.otherwise.append(otherwise)
        if otherwise.outcome and otherwise.outcome.award is Award.RATIO:  # 低于90%得0分，否则按完成率得分
            of.found.bases.append(Ratio(of.measure))
            of.based, otherwise = True, None
    groups: dict[Subject, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.condition.subject, []).append(case)
    # What covers every value first: beside it the others decide alone.
    for group in sorted(groups.values(), key=lambda group: not covers(of, group)):
        settle_group(of, group, otherwise)
        of.based = of.based or bool(of.found.bases)


def zero_first(of: Measure, cases: list[Case]) -> list[Case]:
    """满勤100分；发生≤2次70分；发生>2次40分: what is said in words is 0 times."""
    zero = [c for c in of.all if c.means in ("none", "named") and c.outcome]
    counted = [
        c
        for c in cases
        if c.clause.bound and c.clause.bound.edge.kind == "cnt" and c.condition.subject is Subject.VALUE
    ]
    if len(zero) != 1 or not cases or len(counted) != len(cases) or of.deducting:
        return cases
    clause = zero[0]
    assert clause.outcome is not None
    none, low = (
        Condition(Subject.VALUE, Amount(Decimal(0)), True, Amount(Decimal(0)), True, of.measure),
        Amount(Decimal(0)),
    )
    narrowed = [replace(c, condition=replace(c.condition, low=low)) if c.condition.low is None else c for c in cases]
    of.all[next(i for i, c in enumerate(of.all) if c is clause)] = replace(clause, means="comment")
    return [Case(clause, none, clause.outcome), *narrowed]


def is_zero_of_count(of: Measure, clause: Clause) -> bool:
    """发生0次得满分，每发生1次扣4分: where counting starts anyway."""
    counted = any(isinstance(a.built, Count) for a in of.deducting)
    bound = clause.bound
    listed = any(c.means == "cond" and c.bound and c.bound.low and 0 < c.bound.low.value <= 1 for c in of.clauses)
    return (
        counted
        and not listed
        and bound is not None
        and bound.edge.value == 0
        and (bound.high is None or bound.high.value == 0)
        and clause.outcome is not None
        and of.whole(clause.outcome)
    )


def settle_group(of: Measure, group: list[Case], otherwise: Clause | None) -> None:
    """Conditions on one number: bands where they cover every value, cliffs where something else scores."""
    own = of.based or bool(of.deducting)
    beside = own or of.elsewhere()
    lost = [case for case in group if case.outcome.award is Award.LOST]
    gained = next((case for case in group if case.outcome.award is Award.GAINED), None)
    if gained is not None:
        raise RuleError(
            "“{said}”：在哪个分数上加？请写出一共得几分", position=gained.clause.start, said=gained.clause.said
        )
    if lost and own:
        raise beside_steps(of, lost[0])
    if lost and len(lost) == len(group) and otherwise is None:
        losing(of, group)
        return
    rest = of.points(otherwise) if otherwise is not None else None
    group = with_middle(of, group)
    bands = [Band(c.condition, None if c.outcome.award is Award.RATIO else of.scale.awarded(c.outcome)) for c in group]
    try:
        whole = tiled(of, bands, rest, group)
    except UntiledError as untiled:
        if not beside and any(isinstance(a.built, Step) for a in of.own):
            for case in group:
                check_direction(of, case)
        if otherwise is not None or not beside:
            if not beside and otherwise is None and one_is_all(of, group):
                return
            if otherwise is None and len(group) == sum(c.means != "comment" for c in of.all):
                repaired = [Rule(base, scale=of.scale.full, labels=(of.label,)) for base in closed(bands)]
                untiled.repaired = tuple(rule for rule in repaired if of.scale.said or not rule.tells_scale)
            raise
        take_cliffs(of, group, untiled)
        return
    if of.based:
        raise RuleError("两个条件重叠，或已包括全部数值：同时满足时按哪一个？", position=group[0].clause.start)
    of.found.bases.append(whole)


def _near(clause: Clause, clauses: list[Clause], label: str) -> bool:
    place = next(i for i, c in enumerate(clauses) if c is clause)
    before = next((c for c in reversed(clauses[:place]) if c.means == "cond"), None)
    return before is not None and (before.label or "") == label


def _zero_in_per_cent(bounded: list[Clause]) -> list[Clause]:
    """0得100分；≤1%得80分: a 0 beside per cent is 0%."""
    if not any(c.bound and c.bound.edge.kind == "pct" and c.bound.subject is None for c in bounded):
        return bounded
    return [
        replace(c, bound=replace(c.bound, low=_zero(c.bound.low), high=_zero(c.bound.high)))
        if c.bound and c.bound.subject is None
        else c
        for c in bounded
    ]


def _zero(quantity: Quantity | None) -> Quantity | None:
    if quantity is None or quantity.value != 0 or quantity.kind:
        return quantity
    return replace(quantity, unit="%", kind="pct")
