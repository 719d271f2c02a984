"""Rule → built-in formula: the twin that scores where Python is absent.

It uses only functions that Excel 2010, WPS and LibreOffice 7 share. The formulas follow `scorer` and `arithmetic`
clause by clause: the same checks in the same order with the same texts, whole steps as INT(ROUND(gap/step,9)), edges
as ROUND(a-b,9)>=0. Some words are avoided, which other programs read otherwise: see `empty`, `refuses` and
docs/programs.md.

actuals, targets: cell addresses (J9), one per measure, from top to bottom in one column.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from string import ascii_lowercase, ascii_uppercase

from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import (
    Adjustment,
    Band,
    Bands,
    Basis,
    Condition,
    Count,
    Full,
    Inverse,
    Levels,
    Linear,
    Meet,
    PartStep,
    Ratio,
    Side,
    Step,
    Subject,
)
from xlkpi.rules.rule import Need, Rule
from xlkpi.scoring import reasons


def empty(cell: str) -> str:
    """The condition that a cell is empty or shows "". An error cell is not empty.

    COUNTBLANK does not count the "" of a formula in HyperFormula and excelize, and 0="" holds in Univer. Compare no
    result with a number: TRUE is greater than any.
    """
    return f"IFERROR(LEN({cell})=0,0)"


def as_shown(cell: str) -> str:
    """What a cell shows. A bare reference to a "" that comes from another cell is 0 in Univer."""
    return f'IF(LEN({cell})=0,"",{cell})'


def any_holds(conditions: Sequence[str]) -> str:
    """The condition that one of several holds; conditions: from `empty`, or 0 in place of one."""
    return conditions[0] if len(conditions) == 1 else f"{'+'.join(conditions)}>0"


def refuses(cell: str) -> str:
    """The condition that a cell shows `#KPI …`. IronCalc counts in ranges only."""
    return f'COUNTIF({cell}:{cell},"{reasons.PREFIX}*")>0'


def unread(rule: Rule, actuals: Sequence[str], targets: Sequence[str]) -> str:
    """The condition (without =) that one of the cells that the rule reads is empty."""
    read = [actuals[m] for m in range(rule.measures)]
    read += [targets[m] for m in range(rule.measures) if rule.reads_target(m)]
    return any_holds([empty(cell) for cell in read])


def native_score(rule: Rule, actuals: Sequence[str], targets: Sequence[str], language: str = HANS) -> str:
    """The formula (without =) for the score on the 100 scale: a number, 一票否决, "" or `#KPI …`."""
    cells = _Cells(rule, actuals, targets, language)
    return cells.guarded(cells.score())


def native_deducted(rule: Rule, actuals: Sequence[str], targets: Sequence[str], language: str = HANS) -> str:
    """The formula (without =) for the sum of a rule's deductions on the 100 scale, unclipped."""
    cells = _Cells(rule, actuals, targets, language)
    return cells.guarded(cells.rescaled(cells.points(bonus=False)))


def native_lost(rule: Rule, actuals: Sequence[str], targets: Sequence[str]) -> str:
    """The formula (without =) for the sum of a rule's deductions on its own scale, unclipped; checks no inputs."""
    return _Cells(rule, actuals, targets, HANS).points(bonus=False)


def native_base(rule: Rule, actuals: Sequence[str], targets: Sequence[str]) -> str:
    """The formula (without =) for the capped base, before deductions, on the rule's scale; checks no inputs."""
    cells = _Cells(rule, actuals, targets, HANS)
    return cells.capped(cells.base())


def native_points(rule: Rule, adjustment: Adjustment, actuals: Sequence[str], targets: Sequence[str]) -> str:
    """The formula (without =) for the points of one clause of a rule, on its scale; checks no inputs."""
    return _Cells(rule, actuals, targets, HANS).adjustment(adjustment)


def native_holds(rule: Rule, condition: Condition, actuals: Sequence[str], targets: Sequence[str]) -> str:
    """The formula (without =) that is TRUE where a condition of the rule holds; checks no inputs."""
    return _Cells(rule, actuals, targets, HANS).holds(condition)


def level_points(rule: Rule, cell: str) -> str:
    """The formula (without =) for the score of a level on the 100 scale; checks nothing."""
    return _Cells(rule, [cell], [cell], HANS).score()


def level_is_known(rule: Rule, cell: str) -> str:
    """The condition that a cell holds one of the rule's levels."""
    assert isinstance(rule.base, Levels)
    # An error cell is no text, so it is refused before anything compares it.
    known = ",".join(_is_level(cell, name) for name, _ in rule.base.levels)
    return f"IF(ISTEXT({cell}),OR({known}),0)"


def text_literal(text: str) -> str:
    """A text as a constant in a formula. Raises ValueError for more than 255 characters, Excel's limit."""
    if len(text) > 255:
        raise ValueError(f"a formula's text constant has {len(text)} characters, Excel reads 255")
    return '"' + text.replace('"', '""') + '"'


def _is_level(cell: str, name: str) -> str:
    """Whether a cell holds the name of a level, in small or large letters as `str.lower` knows them.

    Spreadsheets compare like this, too, but not every one knows that ⅲ and Ⅲ, or ä and Ä, are one letter.
    """
    folded = name.lower()
    spellings = {each.translate(_LARGE): each for each in (folded, folded.upper(), name) if each.lower() == folded}
    equal = [f"{cell}={text_literal(each)}" for each in reversed(spellings.values())]
    return equal[0] if len(equal) == 1 else f"OR({','.join(equal)})"


_LARGE = str.maketrans(ascii_lowercase, ascii_uppercase)
"""To the large letters of those that every spreadsheet knows."""


def kpi_literal(reason: str, language: str = HANS, /, **values: object) -> str:
    """A `#KPI …` text as a constant in a formula."""
    return text_literal(reasons.cell_text(reason, language, **values))


class _Cells:
    """Builds the formulas of one rule. actuals, targets: addresses of its inputs; language: that of `#KPI …`."""

    def __init__(self, rule: Rule, actuals: Sequence[str], targets: Sequence[str], language: str) -> None:
        self.rule, self.actuals, self.targets, self.language = rule, actuals, targets, language

    def guarded(self, formula: str) -> str:
        """The formula, but "" where an input is empty and `#KPI …` where an input cannot be used."""
        for need, measure in reversed(self.rule.needs):
            formula = self._needing(need, measure, formula)
        return f'IF({unread(self.rule, self.actuals, self.targets)},"",{formula})'

    def _needing(self, need: Need, measure: int, then: str) -> str:
        """The formula `then`, but `#KPI …` where a need of the rule is not met."""
        actual, target = self.actuals[measure], self.target(measure)
        refused = kpi_literal(reasons.NEED[need], self.language)
        passing = actual if need in (Need.ACTUAL_NUMBER, Need.ACTUAL_LEVEL) else target
        passed = f"IF({refuses(passing)},{passing},{refused})"
        match need:
            case Need.ACTUAL_NUMBER | Need.TARGET_NUMBER:
                return f"IF(COUNT({passing})=0,{passed},{then})"
            case Need.ACTUAL_LEVEL:
                return f"IF({level_is_known(self.rule, actual)},{then},{passed})"
            case Need.COUNT:
                return f"IF({actual}<0,{refused},IF(ROUND({actual}-ROUND({actual},0),9)<>0,{refused},{then}))"
            case Need.POSITIVE_TARGET:
                return f"IF({target}>0,{then},{refused})"
            case Need.INVERTIBLE:
                fine = f"OR({target}>0,AND({target}=0,{actual}=0))"
                return f"IF({actual}<0,{refused},IF({fine},{then},{refused}))"

    def score(self) -> str:
        rule = self.rule
        deductions, bonuses = self.points(bonus=False), self.points(bonus=True)
        score = self.capped(self.base())
        if deductions:
            score += f"-({deductions})"
        if bonuses:  # deductions alone cannot pass the cap again
            score = self.capped(f"{score}+{bonuses}")
        score = self.rescaled(f"MAX({plain(rule.floor)},{score})")
        for cliff in reversed(rule.cliffs):
            score = f"IF({self.holds(cliff.condition)},{self.rescaled(plain(cliff.points))},{score})"
        for veto in reversed(rule.vetoes):
            score = f"IF({self.holds(veto)},{text_literal(reasons.veto(self.language))},{score})"
        return score

    def rescaled(self, points: str) -> str:
        return points if self.rule.scale == 100 else f"({points})*100/{plain(self.rule.scale)}"

    def capped(self, points: str) -> str:
        return points if self.rule.cap is None else f"MIN({plain(self.rule.cap)},{points})"

    def target(self, measure: int) -> str:
        origin = self.rule.origin(measure)
        return self.targets[measure] if origin is None else plain(origin.value)

    def number(self, subject: Subject, measure: int) -> str:
        actual = self.actuals[measure]
        target = self.target(measure)
        match subject:
            case Subject.VALUE:
                return actual
            case Subject.OVER:
                return f"{actual}-{_signed(target)}"
            case Subject.SHORT:
                return f"{target}-{actual}"
        return f"{actual}/{target}"

    def base(self) -> str:
        base, scale = self.rule.base, plain(self.rule.scale)
        match base:
            case Full(start):
                return scale if start is None else plain(start)
            case Ratio(measure):
                return f"{self.number(Subject.ACHIEVEMENT, measure)}*{scale}"
            case Inverse(measure):
                actual, target = self.actuals[measure], self.target(measure)
                # IF evaluates only the branch it takes, so the division is safe.
                cap = plain(self.rule.cap or Decimal(0))
                return f"IF({actual}=0,IF({target}=0,{scale},{cap}),{target}/{actual}*{scale})"
            case Bands(bands):
                formula = self._band_points(base, bands[0])
                for band in bands[1:]:
                    formula = f"IF({self.holds(band.condition.lower_end)},{self._band_points(base, band)},{formula})"
                return formula
            case Linear():
                return self._linear(base)
            case Meet(points, otherwise, at_least, measure):
                actual, target = self.actuals[measure], self.target(measure)
                ahead = f"{actual}-{target}" if at_least else f"{target}-{actual}"
                return f"IF(ROUND({ahead},9)>=0,{plain(points)},{plain(otherwise)})"
            case Levels(levels, measure):
                formula = plain(levels[-1][1])
                for name, points in reversed(levels[:-1]):
                    formula = f"IF({_is_level(self.actuals[measure], name)},{plain(points)},{formula})"
                return formula

    def _band_points(self, base: Bands, band: Band) -> str:
        if band.points is None:
            return f"{self.number(Subject.ACHIEVEMENT, base.measure)}*{plain(self.rule.scale)}"
        return plain(band.points)

    def _linear(self, base: Linear) -> str:
        number = self.number(base.subject, base.measure)
        ends = [(plain(amount.value), plain(points)) for amount, points in base.points]
        formula = ends[-1][1]
        for (x0, y0), (x1, y1) in reversed(list(pairwise(ends))):
            line = f"{y0}+({number}-{_signed(x0)})*({y1}-{y0})/({x1}-{_signed(x0)})"
            formula = f"IF(ROUND({number}-{_signed(x1)},9)<=0,{line},{formula})"
        x0, y0 = ends[0]
        return f"IF(ROUND({number}-{_signed(x0)},9)<=0,{y0},{formula})"

    def holds(self, condition: Condition) -> str:
        number = self.number(condition.subject, condition.measure)
        tests: list[str] = []
        if condition.low is not None:
            sign = ">=" if condition.low_closed else ">"
            tests.append(f"ROUND({number}-{_signed(plain(condition.low.value))},9){sign}0")
        if condition.high is not None:
            sign = "<=" if condition.high_closed else "<"
            tests.append(f"ROUND({number}-{_signed(plain(condition.high.value))},9){sign}0")
        return tests[0] if len(tests) == 1 else f"AND({','.join(tests)})"

    def points(self, *, bonus: bool) -> str:
        """The sum of the deductions, or of the bonuses; "" where there are none."""
        return "+".join(self.adjustment(a) for a in self.rule.adjustments if a.bonus is bonus)

    def adjustment(self, adjustment: Adjustment) -> str:
        points = self._step(adjustment) if isinstance(adjustment, Step) else self._count(adjustment)
        return points if adjustment.limit is None else f"MIN({plain(adjustment.limit)},{points})"

    def _step(self, step: Step) -> str:
        actual, target = self.actuals[step.measure], self.target(step.measure)
        gap = {
            Side.SHORT: f"{target}-{actual}",
            Side.OVER: f"{actual}-{target}",
            Side.EITHER: f"ABS({actual}-{target})",
        }[step.side]
        of_target = f"*{target}" if step.basis is Basis.RELATIVE else ""
        gap += f"-{plain(step.free)}{of_target}" if step.free else ""
        steps = f"({gap})/({plain(step.step)}{of_target})"
        if step.part is PartStep.NOTHING:
            steps = f"INT(ROUND({steps},9))"
        elif step.part is PartStep.WHOLE:
            steps = f"-INT(-ROUND({steps},9))"
        return f"MAX(0,{steps})*{plain(step.points)}"

    def _count(self, count: Count) -> str:
        actual = self.actuals[count.measure]
        times = f"MAX(0,{actual}-{count.allowance})" if count.allowance else actual
        if count.together is None:
            return f"{times}*{plain(count.points)}"
        reached, total = count.together
        beyond = f"{plain(total)}+({times}-{reached})*{plain(count.points)}"
        return f"IF({times}>={reached},{beyond},{times}*{plain(count.points)})"


def _signed(number: str) -> str:
    """The number in brackets if it is negative: a minus sign may stand before it."""
    return f"({number})" if number.startswith("-") else number
