"""What a scoring rule (评分标准) means.

A `Rule` is data: exact decimals in the frozen dataclasses of `model`. The parser makes one from a sentence, `phrase`
prints it back, `scoring` applies it to numbers and `scoring.formula` compiles it to spreadsheet functions, so none of
the four can hold a meaning that the others do not know.

Points are on the rule's own scale (100 unless the sentence says 满分N分). Rates and percentages are fractions:
5个百分点 is 0.05. Measures are numbered from 0 in the order of the form's rows; their labels are only names.

The order of application is fixed (`scoring.evaluate`): a veto or cliff that holds decides; otherwise
base → cap → deductions → bonuses → cap → floor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import cached_property

from xlkpi.rules.model import (
    Adjustment,
    Amount,
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
    Ratio,
    RuleError,
    Step,
    Subject,
)
from xlkpi.rules.spelling import is_label
from xlkpi.rules.validate import check_bands, check_cliffs, check_linear


class Need(Enum):
    """What a rule needs of its inputs before it can score; checked in the order of `Rule.needs` by every engine."""

    ACTUAL_NUMBER = "actual number"
    ACTUAL_LEVEL = "actual level"
    TARGET_NUMBER = "target number"
    COUNT = "count"
    POSITIVE_TARGET = "positive target"
    INVERTIBLE = "invertible"


@dataclass(frozen=True)
class Rule:
    """A whole scoring rule. Raises `RuleError` where the parts contradict each other."""

    base: Base = Full()  # noqa: RUF009 - it is frozen
    adjustments: tuple[Adjustment, ...] = ()
    cliffs: tuple[Cliff, ...] = ()
    vetoes: tuple[Condition, ...] = ()
    cap: Decimal | None = None
    floor: Decimal = Decimal(0)
    scale: Decimal = Decimal(100)
    origins: tuple[tuple[int, Amount], ...] = ()
    """(measure, own base): the number that stands in for the measure's target (以95%为基准)."""
    labels: tuple[str, ...] = field(default=("",), compare=False)
    """One name per measure; "" for the measure that the sentence does not name."""

    def __post_init__(self) -> None:
        _check(self)

    @cached_property
    def measures(self) -> int:
        """How many measures the rule reads."""
        return max(measures_of(self), default=0) + 1

    def origin(self, measure: int) -> Amount | None:
        """The measure's own base, or None where the target counts."""
        return next((amount for index, amount in self.origins if index == measure), None)

    def reads_target(self, measure: int) -> bool:
        """Whether any clause needs the target cell of that measure."""
        return measure in self._targets_read

    @cached_property
    def needs(self) -> tuple[tuple[Need, int], ...]:
        """The (need, measure) pairs of the rule, in the one order in which every engine checks them."""
        return tuple(needs_of(self))

    @cached_property
    def _targets_read(self) -> frozenset[int]:
        return frozenset(m for m in compared_with_target(self) if self.origin(m) is None)

    @cached_property
    def only_deducts(self) -> bool:
        """Whether it does nothing but deduct from 100 down to 0, so that its deductions tell its score."""
        return (
            self.base == Full()
            and bool(self.adjustments)
            and not any(adjustment.bonus for adjustment in self.adjustments)
            and not self.cliffs
            and not self.vetoes
            and (self.cap is None or self.cap >= self.scale)
            and self.floor == 0
        )

    @cached_property
    def best(self) -> Decimal | None:
        """The most that the base and the cap let anyone score, before bonuses; None where nothing limits it."""
        base = self.base
        found: Decimal | None = None
        if isinstance(base, Full):
            found = self.scale if base.points is None else base.points
        elif isinstance(base, Levels | Linear):
            found = max(points for _, points in (base.levels if isinstance(base, Levels) else base.points))
        elif isinstance(base, Meet):
            found = max(base.points, base.otherwise)
        elif isinstance(base, Bands):
            points = [band.points for band in base.bands]
            found = None if None in points else max(p for p in points if p is not None)
        if self.cap is not None:
            found = self.cap if found is None else min(found, self.cap)
        return found

    @cached_property
    def rate_edges(self) -> tuple[Decimal, ...]:
        """The edges of bands of a rate: a target far below them asks whether the achievement was meant."""
        base = self.base
        if not isinstance(base, Bands) or base.subject is not Subject.VALUE or self.adjustments:
            return ()
        return tuple(amount.value for _, amount in self.bounds(base.measure) if amount.percent)

    @property
    def tells_scale(self) -> bool:
        """Whether its sentence has to say the full marks: not 100, or the best result is less."""
        if self.scale != 100:
            return True
        started = isinstance(self.base, Full) and self.base.points is not None
        return self.best is not None and 0 < self.best < self.scale and not started

    @property
    def deducts_from_100(self) -> bool:
        """Whether the form shows its deductions by STEP_DEDUCT, which are on the 100 scale."""
        return self.only_deducts and self.scale == 100

    def conditions(self, measure: int) -> list[Condition]:
        """The conditions on that measure."""
        return [condition for condition in conditions_of(self) if condition.measure == measure]

    def counted(self, measure: int) -> bool:
        """Whether the measure is a number of occurrences: whole, not below 0."""
        return (Need.COUNT, measure) in self.needs

    def bounds(self, measure: int) -> Iterator[tuple[Subject, Amount]]:
        """The numbers that the rule itself writes for the measure, with what each is compared with."""
        for condition in self.conditions(measure):
            yield from ((condition.subject, end) for end in (condition.low, condition.high) if end)
        if isinstance(self.base, Linear) and self.base.measure == measure:
            yield from ((self.base.subject, amount) for amount, _ in self.base.points)

    def shows_percent(self, measure: int, unit: str | None = None) -> bool:
        """Whether the measure is a rate, shown in per cent: by the unit of its row or by how the rule speaks of it."""
        origin = self.origin(measure)
        return (
            (unit == "%" and measure == 0)
            or any(
                isinstance(step, Step) and step.basis is Basis.POINTS and step.measure == measure
                for step in self.adjustments
            )
            or any(amount.percent for subject, amount in self.bounds(measure) if subject is Subject.VALUE)
            or (origin is not None and origin.percent)
        )


# --- what the clauses read ---


def conditions_of(rule: Rule) -> Iterator[Condition]:
    """Every condition of the rule: of bands, cliffs and vetoes."""
    if isinstance(rule.base, Bands):
        yield from (band.condition for band in rule.base.bands)
    yield from (cliff.condition for cliff in rule.cliffs)
    yield from rule.vetoes


def measures_of(rule: Rule) -> Iterator[int]:
    """The measures that the clauses read, repeated as they are."""
    if not isinstance(rule.base, (Full, Bands)):
        yield rule.base.measure
    yield from (adjustment.measure for adjustment in rule.adjustments)
    yield from (condition.measure for condition in conditions_of(rule))


def divided_by_target(rule: Rule) -> Iterator[int]:
    """Measures whose achievement or relative distance is taken: their target must be above 0."""
    base = rule.base
    if isinstance(base, Ratio) or (isinstance(base, Linear) and base.subject is Subject.ACHIEVEMENT):
        yield base.measure
    if isinstance(base, Bands) and any(band.points is None for band in base.bands):
        yield base.measure
    for condition in conditions_of(rule):
        if condition.subject is Subject.ACHIEVEMENT:
            yield condition.measure
    for adjustment in rule.adjustments:
        if isinstance(adjustment, Step) and adjustment.basis is Basis.RELATIVE:
            yield adjustment.measure


def compared_with_target(rule: Rule) -> Iterator[int]:
    """Measures whose target, or own base in its stead, is read at all."""
    yield from divided_by_target(rule)
    if isinstance(rule.base, (Inverse, Meet)):
        yield rule.base.measure
    for condition in conditions_of(rule):
        if condition.subject in (Subject.OVER, Subject.SHORT):
            yield condition.measure
    yield from (adjustment.measure for adjustment in rule.adjustments if isinstance(adjustment, Step))


def needs_of(rule: Rule) -> Iterator[tuple[Need, int]]:
    """What the rule needs of which measure, in the one order in which every engine checks it."""
    by_level = {rule.base.measure} if isinstance(rule.base, Levels) else set()
    counted = {adjustment.measure for adjustment in rule.adjustments if isinstance(adjustment, Count)}
    if isinstance(rule.base, Bands) and rule.base.counting:
        counted.add(rule.base.measure)
    divided = set(divided_by_target(rule))
    every = range(rule.measures)
    yield from ((Need.ACTUAL_LEVEL if m in by_level else Need.ACTUAL_NUMBER, m) for m in every)
    yield from ((Need.TARGET_NUMBER, m) for m in every if rule.reads_target(m))
    yield from ((Need.COUNT, m) for m in every if m in counted)
    yield from ((Need.POSITIVE_TARGET, m) for m in every if m in divided and rule.reads_target(m))
    if isinstance(rule.base, Inverse):
        yield Need.INVERTIBLE, rule.base.measure


# --- whether the parts agree with each other ---


def _check(rule: Rule) -> None:
    """Raise `RuleError` for the first contradiction; the order decides which one a sentence is refused for."""
    if rule.scale <= 0:
        raise RuleError("满分须大于0")
    if isinstance(rule.base, Full) and rule.base.points == rule.scale:
        raise RuleError("基础分就是满分，不用另写")
    if isinstance(rule.base, Full) and not (rule.adjustments or rule.vetoes):
        if rule.cliffs:
            raise RuleError("条件之外得几分没有写明")
        raise RuleError("没有写出怎样得分或扣分")
    if isinstance(rule.base, Inverse) and rule.cap is None:
        raise RuleError("按目标值÷实际值得分须写明封顶多少分")
    if rule.cap is not None and rule.cap < rule.floor:
        raise RuleError("封顶的分数低于最低分")
    for adjustment in rule.adjustments:
        if adjustment.bonus and adjustment.limit is None:
            raise RuleError("加分没有上限：最多加几分？")
    if isinstance(rule.base, Ratio | Inverse):
        measure = rule.base.measure
        if any(isinstance(adjustment, Step) and adjustment.measure == measure for adjustment in rule.adjustments):
            raise RuleError("同一个数已经按比例得分，不能再按档加减")
    _check_measures(rule)
    _check_origins(rule)
    match rule.base:
        case Bands():
            check_bands(rule.base)
        case Linear():
            check_linear(rule.base)
        case Levels():
            _check_levels(rule, rule.base)
    check_cliffs(rule.cliffs, rule.base)


def _check_measures(rule: Rule) -> None:
    """Measures are numbered without gaps, named apart, and the clauses stand in their order."""
    used = set(measures_of(rule))
    if used and used != set(range(rule.measures)):
        raise RuleError("数据项的名称与条款对不上")
    if len(rule.labels) != rule.measures or len(set(rule.labels)) != rule.measures or "" in rule.labels[1:]:
        raise RuleError("每个数据项须有自己的名称，只有第一个可以不写")
    for label in rule.labels:
        if label and not is_label(label):
            raise RuleError("“{label}”不能作数据项的名称：名称里不能有分隔号、比较号、百分号和「」", label=label)
    for order in (
        [adjustment.measure for adjustment in rule.adjustments],
        [cliff.condition.measure for cliff in rule.cliffs],
        [veto.measure for veto in rule.vetoes],
        [measure for measure, _ in rule.origins],
    ):
        if order != sorted(order):
            raise RuleError("条款须按数据项的顺序排列")


def _check_origins(rule: Rule) -> None:
    if len(dict(rule.origins)) != len(rule.origins):
        raise RuleError("同一项写了两个基准")
    comparing = set(compared_with_target(rule))
    dividing = set(divided_by_target(rule))
    if isinstance(rule.base, Inverse):
        dividing.add(rule.base.measure)
    for measure, amount in rule.origins:
        if measure not in comparing:
            raise RuleError("写了基准，却没有与基准比较的条款")
        if amount.value <= 0 and measure in dividing:
            raise RuleError("作除数的基准须大于0")


def _check_levels(rule: Rule, levels: Levels) -> None:
    names = [name for name, _ in levels.levels]
    if not names or levels.measure != 0 or rule.labels[0]:
        raise RuleError("等级须属于没有名称的数据项")
    if not all(is_label(name) for name in names):
        raise RuleError("等级的名称里不能有分隔号、比较号、百分号和「」")
    if len({name.lower() for name in names}) != len(names):
        raise RuleError("同一等级写了两个分数")
    numbers = [adjustment.measure for adjustment in rule.adjustments] + [c.measure for c in conditions_of(rule)]
    if levels.measure in numbers:
        raise RuleError("等级与数值不能用同一格：数值的条款须写数据项的名称")
