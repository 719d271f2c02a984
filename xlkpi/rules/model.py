"""What a scoring rule is made of: numbers, conditions, bases, steps and counts, each frozen and checked by itself.

Points are on the rule's own scale (100 unless the sentence says 满分N分). Rates and percentages are fractions:
5个百分点 is 0.05. Measures are numbered from 0 in the order of the form's rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from itertools import pairwise
from typing import Any

from xlkpi.i18n.languages import HANS
from xlkpi.i18n.messages import LocalizedError
from xlkpi.i18n.numbers import plain


class RuleError(LocalizedError):
    """A sentence that is not a rule, or not only one.

    `position` is the index in the text of the first character concerned (None where the whole is meant);
    `suggestions` are sentences that would parse, made of what the sentence itself says. Where it has several
    readings, `readings` are (canonical sentence, rule), and `example` is what tells the first two apart
    (实际4%、目标3%时：98分，还是34分？), in the language of the error.
    """

    def __init__(
        self,
        message: str,
        language: str = HANS,
        /,
        *,
        position: int | None = None,
        suggestions: tuple[str, ...] = (),
        readings: tuple[tuple[str, Any], ...] = (),
        example: str | None = None,
        **values: object,
    ) -> None:
        super().__init__(message, language, **values)
        self.position = position
        self.suggestions = suggestions
        self.readings = readings
        self.example = example

    def told(self, language: str) -> RuleError:
        return type(self)(
            self.source, language, position=self.position, suggestions=self.suggestions, readings=self.readings,
            example=self.example, **self.values,
        )  # fmt: skip


class Subject(Enum):
    """What a condition or an interpolation looks at."""

    ACHIEVEMENT = "achievement"  # 完成率: actual ÷ target
    VALUE = "value"  # 实际: the actual itself
    OVER = "over"  # 超出目标: actual − target, as 逾期5天以上 means
    SHORT = "short"  # 低于目标: target − actual

    def of(self, actual: float, target: float) -> float:
        """The number that it looks at, of an actual and its target."""
        if self is Subject.VALUE:
            return actual
        if self is Subject.ACHIEVEMENT:
            return actual / target
        return actual - target if self is Subject.OVER else target - actual

    def back(self, number: Decimal, target: Decimal) -> Decimal:
        """The actual at which it looks at this number."""
        if self is Subject.VALUE:
            return number
        if self is Subject.ACHIEVEMENT:
            return number * target
        return target + number if self is Subject.OVER else target - number


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
            raise RuleError("完成率的界限须写成百分数")

    @property
    def is_point(self) -> bool:
        """Whether only one number satisfies it (实际=2)."""
        return self.low is not None and self.high is not None and self.low.value == self.high.value

    @property
    def one_sided(self) -> bool:
        """Whether it is unbounded on one side (实际<85%)."""
        return self.low is None or self.high is None

    @property
    def lower_end(self) -> Condition:
        """The interval without its upper end; there must be a lower one."""
        return Condition(self.subject, self.low, self.low_closed, measure=self.measure)


@dataclass(frozen=True, slots=True)
class Band:
    """The points inside one interval; `None` means the achievement itself (80%≤完成率<120%按完成率得分)."""

    condition: Condition
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class Full:
    """What deductions and bonuses start from: the whole scale, or other points (基础分120分)."""

    points: Decimal | None = None


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
        first = conditions[0]
        from_zero = first.low is not None and first.low_closed and first.low.value == 0
        return (from_zero and not _adjoining(conditions)) or (
            any(condition.is_point for condition in conditions) and not _touching(conditions)
        )


def _touching(conditions: Sequence[Condition]) -> bool:
    """Whether each interval begins where the one before it ends, without end on either side."""
    return conditions[0].low is None and conditions[-1].high is None and _adjoining(conditions)


def _adjoining(conditions: Sequence[Condition]) -> bool:
    """Whether each interval begins where the one before it ends."""
    return all(
        lower.high is not None
        and upper.low is not None
        and lower.high.value == upper.low.value
        and lower.high_closed is not upper.low_closed
        for lower, upper in pairwise(conditions)
    )


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
            raise RuleError("每档的大小须大于0")
        if self.free < 0:
            raise RuleError("不扣分的范围须不小于0")
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
        raise RuleError("扣分、加分须不小于0")


@dataclass(frozen=True, slots=True)
class Cliff:
    """A condition that decides the score alone, above the floor too."""

    condition: Condition
    points: Decimal


def written(amount: Amount) -> str:
    """An amount as the sentence writes it: 85%, 6."""
    return plain(amount.value * 100) + "%" if amount.percent else plain(amount.value)
