"""The column 距下一档 of a form: the next step of `analysis.next_step` as a built-in formula and as text.

>15%，少扣3分；差3个百分点: the edge that the number must reach, what it brings, how far away it is.
"""

from __future__ import annotations

from xlkpi.analysis.next_step import Climbing, Gain, Leaving, Meeting, NextEdge, Stepping, clauses
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import plain, round_half_up
from xlkpi.rules.model import Amount, Basis, Condition, PartStep, Side, Subject, written
from xlkpi.rules.rule import Rule
from xlkpi.scoring.formula import native_holds, text_literal
from xlkpi.writer.formulas.number_text import formula_text, formula_value

_GAIN = {
    Gain.LESS: "ahead_less",
    Gain.MORE: "ahead_more",
    Gain.SCORE: "ahead_score",
    Gain.RATIO: "ahead_ratio",
    Gain.LEAVE: "ahead_leave",
}


class NextStepText:
    """The text of the next step in one row of a form; unit: of the row."""

    def __init__(self, unit: str, labels: Labels) -> None:
        self.unit, self.labels = unit, labels

    def lead(self, sign: str, subject: Subject, *, deviation: bool = False) -> str:
        """The beginning of the text: 完成率≥, 偏差<, >."""
        word = self.labels("ahead_deviation") if deviation else ""
        return (self.labels("achievement") if subject is Subject.ACHIEVEMENT else word) + sign

    def gain(self, gain: Gain, points: float | None) -> str:
        """What the next step brings: 少扣3分."""
        return self.labels(_GAIN[gain], points="" if points is None else plain(round_half_up(points)))

    @property
    def gap(self) -> tuple[str, str]:
        """The texts before and after the distance."""
        before, after = self.labels.around("ahead_gap")
        return before, (self.labels("receipt_points") if self.unit == "%" else "") + after

    def text(self, next_edge: NextEdge, actual: float, aim: float) -> str:
        """The whole text; actual, aim: the numbers that it was computed from."""
        number = abs(actual - aim) if next_edge.deviation else actual
        edge_value = next_edge.edge * aim if next_edge.subject is Subject.ACHIEVEMENT else next_edge.edge
        edge = formula_value(
            next_edge.edge, "%" if next_edge.subject is Subject.ACHIEVEMENT else self.unit, self.labels
        )
        text = self.lead(next_edge.sign, next_edge.subject, deviation=next_edge.deviation) + edge
        text += self.gain(next_edge.gain, next_edge.points)
        gap = abs(edge_value - number)
        before, after = self.gap
        gap_text = (
            formula_value(gap * 100, "", self.labels)
            if self.unit == "%"
            else formula_value(gap, self.unit, self.labels)
        )
        return f"{text}{before}{gap_text}{after}" if round(gap, 9) > 0 else text


def usual_text(rule: Rule, unit: str, labels: Labels) -> str:
    """A text of usual length for the first measure: the row must be high enough for it."""
    first = next(clauses(rule, 0), None)
    if first is None:
        return ""
    if isinstance(first, Climbing) and first.base.subject is Subject.ACHIEVEMENT:
        return NextStepText(unit, labels).text(NextEdge(Gain.SCORE, "≥", 1.2, 100.0, Subject.ACHIEVEMENT), 100.0, 90.0)
    return NextStepText(unit, labels).text(NextEdge(Gain.LESS, ">", 0.125, 3.0), 0.1125, 0.2)


def next_step_formula(
    rule: Rule, measure: int, actuals: list[str], targets: list[str], unit: str, labels: Labels
) -> str:
    """The formula (without =) of 距下一档 for a measure in a row with a score; `""` if there never is a next step."""
    row = _Row(rule, measure, actuals, targets, NextStepText(unit, labels))
    formula = '""'
    for clause in reversed(list(clauses(rule, measure))):
        formula = row.first(clause, formula)
    return formula


class _Row:
    """Builds the formula of one measure. actuals, targets: cell addresses."""

    def __init__(self, rule: Rule, measure: int, actuals: list[str], targets: list[str], text: NextStepText) -> None:
        self.rule, self.actuals, self.targets, self.text = rule, actuals, targets, text
        origin = rule.origin(measure)
        self.actual = actuals[measure]
        self.aim = targets[measure] if origin is None else plain(origin.value)

    def first(self, clause: Leaving | Climbing | Meeting | Stepping, otherwise: str) -> str:
        """The formula for the next step of a clause; otherwise: the formula for the clauses after it."""
        match clause:
            case Leaving():
                sign, amount = clause.edge
                text = self.fixed_edge(sign, amount, clause.condition.subject, Gain.LEAVE, clause.points)
                text = text if clause.leaves else '""'
                return f"IF({self.holds(clause.condition)},{text},{otherwise})"
            case Climbing():
                return self.climbing(clause, otherwise)
            case Meeting():
                short = f"{self.aim}-{self.actual}" if clause.base.at_least else f"{self.actual}-{self.aim}"
                text = self.moving_edge(clause.sign, self.aim, Gain.SCORE, clause.points, short)
                return f"IF(ROUND({short},9)>0,{text},{otherwise})"
            case Stepping():
                return self.stepping(clause, otherwise)

    def holds(self, condition: Condition) -> str:
        return native_holds(self.rule, condition, self.actuals, self.targets)

    def climbing(self, clause: Climbing, otherwise: str) -> str:
        bands = clause.base.bands
        texts: list[str] = []
        for index in range(len(bands)):
            after = clause.after(index)
            if after is None:
                texts.append(otherwise)
                continue
            sign, amount, band = after
            gain = Gain.RATIO if band.points is None else Gain.SCORE
            texts.append(self.fixed_edge(sign, amount, clause.base.subject, gain, clause.points(band)))
        formula = texts[0]
        for here, band in zip(texts[1:], bands[1:], strict=True):
            if here != formula:
                formula = f"IF({self.holds(band.condition.lower_end)},{here},{formula})"
        return formula

    def stepping(self, clause: Stepping, otherwise: str) -> str:
        step = clause.step
        of_target = f"*{self.aim}" if step.basis is Basis.RELATIVE else ""
        size = f"{plain(step.step)}{of_target}"
        away = {
            Side.SHORT: f"{self.aim}-{self.actual}",
            Side.OVER: f"{self.actual}-{self.aim}",
            Side.EITHER: f"ABS({self.actual}-{self.aim})",
        }[step.side]
        free = f"{plain(step.free)}{of_target}" if step.free else ""
        steps = f"({away}{'-' + free if free else ''})/({size})"
        whole = step.part is PartStep.NOTHING
        taken = f"INT(ROUND({steps},9))" if whole else f"-INT(-ROUND({steps},9))"
        most = clause.most
        if step.bonus:
            taken = f"MAX(0,{taken})"
            counted = f"({taken}+1)" if whole else taken
            condition = "" if most is None else f"{taken}<{most}"
            last = f"{taken}={(most or 0) - 1}"
        else:
            if most is not None:
                taken = f"MIN({most},{taken})"
            counted = taken if whole else f"({taken}-1)"
            condition, last = f"{taken}>0", f"{taken}={most}"
        edge = f"{counted}*{size}" + (f"+{free}" if free else "")
        gap = f"{edge}-({away})" if step.bonus else f"{away}-({edge})"
        if step.side is Side.SHORT:
            edge = f"{self.aim}-({edge})"
        elif step.side is Side.OVER:
            edge = f"{self.aim}+{edge}"
        gain = Gain.MORE if step.bonus else Gain.LESS
        each, of_last = (text_literal(self.text.gain(gain, points)) for points in clause.worth)
        brings = each if most is None or each == of_last else f"IF({last},{of_last},{each})"
        text = self.moving_edge(clause.sign, edge, brings, None, gap, deviation=step.side is Side.EITHER)
        return f"IF({condition},{text},{otherwise})" if condition else text

    def fixed_edge(self, sign: str, amount: Amount, subject: Subject, gain: Gain, points: float | None) -> str:
        """The text for an edge that is a constant."""
        number = plain(amount.value)
        edge = f"{number}*{self.aim}" if subject is Subject.ACHIEVEMENT else number
        gap = f"{self.actual}-{edge}" if sign in "<≤" else f"{edge}-{self.actual}"
        head = text_literal(
            self.text.lead(sign, subject) + self._constant(amount, subject) + self.text.gain(gain, points)
        )
        return f"{head}&{self._gap(gap)}"

    def _constant(self, amount: Amount, subject: Subject) -> str:
        if subject is Subject.ACHIEVEMENT:
            return written(amount)
        return formula_value(float(amount.value), self.text.unit, self.text.labels)

    def moving_edge(
        self, sign: str, edge: str, gain: Gain | str, points: float | None, gap: str, *, deviation: bool = False
    ) -> str:
        """The text for an edge that follows from the target; gain: what it brings, or a formula of that text."""
        head = text_literal(self.text.lead(sign, Subject.VALUE, deviation=deviation))
        brings = gain if isinstance(gain, str) else text_literal(self.text.gain(gain, points))
        return f"{head}&{formula_text(f'({edge})', self.text.unit, self.text.labels)}&{brings}&{self._gap(gap)}"

    def _gap(self, gap: str) -> str:
        before, after = self.text.gap
        points = self.text.unit == "%"
        scaled, unit = (f"(({gap})*100)", "") if points else (f"({gap})", self.text.unit)
        gap_text = formula_text(scaled, unit, self.text.labels)
        text = f"{text_literal(before)}&{gap_text}" + (f"&{text_literal(after)}" if after else "")
        return f'IF(ROUND({gap},9)>0,{text},"")'
