"""Clauses as a sentence writes them. What only the clauses beside them or the row settle is still open."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from xlkpi.rules.model import Amount, Side, Subject


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with the unit it is written in: 5%, 5个百分点, 3次, 10分钟, 5万元."""

    value: Decimal
    unit: str = ""
    """The unit as written; "%" and "pp" for per cent and percentage points."""
    kind: str = ""
    """pct, pp, cnt (things counted), dim (time, money, length …), mark (points), or "" for a bare number."""
    large: Decimal | None = None
    """The factor of 万 or 亿 behind the number."""
    start: int = 0

    @property
    def percent(self) -> bool:
        return self.kind in ("pct", "pp")

    @property
    def amount(self) -> Amount:
        """As an amount; per cent are fractions."""
        return Amount(self.value / 100, True) if self.percent else Amount(self.value * (self.large or 1))


@dataclass(frozen=True, slots=True)
class Points:
    """Points as written; with `share`, per cent of the full marks (扣5%的分值)."""

    value: Decimal
    share: bool = False

    def of(self, scale: Decimal) -> Decimal:
        """In points of a scale."""
        return self.value * scale / 100 if self.share else self.value


class Award(Enum):
    """What a clause awards or takes where it applies."""

    POINTS = "points"
    LOST = "lost"
    GAINED = "gained"
    FULL = "full"
    SPARED = "spared"
    ZERO = "zero"
    HALF = "half"
    RATIO = "ratio"
    VETO = "veto"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Points, or what stands for them."""

    award: Award
    points: Points | None = None

    @property
    def whole(self) -> bool:
        """Whether it says full marks, or that nothing is deducted."""
        return self.award in (Award.FULL, Award.SPARED)


@dataclass(frozen=True, slots=True)
class Bound:
    """A condition as written: the subject may be missing, and 以下 does not say whether it includes its number."""

    subject: Subject | None = None
    low: Quantity | None = None
    low_closed: bool = True
    high: Quantity | None = None
    high_closed: bool | None = True
    bare: bool = False
    """Whether it is no more than a number (80%得60分): an end of a straight line, or so many times."""
    nth: bool = False
    """Whether it speaks of one occurrence (第2次)."""
    late: Side | None = None
    """The side of the target, where it is a distance from it (逾期5天以上)."""
    equal: bool = False
    span: bool = False
    """Whether it is written as a range (80%-120%), which leaves open whom its ends belong to."""

    @property
    def edge(self) -> Quantity:
        """Its lower end, else its upper one."""
        found = self.low or self.high
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: what it means, the name it stands under and its place in the text."""

    means: str
    label: str | None = None
    start: int = 0
    end: int = 0
    said: str = ""
    """Its words as typed."""
    quoted: bool = False
    bound: Bound | None = None
    outcome: Outcome | None = None
    side: Side | None = None
    size: Quantity | None = None
    of_target: str = ""
    """"share" for 目标值的5%, "target" for 目标值5%, "rate" for 完成率每低5%, "excess" for 每超额5%."""
    points: Points | None = None
    bonus: bool = False
    once: bool = False
    """Whether 每 is missing."""
    falling: bool = False
    """Whether it falls or rises (降低, 增加), so that an earlier period might be meant."""
    number: Decimal | None = None
    total: bool = False
    pairs: tuple[tuple[Quantity, Outcome], ...] = ()
    at: str = ""
    """How 达到目标 and its like compare: ge, le, gt, lt, eq."""
    base: Quantity | None = None
    named: bool = False
    """Whether its verb names an event by itself (逾期, 提前)."""
    title: str = ""
    """The words before what it awards, as typed: the name of a level."""
    product: bool = False
    """Whether a name stands in the clause itself, without quotation marks."""
    segment: int = 0
    """How many ； stand before it."""
    both_sides: bool = False
    """Whether a tolerance says ±."""
    verb: str = ""
    """The kind of its verb: low, fall, late …"""
