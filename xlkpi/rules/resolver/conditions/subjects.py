"""What a bound looks at whose subject the sentence leaves out: the actual, the achievement, or the distance."""

from __future__ import annotations

from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import (
    Basis,
    Count,
    Ratio,
    RuleError,
    Side,
    Step,
    Subject,
    written,
)
from xlkpi.rules.resolver.clauses import Clause
from xlkpi.rules.resolver.conditions.measure import Measure
from xlkpi.rules.resolver.deciding import Question
from xlkpi.rules.row import doubtful


def subject_of(of: Measure, clause: Clause) -> Subject:
    """What the bound of a clause looks at."""
    bound = clause.bound
    assert bound is not None
    edge = bound.edge
    if bound.late is not None:
        if edge.kind == "pct" and not of.row.rate:
            shown = written(edge.amount)
            raise RuleError("{number}是实际值，还是完成率？", position=clause.start, number=shown)
        of.before = Subject.OVER if bound.late is Side.OVER else Subject.SHORT
        return of.before
    if clause.of_target == "target" and of.row.rate:  # 达到目标值90%得80分, in a row of per cent
        of.before = ask_subject(of, clause)
        return of.before
    if bound.subject is Subject.ACHIEVEMENT and clause.product and of.row.rate:
        of.before = Subject.VALUE  # 排产完成率≥95% in a row of per cent: the row measures that rate
        return Subject.VALUE
    if bound.subject is not None:
        of.before = bound.subject
        return bound.subject
    named = of.before
    follow_steps(of, clause)
    if named is Subject.ACHIEVEMENT and of.before is Subject.VALUE and edge.percent and achieving(of, clause):
        of.before = ask_subject(of, clause)
        return of.before
    if edge.kind == "mark" and of.before is Subject.ACHIEVEMENT:
        question = Question("{number}是实际值，还是完成率？", clause.start, {"number": plain(edge.value)})
        of.before = of.open.pick((Subject.ACHIEVEMENT, Subject.VALUE), question)
        return of.before
    if of.before is not None:
        return inherited(of, clause, of.before)
    of.before = first_subject(of, clause)
    return of.before


def achieving(of: Measure, clause: Clause) -> bool:
    """完成率≥90%得80分，每低1个百分点扣1分，低于60%得0分: more than where full marks begin is said of the 完成率."""
    return any(
        c.bound is not None
        and c.bound.subject is Subject.ACHIEVEMENT
        and c.start < clause.start
        and not (c.bound.edge.amount.value == 1 and c.outcome is not None and of.whole(c.outcome))
        for c in of.clauses
    )


def follow_steps(of: Measure, clause: Clause) -> None:
    """Steps before look at the actual, unless they name the 完成率."""
    last = max((c.start for c in of.clauses if c.bound and c.bound.subject and c.start < clause.start), default=-1)
    for adjusted in of.own:
        if last < adjusted.clause.start < clause.start and isinstance(adjusted.built, Step | Count):
            if adjusted.clause.of_target == "rate":
                of.before = Subject.ACHIEVEMENT
            elif not (isinstance(adjusted.built, Step) and adjusted.built.basis is Basis.RELATIVE):
                of.before = Subject.VALUE
    for base in of.found.bases:
        if isinstance(base, Ratio):
            of.before = Subject.ACHIEVEMENT
    if of.based and of.before is None and not of.found.bases:
        of.before = Subject.ACHIEVEMENT


def inherited(of: Measure, clause: Clause, before: Subject) -> Subject:
    """The subject of the clause before, unless the number cannot be one of it."""
    assert clause.bound is not None
    assert clause.outcome is not None
    edge = clause.bound.edge
    if before is Subject.VALUE and edge.kind == "pct" and of.steps and not named_before(of, clause):
        if not of.row.rate and of.row.unit is not None:
            return percent_of_no_rate(of, clause)
        if of.by_target():
            return ask_subject(of, clause)
    return before


def named_before(of: Measure, clause: Clause) -> bool:
    """Whether a clause before names the actual."""
    return any(
        c.means == "cond" and c.bound and c.bound.subject is Subject.VALUE and c.start < clause.start
        for c in of.clauses
    )


def percent_of_no_rate(of: Measure, clause: Clause) -> Subject:
    """Per cent in a row of something else."""
    assert clause.bound is not None
    assert clause.outcome is not None
    if clause.bound.low is not None and of.whole(clause.outcome):
        return Subject.ACHIEVEMENT
    return ask_subject(of, clause)


def ask_subject(of: Measure, clause: Clause) -> Subject:
    """The actual, or the achievement: asked."""
    assert clause.bound is not None
    shown = written(clause.bound.edge.amount)
    question = Question("{number}是实际值，还是完成率？", clause.start, {"number": shown})
    return of.open.pick((Subject.ACHIEVEMENT, Subject.VALUE), question)


def first_subject(of: Measure, clause: Clause) -> Subject:
    """The actual, or the achievement, where nothing before says which."""
    assert clause.bound is not None
    edge = clause.bound.edge
    if of.valued(edge):
        return Subject.VALUE
    if not edge.percent:
        if of.own:
            return Subject.VALUE
        return bare_number(of, clause)
    if of.row.rate:
        if of.by_target():
            return ask_subject(of, clause)
        return of_the_rate(of, clause)
    if of.row.unit is None:
        if of.own and not of.by_target():
            return Subject.VALUE
        if clause.label and not clause.quoted:
            question = Question(
                "“{label}”的{shown}是实际值，还是完成率？",
                clause.start,
                {"label": clause.label, "shown": written(edge.amount)},
            )
            return of.open.pick((Subject.VALUE, Subject.ACHIEVEMENT), question)
        return Subject.ACHIEVEMENT
    if of.steps:
        return percent_of_no_rate(of, clause)
    return Subject.ACHIEVEMENT


def bare_number(of: Measure, clause: Clause) -> Subject:
    """≥3得100分 without a unit: 3 itself, or 3%?"""
    assert clause.bound is not None
    if clause.label and not of.row.rate:
        return Subject.VALUE
    number = plain(clause.bound.edge.value)
    question = Question("{number}是实际值，还是完成率？", clause.start, {"number": number})
    if of.row.rate:  # 95 itself is no rate
        raise question.refusal()
    return of.open.pick((Subject.VALUE, Subject.ACHIEVEMENT), question)


def of_the_rate(of: Measure, clause: Clause) -> Subject:
    """In a row of per cent a bare per cent is the rate itself, unless the target lies far from all of them."""
    edges = [
        c.bound.edge.value / 100 for c in of.clauses if c.means == "cond" and c.bound and c.bound.edge.kind == "pct"
    ]
    target = of.row.target
    if target is not None and not of.own and doubtful(edges, target):
        shown = written(clause.bound.edge.amount) if clause.bound else ""
        question = Question("{number}是实际值，还是完成率？", clause.start, {"number": shown})
        return of.open.pick((Subject.VALUE, Subject.ACHIEVEMENT), question)
    return Subject.VALUE


def subject_of_end(of: Measure, clause: Clause) -> Subject:
    """What an end of a line looks at."""
    if of.before is not None:
        return of.before
    assert clause.bound is not None
    edge = clause.bound.edge
    if of.own or of.valued(edge) or (edge.percent and of.row.rate):
        return Subject.VALUE
    return Subject.ACHIEVEMENT
