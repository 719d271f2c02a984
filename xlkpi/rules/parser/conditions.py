"""Clauses that award points under a condition: bounds, targets, levels."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from xlkpi.rules.lexicon.patterns import Match
from xlkpi.rules.model import RuleError, Subject
from xlkpi.rules.parser.bounds import (
    COMPARISONS,
    OF_BOUNDS,
    TURNED,
    awarded,
    bound_of,
    one_sided,
)
from xlkpi.rules.parser.slots import SIDES, Slots
from xlkpi.rules.resolver.clauses import Award, Bound, Clause, Outcome, Points, Quantity
from xlkpi.rules.spelling import strip_label

RATES = ("率", "率为", "比", "度")
"""How the name of a rate ends."""


def condition(slots: Slots, match: Match, clause: Clause) -> Iterator[Clause]:
    """Read 实际<85%得0分: a bound and what it awards."""
    outcome = slots.outcome(match)
    subject = _subject(match)
    late = None
    if match.has("bound"):
        inside = set(match.slots.get("subject", ()))
        bound = bound_of(tuple(w for w in match.slots["bound"] if w.kind in OF_BOUNDS and w not in inside))
        late = SIDES[match.slots["late"][0].kind] if match.has("late") else None
    elif match.has("happen"):
        one = Bound(Subject.VALUE, Quantity(Decimal(1), "次", "cnt"))
        yield replace(clause, means="cond", bound=one, outcome=outcome, once=match.has("oneoff"))
        return
    elif match.has("nothing"):  # 事故为零得100分
        if "%" not in slots.sentence:
            yield replace(clause, means="none", outcome=outcome)
            return
        nothing = Quantity(Decimal(0), "%", "pct")
        bound, subject = Bound(None, nothing, True, nothing, True, equal=True), Subject.VALUE
    elif match.has("nth"):
        number = slots.quantity(match, "nth")
        assert number is not None
        bound = Bound(Subject.VALUE, number, high=number, bare=True, nth=True)
    elif match.has("any_happens"):
        bound, subject = Bound(None, Quantity(Decimal(1), "", "cnt")), Subject.VALUE
    elif match.has("turned"):
        words = match.slots["turned"]
        edge = slots.quantity(match, "turned")
        assert edge is not None
        bound = one_sided(words, edge, [TURNED[COMPARISONS[words[-1].kind]]], [])
    elif match.has("full_rate"):
        edge = slots.quantity(match, "full_rate")
        bound, subject = Bound(None, edge), Subject.ACHIEVEMENT
    elif match.has("bare"):
        edge = slots.quantity(match, "bare")
        assert edge is not None
        bound = Bound(None, edge, high=edge, bare=True)
    else:
        edge = slots.quantity(match, "amount")
        assert edge is not None
        bound = one_sided(match.slots["cmp"], edge, [COMPARISONS[match.slots["cmp"][0].kind]], [])
    if match.has("of") or match.has("what") or match.has("near"):
        subject = Subject.ACHIEVEMENT
        if bound.bare:  # 完成任务的90%得85分
            bound = replace(bound, high=None, bare=False)
    bound = _included(match, bound)
    yield replace(
        clause, means="cond", bound=replace(bound, subject=subject or bound.subject, late=late), outcome=outcome,
        of_target="target" if match.has("near") else "",
    )  # fmt: skip


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


def meeting(slots: Slots, match: Match, clause: Clause) -> Iterator[Clause]:
    """Read 达到目标得100分: the target as a bound."""
    if match.has("opposite"):
        at = "le" if match.slots["opposite"][0].kind == "gt" else "ge"
        yield replace(clause, at=at, outcome=slots.outcome(match))
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
    yield replace(clause, at=at, outcome=slots.outcome(match), title=_title(slots, match))


def _title(slots: Slots, match: Match) -> str:
    """The words before the outcome."""
    outcomes = ("award", "mere", "loss", "gain", "ratio", "veto", "share_of")
    said = next((match.slots[slot] for slot in outcomes if match.has(slot)), None)
    if said is None:
        return ""
    return strip_label(slots.sentence[match.tokens[0].start : said[0].start]).strip("，,：:、 ")


def awarding(slots: Slots, match: Match, clause: Clause) -> Iterator[Clause]:
    """Read 否则得0分, 优得100分: an outcome without a bound."""
    outcome = slots.outcome(match)
    if (
        match.means == "none"
        and outcome.award is Award.ZERO
        and {t.kind for t in match.slots.get("event", ())} <= {"fall", "rise"}
    ):
        nothing = Quantity(Decimal(0), "%" if "%" in slots.sentence else "", "pct" if "%" in slots.sentence else "")
        yield replace(
            clause,
            means="cond",
            label=None,
            bound=Bound(Subject.VALUE, high=nothing, high_closed=True),
            outcome=outcome,
        )
        return
    yield replace(clause, outcome=outcome, size=slots.quantity(match, "size"), title=_title(slots, match))


def half_open(slots: Slots, match: Match, clause: Clause) -> Iterator[Clause]:
    """Read 左闭右开: how the edges of all bands are meant."""
    if match.has("bare"):  # 准确率100%，每错1处扣2分
        if not (clause.label or "").endswith(RATES):
            yield replace(clause, means="title")
            return
        edge = slots.quantity(match, "bare")
        yield replace(clause, bound=Bound(None, edge, high=edge, bare=True))
        return
    yield replace(clause, bound=bound_of(match.slots["bound"]))


def ladder(slots: Slots, match: Match, clause: Clause) -> Iterator[Clause]:
    """Read 按100%/90%/80%分别得100/85/70分."""
    edges, points = slots.quantities(match.slots["rungs"]), slots.quantities(match.slots["awards"])
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


def levels(slots: Slots, match: Match, clause: Clause) -> Iterator[Clause]:
    """Read 优（100）、良（85）: named levels, a clause each."""
    words = match.tokens
    begin = 0
    for opened in [place for place, word in enumerate(words) if word.kind == "lp"]:
        closed = next(place for place in range(opened, len(words)) if words[place].kind == "rp")
        while words[begin].kind in ("comma", "semi", "pause", "div"):
            begin += 1
        name = slots.text(words[begin:opened])
        yield replace(
            clause, means="named", label=name, title=name, start=words[begin].start, end=words[closed].end,
            outcome=awarded(words[opened + 1 : closed]),
        )  # fmt: skip
        begin = closed + 1
