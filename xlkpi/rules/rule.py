"""What a scoring rule (评分标准) means.

A `Rule` is data: frozen dataclasses of exact decimals. The parser makes one from a sentence, `phrase` prints it
back, `scoring` applies it to numbers and `native` compiles it to spreadsheet functions, so none of the four can
hold a meaning that the others do not know.

Points are on the rule's own scale (100 unless the sentence says 满分N分). Rates and percentages are fractions:
5个百分点 is 0.05. Measures are numbered from 0 in the order of the form's rows; their labels are only names.

The order of application is fixed (`scoring.evaluate`): a veto or cliff that holds decides; otherwise
base → cap → deductions → bonuses → cap → floor.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import cached_property
from itertools import pairwise

from xlkpi.rules.text import is_label


class RuleError(ValueError):
    """A sentence that is not a rule, or not only one.

    `position` is the index in the text of the first character concerned (None where the whole is meant);
    `suggestions` are sentences that would parse.
    """

    def __init__(self, message: str, position: int | None = None, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.suggestions = suggestions


class Subject(Enum):
    """What a condition or an interpolation looks at."""

    ACHIEVEMENT = "achievement"  # 完成率: actual ÷ target
    VALUE = "value"  # 实际: the actual itself


class Side(Enum):
    """On which side of the target a step counts."""

    SHORT = "short"
    OVER = "over"
    EITHER = "either"


class Basis(Enum):
    """What the size of a step is measured in."""

    ABSOLUTE = "absolute"  # the indicator's own unit
    POINTS = "points"  # percentage points: absolute, of a rate
    RELATIVE = "relative"  # a share of the target


class PartStep(Enum):
    """What a part of a step costs."""

    NOTHING = "nothing"
    WHOLE = "whole"
    PRO_RATA = "pro rata"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as the sentence writes it: 85% is `Amount(Decimal("0.85"), percent=True)`."""

    value: Decimal
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """An interval of a measure's value or achievement; `None` is unbounded."""

    subject: Subject
    low: Amount | None = None
    low_closed: bool = False
    high: Amount | None = None
    high_closed: bool = False
    measure: int = 0

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise RuleError("条件没有写出数值")
        if self.low and self.high:
            empty = self.low.value > self.high.value
            point = self.low.value == self.high.value
            if empty or (point and not (self.low_closed and self.high_closed)):
                raise RuleError("条件的下限大于上限，没有数值能满足它")
            if self.low.percent is not self.high.percent:
                raise RuleError("条件的上下限须用同一种写法：都写百分数，或都不写")
        if self.subject is Subject.ACHIEVEMENT and not all(a.percent for a in (self.low, self.high) if a):
            raise RuleError("完成率的界限须写成百分数", suggestions=("完成率≥100%得100分；完成率<100%得0分",))

    @property
    def is_point(self) -> bool:
        """Whether only one number satisfies it (实际=2)."""
        return self.low is not None and self.high is not None and self.low.value == self.high.value

    @property
    def one_sided(self) -> bool:
        """Whether it is unbounded on one side (实际<85%)."""
        return self.low is None or self.high is None


@dataclass(frozen=True, slots=True)
class Band:
    """The points inside one interval; `None` means the achievement itself (80%≤完成率<120%按完成率得分)."""

    condition: Condition
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class Full:
    """The whole scale: what deductions start from."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """Achievement × scale; not capped unless the rule has a cap."""

    measure: int = 0


@dataclass(frozen=True, slots=True)
class Inverse:
    """Target ÷ actual × scale, for measures where lower is better."""

    measure: int = 0


@dataclass(frozen=True, slots=True)
class Bands:
    """Intervals that cover every value once, in ascending order."""

    bands: tuple[Band, ...]

    @property
    def subject(self) -> Subject:
        """What the bands compare."""
        return self.bands[0].condition.subject

    @property
    def measure(self) -> int:
        """Whose number the bands compare."""
        return self.bands[0].condition.measure

    @property
    def counting(self) -> bool:
        """Whether the bands name single whole numbers (实际=0 …；实际=1 …), so that only counts are covered."""
        conditions = [band.condition for band in self.bands]
        return any(condition.is_point for condition in conditions) and not _touching(conditions)


@dataclass(frozen=True, slots=True)
class Linear:
    """Straight lines between (value, points), held flat beyond the ends."""

    subject: Subject
    points: tuple[tuple[Amount, Decimal], ...]
    measure: int = 0


@dataclass(frozen=True, slots=True)
class Meet:
    """All or nothing: at least (or, with `at_least` False, at most) the target."""

    points: Decimal
    otherwise: Decimal
    at_least: bool = True
    measure: int = 0


@dataclass(frozen=True, slots=True)
class Levels:
    """Rated levels: the actual is one of these words."""

    levels: tuple[tuple[str, Decimal], ...]
    measure: int = 0


Base = Full | Ratio | Inverse | Bands | Linear | Meet | Levels


@dataclass(frozen=True, slots=True)
class Step:
    """So many points for every step away from the target (or from the measure's own base).

    `free` is a distance, in the basis of `step`, that costs nothing; the steps are counted beyond it.
    """

    side: Side
    step: Decimal
    points: Decimal
    basis: Basis = Basis.ABSOLUTE
    free: Decimal = Decimal(0)
    part: PartStep = PartStep.NOTHING
    bonus: bool = False
    limit: Decimal | None = None
    measure: int = 0

    def __post_init__(self) -> None:
        if self.step <= 0:
            raise RuleError("每档的大小须大于0", suggestions=("每低5个百分点扣3分",))
        if self.free < 0:
            raise RuleError("不扣分的范围须不小于0", suggestions=("偏差5个百分点以内不扣，之后每偏离1个百分点扣2分",))
        _check_points(self.points, self.limit)


@dataclass(frozen=True, slots=True)
class Count:
    """So many points for every occurrence beyond `allowance`.

    `together` is (n, points in all): 每次扣1分，累计3次共扣5分 costs 1, 2, 5, 6, … points.
    """

    points: Decimal
    allowance: int = 0
    together: tuple[int, Decimal] | None = None
    bonus: bool = False
    limit: Decimal | None = None
    measure: int = 0

    def __post_init__(self) -> None:
        if self.allowance < 0 or (self.together and self.together[0] < 1):
            raise RuleError("次数须是不小于1的整数")
        _check_points(self.points, self.limit, self.together and self.together[1])


Adjustment = Step | Count


def _check_points(*points: Decimal | None) -> None:
    """Deductions and bonuses are written without a sign: 扣 and 加 say the direction."""
    if any(number is not None and number < 0 for number in points):
        raise RuleError("扣分、加分须不小于0", suggestions=("每低5个百分点扣3分", "每超1个百分点加1分，最多加10分"))


@dataclass(frozen=True, slots=True)
class Cliff:
    """A condition that decides the score alone, above the floor too."""

    condition: Condition
    points: Decimal


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

    base: Base = Full()
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
        return max(_measures_of(self), default=0) + 1

    def origin(self, measure: int) -> Amount | None:
        """The measure's own base, or None where the target counts."""
        return next((amount for index, amount in self.origins if index == measure), None)

    def reads_target(self, measure: int) -> bool:
        """Whether any clause needs the target cell of that measure."""
        return measure in self._targets_read

    @cached_property
    def needs(self) -> tuple[tuple[Need, int], ...]:
        """The (need, measure) pairs of the rule, in the one order in which every engine checks them."""
        return tuple(_needs(self))

    @cached_property
    def _targets_read(self) -> frozenset[int]:
        return frozenset(m for m in _compared_with_target(self) if self.origin(m) is None)

    @cached_property
    def only_deducts(self) -> bool:
        """Whether it does nothing but deduct from 100 down to 0, so that its deductions tell its score."""
        return (
            isinstance(self.base, Full)
            and bool(self.adjustments)
            and not any(adjustment.bonus for adjustment in self.adjustments)
            and not self.cliffs
            and not self.vetoes
            and (self.cap is None or self.cap >= self.scale)
            and self.floor == 0
        )


def _conditions(rule: Rule) -> Iterator[Condition]:
    if isinstance(rule.base, Bands):
        yield from (band.condition for band in rule.base.bands)
    yield from (cliff.condition for cliff in rule.cliffs)
    yield from rule.vetoes


def _measures_of(rule: Rule) -> Iterator[int]:
    if not isinstance(rule.base, (Full, Bands)):
        yield rule.base.measure
    yield from (adjustment.measure for adjustment in rule.adjustments)
    yield from (condition.measure for condition in _conditions(rule))


def _divided_by_target(rule: Rule) -> Iterator[int]:
    """Measures whose achievement or relative distance is taken: their target must be above 0."""
    base = rule.base
    if isinstance(base, Ratio) or (isinstance(base, Linear) and base.subject is Subject.ACHIEVEMENT):
        yield base.measure
    if isinstance(base, Bands) and any(band.points is None for band in base.bands):
        yield base.measure
    for condition in _conditions(rule):
        if condition.subject is Subject.ACHIEVEMENT:
            yield condition.measure
    for adjustment in rule.adjustments:
        if isinstance(adjustment, Step) and adjustment.basis is Basis.RELATIVE:
            yield adjustment.measure


def _compared_with_target(rule: Rule) -> Iterator[int]:
    yield from _divided_by_target(rule)
    if isinstance(rule.base, (Inverse, Meet)):
        yield rule.base.measure
    yield from (adjustment.measure for adjustment in rule.adjustments if isinstance(adjustment, Step))


def _check(rule: Rule) -> None:
    if rule.scale <= 0:
        raise RuleError("满分须大于0")
    if isinstance(rule.base, Full) and not (rule.adjustments or rule.vetoes):
        if rule.cliffs:
            raise RuleError("条件之外得几分没有写明", suggestions=("实际≥85%得100分；实际<85%得0分",))
        raise RuleError("没有写出怎样得分或扣分", suggestions=("按完成率得分", "每低5个百分点扣3分"))
    if isinstance(rule.base, Inverse) and rule.cap is None:
        raise RuleError("按目标值÷实际值得分须写明封顶多少分", suggestions=("按目标值÷实际值得分；封顶100分",))
    if rule.cap is not None and rule.cap < rule.floor:
        raise RuleError("封顶的分数低于最低分")
    for adjustment in rule.adjustments:
        if adjustment.bonus and adjustment.limit is None:
            raise RuleError("加分没有上限：最多加几分？", suggestions=("每超1个百分点加1分，最多加10分",))
    _check_measures(rule)
    _check_origins(rule)
    match rule.base:
        case Bands():
            check_bands(rule.base)
        case Linear():
            _check_linear(rule.base)
        case Levels():
            _check_levels(rule, rule.base)
    _check_cliffs(rule)


def _check_measures(rule: Rule) -> None:
    """Measures are numbered without gaps, named apart, and the clauses stand in their order."""
    used = set(_measures_of(rule))
    if used and used != set(range(rule.measures)):
        raise RuleError("数据项的名称与条款对不上")
    if len(rule.labels) != rule.measures or len(set(rule.labels)) != rule.measures or "" in rule.labels[1:]:
        raise RuleError("每个数据项须有自己的名称，只有第一个可以不写")
    for label in rule.labels:
        if label and not is_label(label):
            raise RuleError(f"“{label}”不能作数据项的名称：名称里不能有分隔号、比较号、百分号和「」")
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
    comparing = set(_compared_with_target(rule))
    dividing = set(_divided_by_target(rule))
    if isinstance(rule.base, Inverse):
        dividing.add(rule.base.measure)
    for measure, amount in rule.origins:
        if measure not in comparing:
            raise RuleError("写了基准，却没有与基准比较的条款", suggestions=("以95%为基准，每低1个百分点扣1分",))
        if amount.value <= 0 and measure in dividing:
            raise RuleError("作除数的基准须大于0")


def _check_cliffs(rule: Rule) -> None:
    """Cliffs of one number read first match; none may be hidden by those before it, nor all of them hide the base."""
    groups: dict[tuple[Subject, int], list[Condition]] = {}
    for cliff in rule.cliffs:
        condition = cliff.condition
        if not condition.one_sided:
            raise RuleError("与扣分并列的条件只能有一边，如 实际<85%得0分")
        groups.setdefault((condition.subject, condition.measure), []).append(condition)
    if isinstance(rule.base, Bands) and (rule.base.subject, rule.base.measure) in groups:
        raise RuleError("同一个数已经分档，不能另写条件")
    for conditions in groups.values():
        rising = [c for c in conditions if c.low is not None]
        falling = [c for c in conditions if c.high is not None]
        hidden = any(a.low.value <= b.low.value for a, b in pairwise(rising) if a.low and b.low)
        hidden |= any(a.high.value >= b.high.value for a, b in pairwise(falling) if a.high and b.high)
        if rising and falling:
            low, high = rising[-1], falling[-1]
            apart = low.low.value - high.high.value if low.low and high.high else Decimal(0)
            hidden |= apart < 0 or (apart == 0 and (low.low_closed or high.high_closed))
        if hidden:
            raise RuleError(
                "两个条件重叠，或已包括全部数值：同时满足时按哪一个？",
                suggestions=("每低1个百分点扣1分；实际<85%得0分；实际<90%得50分",),
            )


def _touching(conditions: Sequence[Condition]) -> bool:
    """Whether each interval begins where the one before it ends, without end on either side."""
    return (
        conditions[0].low is None
        and conditions[-1].high is None
        and all(
            lower.high is not None
            and upper.low is not None
            and lower.high.value == upper.low.value
            and lower.high_closed is not upper.low_closed
            for lower, upper in pairwise(conditions)
        )
    )


def check_bands(bands: Bands) -> None:
    """Every value in exactly one band; counts (实际=0, 实际=1, …) cover the whole numbers from 0."""
    if len({(band.condition.subject, band.condition.measure) for band in bands.bands}) != 1:
        raise RuleError("同一组分档须比较同一个数：都写完成率，或都写实际")
    conditions = [band.condition for band in bands.bands]
    if bands.counting:
        if bands.subject is not Subject.VALUE:
            raise RuleError("完成率不能用“=”分档", suggestions=("完成率≥100%得100分；完成率<100%得0分",))
        reached = Decimal(0)
        for condition in conditions:
            low = condition.low.value if condition.low else Decimal(0)
            if condition.low and not condition.low_closed:
                low += 1
            if low != reached or reached != int(reached):
                raise RuleError(
                    "按次数分档须从0起逐个写明，不能缺少或重复",
                    suggestions=("实际=0得100分；实际=1得50分；实际≥2得0分",),
                )
            if condition.high is None:
                reached = Decimal("Infinity")
            else:
                reached = condition.high.value + (1 if condition.high_closed else 0)
        if reached != Decimal("Infinity"):
            raise RuleError("次数再多时得几分没有写明", suggestions=("实际=0得100分；实际≥1得0分",))
        return
    if conditions[0].low is not None or conditions[-1].high is not None:
        raise RuleError("分档没有覆盖全部数值")
    for lower, upper in pairwise(conditions):
        if lower.high is None or upper.low is None or lower.high.value > upper.low.value:
            raise RuleError("两档重叠")
        if lower.high.value < upper.low.value or lower.high_closed == upper.low_closed:
            raise RuleError("两档之间有空隙或重叠")


def _check_linear(linear: Linear) -> None:
    values = [amount.value for amount, _ in linear.points]
    if len(values) < 2 or any(a >= b for a, b in pairwise(values)):
        raise RuleError("线性至少要有两个端点，从小到大写", suggestions=("线性：80%得60分，100%得100分",))
    if linear.subject is Subject.ACHIEVEMENT and not all(amount.percent for amount, _ in linear.points):
        raise RuleError("完成率的端点须写成百分数", suggestions=("线性：80%得60分，100%得100分",))


def _check_levels(rule: Rule, levels: Levels) -> None:
    names = [name for name, _ in levels.levels]
    if not names or levels.measure != 0 or rule.labels[0]:
        raise RuleError("等级须属于没有名称的数据项", suggestions=("优秀得100分；良好得80分",))
    if not all(is_label(name) for name in names):
        raise RuleError("等级的名称里不能有分隔号、比较号、百分号和「」")
    if len({name.lower() for name in names}) != len(names):
        raise RuleError("同一等级写了两个分数")
    numbers = [adjustment.measure for adjustment in rule.adjustments] + [c.measure for c in _conditions(rule)]
    if levels.measure in numbers:
        raise RuleError(
            "等级与数值不能用同一格：数值的条款须写数据项的名称",
            suggestions=("优秀得100分；良好得80分；「迟到」每次扣5分",),
        )


def _needs(rule: Rule) -> Iterator[tuple[Need, int]]:
    by_level = {rule.base.measure} if isinstance(rule.base, Levels) else set()
    counted = {adjustment.measure for adjustment in rule.adjustments if isinstance(adjustment, Count)}
    if isinstance(rule.base, Bands) and rule.base.counting:
        counted.add(rule.base.measure)
    divided = set(_divided_by_target(rule))
    every = range(rule.measures)
    yield from ((Need.ACTUAL_LEVEL if m in by_level else Need.ACTUAL_NUMBER, m) for m in every)
    yield from ((Need.TARGET_NUMBER, m) for m in every if rule.reads_target(m))
    yield from ((Need.COUNT, m) for m in every if m in counted)
    yield from ((Need.POSITIVE_TARGET, m) for m in every if m in divided and rule.reads_target(m))
    if isinstance(rule.base, Inverse):
        yield Need.INVERTIBLE, rule.base.measure
