"""Clauses → rule: which subject a bare number has, which conditions are bands and which are cliffs.

The grammar yields a flat list of items, `read` makes clauses of them. Everything that depends on more than one
clause is decided here, where a refusal can name the question that settles the matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from lark import Token, Tree

from xlkpi.rules.bands import UntiledError, tile
from xlkpi.rules.clauses import AllOrNothing, Bound, Conditional, Entry, Level, Line, Sentence
from xlkpi.rules.phrase import phrase_condition, plain, written
from xlkpi.rules.read import read
from xlkpi.rules.rule import (
    Adjustment,
    Amount,
    Band,
    Bands,
    Base,
    Cliff,
    Condition,
    Count,
    Full,
    Inverse,
    Levels,
    Meet,
    Ratio,
    Rule,
    RuleError,
    Side,
    Step,
    Subject,
)
from xlkpi.rules.subjects import Subjects


def assemble(tree: Tree[Token], text: str, unit: str | None) -> Rule:
    """Build the rule that a parse tree of `text` says; raises `RuleError`."""
    said = read(tree, text, unit)
    # The unlabelled measure comes first; labelled ones follow in the order they are first named.
    labels = sorted(dict.fromkeys(entry.label for entry in said.entries), key=bool)
    number = {label: index for index, label in enumerate(labels)}
    subjects = Subjects(said, unit)
    bases: list[Base] = []
    adjustments: list[Adjustment] = []
    bounds: list[_Bounded] = []
    levels: list[tuple[str, Decimal]] = []
    for entry in said.entries:
        measure = number[entry.label]
        match entry.clause:
            case Step() | Count() as adjustment:
                adjustments.append(replace(adjustment, measure=measure))
                subjects.before[entry.label] = Subject.VALUE
            case Ratio():
                bases.append(Ratio(measure))
                subjects.before[entry.label] = Subject.ACHIEVEMENT
            case Inverse():
                bases.append(Inverse(measure))
            case AllOrNothing(points, at_least, otherwise):
                if otherwise is None:
                    raise RuleError(
                        "没有达到目标时得几分？", position=entry.position, suggestions=("达到目标得100分，否则得0分",)
                    )
                assert points is not None
                bases.append(Meet(points, otherwise, at_least, measure))
            case Line() as line:
                bases.append(subjects.linear(entry, line, measure))
            case Level(name, points):
                levels.append((name, points))
            case Conditional() as clause:
                bounds.append(_Bounded(entry, clause, subjects.bound(entry, clause.bound)))
    if levels:
        bases.append(Levels(tuple(levels), number[""]))
    ends = {
        (e.label, amount.value) for e in said.entries if isinstance(e.clause, Line) for amount, _ in e.clause.points
    }
    cases = _settled(bounds, number, ends, beside=bool(bases or adjustments))
    bands, untiled = _bands(cases, said.scale)
    cliffs, own_bases = _cliffs(cases, untiled, said, has_base=bool(bases or bands), adjusted=bool(adjustments))
    bases += bands
    origins = said.origins | own_bases
    position = said.entries[-1].position if said.entries else said.position
    if len(bases) > 1:
        kept = ("按完成率得分", "达到目标得100分，否则得0分")
        raise RuleError("有两种得分办法，只能留一种", position=position, suggestions=kept)
    if not origins.keys() <= number.keys():
        suggestions = ("以95%为基准，每低1个百分点扣1分",)
        raise RuleError("写了基准，却没有与基准比较的条款", position=position, suggestions=suggestions)
    vetoes = [case.condition for case in cases if case.clause.veto]
    return Rule(
        base=bases[0] if bases else Full(),
        adjustments=tuple(sorted(adjustments, key=lambda adjustment: adjustment.measure)),
        cliffs=tuple(sorted(cliffs, key=lambda cliff: cliff.condition.measure)),
        vetoes=tuple(sorted(vetoes, key=lambda veto: veto.measure)),
        cap=said.cap,
        floor=said.floor,
        scale=said.scale,
        origins=tuple(sorted((number[label], amount) for label, amount in origins.items())),
        labels=tuple(labels) or ("",),
    )


# --- which number is included ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Bounded:
    """A conditional clause, and its bound with the subject settled."""

    entry: Entry
    clause: Conditional
    bound: Bound


@dataclass(frozen=True, slots=True)
class _Case:
    """A conditional clause, and its condition."""

    entry: Entry
    clause: Conditional
    condition: Condition

    @property
    def compared(self) -> tuple[Subject, int]:
        """The number that the condition looks at."""
        return self.condition.subject, self.condition.measure


def _settled(
    bounds: list[_Bounded], number: dict[str, int], ends: set[tuple[str, Decimal]], *, beside: bool
) -> list[_Case]:
    """`ends` are the (label, value) at which lines end: they claim their number too."""
    cases: list[_Case] = []
    for one in bounds:
        same = [o.bound for o in bounds if (o.entry.label, o.bound.subject) == (one.entry.label, one.bound.subject)]
        bound, label = one.bound, one.entry.label
        if bound.high is not None and bound.high_closed is None and (label, bound.high.value) in ends:
            bound = replace(bound, high_closed=False)
        condition = _condition(bound, same, number[label], one.entry.position, beside=beside)
        cases.append(_Case(one.entry, one.clause, condition))
    return cases


def _condition(bound: Bound, same: list[Bound], measure: int, position: int, *, beside: bool) -> Condition:
    """以下 excludes its number where another bound of the same number claims it, and is refused where none does."""
    subject, low, high, high_closed = bound.subject, bound.low, bound.high, bound.high_closed
    assert subject is not None
    if high is not None and high_closed is None:
        if not any(other.low and other.low.value == high.value and other.low_closed for other in same):
            raise _whether_included(subject, high, position, beside=beside)
        high_closed = False
    low_closed = bound.low_closed and low is not None
    return Condition(subject, low, low_closed, high, bool(high_closed) and high is not None, measure)


def _whether_included(subject: Subject, high: Amount, position: int, *, beside: bool) -> RuleError:
    shown = written(high)
    word = "完成率" if subject is Subject.ACHIEVEMENT else "实际"
    said = ("每低1个百分点扣1分；",) * 2 if beside else (f"{word}≥{shown}得100分；", f"{word}>{shown}得100分；")
    suggestions = (f"{said[0]}{word}<{shown}得0分", f"{said[1]}{word}≤{shown}得0分")
    return RuleError("“{shown}以下”包括{shown}本身吗？", position=position, suggestions=suggestions, shown=shown)


# --- bands and cliffs -----------------------------------------------------------------------------------------------


def _bands(cases: list[_Case], scale: Decimal) -> tuple[list[Bands], dict[tuple[Subject, int], UntiledError]]:
    """Bands of the numbers whose conditions cover every value; for each of the others, why they do not."""
    groups: dict[tuple[Subject, int], list[_Case]] = {}
    for case in cases:
        if not case.clause.veto:
            groups.setdefault(case.compared, []).append(case)
    bands: list[Bands] = []
    untiled: dict[tuple[Subject, int], UntiledError] = {}
    for compared, group in groups.items():
        first = group[0].entry
        otherwise = next((case.clause.otherwise for case in group if case.clause.otherwise is not None), None)
        intervals = [Band(case.condition, case.clause.points) for case in group]
        try:
            bands.append(tile(intervals, otherwise, first.position, scale, first.label))
        except UntiledError as error:
            if otherwise is not None:
                raise
            untiled[compared] = error
    return bands, untiled


def _cliffs(
    cases: list[_Case],
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


def _own_base(case: _Case, said: Sentence) -> Amount | None:
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


def _check_direction(case: _Case, said: Sentence) -> None:
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
            shown=phrase_condition(condition),
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
        shown = phrase_condition(condition)
        raise RuleError(
            "{shown}指实际值，还是与目标的差？扣分的方向与它相反",
            position=case.entry.position,
            suggestions=(
                f"每低1个百分点扣1分；实际<{written(edge)}得0分",
                f"每超1个百分点扣1分；实际>{written(edge)}得0分",
            ),
            shown=shown,
        )


def _beside_steps(case: _Case, full: Decimal) -> RuleError:
    """每低1%扣1分，低于85%扣20分: in all, or on top?"""
    lost = plain(case.clause.lost or Decimal(0))
    shown = phrase_condition(case.condition)
    left = plain(full - (case.clause.lost or Decimal(0)))
    return RuleError(
        "{shown}时一共扣{lost}分，还是在每档扣分之外再扣{lost}分？",
        position=case.entry.position,
        suggestions=(f"每低1个百分点扣1分；{shown}得{left}分",),
        shown=shown,
        lost=lost,
    )
