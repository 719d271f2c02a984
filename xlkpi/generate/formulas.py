"""The formulas of a role sheet.

Every cell that Python scores is IFERROR(Python, built-in twin): the twin stands in hidden column `native` and takes
over wherever the functions are missing. Empty wins over `#KPI` in row formulas, and no formula swallows a `#KPI`.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from xlkpi.catalogue import Alert, Indicator, Measure, Part
from xlkpi.expression import MONTHS, Expression
from xlkpi.form import EVENTS, FINAL_ROW, GRADE_ROW, LETTER, PERSON_ROW, Layout, measure_id, part_id
from xlkpi.generate.ahead import ahead_formula
from xlkpi.generate.numbers import formula_text
from xlkpi.grades import Grade
from xlkpi.rules import reasons
from xlkpi.rules.language import language_of
from xlkpi.rules.native import blanks, kpi_literal, native_base, native_deducted, native_score, text_literal
from xlkpi.rules.phrase import plain
from xlkpi.rules.rule import Basis, Rule, Side, Step
from xlkpi.words import Words, yes_words

_ANY_NUMBER = '">-1E+300"'


class SheetFormulas:
    """The formulas of one role's sheet, by row. Each method gives a cell's whole text, with its =.

    months: those in post (m1, m2, m3), one at least; the others are not asked for.
    """

    def __init__(self, layout: Layout, words: Words, months: tuple[str, ...] = MONTHS) -> None:
        self.layout, self.words, self.language, self.months = layout, words, words.language, months
        said_yes = (f"{self.fixed('newcomer', PERSON_ROW)}={text_literal(word)}" for word in yes_words())
        self.newcomer = f"OR({','.join(said_yes)})"
        self.cells = layout.cells(self.newcomer)
        self.not_applicable = text_literal(words("not_applicable"))
        self.unmet = text_literal(words("condition_unmet"))

    def at(self, column_id: str, row: int) -> str:
        return f"{LETTER[column_id]}{row}"

    def fixed(self, column_id: str, row: int) -> str:
        return f"${LETTER[column_id]}${row}"

    def inputs(self, measure: Measure) -> str:
        """The cells that are typed for a measure."""
        row = self.layout.rows[measure_id(measure.id)]
        ends = (self.months[0], self.months[-1]) if measure.monthly else ("quarter", "quarter")
        return ":".join(dict.fromkeys(self.at(column, row) for column in ends))

    # --- data entry ---------------------------------------------------------------------------------------------

    def quarter(self, measure: Measure) -> str:
        """The months in post → the quarter: empty while one is empty. Only sums of flows contain the letters SUM."""
        months, count = self.inputs(measure), len(self.months)
        last = months.split(":")[-1]
        value = {"sum": f"SUM({months})", "mean": f"AVERAGE({months})", "last": last}[measure.aggregate]
        refused = kpi_literal(reasons.NOT_A_NUMBER, self.language, label=measure.label)
        return f'=IF(COUNTA({months})<{count},"",IF(COUNT({months})<{count},{refused},{value}))'

    def status(self, measure: Measure) -> str:
        """What is still to do in a row of data entry."""
        inputs, count = self.inputs(measure), len(self.months) if measure.monthly else 1
        outside = [f"MIN({inputs})<{plain(measure.low)}"] if measure.low is not None else []
        outside += [f"MAX({inputs})>{plain(measure.high)}"] if measure.high is not None else []
        done = text_literal(self.words("status_done"))
        if outside:
            done = f"IF(OR({','.join(outside)}),{text_literal(self.words('status_check'))},{done})"
        before, after = self.words("status_missing").split("{count}")
        missing = f"{text_literal(before)}&({count}-COUNTA({inputs}))&{text_literal(after)}"
        if measure.optional:
            missing = text_literal(self.words("status_optional"))
        if levels := self.layout.role.levels.get(measure.id):
            known = "+".join(f"COUNTIF({inputs},{text_literal(level)})" for level in levels)
            unknown = text_literal(self.words("status_level"))
            return f"=IF(COUNTA({inputs})<1,{missing},IF({known}=0,{unknown},{done}))"
        wrong = text_literal(self.words("status_text"))
        return f"=IF(COUNTA({inputs})<{count},{missing},IF(COUNT({inputs})<{count},{wrong},{done}))"

    # --- scoring: one row of an indicator --------------------------------------------------------------------------

    def actual(self, indicator: Indicator, part: Part) -> str:
        if indicator.levels:  # the word as it stands
            cell = self.cells[part.actual.operands[0]].address
            return f'=IF(COUNTBLANK({cell})>0,"",{cell})'
        return "=" + part.actual.formula(self.cells, self.language)

    def target(self, formula: Expression) -> str:
        return "=" + formula.formula(self.cells, self.language)

    def achievement(self, row: int) -> str:
        actual, target = self.at("actual", row), self.at("target", row)
        return f'=IF(COUNT({actual},{target})<2,"",IF({target}>0,{actual}/{target},""))'

    def applies(self, indicator: Indicator) -> str | None:
        """ "" where the indicator counts, else what its score cell shows: 不适用, or `#KPI` of its condition."""
        role = self.layout.role
        formula = '""'
        if indicator.applies is not None:
            unmet = self.not_applicable if indicator.unmet == "redistribute" else self.unmet
            formula = indicator.applies.formula(self.cells, self.language, then=lambda met: f'IF({met}=1,"",{unmet})')
        before = [self.layout.address(measure_id(id), "quarter") for id in role.newcomer_conditions(indicator)]
        if before:
            empty = "+".join(f"COUNTBLANK({cell})" for cell in before)
            formula = f"IF(IF({self.newcomer},{empty},0)>0,{self.not_applicable},{formula})"
        return None if formula == '""' else "=" + formula

    def effective(self, indicator: Indicator) -> str:
        """The weight when those of the group that do not apply have given theirs to the others."""
        rows = self.layout.group_rows(indicator)
        row = self.layout.rows[part_id(indicator.id)]
        weight, applies = self.at("weight", row), self.at("applies", row)
        weights = f"{self.fixed('weight', rows[0])}:{self.fixed('weight', rows[-1])}"
        states = f"{self.fixed('applies', rows[0])}:{self.fixed('applies', rows[-1])}"
        counting = f"SUM({weights})-SUMIF({states},{self.not_applicable},{weights})"
        return f"=IF({applies}={self.not_applicable},0,IF({counting}>0,{weight}*(SUM({weights})/({counting})),0))"

    def _refs(self, indicator: Indicator) -> tuple[list[str], list[str]]:
        first = self.layout.rows[part_id(indicator.id)]
        rows = range(first, first + len(indicator.parts))
        return [self.at("actual", row) for row in rows], [self.at("target", row) for row in rows]

    def _python(self, function: str, indicator: Indicator, row: int) -> str:
        actuals, targets = (_range(cells) for cells in self._refs(indicator))
        call = f"{function}({actuals},{targets},{self.at('rule', row)},{self.at('unit', row)})"
        guard = blanks(indicator.rule, *self._refs(indicator))
        return f'IF({guard}>0,"",IFERROR({call},{self.fixed("native", row)}))'

    def _if_applies(self, formula: str, indicator: Indicator, row: int, *, otherwise: str = "") -> str:
        """Around a formula of a row that may not apply."""
        # Asked four times a row; what is asked is not what `applies` says, only whether it says anything.
        if indicator.applies is None and not self.layout.role.newcomer_conditions(indicator):
            return "=" + formula
        applies = self.at("applies", row)
        return f'=IF({applies}<>"",{otherwise or applies},{formula})'

    def deducted(self, indicator: Indicator) -> str:
        row = self.layout.rows[part_id(indicator.id)]
        rule = indicator.rule
        if rule.only_deducts:
            return self._if_applies(self._python("STEP_DEDUCT", indicator, row), indicator, row, otherwise='""')
        return self.deducted_from_score(indicator)

    def deducted_from_score(self, indicator: Indicator) -> str:
        """What the score lies below its base, where something was deducted."""
        rule = indicator.rule
        score = self.at("score", self.layout.rows[part_id(indicator.id)])
        if not (any(not a.bonus for a in rule.adjustments) or rule.cliffs):
            return f'=IF(COUNT({score})=0,"",0)'
        return f'=IF(COUNT({score})=0,"",MAX(0,{native_base(rule, *self._refs(indicator))}-{score}))'

    def score(self, indicator: Indicator) -> str:
        row = self.layout.rows[part_id(indicator.id)]
        zero = f"IF({self.at('applies', row)}={self.unmet},0,{self.at('applies', row)})"
        if indicator.rule.only_deducts:
            deducted = self.at("deducted", row)
            formula = f"IF(ISTEXT({deducted}),{deducted},MAX(0,100-{deducted}))"
        else:
            formula = self._python("KPI_SCORE", indicator, row)
        otherwise = zero if indicator.unmet == "zero" else ""
        return self._if_applies(formula, indicator, row, otherwise=otherwise)

    def weighted(self, row: int) -> str:
        score, effective = self.at("score", row), self.at("effective", row)
        everything = self._effective_range
        return f'=IF(COUNT({score})=0,"",IF(SUM({everything})>0,{score}*{effective}/SUM({everything}),""))'

    def native(self, indicator: Indicator) -> str:
        """The twin; it refuses to score a sentence from which it was not made."""
        row = self.layout.rows[part_id(indicator.id)]
        twin = native_deducted if indicator.rule.only_deducts else native_score
        # Refused in the language of the sentence, as Python does it.
        scored = twin(indicator.rule, *self._refs(indicator), language_of(indicator.rule_text))
        changed = f"{self.at('rule', row)}<>{self.at('compiled', row)}"
        return f"=IF({changed},{kpi_literal(reasons.RULE_CHANGED, self.language)},{scored})"

    def check(self, indicator: Indicator) -> str:
        """1 where Python and the twin disagree."""
        row = self.layout.rows[part_id(indicator.id)]
        differ = self.differ("deducted" if indicator.rule.only_deducts else "score", row)
        return f'=IF({self.at("applies", row)}<>"",0,{differ})'

    def differ(self, column_id: str, row: int) -> str:
        """Formula: 1 where what a cell shows is not what the twin of its row gives."""
        shown, twin = self.at(column_id, row), self.at("native", row)
        return f"IF(COUNT({shown},{twin})=2,IF(ABS({shown}-{twin})>0.0000001,1,0),IF({shown}={twin},0,1))"

    def ahead(self, indicator: Indicator, index: int = 0) -> str | None:
        """距下一档 of a measure, where its indicator has a score; None where nothing is ever ahead."""
        unit = indicator.parts[index].unit
        told = ahead_formula(indicator.rule, index, *self._refs(indicator), unit, self.words)
        if told == '""':
            return None
        row = self.layout.rows[part_id(indicator.id)]
        formula = f'IF(COUNT({self.at("score", row)})=0,"",{told})'
        return self._if_applies(formula, indicator, row, otherwise='""')

    def receipt(self, indicator: Indicator) -> str:
        """实际 · 目标 · 差 · 扣分 in one line; where there is no score, why."""
        row = self.layout.rows[part_id(indicator.id)]
        rule, words = indicator.rule, self.words
        actual, target, score = (self.at(id, row) for id in ("actual", "target", "score"))
        unit = indicator.unit
        parts = [text_literal(words("receipt_actual"))]
        parts.append(actual if indicator.levels else formula_text(actual, unit, words))
        if rule.reads_target(0):
            parts += [text_literal(words("receipt_target")), formula_text(target, unit, words)]
        if not rule.adjustments:
            achievement = self.at("achievement", row)
            said = f"{text_literal(words('receipt_achievement'))}&{formula_text(achievement, '%', words)}"
            parts.append(f'IF(COUNT({achievement})=0,"",{said})')
        parts += self._gap(rule, actual, target)
        if rule.adjustments:
            parts += [text_literal(words("receipt_deducted")), _points(self.at("deducted", row))]
            parts.append(text_literal(words("receipt_mark")))
        parts += [text_literal(words("receipt_score")), _points(score), text_literal(words("receipt_mark"))]
        told = "&".join(parts)
        moved = text_literal(words("moved"))
        untold = score
        if rule.reads_target(0) and indicator.parts[0].target_formula is None:
            missing = text_literal(words("target_missing"))
            untold = f'IF({score}="",IF(COUNT({actual})>COUNT({target}),{missing},""),{score})'
        return f"=IF(ISTEXT({score}),IF({score}={self.not_applicable},{moved},{untold}),{told})"

    def _gap(self, rule: Rule, actual: str, target: str) -> list[str]:
        """How far the first measure is off, where its first step counts one side of the target."""
        step = next((a for a in rule.adjustments if isinstance(a, Step) and a.measure == 0), None)
        if step is None or step.side is Side.EITHER or rule.origin(0) is not None:
            return []
        word = text_literal(self.words("receipt_short" if step.side is Side.SHORT else "receipt_over"))
        gap = f"{target}-{actual}" if step.side is Side.SHORT else f"{actual}-{target}"
        match step.basis:
            case Basis.POINTS:
                shown = f"ROUND(({gap})*100,2)&{text_literal(self.words('receipt_points'))}"
            case Basis.RELATIVE:
                shown = f'ROUND(({gap})/{target}*100,2)&"%"'
            case Basis.ABSOLUTE:
                shown = f"ROUND({gap},4)"
        return [f'IF(ROUND({gap},9)>0,{word}&{shown},"")']

    # --- the whole sheet ------------------------------------------------------------------------------------------

    @property
    def _effective_range(self) -> str:
        rows = self.layout.scored
        return f"{self.fixed('effective', rows.first)}:{self.fixed('effective', rows.last)}"

    @property
    def _vetoed(self) -> str:
        """Condition: a veto holds in a row that weighs."""
        rows = self.layout.scored
        scores, effective = rows.cells("score"), rows.cells("effective")
        return "+".join(f"SUMIF({scores},{text_literal(veto)},{effective})" for veto in reasons.VETOES) + ">0"

    def total(self) -> str:
        rows = self.layout.scored
        call = f"WEIGHTED_TOTAL({rows.cells('score')},{rows.cells('effective')})"
        return f"=IFERROR({call},{self.fixed('native', self.layout.row('total'))})"

    def total_native(self) -> str:
        """In this order: a #KPI counts, then a veto, then what is missing. SUMIF leaves out rows of weight 0."""
        rows = self.layout.scored
        scores, effective = rows.cells("score"), rows.cells("effective")
        problem = f'SUMIF({scores},"{reasons.PREFIX}*",{effective})>0'
        first_problem = f'INDEX({scores},MATCH("{reasons.PREFIX}*",{scores},0))'
        missing = f"ROUND(SUM({effective})-SUMIF({scores},{_ANY_NUMBER},{effective}),9)>0"
        mean = f"ROUND(SUMPRODUCT({scores},{effective})/SUM({effective}),2)"
        none = kpi_literal(reasons.NO_WEIGHTS, self.language)
        return (
            f'=IF({problem},{first_problem},IF({self._vetoed},0,IF(SUM({effective})=0,{none},IF({missing},"",{mean}))))'
        )

    def weights_total(self) -> str:
        return f"=SUM({self.layout.scored.cells('weight')})"

    def weighted_sum(self) -> str:
        total = self.at("score", self.layout.row("total"))
        everything = self.layout.scored.cells("weighted")
        return f'=IF(COUNT({total})=0,"",SUM({everything}))'

    def total_receipt(self) -> str:
        """Why there is no total; beside a veto, the total without it; else that the weights are not 100% in all."""
        total = self.at("score", self.layout.row("total"))
        rows = self.layout.scored
        scores, effective = rows.cells("score"), rows.cells("effective")
        others = f"SUMIF({scores},{_ANY_NUMBER},{effective})"
        before, after = self.words("without_veto").split("{total}")
        without = f"ROUND(SUMPRODUCT({scores},{effective})/{others},2)"
        told = f"{text_literal(before)}&{without}&{text_literal(after)}"
        weights = self.at("weight", self.layout.row("total"))
        odd = f'IF(ROUND({weights}-1,6)=0,"",{text_literal(self.words("odd_weights"))})'
        vetoed = f'IF({self._vetoed},IF({others}>0,{told},""),{odd})'
        return f"=IF(ISTEXT({total}),{total},{vetoed})"

    def final(self) -> str:
        """The total with the events added, never below 0; a veto leaves nothing to add to."""
        layout = self.layout
        total = self.at("score", layout.row("total"))
        if EVENTS not in layout.blocks:
            return f"={total}"
        events = self.at("score", layout.row("events total"))
        added = f"IF({self._vetoed},0,IF(ISTEXT({events}),{events},MAX(0,ROUND({total}+{events},2))))"
        return f"=IF(COUNT({total})=0,{total},{added})"

    def events(self, limit: Decimal) -> str:
        """The sum of the events, limited on both sides."""
        points = self.layout.span("events").cells("score")
        refused = kpi_literal(reasons.EVENT_NOT_NUMBER, self.language)
        limited = f"MAX(-{plain(limit)},MIN({plain(limit)},SUM({points})))"
        return f"=IF(COUNTA({points})>COUNT({points}),{refused},{limited})"

    def graded(self, alerts: tuple[Alert, ...], ceiling: Decimal | None) -> str:
        """What the grade follows: the final score, under the ceiling where a red line is crossed."""
        final = self.at("score", FINAL_ROW)
        red_lines = [alert for alert in alerts if alert.red_line]
        if ceiling is None or not red_lines:
            return f"={final}"
        return f"=IF(COUNT({final})=0,{final},IF({self._crossed(red_lines)},MIN({final},{plain(ceiling)}),{final}))"

    def ceiling(self, alerts: tuple[Alert, ...], ceiling: Decimal | None) -> str | None:
        """What a crossed red line leaves for the grade, empty without one; None where there never is one."""
        red_lines = [alert for alert in alerts if alert.red_line]
        if ceiling is None or not red_lines:
            return None
        return f'=IF({self._crossed(red_lines)},{plain(ceiling)},"")'

    def _crossed(self, red_lines: list[Alert]) -> str:
        return f"OR({','.join(self._met(alert) for alert in red_lines)})"

    # --- dimensions and losses ----------------------------------------------------------------------------------

    def dimension(self, dimension: str) -> str:
        """The mean score of a dimension's indicators by effective weight; empty while one of them is."""
        rows = self.layout.dimension_rows(dimension)
        scores, weights = rows.cells("score"), rows.cells("effective")
        complete = f"ROUND(SUM({weights})-SUMIF({scores},{_ANY_NUMBER},{weights}),9)=0"
        mean = f"SUMPRODUCT({scores},{weights})/SUM({weights})"
        return f'=IF(SUM({weights})=0,"",IF({complete},{mean},""))'

    def dimension_weight(self, dimension: str) -> str:
        weights = self.layout.dimension_rows(dimension).cells("effective")
        return f'=IF(SUM({self._effective_range})=0,"",SUM({weights})/SUM({self._effective_range}))'

    def loss(self, row: int) -> str:
        """Points of the total that a row lost against 100; rows further down lose ties by a trifle."""
        score, effective = self.at("score", row), self.at("effective", row)
        lost = f"MAX(0,100-{score})*{effective}/SUM({self._effective_range})"
        return f"=IF(COUNT({score})=0,0,{lost}*(1-{row}*0.0000000001))"

    def biggest_loss(self, place: int) -> tuple[str, str, str]:
        """Label, points and receipt of the indicator that lost most, second most, …; empty where nothing is lost."""
        rows = self.layout.scored
        losses = rows.cells("loss")
        lost = f"LARGE({losses},{place})"
        if len(rows) < place:
            return '=""', '=""', '=""'

        def found(column_id: str) -> str:
            return f'=IF({lost}<0.005,"",INDEX({rows.cells(column_id)},MATCH({lost},{losses},0)))'

        return found("label"), f'=IF({lost}<0.005,"",ROUND({lost},2))', found("receipt")

    # --- the whole sheet: grade, filled, engine, alerts -----------------------------------------------------------

    def grade(self) -> str:
        call = f"KPI_GRADE({self.at('native', FINAL_ROW)},{self.at('definition', FINAL_ROW)})"
        return f"=IFERROR({call},{self.fixed('native', GRADE_ROW)})"

    def grade_native(self, grades: tuple[Grade, ...], scale: str) -> str:
        final, legend = self.at("native", FINAL_ROW), self.at("definition", FINAL_ROW)
        return "=" + native_grade(final, legend, grades, scale, self.language)

    def filled(self) -> str:
        """How many of the cells that must be filled are."""
        layout = self.layout
        counted, of = [], 0
        if layout.monthly:
            rows = layout.span("monthly")
            counted.append(f"COUNTA({self.at(self.months[0], rows.first)}:{self.at(self.months[-1], rows.last)})")
            of += len(self.months) * len(layout.monthly)
        required = [measure for measure in layout.quarterly if not measure.optional]
        if required:
            first = layout.row("quarterly")
            counted.append(f"COUNTA({self.at('quarter', first)}:{self.at('quarter', first + len(required) - 1)})")
            of += len(required)
        for indicator in layout.role.indicators:
            for number, part in enumerate(indicator.parts):
                if part.target is None and part.target_formula is None and indicator.rule.reads_target(number):
                    counted.append(f"COUNTA({layout.address(part_id(indicator.id, number), 'target')})")
                    of += 1
        word = text_literal(self.words("filled") + " ")
        return f'={word}&({"+".join(counted)})&"/{of}"'

    def engine(self) -> str:
        """Counts the inputs only to be recalculated: otherwise it would keep saying what was true on opening."""
        entries = self.layout.entries
        inputs = f"{self.at('m1', entries.first)}:{self.at('quarter', entries.last)}"
        return f"=IFERROR(KPI_ENGINE(COUNT({inputs})),{text_literal(self.words('engine_native'))})"

    def engines_differ(self) -> str:
        checks = self.layout.scored.cells("check")
        before, after = self.words("engines_differ").split("{count}")
        return f'=IF(SUM({checks})>0,{text_literal(before)}&SUM({checks})&{text_literal(after)},"")'

    def _met(self, alert: Alert) -> str:
        """The conditions of an alert, comma-separated; what is not known is not met."""
        return ",".join(f"{condition.formula(self.cells, self.language, empty='0')}=1" for condition in alert.when)

    def alerts(self, alerts: tuple[Alert, ...]) -> str:
        """All alerts that hold, one a line."""
        end = self.words("alert_end")
        shown = [f'IF(OR({self._met(alert)}),{text_literal("⚠ " + alert.text + end)},"")' for alert in alerts]
        states = self.layout.scored.cells("applies")
        moved = text_literal(self.words("weight_moved") + end)
        shown.append(f'IF(COUNTIF({states},{self.not_applicable})>0,{moved},"")')
        return "=" + "&".join(shown)


def native_grade(final: str, legend: str, grades: tuple[Grade, ...], scale: str, language: str) -> str:
    """The twin of KPI_GRADE (without =): cells of the points and of the scale, which must still read as it did."""
    formula = text_literal(grades[-1].name)
    for grade in reversed(grades[:-1]):
        assert grade.at_least is not None
        formula = f"IF(ROUND({final}-{plain(grade.at_least)},9)>=0,{text_literal(grade.name)},{formula})"
    changed = f"{legend}<>{text_literal(scale)}"
    refused = kpi_literal(reasons.GRADES_CHANGED, language)
    return f"IF(ISTEXT({final}),{final},IF({changed},{refused},{formula}))"


def weight_value(weight: Fraction) -> float:
    """A weight as the cell holds it: a fraction of 1."""
    return weight.numerator / weight.denominator


def _range(cells: list[str]) -> str:
    return cells[0] if len(cells) == 1 else f"{cells[0]}:{cells[-1]}"


def _points(cell: str) -> str:
    return f"ROUND({cell},2)"
