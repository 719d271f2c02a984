"""The boundary preview: what a rule gives at its edges, one unit either side of them, and at the target.

Each measure is looked at in turn, the others held where they cost nothing, if they have such a place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import Enum
from functools import cached_property
from itertools import pairwise

from xlkpi.analysis.edges import Edge, edges, far_points, resolution
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.numbers import Value, is_number, plain
from xlkpi.rules.model import Bands, Basis, Count, Inverse, Levels, Linear, Meet, Ratio, Subject
from xlkpi.rules.rule import Rule
from xlkpi.scoring.scorer import Outcome, ScoreError
from xlkpi.scoring.scores import evaluate, holds

MOST_ROWS = 25
# What is said of a row or a measure: keys of commands.toml.
GIVEN, LEVEL = "edge_given", "edge_level"
BELOW, ABOVE = "edge_below", "edge_above"
NTH, HELD = "measure_nth", "measure_held"
CAP_REACHED, FLOOR_REACHED = "edge_cap", "edge_floor"


class Terms(Enum):
    """What the values of a preview are: without a target they can still be told in terms of it."""

    ACTUAL = "actual"
    ACHIEVEMENT = "achievement"  # actual ÷ target
    GAP = "gap"  # actual − target, in the measure's own unit


AXES = {Terms.ACTUAL: "axis_actual", Terms.ACHIEVEMENT: "axis_achievement", Terms.GAP: "axis_gap"}
_STAND_IN = {Terms.ACHIEVEMENT: 1.0, Terms.GAP: 0.0}


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One line of the preview: an actual, what the rule makes of it, and why it is shown."""

    actual: float | str
    outcome: Outcome
    note: str
    main: bool = False
    """Whether it is an edge itself, not a number beside one."""


@dataclass(frozen=True)
class Panel:
    """One measure of a rule beside the values at which the others are held.

    `actuals` holds at `measure` what was given for it, or None. `percent`: whether its values are shown in per cent.
    """

    rule: Rule
    measure: int
    actuals: tuple[Value, ...]
    targets: tuple[Value, ...]
    terms: Terms
    percent: bool

    @property
    def given(self) -> Value:
        """The actual that was given for this measure, if any."""
        return self.actuals[self.measure]

    @property
    def levels(self) -> Levels | None:
        """The rated levels, where the measure is rated."""
        base = self.rule.base
        return base if isinstance(base, Levels) and base.measure == self.measure else None

    @cached_property
    def aim(self) -> Decimal | None:
        """The target or own base, None where the rule reads none."""
        origin = self.rule.origin(self.measure)
        if origin is not None:
            return origin.value
        target = self.targets[self.measure] if self.rule.reads_target(self.measure) else None
        return Decimal(repr(float(target))) if is_number(target) else None

    def outcome(self, actual: float | str) -> Outcome:
        """What the rule makes of one actual. Raises `ScoreError` where it cannot be scored."""
        actuals = (*self.actuals[: self.measure], actual, *self.actuals[self.measure + 1 :])
        outcome = evaluate(self.rule, actuals, self.targets)
        assert outcome is not None, "the others are held at values"
        return outcome

    def decided(self, actual: float) -> bool:
        """Whether a cliff or a veto on this measure holds."""
        aim = float(self.aim or 1)
        return any(
            holds(condition, actual / aim if condition.subject is Subject.ACHIEVEMENT else actual)
            for condition in (*(cliff.condition for cliff in self.rule.cliffs), *self.rule.vetoes)
            if condition.measure == self.measure
        )

    def admits(self, value: Decimal) -> bool:
        """Whether such an actual can be: occurrences are whole, what a target is divided by is not negative."""
        if self.rule.counted(self.measure):
            return value >= 0 and value == value.to_integral_value()
        base = self.rule.base
        return not (isinstance(base, Inverse) and base.measure == self.measure and value < 0)

    def plausible(self, value: Decimal) -> bool:
        """Whether such an actual is worth telling: below 0 (a rate: −100%) only where the inputs are as well."""
        if self.terms is Terms.GAP or any(is_number(n) and n < 0 for n in (self.given, self.aim)):
            return True
        return value >= (-1 if self.percent and self.terms is Terms.ACTUAL else 0)

    def candidates(self) -> list[Edge]:
        """The edges of this measure that can be."""
        return [edge for edge in edges(self.rule, self.measure, self.aim) if self.admits(edge.value)]


def panels(
    rule: Rule, actuals: Sequence[Value] = (), targets: Sequence[Value] = (), unit: str | None = None
) -> tuple[Panel, ...]:
    """One panel per measure; none where a target is needed that was not given.

    actuals, targets: as many as are known, None for the others; rates as fractions. unit: of the first measure's row.
    """
    every = range(rule.measures)
    typed, known = [*actuals, *[None] * rule.measures], [*targets, *[None] * rule.measures]
    terms = [_terms(rule, m) if rule.reads_target(m) and known[m] is None else Terms.ACTUAL for m in every]
    told = [of for of in terms if of is not None]
    if len(told) < len(terms):
        return ()
    given = [typed[m] if of is Terms.ACTUAL else None for m, of in enumerate(told)]
    aims = tuple(_STAND_IN.get(of, known[m]) for m, of in enumerate(told))
    found = [
        Panel(rule, m, tuple(given), aims, of, of is Terms.ACHIEVEMENT or rule.shows_percent(m, unit))
        for m, of in enumerate(told)
    ]
    held: list[Value] = [_start(found[m]) if value is None else value for m, value in enumerate(given)]
    for m, value in enumerate(given):
        if value is None and rule.measures > 1:
            held[m] = _harmless(replace(found[m], actuals=tuple(held)))
    return tuple(replace(p, actuals=(*held[:m], given[m], *held[m + 1 :])) for m, p in enumerate(found))


def rows(panel: Panel, language: str = HANS) -> tuple[PreviewRow, ...]:
    """The preview of one measure, in ascending order without duplicates, main edges first in the choice.

    At most `MOST_ROWS`, unless the rule itself writes more edges. One row per level of a rated measure.
    Raises `ScoreError` where nothing can be scored, which the targets or the held values are to blame for.
    """
    if panel.levels:
        levels = panel.levels.levels
        return tuple(PreviewRow(name, panel.outcome(name), COMMANDS(LEVEL, language), True) for name, _ in levels)
    found: list[PreviewRow] = []
    refusal: ScoreError | None = None
    for value, (notes, main) in sorted(_chosen(panel, language).items()):
        try:
            found.append(PreviewRow(value, panel.outcome(value), _joined(notes, language), main))
        except ScoreError as error:
            refusal = error
    if refusal and not found:
        raise refusal
    return tuple(found)


def held(panel: Panel, language: str = HANS) -> str:
    """At which values the other measures are held: 第1项保持3.6，滞销品占比保持7%; "" where there are none."""
    texts = []
    for measure, value in enumerate(panel.actuals):
        if measure != panel.measure and value is not None:
            name = panel.rule.labels[measure] or COMMANDS(NTH, language, nth=measure + 1)
            percent = panel.rule.shows_percent(measure)
            shown = value if isinstance(value, str) else shown_number(value, percent)
            texts.append(COMMANDS(HELD, language, name=name, value=shown))
    return COMMANDS("comma", language).join(texts)


def shown_number(number: float, percent: bool = False) -> str:
    """A value as people read it: 12.5%, 9,600,000."""
    if percent:
        return f"{plain(round(number * 100, 4))}%"
    whole, point, part = plain(round(number, 6)).partition(".")
    return f"{int(whole):,}{point}{part}" if whole.lstrip("-") not in ("", "0") else f"{whole}{point}{part}"


def _joined(notes: Sequence[str], language: str) -> str:
    return words(language)("list_separator").join(dict.fromkeys(notes))


def _chosen(panel: Panel, language: str) -> dict[float, tuple[list[str], bool]]:
    """The values to show, with their notes and whether they are edges."""
    found = [edge for edge in (*panel.candidates(), *_reached(panel)) if edge.main or panel.plausible(edge.value)]
    one = resolution(panel.rule, panel.measure, panel.aim, panel.percent)
    chosen: dict[float, tuple[list[str], bool]] = {}

    def choose(value: float, note: str) -> None:
        notes, is_edge = chosen.get(value, ([], False))
        chosen[value] = ([*notes, note] if is_edge else [note], True)

    if is_number(panel.given):
        choose(float(panel.given), COMMANDS(GIVEN, language))
    for main in (True, False):
        named = [(edge.value, COMMANDS(edge.note, language, **edge.values)) for edge in found if edge.main is main]
        for value, name in named:
            if main or len(chosen) < MOST_ROWS or float(value) in chosen:
                choose(float(value), name)
        for value, name in named:
            for beside, note in ((value - one, BELOW), (value + one, ABOVE)):
                worth = panel.admits(beside) and panel.plausible(beside)
                if worth and len(chosen) < MOST_ROWS and float(beside) not in chosen:
                    chosen[float(beside)] = ([COMMANDS(note, language, edge=name)], False)
    return chosen


# --- where cap and floor are reached ----------------------------------------------------------------------------------


def _reached(panel: Panel) -> Iterator[Edge]:
    """Where the score comes to its cap or floor by counting, found between the edges by halving."""
    known = {edge.value for edge in panel.candidates()}
    main = {edge.value for edge in panel.candidates() if edge.main}
    far = far_points(panel.rule, panel.measure, panel.aim)
    one = resolution(panel.rule, panel.measure, panel.aim, panel.percent)
    grid = one if panel.rule.counted(panel.measure) else one / 10_000
    for low, high in pairwise(sorted({*known, *(value for value in far if panel.admits(value))})):
        before, after = _at_bound(panel, low), _at_bound(panel, high)
        if before == after or None in (before, after):
            continue
        while (middle := low + ((high - low) / 2 / grid).to_integral_value() * grid) not in (low, high):
            low, high = (middle, high) if _at_bound(panel, middle) == before else (low, middle)
        if main & {low, high}:
            continue  # the rule itself says so there
        for value, outwards in ((low, ROUND_FLOOR), (high, ROUND_CEILING)):
            reached = _at_bound(panel, value)
            if reached and (value in known or not known & {low, high}):
                points = panel.rule.floor if reached == FLOOR_REACHED else panel.rule.cap or Decimal(0)
                hundredths = value * 100 / one
                exact = hundredths == hundredths.to_integral_value()
                typed = value if exact else (value / one).to_integral_value(outwards) * one
                yield Edge(typed, reached, {"points": plain(points * 100 / panel.rule.scale)})


def _at_bound(panel: Panel, value: Decimal) -> str | None:
    """Whether the score is at the cap or the floor there ("" for neither); None where something else decides."""
    rule = panel.rule
    try:
        score = panel.outcome(float(value)).score
    except ScoreError:
        return None
    if isinstance(score, str) or panel.decided(float(value)):
        return None
    if round(score - float(rule.floor) * 100 / float(rule.scale), 6) == 0:
        return FLOOR_REACHED
    at_cap = rule.cap is not None and round(score - float(rule.cap) * 100 / float(rule.scale), 6) == 0
    return CAP_REACHED if at_cap else ""


# --- what stands for what was not given -------------------------------------------------------------------------------


def _terms(rule: Rule, measure: int) -> Terms | None:
    """The terms in which the measure's clauses can be told without its target, None where they need it."""
    ratio, gap, either, neither = {Terms.ACHIEVEMENT}, {Terms.GAP}, {Terms.ACHIEVEMENT, Terms.GAP}, set[Terms]()
    clauses = [ratio if c.subject is Subject.ACHIEVEMENT else neither for c in rule.conditions(measure)]
    for adjustment in rule.adjustments:
        if adjustment.measure == measure:
            if isinstance(adjustment, Count):
                clauses.append(neither)
            else:
                clauses.append(ratio if adjustment.basis is Basis.RELATIVE else gap)
    base = rule.base
    if getattr(base, "measure", None) == measure:
        match base:
            case Ratio() | Inverse():
                clauses.append(ratio)
            case Meet():
                clauses.append(either)
            case Linear(subject):
                clauses.append(ratio if subject is Subject.ACHIEVEMENT else neither)
            case Bands(bands) if any(band.points is None for band in bands):
                clauses.append(ratio)
    common = set(Terms).intersection(*clauses)
    return next((terms for terms in _STAND_IN if terms in common), None)


def _start(panel: Panel) -> Value:
    """A value to begin with for a measure of which nothing is known."""
    if panel.levels:
        return max(panel.levels.levels, key=lambda level: level[1])[0]
    return float(panel.aim) if panel.aim is not None and panel.admits(panel.aim) else 0.0


def _harmless(panel: Panel) -> Value:
    """The value at which a measure is held: its target unless that is a cliff or a veto, else where it scores best."""
    if panel.levels:
        return _start(panel)

    def merit(value: float) -> tuple[bool, bool, float]:
        try:
            score = panel.outcome(value).score
        except ScoreError:
            score = float("-inf")
        at_aim = panel.aim is not None and value == float(panel.aim)
        return not panel.decided(value), at_aim, float("-inf") if isinstance(score, str) else score

    one = resolution(panel.rule, panel.measure, panel.aim, panel.percent)
    near = [e.value + shift for e in panel.candidates() for shift in (Decimal(0), -one, one)]
    return max((float(value) for value in near if panel.admits(value)), key=merit, default=0.0)
