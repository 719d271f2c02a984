"""The arithmetic of a rule as the source of a Python function, which `arithmetic` compiles.

It holds numbers and a few fixed names and nothing else: no word of a sentence gets into it. a0 and t0 are actual and
target of the first measure, a1 and t1 those of the second; where the rule has a measure's own base (以6为基准), that
number stands in place of the target.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from xlkpi.rules.model import (
    Adjustment,
    Bands,
    Basis,
    Condition,
    Count,
    Full,
    Inverse,
    Levels,
    Linear,
    Meet,
    PartStep,
    Ratio,
    Side,
    Step,
    Subject,
)
from xlkpi.rules.rule import Need, Rule

_DISTANCE = {Side.SHORT: "{t} - {a}", Side.OVER: "{a} - {t}", Side.EITHER: "abs({a} - {t})"}
_LOOKED_AT = {
    Subject.VALUE: "{a}",
    Subject.ACHIEVEMENT: "{a} / {t}",
    Subject.OVER: _DISTANCE[Side.OVER],
    Subject.SHORT: _DISTANCE[Side.SHORT],
}
_STEPS = {PartStep.NOTHING: "floor(rounded({}))", PartStep.WHOLE: "ceil(rounded({}))", PartStep.PRO_RATA: "{}"}
_PLAINLY = {
    Need.COUNT: "{a} >= 0.0 and {a}.is_integer()",
    Need.POSITIVE_TARGET: "{t} > 0.0",
    Need.INVERTIBLE: "{a} >= 0.0 and {t} > 0.0",
}
"""What meets a need without a doubt; what else may meet it, `scorer` knows."""


def arithmetic(rule: Rule) -> str:
    """The source of `Arithmetic`."""
    return _defined(_cells(rule), _arithmetic(rule))


def _arithmetic(rule: Rule) -> Iterator[str]:
    """A veto or cliff that holds decides; otherwise base → cap → deductions → bonuses → cap → floor."""
    for veto in rule.vetoes:
        yield f"if {_holds(veto, rule)}: return VETO, 0.0"
    yield from _base(rule)
    if rule.cap is not None:
        yield f"base = min({number(rule.cap)}, base)"
    deductions, bonuses = (
        " + ".join(points(clause, *_cell(clause.measure, rule)) for clause in rule.adjustments if clause.bonus is bonus)
        for bonus in (False, True)
    )
    if deductions:
        yield f"deducted = {deductions}"
    score = f"base{' - deducted' if deductions else ''}{f' + ({bonuses})' if bonuses else ''}"
    if rule.cap is not None and score != "base":
        score = f"min({number(rule.cap)}, {score})"
    yield f"score = max({number(rule.floor)}, {score})"
    for place, cliff in enumerate(rule.cliffs):
        yield f"{'elif' if place else 'if'} {_holds(cliff.condition, rule)}: score = {number(cliff.points)}"
    if not rule.only_deducts:
        yield f"deducted = {'max(0.0, base - score)' if deductions or rule.cliffs else '0.0'}"
    if rule.scale != 100:  # else there is nothing to rescale, nor to round on the way
        yield f"score = score * 100 / {number(rule.scale)}"
    finite = [name for name in ("base", "score", "deducted") if name != "base" or not isinstance(rule.base, Full)]
    yield f"if not ({' and '.join(f'isfinite({name})' for name in finite)}): raise OverflowError"
    yield "return score, deducted"


def plainly(rule: Rule, above: Decimal | None) -> str:
    """The source of `Plainly`. above: as for `arithmetic.plainly_of`."""
    return _defined("actual, target", _plainly(rule, above))


def _plainly(rule: Rule, above: Decimal | None) -> Iterator[str]:
    rated = {m for need, m in rule.needs if need is Need.ACTUAL_LEVEL}
    every = range(rule.measures)
    floats = [f"a{m}" for m in every if m not in rated]
    floats += [f"t{m}" for m in every if rule.reads_target(m) or (m == 0 and above is not None)]
    tests = [f"type(a{m}) is str" for m in rated] + [f"type({cell}) is float" for cell in floats]
    if floats:
        tests.append(f"isfinite({' + '.join(floats)})")
    if above is not None:
        tests.append(f"t0 > {number(above)}")
    for need, m in rule.needs:
        if need in _PLAINLY:
            actual, target = _cell(m, rule)
            tests.append(_PLAINLY[need].format(a=actual, t=target))
    yield from _unpacked("actual", [f"a{m}" for m in every])
    yield from _unpacked("target", [f"t{m}" for m in every])
    yield f"if {' and '.join(tests)}:"
    yield f"    found = arithmetic({_cells(rule)})"
    yield f"    {'if found[0] is not VETO: ' if rule.vetoes else ''}return found"
    yield "raise ValueError"


def _unpacked(argument: str, cells: list[str]) -> Iterator[str]:
    """A range is rows of one cell; a single cell may come without its range."""
    rows = f"{' '.join(f'({cell},),' for cell in cells)} = {argument}"
    if len(cells) > 1:
        yield rows
    else:
        yield f"if type({argument}) is list or type({argument}) is tuple: {rows}"
        yield f"else: {cells[0]} = {argument}"


def _defined(parameters: str, lines: Iterator[str]) -> str:
    return f"def function({parameters}):\n" + "".join(f"    {line}\n" for line in lines)


# --- numbers and cells ----------------------------------------------------------------------------------------------


def number(value: Decimal | int) -> str:
    """A number as the source of a float, in brackets where it has a sign; never −0."""
    text = repr(float(value) + 0.0)
    return f"({text})" if text.startswith("-") else text


def _cell(m: int, rule: Rule) -> tuple[str, str]:
    """Actual and target of a measure."""
    own = rule.origin(m)
    return f"a{m}", f"t{m}" if own is None else number(own.value)


def _cells(rule: Rule) -> str:
    """The actuals of all measures, then the targets."""
    return ", ".join(f"{letter}{m}" for letter in "at" for m in range(rule.measures))


# --- clauses --------------------------------------------------------------------------------------------------------


def points(adjustment: Adjustment, a: str, t: str) -> str:
    """The points (≥ 0) of a step clause or an occurrence clause, within its limit; a, t: actual and target."""
    found = _step(adjustment, a, t) if isinstance(adjustment, Step) else _count(adjustment, a)
    return found if adjustment.limit is None else f"min({number(adjustment.limit)}, {found})"


def _step(step: Step, a: str, t: str) -> str:
    gap, size = _DISTANCE[step.side].format(a=a, t=t), number(step.step)
    share = f" * {t}" if step.basis is Basis.RELATIVE else ""
    if step.free:
        gap += f" - {number(step.free)}{share}"
    steps = _STEPS[step.part].format(f"({gap}) / ({size}{share})")
    return f"max(0, {steps}) * {number(step.points)}"


def _count(count: Count, a: str) -> str:
    times, each = f"max(0.0, {a} - {number(count.allowance)})", number(count.points)
    if count.together is None:
        return f"{times} * {each}"
    reached, total = number(count.together[0]), number(count.together[1])
    late = f"{a} - {number(count.allowance)} >= {reached}"
    return f"({total} + ({times} - {reached}) * {each} if {late} else {times} * {each})"


def _holds(condition: Condition, rule: Rule) -> str:
    a, t = _cell(condition.measure, rule)
    return inside(condition, _LOOKED_AT[condition.subject].format(a=a, t=t))


def inside(condition: Condition, x: str) -> str:
    """Whether a number lies in the condition's interval."""
    ends = []
    if condition.low is not None:
        ends.append(f"{x} - {number(condition.low.value)} {_BEYOND[condition.low_closed]}")
    if condition.high is not None:
        ends.append(f"{number(condition.high.value)} - ({x}) {_BEYOND[condition.high_closed]}")
    return " and ".join(ends)


_BEYOND = {True: ">= -ZERO", False: "> ZERO"}


# --- the base -------------------------------------------------------------------------------------------------------


def _base(rule: Rule) -> Iterator[str]:
    """The lines that make `base`, the points that a rule starts from. What is computed gets + 0.0: −0 becomes 0."""
    base, scale = rule.base, number(rule.scale)
    a, t = _cell(getattr(base, "measure", 0), rule)
    ratio = f"{a} / {t} * {scale} + 0.0"
    match base:
        case Full(start):
            yield f"base = {scale if start is None else number(start)}"
        case Ratio():
            yield f"base = {ratio}"
        case Inverse():
            yield f"base = {t} / {a} * {scale} + 0.0 if {a} else {number(rule.cap or 0)} if {t} else {scale}"
        case Meet():
            ahead = _DISTANCE[Side.OVER if base.at_least else Side.SHORT].format(a=a, t=t)
            yield f"base = {number(base.points)} if {ahead} >= -ZERO else {number(base.otherwise)}"
        case Levels():
            yield f"base = levels[{a}.lower()]"
        case Bands() | Linear():
            yield f"x = {_LOOKED_AT[base.subject].format(a=a, t=t)}"
            yield from _bands(base, ratio) if isinstance(base, Bands) else _linear(base)


def _bands(bands: Bands, ratio: str) -> Iterator[str]:
    """Bands cover every value once, so only their lower ends need comparing, from the top."""
    lowest, *above = [ratio if band.points is None else number(band.points) for band in bands.bands]
    ends = [inside(band.condition.lower_end, "x") for band in bands.bands[1:]]
    reached = [f"{awarded} if {end} else " for end, awarded in zip(ends, above, strict=True)]
    yield f"base = {''.join(reversed(reached))}{lowest}"


def _linear(base: Linear) -> Iterator[str]:
    """Straight lines between the ends, flat beyond them."""
    ends = [(number(amount.value), number(points)) for amount, points in base.points]
    (first, lowest), (_, highest) = ends[0], ends[-1]
    yield f"if x - {first} <= ZERO: base = {lowest}"
    for (x0, y0), (x1, y1) in pairwise(ends):
        yield f"elif x - {x1} <= ZERO: base = {y0} + (x - {x0}) * ({y1} - {y0}) / ({x1} - {x0}) + 0.0"
    yield f"else: base = {highest}"
