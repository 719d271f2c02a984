"""What a matched clause says: its slots as numbers, sides, bounds and points."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from xlkpi.rules.lexicon.patterns import Match
from xlkpi.rules.lexicon.words import Token
from xlkpi.rules.model import RuleError, Side, Subject
from xlkpi.rules.parser.bounds import (
    COMPARISONS,
    OF_BOUNDS,
    TURNED,
    awarded,
    bound_of,
    numbers_in,
    one_sided,
    points_of,
)
from xlkpi.rules.resolver.clauses import Award, Bound, Clause, Outcome, Points, Quantity
from xlkpi.rules.spelling import strip_label

_SIDES = {
    "low": Side.SHORT, "fall": Side.SHORT, "lt": Side.SHORT, "early": Side.SHORT, "below_part": Side.SHORT,
    "miss": Side.SHORT, "high": Side.OVER, "rise": Side.OVER, "gt": Side.OVER, "late": Side.OVER,
    "above_part": Side.OVER, "excess": Side.OVER, "off": Side.EITHER,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reader:
    """Makes clauses of the matches of one sentence."""

    sentence: str
    breaks: tuple[int, ...] = ()
    """The places of its ；."""

    def clauses(self, match: Match) -> list[Clause]:
        """What a match says, as one clause or several."""
        read = _MEANINGS.get(match.means)
        plain = Clause(
            match.means,
            self._label(match),
            match.tokens[0].start,
            match.tokens[-1].end,
            self.sentence[match.tokens[0].start : match.tokens[-1].end],
            product=bool(match.slots.get("name")) and match.slots["name"][0].kind != "quoted",
            segment=sum(place < match.tokens[0].start for place in self.breaks),
            quoted=any(token.kind == "quoted" for token in match.slots.get("name", match.slots.get("label", ()))),
        )
        return [plain] if read is None else list(read(self, match, plain))

    def _label(self, match: Match) -> str | None:
        for slot in ("name", "label", "event"):
            if named := match.slots.get(slot):
                return self.text(named)
        return None

    def text(self, words: tuple[Token, ...]) -> str:
        """The words of a slot as typed."""
        return strip_label(self.sentence[words[0].start : words[-1].end])

    # --- numbers ----------------------------------------------------------------------------------------------------

    def quantities(self, words: tuple[Token, ...]) -> list[Quantity]:
        """Every number among words, with its unit."""
        return [quantity for quantity, _ in numbers_in(words)]

    def quantity(self, match: Match, slot: str) -> Quantity | None:
        words = match.slots.get(slot)
        if not words:
            return None
        found = self.quantities(words)
        return found[0] if found else Quantity(Decimal(1), words[-1].text, words[-1].kind, start=words[0].start)

    def number(self, match: Match, slot: str) -> Decimal | None:
        words = match.slots.get(slot)
        found = self.quantities(words) if words else []
        return found[0].value if found else None

    # --- outcomes ---------------------------------------------------------------------------------------------------

    def outcome(self, match: Match) -> Outcome:
        if match.has("counts"):
            return Outcome(Award.FULL)
        for slot, award in (
            ("award", None),
            ("mere", None),
            ("share_of", None),
            ("loss", Award.LOST),
            ("gain", Award.GAINED),
        ):
            if words := match.slots.get(slot):
                return Outcome(award, points_of(words)) if award else awarded(words)
        return Outcome(Award.VETO if match.has("veto") else Award.RATIO)

    def change(self, match: Match) -> tuple[Points, bool]:
        """What is deducted or added: points, and whether they are added."""
        bonus = match.has("gain")
        return points_of(match.slots["gain" if bonus else "loss"]), bonus


# --- bounds ---------------------------------------------------------------------------------------------------------


# --- the meanings, one function a kind of clause --------------------------------------------------------------------


def _step(reader: Reader, match: Match, clause: Clause) -> Iterator[Clause]:
    points, bonus = reader.change(match)
    verb = match.slots.get("verb")
    kind = verb[0].kind if verb else ""
    side = _SIDES.get(kind)
    if side is None and kind == "short":
        side = Side.SHORT
    if side is None and (prefix := match.slots.get("side")):
        side = _SIDES[prefix[0].kind]
    size = reader.quantity(match, "size") or reader.quantity(match, "dim")
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
        base=reader.quantity(match, "base") or reader.quantity(match, "from"), named=kind in ("late", "early"), label=_label_of_step(reader, match),
        once=match.means in ("step_once", "loose"), verb=kind,
    )  # fmt: skip


def _label_of_step(reader: Reader, match: Match) -> str | None:
    named = match.slots.get("name")
    return reader.text(named) if named else None


def _both(reader: Reader, match: Match, clause: Clause) -> Iterator[Clause]:
    points = points_of(match.slots["points"])
    size = reader.quantity(match, "size")
    yield replace(clause, means="step", side=Side.SHORT, size=size, points=points)
    yield replace(clause, means="step", side=Side.OVER, size=size, points=points, bonus=True)


def _count(reader: Reader, match: Match, clause: Clause) -> Iterator[Clause]:
    points, bonus = reader.change(match)
    words = match.slots.get("one")
    number = reader.quantities(words)[0].value if words else Decimal(1)
    unit = match.slots["unit"][0] if match.has("unit") else match.tokens[0]
    every = match.means == "count"
    yield replace(
        clause, points=points, bonus=bonus, number=number, once=not every,
        size=Quantity(number, unit.text, "cnt", start=unit.start),
    )  # fmt: skip


def _cond(reader: Reader, match: Match, clause: Clause) -> Iterator[Clause]:
    outcome = reader.outcome(match)
    subject = _subject(match)
    late = None
    if match.has("bound"):
        inside = set(match.slots.get("subject", ()))
        bound = bound_of(tuple(w for w in match.slots["bound"] if w.kind in OF_BOUNDS and w not in inside))
        if match.has("late"):
            late = _SIDES[match.slots["late"][0].kind]
    elif match.has("happen"):
        one = Quantity(Decimal(1), "次", "cnt")
        yield replace(clause, means="cond", bound=Bound(Subject.VALUE, one), outcome=Outcome(Award.VETO))
        return
    elif match.has("nth"):
        number = reader.quantity(match, "nth")
        assert number is not None
        bound = Bound(Subject.VALUE, number, high=number, bare=True, nth=True)
    elif match.has("any_happens"):
        bound, subject = Bound(None, Quantity(Decimal(1), "", "cnt")), Subject.VALUE
    elif match.has("turned"):
        words = match.slots["turned"]
        edge = reader.quantity(match, "turned")
        assert edge is not None
        bound = one_sided(words, edge, [TURNED[COMPARISONS[words[-1].kind]]], [])
    elif match.has("full_rate"):
        edge = reader.quantity(match, "full_rate")
        bound, subject = Bound(None, edge), Subject.ACHIEVEMENT
    elif match.has("bare"):
        edge = reader.quantity(match, "bare")
        assert edge is not None
        bound = Bound(None, edge, high=edge, bare=True)
    else:
        edge = reader.quantity(match, "amount")
        assert edge is not None
        bound = one_sided(match.slots["cmp"], edge, [COMPARISONS[match.slots["cmp"][0].kind]], [])
    if match.has("of") or match.has("what"):
        subject = Subject.ACHIEVEMENT
        if bound.bare:  # 完成任务的90%得85分
            bound = replace(bound, high=None, bare=False)
    bound = _included(match, bound)
    yield replace(
        clause, means="cond", bound=replace(bound, subject=subject or bound.subject, late=late), outcome=outcome
    )


def _subject(match: Match) -> Subject | None:
    kinds = match.kinds("subject")
    if "over_by" in kinds or {"gt", "target"} <= kinds:
        return Subject.OVER
    if "short_by" in kinds or {"lt", "target"} <= kinds:
        return Subject.SHORT
    if "rate" in kinds or ("target" in kinds and "fulfil" in kinds):
        return Subject.ACHIEVEMENT
    if "miss" in kinds:
        return Subject.VALUE
    if "fulfil" in kinds and any(word.kind == "pct" for word in match.tokens):
        return Subject.ACHIEVEMENT
    if kinds & {"actual", "evt", "together", "fulfil"}:
        return Subject.VALUE
    return None


def _included(match: Match, bound: Bound) -> Bound:
    """…扣15分（包括三天）: what is said behind counts for the last edge."""
    kinds = match.kinds("also")
    if bound.high and kinds & {"incl", "excl"}:
        return replace(bound, high_closed="incl" in kinds)
    if bound.low and kinds & {"incl", "excl"}:
        return replace(bound, low_closed="incl" in kinds)
    return bound


def _meet(reader: Reader, match: Match, clause: Clause) -> Iterator[Clause]:
    if match.has("opposite"):
        at = "le" if match.slots["opposite"][0].kind == "gt" else "ge"
        yield replace(clause, at=at, outcome=reader.outcome(match))
        return
    kinds = [word.kind for word in match.slots["at"]]
    if kinds in (["target", "ge"], ["target", "met"], ["within", "target"]):
        kinds = ["ge"] if kinds[0] == "target" else ["le"]
    if "miss" in kinds or "missed" in kinds:
        at = "lt"
    elif kinds == ["met"]:
        at = "met"
    elif "within" in kinds or "below" in kinds:
        at = "le"
    else:
        at = next((COMPARISONS[kind] for kind in kinds if kind in COMPARISONS), "ge")
    yield replace(clause, at=at, outcome=reader.outcome(match), title=_title(reader, match))


def _title(reader: Reader, match: Match) -> str:
    """The words before the outcome."""
    slots = [slot for slot in ("award", "mere", "loss", "gain", "ratio", "veto", "share_of") if match.has(slot)]
    if not slots:
        return ""
    return strip_label(reader.sentence[match.tokens[0].start : match.slots[slots[0]][0].start]).strip("，,：:、 ")


def _awarding(reader: Reader, match: Match, clause: Clause) -> Iterator[Clause]:
    outcome = reader.outcome(match)
    if (
        match.means == "none"
        and outcome.award is Award.ZERO
        and {t.kind for t in match.slots.get("event", ())} <= {"fall", "rise"}
    ):
        nothing = Quantity(Decimal(0), "%" if "%" in reader.sentence else "", "pct" if "%" in reader.sentence else "")
        yield replace(
            clause,
            means="cond",
            label=None,
            bound=Bound(Subject.VALUE, high=nothing, high_closed=True),
            outcome=outcome,
        )
        return
    yield replace(clause, outcome=outcome, size=reader.quantity(match, "size"), title=_title(reader, match))


def _with_number(reader: Reader, match: Match, clause: Clause) -> Iterator[Clause]:
    points = None
    bonus = "plus" in match.kinds("sign")
    if match.means == "limit" and match.has("sign") is False and "dash" in {t.kind for t in match.tokens}:
        bonus = False
    if match.has("points"):
        points = Points(
            reader.number(match, "points") or Decimal(0), "pct" in match.kinds("points") and match.means == "limit"
        )
    yield replace(
        clause, points=points, bonus=bonus, number=reader.number(match, "times"), total=match.has("total"),
        of_target="share" if {"target", "targetof"} & {t.kind for t in match.tokens} and match.means == "tolerance" else "",
        both_sides="pm" in {t.kind for t in match.tokens},
        named=match.has("sign") or "dash" in {t.kind for t in match.tokens},
        size=reader.quantity(match, "size"), base=reader.quantity(match, "amount"), at=_direction(match),
    )  # fmt: skip


def _direction(match: Match) -> str:
    """How a limit is told: most, least, or neither; with a sign of what it limits."""
    kinds = {word.kind for word in match.tokens}
    signed = "sign" if match.has("sign") else ""
    if match.has("sure"):
        return "sure"
    return next((kind for kind in ("least", "most") if kind in kinds), "") or signed


def _nth(reader: Reader, match: Match, clause: Clause) -> Iterator[Clause]:
    points, bonus = reader.change(match)
    slot = "times" if match.has("times") else "one"
    yield replace(clause, points=points, bonus=bonus, number=reader.number(match, slot))


def _difference(reader: Reader, match: Match, clause: Clause) -> Iterator[Clause]:
    base = reader.quantity(match, "base")
    size = Quantity(Decimal(1), base.unit, base.kind) if base else None
    yield replace(clause, means="step", side=Side.SHORT, size=size, points=Points(Decimal(1)), base=base)
    yield replace(clause, means="pro_rata")


def _together(reader: Reader, match: Match, clause: Clause) -> Iterator[Clause]:
    points, bonus = reader.change(match)
    yield replace(clause, points=points, bonus=bonus, number=reader.number(match, "times"), total=match.has("total"))


def _scale_of_ratio(reader: Reader, match: Match, clause: Clause) -> Iterator[Clause]:
    words = match.slots.get("factor", ())
    found = reader.quantities(words)
    factor = found[0].value if found else None
    label = clause.label
    yield replace(clause, number=factor, label=label, once=match.has("formula") and not match.has("scored"))


def _levels(reader: Reader, match: Match, clause: Clause) -> Iterator[Clause]:
    words = match.tokens
    begin = 0
    while begin < len(words):
        opened = next(place for place in range(begin, len(words)) if words[place].kind == "lp")
        closed = next(place for place in range(opened, len(words)) if words[place].kind == "rp")
        name = reader.text(words[begin:opened])
        yield replace(
            clause, means="named", label=name, title=name, start=words[begin].start, end=words[closed].end,
            outcome=awarded(words[opened + 1 : closed]),
        )  # fmt: skip
        begin = closed + 1
        while begin < len(words) and words[begin].kind in ("comma", "semi", "pause"):
            begin += 1


def _half_open(reader: Reader, match: Match, clause: Clause) -> Iterator[Clause]:
    bound = bound_of(match.slots["bound"])
    yield replace(clause, bound=bound)


def _ladder(reader: Reader, match: Match, clause: Clause) -> Iterator[Clause]:
    edges, points = reader.quantities(match.slots["rungs"]), reader.quantities(match.slots["awards"])
    if len(edges) != len(points):
        raise RuleError("档次与分数须一样多，都从大到小写", position=clause.start)
    if any(a.value <= b.value for a, b in itertools.pairwise(edges)):
        raise RuleError("档次与分数须一样多，都从大到小写", position=clause.start)
    for edge, award in zip(edges, points, strict=True):
        percent = Quantity(edge.value, "%", "pct", start=edge.start)
        yield replace(
            clause, means="cond", label=None, bound=Bound(Subject.ACHIEVEMENT, percent),
            outcome=Outcome(Award.POINTS, Points(award.value)),
        )  # fmt: skip


def _straight(reader: Reader, match: Match, clause: Clause) -> Iterator[Clause]:
    low, high = reader.quantity(match, "from"), reader.quantity(match, "to")
    base, rise = reader.number(match, "low"), reader.number(match, "rise")
    assert low
    assert high
    assert base is not None
    assert rise is not None
    again = reader.quantity(match, "from_b")
    if again is None or again.amount != low.amount:
        raise RuleError("公式里减去的两个数须相同，如 得分=60+(P-80)/(100-80)×40", position=clause.start)
    ends = (low, Outcome(Award.POINTS, Points(base))), (high, Outcome(Award.POINTS, Points(base + rise)))
    yield replace(clause, pairs=ends)


def _example(reader: Reader, match: Match, clause: Clause) -> Iterator[Clause]:
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


_MEANINGS: dict[str, Callable[[Reader, Match, Clause], Iterator[Clause]]] = {
    "step": _step, "step_once": _step, "loose": _step, "both": _both, "count": _count, "count_once": _count,
    "cond": _cond, "meet": _meet, "beyond": _awarding, "otherwise": _awarding, "named": _awarding, "none": _awarding,
    "once": _awarding, "scale": _with_number, "start": _with_number, "cap": _with_number, "floor": _with_number,
    "down_to": _with_number, "limit": _with_number, "allowance": _with_number, "tolerance": _with_number,
    "part_none": _with_number, "part_whole": _with_number, "origin": _with_number, "together": _together,
    "ratio": _scale_of_ratio, "formula": _scale_of_ratio, "inverse": _scale_of_ratio, "levels": _levels,
    "half_open": _half_open, "formula_less": _scale_of_ratio, "level_share": _awarding, "from_nth": _nth, "first_of": _nth, "difference": _difference, "ladder": _ladder, "straight": _straight, "example": _example,
}  # fmt: skip
