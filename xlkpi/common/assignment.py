"""The assignment: one person in one role, for a whole quarter or a part of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from operator import attrgetter

from xlkpi.common.quarter import MONTHS, Quarter


@dataclass(frozen=True)
class Identity:
    """Who a person is. id: the staff number, as the company writes it. A field that is not known is ""."""

    id: str = ""
    name: str = ""
    department: str = ""
    superior: str = ""
    second_superior: str = ""


_identity = attrgetter(*(field.name for field in fields(Identity)))


@dataclass(frozen=True)
class Assignment:
    """A person in a role (任职). A change of role inside a quarter makes two assignments of one id.

    id: the staff number, as the company writes it. role: the role's id in the catalogue. start, end: first and last day
    in the role, both included; None where the assignment began before the quarter or goes on after it. targets: the
    targets agreed with this person, by indicator (`layout.target_key`); they replace those of the catalogue. share: of
    full working time, above 0 and at most 1.
    """

    id: str
    name: str
    department: str = ""
    role: str = ""
    superior: str = ""
    second_superior: str = ""
    start: dt.date | None = None
    end: dt.date | None = None
    newcomer: bool = False
    targets: Mapping[str, float | str] = field(default_factory=dict)
    share: float = 1.0

    @property
    def identity(self) -> Identity:
        """Who the person is, without role and dates."""
        return Identity(*_identity(self))

    @property
    def begins(self) -> str:
        """The first day in the role, ISO; "" where the assignment began before the quarter."""
        return "" if self.start is None else self.start.isoformat()

    @property
    def post(self) -> tuple[str, str, str]:
        """What tells one post of a person from another: staff number, role, and as `begins`."""
        return self.id, self.role, self.begins

    def days(self, quarter: Quarter) -> int:
        """Days of the quarter in this role."""
        first, last = self.within(quarter)
        return max(0, (last - first).days + 1)

    def months(self, quarter: Quarter) -> tuple[str, ...]:
        """The months (m1, m2, m3) of the quarter with a day in this role."""
        first, last = self.within(quarter)
        inside = zip(MONTHS, quarter.months, strict=True)
        return tuple(id for id, month in inside if first <= last and first.month <= month <= last.month)

    def is_part(self, quarter: Quarter) -> bool:
        """Whether the assignment began or ended inside the quarter."""
        return self.within(quarter) != (quarter.first_day, quarter.last_day)

    def is_reduced(self, quarter: Quarter) -> bool:
        """Whether it is less than full time for the whole quarter."""
        return self.is_part(quarter) or self.share < 1

    def part(self, quarter: Quarter) -> Fraction:
        """The part of a full-time quarter, from 0 to 1: days in post ÷ days of the quarter × share."""
        return Fraction(self.days(quarter), quarter.days) * Fraction(str(self.share))

    def within(self, quarter: Quarter) -> tuple[dt.date, dt.date]:
        """First and last day of the assignment in the quarter; the last lies before the first where there is no day."""
        first, last = quarter.first_day, quarter.last_day
        return max(first, self.start or first), min(last, self.end or last)
