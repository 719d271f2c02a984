"""Clauses → rule: which subject a bare number has, which conditions are bands and which are cliffs.

The grammar yields a flat list of items, `read` makes clauses of them. Everything that depends on more than one
clause is decided here, where a refusal can name the question that settles the matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from lark import Token, Tree

from xlkpi.rules.model import (
    Adjustment,
    Amount,
    Band,
    Bands,
    Base,
    Condition,
    Count,
    Full,
    Inverse,
    Levels,
    Meet,
    Ratio,
    RuleError,
    Step,
    Subject,
    written,
)
from xlkpi.rules.parser.reader import read
from xlkpi.rules.resolver.bands import UntiledError, tile
from xlkpi.rules.resolver.clauses import AllOrNothing, Bound, Conditional, Entry, Level, Line
from xlkpi.rules.resolver.cliffs import Case, cliffs_of
from xlkpi.rules.resolver.subjects import Subjects
from xlkpi.rules.rule import Rule


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
                subjects.stepped(entry)
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
                bounds.append(_Bounded(entry, clause, subjects.bound(entry, clause)))
    if levels:
        bases.append(Levels(tuple(levels), number[""]))
    ends = {
        (e.label, amount.value) for e in said.entries if isinstance(e.clause, Line) for amount, _ in e.clause.points
    }
    cases = _settled(bounds, number, ends, beside=bool(bases or adjustments))
    bands, untiled = _bands(cases, said.scale)
    cliffs, own_bases = cliffs_of(cases, untiled, said, has_base=bool(bases or bands), adjusted=bool(adjustments))
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


def _settled(
    bounds: list[_Bounded], number: dict[str, int], ends: set[tuple[str, Decimal]], *, beside: bool
) -> list[Case]:
    """`ends` are the (label, value) at which lines end: they claim their number too."""
    cases: list[Case] = []
    for one in bounds:
        same = [o.bound for o in bounds if (o.entry.label, o.bound.subject) == (one.entry.label, one.bound.subject)]
        bound, label = one.bound, one.entry.label
        if bound.high is not None and bound.high_closed is None and (label, bound.high.value) in ends:
            bound = replace(bound, high_closed=False)
        condition = _condition(bound, same, number[label], one.entry.position, beside=beside)
        cases.append(Case(one.entry, one.clause, condition))
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


def _bands(cases: list[Case], scale: Decimal) -> tuple[list[Bands], dict[tuple[Subject, int], UntiledError]]:
    """Bands of the numbers whose conditions cover every value; for each of the others, why they do not."""
    groups: dict[tuple[Subject, int], list[Case]] = {}
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
