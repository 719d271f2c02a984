"""Clauses as a sentence writes them, with everything still open that only the clauses beside them can settle."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from xlkpi.rules.model import Amount, Count, Inverse, Ratio, Step, Subject


@dataclass(frozen=True, slots=True)
class Bound:
    """A condition as written: the subject may be missing, and 以下 does not say whether it includes its number."""

    subject: Subject | None
    low: Amount | None = None
    low_closed: bool = True
    high: Amount | None = None
    high_closed: bool | None = True
    bare: bool = False
    """Whether it is no more than a number (80%得60分): an end of a straight line, or so many times."""
    by_unit: bool = False
    """Whether nothing but the unit of its number says that it looks at the actual (90分以上)."""
    times: bool = False
    """Whether it counts occurrences (3次)."""
    nth: bool = False
    """Whether it speaks of one occurrence of them (第2次)."""


@dataclass(frozen=True, slots=True)
class Conditional:
    """Points, or a veto, where a condition holds."""

    bound: Bound
    points: Decimal | None
    """None: the achievement itself, or nothing beside a veto."""
    veto: bool = False
    otherwise: Decimal | None = None
    lost: Decimal | None = None
    """What the sentence says is deducted (低于80%扣20分), where it says so instead of what is left."""


@dataclass(frozen=True, slots=True)
class AllOrNothing:
    """达到目标得100分, whose other case a 否则 has yet to say; or 未达标得0分, without the points of the target met."""

    points: Decimal | None
    at_least: bool
    otherwise: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """One rated level: 优秀得100分."""

    name: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """An interpolation as written: the subject may be missing."""

    subject: Subject | None = None
    points: tuple[tuple[Amount, Decimal], ...] = ()


Clause = Ratio | Inverse | AllOrNothing | Step | Count | Conditional | Level | Line


@dataclass(frozen=True, slots=True)
class Entry:
    """One clause, the label it stands under and its place in the text."""

    label: str
    position: int
    clause: Clause
    bare: bool = False
    """Whether the label is not quoted: then a number beside it is likely its value (合格率≥95%)."""
    of_achievement: bool = False
    """Whether a step says that it is one of achievement (完成率每低1%)."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """All that a sentence says, clause by clause. `origins` are by label; `position` is that of the last part."""

    entries: tuple[Entry, ...]
    origins: dict[str, Amount]
    cap: Decimal | None
    floor: Decimal
    scale: Decimal
    position: int
