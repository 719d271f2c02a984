"""Hypothesis strategies: any rule that the dataclasses can hold, and inputs that lie at its edges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import NamedTuple, TypeVar

from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis import strategies as st

from xlkpi.i18n.languages import EN, HANS, HANT
from xlkpi.rules.model import (
    Adjustment,
    Amount,
    Band,
    Bands,
    Base,
    Basis,
    Cliff,
    Condition,
    Count,
    Full,
    Inverse,
    Levels,
    Linear,
    Meet,
    PartStep,
    Ratio,
    RuleError,
    Side,
    Step,
    Subject,
)
from xlkpi.rules.parser.parse import MAX_LENGTH, MAX_LENGTH_ENGLISH
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.rule import Rule

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[T]], T]

LABELS = (
    "滞销品占比",
    "投诉",
    "PV/UV",
    "计算机故障",
    "slow moving share",
    "A店 - B店",
    "按时交付",
    "之后处理",
    "3月实际",
)
LEVELS = ("优秀", "良好", "合格", "不合格", "A", "B+", "3星", "达标", "按时", "待改进", "Very good", "5", "得力")


# --- numbers --------------------------------------------------------------------------------------------------------
# Strategies are made once: hypothesis validates each new one, which costs more than drawing from it.


def _decimals(*texts: str) -> st.SearchStrategy[Decimal]:
    return st.sampled_from([Decimal(text) for text in texts])


def _scaled(low: int, high: int, places: int) -> st.SearchStrategy[Decimal]:
    """Numbers of so many decimal places between two bounds given in units of the last place."""
    return st.integers(low, high).map(lambda n: Decimal(n).scaleb(-places))


points = _decimals("0", "1", "2", "3", "5", "10", "60", "80", "100", "120") | _scaled(0, 1500, 1)
scores = points | _scaled(-200, 1300, 1)
"""Points that a clause awards; they may be negative, what is deducted may not."""
sizes = _decimals("0.05", "0.1", "0.5", "1", "2", "5", "10", "0.001") | _scaled(1, 6000, 2)
shares = _decimals("0.01", "0.02", "0.05", "0.1", "0.005", "0.03") | _scaled(1, 1500, 3)
limits = st.none() | st.none() | points
scales = _decimals("100", "100", "100", "20", "5", "2.5")
floors = _decimals("0", "0") | _scaled(-500, 600, 1)
percents = (_scaled(-200, 2000, 3) | _decimals("0", "0.6", "0.8", "0.85", "0.9", "0.95", "1", "1.1", "1.2")).map(
    lambda value: Amount(value, True)
)
numbers = _scaled(-100, 5000, 1).map(Amount)

yes_or_no = st.booleans()
sometimes = st.sampled_from([True, False, False, False])
subjects = st.sampled_from([Subject.ACHIEVEMENT, Subject.VALUE])
compared = st.sampled_from(Subject)


@cache
def _edges(percent: bool, least: int, most: int) -> st.SearchStrategy[list[Amount]]:
    """Different amounts, in ascending order."""
    amounts = percents if percent else numbers
    different = st.lists(amounts, min_size=least, max_size=most, unique_by=lambda amount: amount.value)
    return different.map(lambda found: sorted(found, key=lambda amount: amount.value))


def _subject_and_edges(draw: Draw, least: int, most: int) -> tuple[Subject, list[Amount]]:
    subject = draw(subjects)
    return subject, draw(_edges(subject is Subject.ACHIEVEMENT or draw(yes_or_no), least, most))


def _compared_and_edges(draw: Draw, least: int, most: int) -> tuple[Subject, list[Amount]]:
    """As `_subject_and_edges`, with distances from the target, as cliffs and vetoes look at them."""
    subject = draw(compared)
    return subject, draw(_edges(subject is Subject.ACHIEVEMENT or draw(yes_or_no), least, most))


# --- clauses --------------------------------------------------------------------------------------------------------

_awarded = st.none() | scores | scores
_ends_of_counts = st.sets(st.integers(0, 6), min_size=1, max_size=4)
_bases = st.sampled_from(Basis)
_sides = st.sampled_from(Side)
_parts = st.sampled_from([PartStep.NOTHING, *PartStep])
_no_distance = st.just(Decimal(0))
_free_sizes = _no_distance | _no_distance | sizes
_free_shares = _no_distance | _no_distance | shares
_allowances = st.sampled_from([0, 0, 1, 2, 12])
_togethers = st.none() | st.tuples(st.integers(1, 6), points)
_level_names = st.lists(st.sampled_from(LEVELS), min_size=1, max_size=5, unique=True)


@cache
@st.composite
def _bands(draw: Draw, measure: int) -> Bands:
    subject, edges = _subject_and_edges(draw, 1, 4)
    upwards = [draw(yes_or_no) for _ in edges]  # whether the edge belongs to the band above it
    bands = []
    for index in range(len(edges) + 1):
        low, low_closed = (edges[index - 1], upwards[index - 1]) if index else (None, False)
        high, high_closed = (edges[index], not upwards[index]) if index < len(edges) else (None, False)
        bands.append(Band(Condition(subject, low, low_closed, high, high_closed, measure), draw(_awarded)))
    return Bands(tuple(bands))


@cache
@st.composite
def _counting_bands(draw: Draw, measure: int) -> Bands:
    """实际=0 …；实际=1 …；实际≥2 …, in any of the ways of writing it."""
    bands, reached = [], 0
    for end in sorted(draw(_ends_of_counts)):
        low, low_closed = Amount(Decimal(reached)), True
        if reached and draw(yes_or_no):
            low, low_closed = Amount(Decimal(reached - 1)), False
        high, high_closed = Amount(Decimal(end)), True
        if draw(yes_or_no) and (end > reached or not low_closed):
            high, high_closed = Amount(Decimal(end + 1)), False
        condition = Condition(Subject.VALUE, low, low_closed, high, high_closed, measure)
        if reached == 0 and end > 0 and draw(yes_or_no):
            condition = Condition(Subject.VALUE, None, False, high, high_closed, measure)
        bands.append(Band(condition, draw(scores)))
        reached = end + 1
    last = Condition(Subject.VALUE, Amount(Decimal(reached)), True, measure=measure)
    return Bands((*bands, Band(last, draw(scores))))


@cache
@st.composite
def _linear(draw: Draw, measure: int) -> Linear:
    subject, edges = _subject_and_edges(draw, 2, 4)
    return Linear(subject, tuple((edge, draw(scores)) for edge in edges), measure)


@cache
@st.composite
def _meet(draw: Draw, measure: int) -> Meet:
    return Meet(draw(scores), draw(scores), draw(yes_or_no), measure)


@cache
@st.composite
def _levels(draw: Draw) -> Levels:
    return Levels(tuple((name, draw(scores)) for name in draw(_level_names)))


@cache
@st.composite
def _step(draw: Draw, measure: int, bonus: bool) -> Step:
    basis = draw(_bases)
    size, free = (sizes, _free_sizes) if basis is Basis.ABSOLUTE else (shares, _free_shares)
    return Step(
        side=draw(_sides),
        step=draw(size),
        points=draw(points),
        basis=basis,
        free=draw(free),
        part=draw(_parts),
        bonus=bonus,
        limit=draw(points if bonus else limits),
        measure=measure,
    )


@cache
@st.composite
def _count(draw: Draw, measure: int, bonus: bool) -> Count:
    return Count(
        points=draw(points),
        allowance=draw(_allowances),
        together=draw(_togethers),
        bonus=bonus,
        limit=draw(points if bonus else limits),
        measure=measure,
    )


@cache
@st.composite
def _cliffs(draw: Draw, measure: int) -> list[Cliff]:
    """One or two that open on one side, the narrower one first: a cascade reads first match."""
    subject, edges = _compared_and_edges(draw, 1, 2)
    closed = draw(yes_or_no)
    if draw(yes_or_no):
        conditions = [Condition(subject, high=edge, high_closed=closed, measure=measure) for edge in edges]
    else:
        conditions = [Condition(subject, edge, closed, measure=measure) for edge in reversed(edges)]
    return [Cliff(condition, draw(scores)) for condition in conditions]


@cache
@st.composite
def _veto(draw: Draw, measure: int) -> Condition:
    subject, (low, *rest) = _compared_and_edges(draw, 1, 2)
    if rest:
        return Condition(subject, low, draw(yes_or_no), rest[0], draw(yes_or_no), measure)
    if draw(yes_or_no):
        return Condition(subject, low, draw(yes_or_no), measure=measure)
    return Condition(subject, high=low, high_closed=draw(yes_or_no), measure=measure)


# --- whole rules ----------------------------------------------------------------------------------------------------

_numbers_of_measures = st.sampled_from([1, 1, 1, 2, 3])
_label_orders = st.permutations(LABELS)


@cache
def _base(measure: int) -> st.SearchStrategy[Base]:
    plain = st.sampled_from([Full(), Ratio(measure), Inverse(measure)])
    started = _scaled(1, 1500, 1).map(Full)
    return plain | started | _bands(measure) | _counting_bands(measure) | _linear(measure) | _meet(measure) | _levels()


@cache
def _adjustments(measure: int, least: int, bonuses: bool) -> st.SearchStrategy[list[Adjustment]]:
    one = _step(measure, False) | _count(measure, False)
    if bonuses:
        one = one | _step(measure, True) | _count(measure, True)
    return st.lists(one, min_size=least, max_size=2)


@cache
@st.composite
def rules(draw: Draw, *, only_deducts: bool = False) -> Rule:
    """Any rule; with `only_deducts` one that nothing but deducts."""
    number = draw(_numbers_of_measures)
    home = number - 1 if draw(yes_or_no) else 0  # the measure of the base
    base: Base = Full() if only_deducts else draw(_base(home))
    adjustments: list[Adjustment] = []
    cliffs: list[Cliff] = []
    vetoes: list[Condition] = []
    for measure in range(number):
        based = not isinstance(base, Full) and base.measure == measure
        if based and isinstance(base, Levels):
            continue
        adjustments += draw(_adjustments(measure, 0 if based else 1, not only_deducts))
        if not only_deducts and draw(sometimes):
            cliffs += draw(_cliffs(measure))
        if not only_deducts and draw(sometimes):
            vetoes.append(draw(_veto(measure)))
    first, *labels = draw(_label_orders)[:number]
    floor = Decimal(0) if only_deducts else draw(floors)
    scale = draw(scales)
    cap = draw(points if isinstance(base, Inverse) else limits)
    if cap is not None:
        cap = max(cap, scale if only_deducts else floor)
    try:
        rule = Rule(
            base=base,
            adjustments=tuple(adjustments),
            cliffs=tuple(cliffs),
            vetoes=tuple(vetoes),
            cap=cap,
            floor=floor,
            scale=scale,
            labels=("" if isinstance(base, Levels) or draw(yes_or_no) else first, *labels),
        )
    except RuleError:  # clauses that contradict each other, such as a cliff among bands
        reject()
    for measure in range(number):
        if rule.reads_target(measure) and draw(sometimes):
            origin = draw(percents if draw(yes_or_no) else numbers)
            try:
                rule = replace(rule, origins=(*rule.origins, (measure, origin)))
            except RuleError:  # a base that something is divided by must be above 0
                continue
    if any(len(phrase(rule, language)) > most for language, most in LONGEST.items()):
        reject()
    return rule


LONGEST = {HANS: MAX_LENGTH, HANT: MAX_LENGTH, EN: MAX_LENGTH_ENGLISH}
"""Characters that a sentence may have: no rule beyond that can be written."""


# --- inputs ---------------------------------------------------------------------------------------------------------

Value = float | str | None

ERROR = "#DIV/0!"
"""Stands for a cell that shows this error; Python gets its text."""

TARGETS = (1.0, 0.2, 0.95, 3.0, 4.0, 100.0, 0.0, -1.0, 12.5, 500000.0, 1234567.89)
BAD = (None, "", "abc", "12", " ", "#KPI 除数为0：订单数", "#kpi x", ERROR)
USUAL = (0.0, 1.0, 2.0, 3.0, 5.0, 2.5, -1.0, 0.12, 1e12)
SHIFTS = (0.0, 0.0, 0.0001, -0.0001, 0.01, -0.01, 1.0, -1.0)
"""From an edge to clearly beside it, at the resolution of what people type."""


class Case(NamedTuple):
    """A rule beside one actual and one target per measure."""

    rule: Rule
    actuals: tuple[Value, ...]
    targets: tuple[Value, ...]


def edges_of(rule: Rule, measure: int, target: float) -> Iterator[float]:
    """The actuals at which something of the rule changes."""
    origin = rule.origin(measure)
    aim = target if origin is None else float(origin.value)
    yield aim
    conditions = [*(cliff.condition for cliff in rule.cliffs), *rule.vetoes]
    if isinstance(rule.base, Bands):
        conditions += [band.condition for band in rule.base.bands]
    ends = [(c.subject, end) for c in conditions if c.measure == measure for end in (c.low, c.high) if end]
    if isinstance(rule.base, Linear) and rule.base.measure == measure:
        ends += [(rule.base.subject, amount) for amount, _ in rule.base.points]
    for subject, amount in ends:
        yield float(subject.back(amount.value, Decimal(repr(aim))))
    for adjustment in rule.adjustments:
        if adjustment.measure != measure:
            continue
        if isinstance(adjustment, Count):
            yield float(adjustment.allowance)
            yield float(adjustment.allowance + (adjustment.together[0] if adjustment.together else 1))
        else:
            size = aim if adjustment.basis is Basis.RELATIVE else 1.0
            for steps in (0, 1, 2, 7):
                gap = float(adjustment.free + steps * adjustment.step) * size
                yield aim - gap
                yield aim + gap


_targets = st.sampled_from(TARGETS)
_bad = st.sampled_from(BAD)
_usual = st.sampled_from(USUAL)
_shifts = st.sampled_from(SHIFTS)
_one_in_six = st.sampled_from([True] + [False] * 5)


def _typed(number: float) -> float:
    """A number as people type it and files keep it: 15 digits, no more than 10 of them behind the point."""
    return round(float(f"{number:.15g}"), 10)


def _inputs(draw: Draw, rule: Rule) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
    """Actuals and targets of a rule, mostly at its edges or clearly beside them."""
    actuals: list[Value] = []
    targets: list[Value] = []
    for measure in range(rule.measures):
        target = draw(_targets)
        if isinstance(rule.base, Levels) and measure == 0 and not draw(sometimes):
            name, _ = rule.base.levels[draw(_places) % len(rule.base.levels)]
            actuals.append(name.lower() if draw(sometimes) else name)
        elif draw(sometimes):
            actuals.append(draw(_usual))
        else:
            edges = sorted(set(edges_of(rule, measure, target)))
            actuals.append(_typed(edges[draw(_places) % len(edges)] + draw(_shifts)))
        targets.append(target)
    if draw(_one_in_six):  # one cell that cannot be used
        spoilt = actuals if draw(yes_or_no) else targets
        spoilt[draw(_places) % rule.measures] = draw(_bad)
    return tuple(actuals), tuple(targets)


_places = st.integers(0, 60)


@cache
@st.composite
def cases(draw: Draw, *, only_deducts: bool = False) -> list[Case]:
    """A rule with several inputs."""
    rule = draw(rules(only_deducts=only_deducts))
    return [Case(rule, *_inputs(draw, rule)) for _ in range(8)]


def drawn(strategy: st.SearchStrategy[T], number: int, of_seed: int | None = None) -> list[T]:
    """So many values of a strategy, the same in every run: for engines that want them all at once.

    Every seed has values of its own.
    """
    found: list[T] = []

    @settings(
        max_examples=number, derandomize=of_seed is None, database=None, phases=[Phase.generate], deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def collect(value: T) -> None:
        found.append(value)

    (collect if of_seed is None else seed(of_seed)(collect))()
    return found
