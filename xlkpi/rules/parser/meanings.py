"""What a matched clause says: its slots as numbers, sides, bounds and points."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

from xlkpi.rules.lexicon.patterns import Match
from xlkpi.rules.model import RuleError
from xlkpi.rules.parser.bounds import (
    awarded,
    numbers_in,
)
from xlkpi.rules.parser.changes import both_ways, count, difference, earned, from_nth, step, together
from xlkpi.rules.parser.conditions import RATES, awarding, condition, half_open, ladder, levels, meeting
from xlkpi.rules.parser.slots import Slots
from xlkpi.rules.resolver.clauses import Award, Clause, Outcome, Points, Quantity


def meant(slots: Slots, match: Match) -> list[Clause]:
    """What a match says, as one clause or several."""
    read, plain = _MEANINGS.get(match.means), slots.plain(match)
    return [plain] if read is None else list(read(slots, match, plain))


def _with_number(slots: Slots, match: Match, clause: Clause) -> Iterator[Clause]:
    points = None
    bonus = "plus" in match.kinds("sign")
    if match.means == "limit" and match.has("sign") is False and "dash" in {t.kind for t in match.tokens}:
        bonus = False
    if match.has("points"):
        points = Points(
            slots.number(match, "points") or Decimal(0), "pct" in match.kinds("points") and match.means == "limit"
        )
    of_target = bool({"target", "targetof"} & {t.kind for t in match.tokens})
    yield replace(
        clause, points=points, bonus=bonus, number=slots.number(match, "times"), total=match.has("total"),
        of_target="share" if of_target and match.means == "tolerance" else "",
        both_sides="pm" in {t.kind for t in match.tokens},
        named=match.has("sign") or "dash" in {t.kind for t in match.tokens},
        size=slots.quantity(match, "size"), base=slots.quantity(match, "amount"), at=_direction(match),
    )  # fmt: skip


def _direction(match: Match) -> str:
    """How a limit is told: most, least, or neither; with a sign of what it limits."""
    kinds = {word.kind for word in match.tokens}
    signed = "sign" if match.has("sign") else ""
    if match.has("sure"):
        return "sure"
    return next((kind for kind in ("least", "most") if kind in kinds), "") or signed


def _definition(slots: Slots, match: Match, clause: Clause) -> Iterator[Clause]:
    """合格率=合格数/总数*100% tells what is measured; of anything else it would be a score that is not understood."""
    yield replace(clause, means="comment" if (clause.label or "").endswith(RATES) else "title")


def _scale_of_ratio(slots: Slots, match: Match, clause: Clause) -> Iterator[Clause]:
    words = match.slots.get("factor", ())
    found = slots.quantities(words)
    factor = found[0].value if found else None
    label = clause.label
    yield replace(
        clause,
        number=factor,
        label=label,
        once=match.has("formula") and not any(word.kind == "score" for word in match.tokens),
    )


def _straight(slots: Slots, match: Match, clause: Clause) -> Iterator[Clause]:
    low, high = slots.quantity(match, "from"), slots.quantity(match, "to")
    base, rise = slots.number(match, "low"), slots.number(match, "rise")
    assert low
    assert high
    assert base is not None
    assert rise is not None
    again = slots.quantity(match, "from_b")
    if again is None or again.amount != low.amount:
        raise RuleError("公式里减去的两个数须相同，如 得分=60+(P-80)/(100-80)×40", position=clause.start)
    ends = (low, Outcome(Award.POINTS, Points(base))), (high, Outcome(Award.POINTS, Points(base + rise)))
    yield replace(clause, pairs=ends)


def _example(slots: Slots, match: Match, clause: Clause) -> Iterator[Clause]:
    found: list[tuple[Quantity, Outcome]] = []
    numbers = list(numbers_in(match.tokens))
    for place, (quantity, behind) in enumerate(numbers):
        if quantity.kind != "pct":
            continue
        until = next(
            (i for i in range(behind, len(match.tokens)) if match.tokens[i].kind in ("comma",)), len(match.tokens)
        )
        words = match.tokens[behind:until]
        if words and not any(word.kind in ("lp", "times") for word in words):
            found.append((quantity, awarded(words)))
        del place
    yield replace(clause, pairs=tuple(found))


_MEANINGS: dict[str, Callable[[Slots, Match, Clause], Iterator[Clause]]] = {
    "step": step, "step_once": step, "loose": step, "both": both_ways, "count": count, "count_once": count,
    "cond": condition, "meet": meeting, "beyond": awarding, "otherwise": awarding, "named": awarding, "none": awarding,
    "once": awarding, "scale": _with_number, "start": _with_number, "cap": _with_number, "floor": _with_number,
    "down_to": _with_number, "limit": _with_number, "allowance": _with_number, "tolerance": _with_number,
    "part_none": _with_number, "part_whole": _with_number, "origin": _with_number, "together": together,
    "ratio": _scale_of_ratio, "formula": _scale_of_ratio, "inverse": _scale_of_ratio, "levels": levels,
    "half_open": half_open, "formula_less": _scale_of_ratio, "level_share": awarding, "from_nth": from_nth,
    "first_of": from_nth, "difference": difference, "ladder": ladder, "straight": _straight, "example": _example,
    "definition": _definition, "earned": earned, "before_nth": from_nth,
}  # fmt: skip
