"""Clauses that deduct or add points: steps and occurrences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from xlkpi.rules.lexicon.patterns import Match
from xlkpi.rules.model import Side
from xlkpi.rules.parser.bounds import (
    points_of,
)
from xlkpi.rules.parser.slots import SIDES, Slots
from xlkpi.rules.resolver.clauses import Clause, Points, Quantity


def step(slots: Slots, match: Match, clause: Clause) -> Iterator[Clause]:
    """Read 每低5%扣3分: the side, the size of a step, of what, and its points."""
    slots.check_unit(match)
    points, bonus = slots.change(match)
    verb = match.slots.get("verb")
    kind = verb[0].kind if verb else ""
    side = SIDES.get(kind)
    if side is None and kind == "short":
        side = Side.SHORT
    if side is None and (prefix := match.slots.get("side")):
        side = SIDES[prefix[0].kind]
    size = slots.quantity(match, "size") or slots.quantity(match, "dim")
    of = ""
    if "targetof" in match.kinds("target_b") or "targetof" in match.kinds("of"):
        of = "share"
    elif match.has("of"):
        of = "rate"
    elif kind == "excess":
        of = "excess"
    elif match.has("target") or match.has("target_b"):
        of = "target"
    yield replace(
        clause, side=side, size=size, of_target=of, points=points, bonus=bonus, falling=kind in ("fall", "rise"),
        base=slots.quantity(match, "base") or slots.quantity(match, "from"), named=kind in ("late", "early"),
        label=_label_of_step(slots, match),
        once=match.means in ("step_once", "loose"), verb=kind,
    )  # fmt: skip


def _label_of_step(slots: Slots, match: Match) -> str | None:
    named = match.slots.get("name")
    return slots.text(named) if named else None


def both_ways(slots: Slots, match: Match, clause: Clause) -> Iterator[Clause]:
    """Read 每±1%加减2分: a step on either side."""
    points = points_of(match.slots["points"])
    size = slots.quantity(match, "size")
    yield replace(clause, means="step", side=Side.SHORT, size=size, points=points)
    yield replace(clause, means="step", side=Side.OVER, size=size, points=points, bonus=True)


def count(slots: Slots, match: Match, clause: Clause) -> Iterator[Clause]:
    """Read 每次扣5分."""
    slots.check_ends(match)
    points, bonus = slots.change(match)
    words = match.slots.get("one")
    number = slots.quantities(words)[0].value if words else Decimal(1)
    unit = match.slots["unit"][0] if match.has("unit") else match.tokens[0]
    every = match.means == "count"
    yield replace(
        clause, points=points, bonus=bonus, number=number, once=not every,
        size=Quantity(number, unit.text, "cnt", start=unit.start),
    )  # fmt: skip


def earned(slots: Slots, match: Match, clause: Clause) -> Iterator[Clause]:
    """Read 每签1单得2分: points from 0 on, so many for every one."""
    yield replace(clause, means="start", points=Points(Decimal(0)), once=True)
    number = slots.number(match, "one") or Decimal(1)
    unit = match.slots["unit"][0]
    size = Quantity(number, unit.text, "cnt", start=unit.start)
    yield replace(clause, means="count", points=points_of(match.slots["points"]), bonus=True, number=number, size=size)


def from_nth(slots: Slots, match: Match, clause: Clause) -> Iterator[Clause]:
    """Read 从第3次起每次扣5分."""
    points, bonus = slots.change(match)
    slot = "times" if match.has("times") else "one"
    yield replace(clause, points=points, bonus=bonus, number=slots.number(match, slot))


def difference(slots: Slots, match: Match, clause: Clause) -> Iterator[Clause]:
    """Read a formula that takes the difference to a number: a step of 1, pro rata."""
    base = slots.quantity(match, "base")
    size = Quantity(Decimal(1), base.unit, base.kind) if base else None
    yield replace(clause, means="step", side=Side.SHORT, size=size, points=Points(Decimal(1)), base=base)
    yield replace(clause, means="pro_rata")


def together(slots: Slots, match: Match, clause: Clause) -> Iterator[Clause]:
    """Read 累计3次共扣5分."""
    points, bonus = slots.change(match)
    yield replace(clause, points=points, bonus=bonus, number=slots.number(match, "times"), total=match.has("total"))
