"""距下一档 on the form: what `xlkpi.ahead` tells, as a built-in formula and as text.

>15%，少扣3分；差3个百分点 — the edge that the number must reach, what it brings, how far away it is.
"""

from __future__ import annotations

from xlkpi.analysis.next_step import Ahead, Climbing, Gain, Leaving, Meeting, Stepping, clauses
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


class AheadText:
    """The wording of one row: its unit and the words of the form."""

    def __init__(self, unit: str, words: Labels) -> None:
        self.unit, self.words = unit, words

    def lead(self, sign: str, subject: Subject, *, deviation: bool = False) -> str:
        """What must lie how: 完成率≥, 偏差<, >."""
        word = self.words("ahead_deviation") if deviation else ""
        return (self.words("achievement") if subject is Subject.ACHIEVEMENT else word) + sign

    def gain(self, gain: Gain, points: float | None) -> str:
        """What it brings: 少扣3分."""
        return self.words(_GAIN[gain], points="" if points is None else plain(round_half_up(points)))

    @property
    def gap(self) -> tuple[str, str]:
        """The words around the distance."""
        before, after = self.words("ahead_gap").split("{gap}")
        return before, (self.words("receipt_points") if self.unit == "%" else "") + after

    def text(self, ahead: Ahead, actual: float, aim: float) -> str:
        """The whole text in Python."""
        number = abs(actual - aim) if ahead.deviation else actual
        to = ahead.edge * aim if ahead.subject is Subject.ACHIEVEMENT else ahead.edge
        edge = formula_value(ahead.edge, "%" if ahead.subject is Subject.ACHIEVEMENT else self.unit, self.words)
        said = self.lead(ahead.sign, ahead.subject, deviation=ahead.deviation) + edge
        said += self.gain(ahead.gain, ahead.points)
        gap = abs(to - number)
        before, after = self.gap
        shown = (
            formula_value(gap * 100, "", self.words) if self.unit == "%" else formula_value(gap, self.unit, self.words)
        )
        return f"{said}{before}{shown}{after}" if round(gap, 9) > 0 else said


def usual_text(rule: Rule, unit: str, words: Labels) -> str:
    """A text of usual length for the first measure: a row must be high enough for it."""
    first = next(clauses(rule, 0), None)
    if first is None:
        return ""
    if isinstance(first, Climbing) and first.base.subject is Subject.ACHIEVEMENT:
        return AheadText(unit, words).text(Ahead(Gain.SCORE, "≥", 1.2, 100.0, Subject.ACHIEVEMENT), 100.0, 90.0)
    return AheadText(unit, words).text(Ahead(Gain.LESS, ">", 0.125, 3.0), 0.1125, 0.2)


def ahead_formula(rule: Rule, measure: int, actuals: list[str], targets: list[str], unit: str, words: Labels) -> str:
    """The formula (without =) for a measure whose row scores; `""` where nothing is ever ahead."""
    row = _Row(rule, measure, actuals, targets, AheadText(unit, words))
    formula = '""'
    for clause in reversed(list(clauses(rule, measure))):
        formula = row.first(clause, formula)
    return formula


class _Row:
    """One measure's cells."""

    def __init__(self, rule: Rule, measure: int, actuals: list[str], targets: list[str], say: AheadText) -> None:
        self.rule, self.actuals, self.targets, self.say = rule, actuals, targets, say
        origin = rule.origin(measure)
        self.actual = actuals[measure]
        self.aim = targets[measure] if origin is None else plain(origin.value)

    def first(self, clause: Leaving | Climbing | Meeting | Stepping, otherwise: str) -> str:
        """What is ahead of a clause, else what is ahead of those after it."""
        match clause:
            case Leaving():
                sign, amount = clause.edge
                told = self.at(sign, amount, clause.condition.subject, Gain.LEAVE, clause.points)
                told = told if clause.leaves else '""'
                return f"IF({self.holds(clause.condition)},{told},{otherwise})"
            case Climbing():
                return self.climbing(clause, otherwise)
            case Meeting():
                short = f"{self.aim}-{self.actual}" if clause.base.at_least else f"{self.actual}-{self.aim}"
                told = self.told(clause.sign, self.aim, Gain.SCORE, clause.points, short)
                return f"IF(ROUND({short},9)>0,{told},{otherwise})"
            case Stepping():
                return self.stepping(clause, otherwise)

    def holds(self, condition: Condition) -> str:
        return native_holds(self.rule, condition, self.actuals, self.targets)

    def climbing(self, clause: Climbing, otherwise: str) -> str:
        bands = clause.base.bands
        told: list[str] = []
        for index in range(len(bands)):
            after = clause.after(index)
            if after is None:
                told.append(otherwise)
                continue
            sign, amount, band = after
            gain = Gain.RATIO if band.points is None else Gain.SCORE
            told.append(self.at(sign, amount, clause.base.subject, gain, clause.points(band)))
        formula = told[0]
        for here, band in zip(told[1:], bands[1:], strict=True):
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
        each, of_last = (text_literal(self.say.gain(gain, points)) for points in clause.worth)
        brings = each if most is None or each == of_last else f"IF({last},{of_last},{each})"
        told = self.told(clause.sign, edge, brings, None, gap, deviation=step.side is Side.EITHER)
        return f"IF({condition},{told},{otherwise})" if condition else told

    def at(self, sign: str, amount: Amount, subject: Subject, gain: Gain, points: float | None) -> str:
        """A constant edge."""
        number = plain(amount.value)
        to = f"{number}*{self.aim}" if subject is Subject.ACHIEVEMENT else number
        gap = f"{self.actual}-{to}" if sign in "<≤" else f"{to}-{self.actual}"
        head = text_literal(
            self.say.lead(sign, subject) + self._constant(amount, subject) + self.say.gain(gain, points)
        )
        return f"{head}&{self._gap(gap)}"

    def _constant(self, amount: Amount, subject: Subject) -> str:
        if subject is Subject.ACHIEVEMENT:
            return written(amount)
        return formula_value(float(amount.value), self.say.unit, self.say.words)

    def told(
        self, sign: str, edge: str, gain: Gain | str, points: float | None, gap: str, *, deviation: bool = False
    ) -> str:
        """An edge that follows from the target; `gain` is what it brings or a formula of its text."""
        head = text_literal(self.say.lead(sign, Subject.VALUE, deviation=deviation))
        brings = gain if isinstance(gain, str) else text_literal(self.say.gain(gain, points))
        return f"{head}&{formula_text(f'({edge})', self.say.unit, self.say.words)}&{brings}&{self._gap(gap)}"

    def _gap(self, gap: str) -> str:
        before, after = self.say.gap
        points = self.say.unit == "%"
        scaled, unit = (f"(({gap})*100)", "") if points else (f"({gap})", self.say.unit)
        shown = formula_text(scaled, unit, self.say.words)
        told = f"{text_literal(before)}&{shown}" + (f"&{text_literal(after)}" if after else "")
        return f'IF(ROUND({gap},9)>0,{told},"")'
