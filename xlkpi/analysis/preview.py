"""The boundary preview: the scores of a rule at its edges, just beside them, and at the target.

There is one panel per measure; the other measures keep a fixed value, if possible one that costs no points.
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
    """What the values of a preview are: without a target, they may still be given relative to it."""

    ACTUAL = "actual"
    ACHIEVEMENT = "achievement"  # actual ÷ target
    GAP = "gap"  # actual − target, in the measure's own unit


AXES = {Terms.ACTUAL: "axis_actual", Terms.ACHIEVEMENT: "axis_achievement", Terms.GAP: "axis_gap"}
_STAND_IN = {Terms.ACHIEVEMENT: 1.0, Terms.GAP: 0.0}


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One line of the preview: an actual, its score, and why it is shown."""

    actual: float | str
    outcome: Outcome
    note: str
    main: bool = False
    """Whether the actual is an edge itself, not a number beside one."""


@dataclass(frozen=True)
class Panel:
    """One measure of a rule, and the fixed values of the others.

    actuals: the fixed values; at `measure`, the given actual or None. percent: whether values are shown in per cent.
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
        """The target or own base (以6为基准); None where the rule reads neither."""
        origin = self.rule.origin(self.measure)
        if origin is not None:
            return origin.value
        target = self.targets[self.measure] if self.rule.reads_target(self.measure) else None
        return Decimal(repr(float(target))) if is_number(target) else None

    def outcome(self, actual: float | str) -> Outcome:
        """The outcome of one actual. Raises `ScoreError` where it cannot be scored."""
        actuals = (*self.actuals[: self.measure], actual, *self.actuals[self.measure + 1 :])
        outcome = evaluate(self.rule, actuals, self.targets)
        assert outcome is not None, "the other measures have fixed values"
        return outcome

    def decided(self, actual: float) -> bool:
        """Whether a cliff or a veto on this measure holds."""
        return any(
            holds(
                condition, condition.subject.of(actual, float(self.aim or (condition.subject is Subject.ACHIEVEMENT)))
            )
            for condition in (*(cliff.condition for cliff in self.rule.cliffs), *self.rule.vetoes)
            if condition.measure == self.measure
        )

    def admits(self, value: Decimal) -> bool:
        """Whether the actual is possible: occurrences are whole, the divisor of an inverse ratio is not negative."""
        if self.rule.counted(self.measure):
            return value >= 0 and value == value.to_integral_value()
        base = self.rule.base
        return not (isinstance(base, Inverse) and base.measure == self.measure and value < 0)

    def plausible(self, value: Decimal) -> bool:
        """Whether the actual is worth showing: below 0 (for a rate, below −100%) only where the inputs are, too."""
        if self.terms is Terms.GAP or any(is_number(n) and n < 0 for n in (self.given, self.aim)):
            return True
        return value >= (-1 if self.percent and self.terms is Terms.ACTUAL else 0)

    def candidates(self) -> list[Edge]:
        """The edges of this measure that are possible actuals."""
        return [edge for edge in edges(self.rule, self.measure, self.aim) if self.admits(edge.value)]


def panels(
    rule: Rule, actuals: Sequence[Value] = (), targets: Sequence[Value] = (), unit: str | None = None
) -> tuple[Panel, ...]:
    """One panel per measure; none at all where a target is needed that was not given.

    actuals, targets: rates as fractions; None, or left out at the end, where not given. unit: of the first row.
    """
    typed, goals = [*actuals, *[None] * rule.measures], [*targets, *[None] * rule.measures]
    measures = range(rule.measures)
    possible = [_terms(rule, m) if rule.reads_target(m) and goals[m] is None else Terms.ACTUAL for m in measures]
    terms = [of_measure for of_measure in possible if of_measure is not None]
    if len(terms) < len(possible):
        return ()
    given = [typed[m] if of_measure is Terms.ACTUAL else None for m, of_measure in enumerate(terms)]
    aims = tuple(_STAND_IN.get(of_measure, goals[m]) for m, of_measure in enumerate(terms))
    drafts = [
        Panel(rule, m, tuple(given), aims, of_measure, of_measure is Terms.ACHIEVEMENT or rule.shows_percent(m, unit))
        for m, of_measure in enumerate(terms)
    ]
    fixed: list[Value] = [_first_value(drafts[m]) if value is None else value for m, value in enumerate(given)]
    for m, value in enumerate(given):
        if value is None and rule.measures > 1:
            fixed[m] = _harmless_value(replace(drafts[m], actuals=tuple(fixed)))
    return tuple(replace(draft, actuals=(*fixed[:m], given[m], *fixed[m + 1 :])) for m, draft in enumerate(drafts))


def rows(panel: Panel, language: str = HANS) -> tuple[PreviewRow, ...]:
    """The preview of one measure, ascending, without duplicates; main edges are chosen first.

    At most `MOST_ROWS` rows, unless the rule itself has more edges; one row per level of a rated measure. Raises
    `ScoreError` where no row can be scored because of the targets or the fixed values.
    """
    if panel.levels:
        levels = panel.levels.levels
        return tuple(PreviewRow(name, panel.outcome(name), COMMANDS(LEVEL, language), True) for name, _ in levels)
    preview: list[PreviewRow] = []
    refusal: ScoreError | None = None
    for value, (notes, main) in sorted(_choose_values(panel, language).items()):
        try:
            preview.append(PreviewRow(value, panel.outcome(value), _joined(notes, language), main))
        except ScoreError as error:
            refusal = error
    if refusal and not preview:
        raise refusal
    return tuple(preview)


def fixed_values(panel: Panel, language: str = HANS) -> str:
    """The fixed values of the other measures as text: 第1项保持3.6，滞销品占比保持7%; "" where there are none."""
    parts = []
    for measure, value in enumerate(panel.actuals):
        if measure != panel.measure and value is not None:
            name = panel.rule.labels[measure] or COMMANDS(NTH, language, nth=measure + 1)
            percent = panel.rule.shows_percent(measure)
            value_text = value if isinstance(value, str) else shown_number(value, percent)
            parts.append(COMMANDS(HELD, language, name=name, value=value_text))
    return COMMANDS("comma", language).join(parts)


def shown_number(number: float, percent: bool = False) -> str:
    """A value as people read it: 12.5%, 9,600,000."""
    if percent:
        return f"{plain(round(number * 100, 4))}%"
    whole, point, part = plain(round(number, 6)).partition(".")
    return f"{int(whole):,}{point}{part}" if whole.lstrip("-") not in ("", "0") else f"{whole}{point}{part}"


def _joined(notes: Sequence[str], language: str) -> str:
    return words(language)("list_separator").join(dict.fromkeys(notes))


def _choose_values(panel: Panel, language: str) -> dict[float, tuple[list[str], bool]]:
    """The values to show: value → (notes, whether it is an edge)."""
    all_edges = [
        edge for edge in (*panel.candidates(), *_bound_edges(panel)) if edge.main or panel.plausible(edge.value)
    ]
    unit = resolution(panel.rule, panel.measure, panel.aim, panel.percent)
    chosen: dict[float, tuple[list[str], bool]] = {}

    def choose(value: float, note: str) -> None:
        notes, is_edge = chosen.get(value, ([], False))
        chosen[value] = ([*notes, note] if is_edge else [note], True)

    if is_number(panel.given):
        choose(float(panel.given), COMMANDS(GIVEN, language))
    for main in (True, False):
        named = [(edge.value, COMMANDS(edge.note, language, **edge.values)) for edge in all_edges if edge.main is main]
        for value, name in named:
            if main or len(chosen) < MOST_ROWS or float(value) in chosen:
                choose(float(value), name)
        for value, name in named:
            for beside, note in ((value - unit, BELOW), (value + unit, ABOVE)):
                worth = panel.admits(beside) and panel.plausible(beside)
                if worth and len(chosen) < MOST_ROWS and float(beside) not in chosen:
                    chosen[float(beside)] = ([COMMANDS(note, language, edge=name)], False)
    return chosen


# --- where cap and floor are reached ----------------------------------------------------------------------------------


def _bound_edges(panel: Panel) -> Iterator[Edge]:
    """The edges at which counting steps brings the score to its cap or floor, found by bisection."""
    edge_values = {edge.value for edge in panel.candidates()}
    main_values = {edge.value for edge in panel.candidates() if edge.main}
    far = far_points(panel.rule, panel.measure, panel.aim)
    unit = resolution(panel.rule, panel.measure, panel.aim, panel.percent)
    grid = unit if panel.rule.counted(panel.measure) else unit / 10_000
    for low, high in pairwise(sorted({*edge_values, *(value for value in far if panel.admits(value))})):
        before, after = _at_bound(panel, low), _at_bound(panel, high)
        if before == after or None in (before, after):
            continue
        while (middle := low + ((high - low) / 2 / grid).to_integral_value() * grid) not in (low, high):
            low, high = (middle, high) if _at_bound(panel, middle) == before else (low, middle)
        if main_values & {low, high}:
            continue  # the rule itself names this edge
        for value, outwards in ((low, ROUND_FLOOR), (high, ROUND_CEILING)):
            reached = _at_bound(panel, value)
            if reached and (value in edge_values or not edge_values & {low, high}):
                points = panel.rule.floor if reached == FLOOR_REACHED else panel.rule.cap or Decimal(0)
                hundredths = value * 100 / unit
                exact = hundredths == hundredths.to_integral_value()
                typed = value if exact else (value / unit).to_integral_value(outwards) * unit
                yield Edge(typed, reached, {"points": plain(points * 100 / panel.rule.scale)})


def _at_bound(panel: Panel, value: Decimal) -> str | None:
    """The note for a score at the cap or the floor, "" for neither; None where a cliff, veto or error decides."""
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


# --- values for what was not given ------------------------------------------------------------------------------------


def _terms(rule: Rule, measure: int) -> Terms | None:
    """The terms in which all clauses of the measure can be shown without its target; None where they need it."""
    ratio, gap, either, neither = {Terms.ACHIEVEMENT}, {Terms.GAP}, {Terms.ACHIEVEMENT, Terms.GAP}, set[Terms]()
    by_subject = {Subject.ACHIEVEMENT: ratio, Subject.OVER: gap, Subject.SHORT: gap, Subject.VALUE: neither}
    clauses = [by_subject[condition.subject] for condition in rule.conditions(measure)]
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
                clauses.append(by_subject[subject])
            case Bands(bands) if any(band.points is None for band in bands):
                clauses.append(ratio)
    common = set(Terms).intersection(*clauses)
    return next((terms for terms in _STAND_IN if terms in common), None)


def _first_value(panel: Panel) -> Value:
    """A first value for a measure without actual: the best level, the aim, or 0."""
    if panel.levels:
        return max(panel.levels.levels, key=lambda level: level[1])[0]
    return float(panel.aim) if panel.aim is not None and panel.admits(panel.aim) else 0.0


def _harmless_value(panel: Panel) -> Value:
    """The value to fix a measure at: its aim unless a cliff or veto holds there, else where it scores best."""
    if panel.levels:
        return _first_value(panel)

    def merit(value: float) -> tuple[bool, bool, float]:
        try:
            score = panel.outcome(value).score
        except ScoreError:
            score = float("-inf")
        at_aim = panel.aim is not None and value == float(panel.aim)
        return not panel.decided(value), at_aim, float("-inf") if isinstance(score, str) else score

    unit = resolution(panel.rule, panel.measure, panel.aim, panel.percent)
    near = [e.value + shift for e in panel.candidates() for shift in (Decimal(0), -unit, unit)]
    return max((float(value) for value in near if panel.admits(value)), key=merit, default=0.0)
