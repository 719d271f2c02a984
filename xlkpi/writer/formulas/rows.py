"""The formulas of a form's single rows: of a measure and of an indicator.

Every cell that Python scores is IFERROR(Python, built-in twin): the twin stands in hidden column `native` and takes
over wherever the functions are missing. Empty wins over `#KPI` in row formulas, and no formula swallows a `#KPI`.
"""

from __future__ import annotations

from collections.abc import Iterator

from xlkpi.catalogue.arithmetic.expression import Expression
from xlkpi.catalogue.plausibility import MONTHS_APART, QUARTERS_APART, least
from xlkpi.catalogue.role import Indicator, Measure, Part
from xlkpi.common.quarter import MONTHS
from xlkpi.form.layout import LETTER, PERSON_ROW, Layout, measure_id, part_id
from xlkpi.i18n.labels import Labels, yes_words
from xlkpi.i18n.languages import language_of
from xlkpi.i18n.numbers import plain
from xlkpi.rules.printer.phrase import phrase
from xlkpi.scoring import reasons
from xlkpi.scoring.formula import (
    any_holds,
    empty,
    kpi_literal,
    native_base,
    native_deducted,
    native_lost,
    native_score,
    text_literal,
    unread,
)
from xlkpi.writer.formulas.next_step import next_step_formula
from xlkpi.writer.formulas.receipt import ReceiptCells, receipt_formula


class RowFormulas:
    """The formulas of single rows. Unless it says otherwise, a method gives a cell's whole text, with =.

    months: the months in the role (of m1, m2, m3), at least one; the others have no input cells.
    """

    def __init__(self, layout: Layout, labels: Labels, months: tuple[str, ...] = MONTHS) -> None:
        self.layout, self.labels, self.language, self.months = layout, labels, labels.language, months
        newcomer = self.fixed("newcomer", layout.rows.get("person", PERSON_ROW))
        yes_tests = (f"{newcomer}={text_literal(word)}" for word in yes_words())
        self.newcomer = f"OR({','.join(yes_tests)})"
        self.cells = layout.cells(self.newcomer)
        self.not_applicable = text_literal(labels("not_applicable"))
        self.unmet = text_literal(labels("condition_unmet"))

    def at(self, column_id: str, row: int) -> str:
        """The address of a cell (J9)."""
        return f"{LETTER[column_id]}{row}"

    def fixed(self, column_id: str, row: int) -> str:
        """The absolute address of a cell ($J$9)."""
        return f"${LETTER[column_id]}${row}"

    def inputs(self, measure: Measure) -> str:
        """The range of the input cells of a measure."""
        row = self.layout.rows[measure_id(measure.id)]
        ends = (self.months[0], self.months[-1]) if measure.monthly else ("quarter", "quarter")
        return ":".join(dict.fromkeys(self.at(column, row) for column in ends))

    # --- data entry ---------------------------------------------------------------------------------------------

    def quarter(self, measure: Measure) -> str:
        """The quarter from the months in the role; empty while one is empty. Only formulas of flows contain SUM."""
        months, count = self.inputs(measure), len(self.months)
        last = months.split(":")[-1]
        value = {"sum": f"SUM({months})", "mean": f"AVERAGE({months})", "last": last}[measure.aggregate]
        refused = kpi_literal(reasons.NOT_A_NUMBER, self.language, label=measure.label)
        return f'=IF(COUNTA({months})<{count},"",IF(COUNT({months})<{count},{refused},{value}))'

    def status(self, measure: Measure, *, related: bool = True) -> str:
        """The status of a row of data entry: what is missing or wrong.

        related: ask about numbers that contradict others, too; forms that were sent before 2026-11-30 do not.
        """
        inputs, count = self.inputs(measure), len(self.months) if measure.monthly else 1
        done = text_literal(self.labels("status_done"))
        for doubt, condition in reversed(list(self._doubts(measure, related=related))):
            done = f"IF({condition},{text_literal(self.labels(doubt))},{done})"
        before, after = self.labels.around("status_missing")
        missing = f"{text_literal(before)}&({count}-COUNTA({inputs}))&{text_literal(after)}"
        if measure.optional:
            missing = text_literal(self.labels("status_optional"))
        if levels := self.layout.role.levels.get(measure.id):
            known = "+".join(f"COUNTIF({inputs}:{inputs},{text_literal(level)})" for level in levels)
            unknown = text_literal(self.labels("status_level"))
            return f"=IF(COUNTA({inputs})<1,{missing},IF({known}=0,{unknown},{done}))"
        wrong = text_literal(self.labels("status_text"))
        return f"=IF(COUNTA({inputs})<{count},{missing},IF(COUNT({inputs})<{count},{wrong},{done}))"

    def _doubts(self, measure: Measure, *, related: bool) -> Iterator[tuple[str, str]]:
        """(status, condition) of numbers that are asked about, in the order of their weight."""
        inputs, role = self.inputs(measure), self.layout.role
        outside = [f"MIN({inputs})<{plain(measure.low)}"] if measure.low is not None else []
        outside += [f"MAX({inputs})>{plain(measure.high)}"] if measure.high is not None else []
        if outside:
            yield "status_check", f"OR({','.join(outside)})"
        if not related:
            return
        if measure.part_of is not None:
            whole = role.measure[measure.part_of]
            columns = self.months if measure.monthly and whole.monthly else ("quarter",)
            parts, wholes = (
                [self.at(c, self.layout.rows[measure_id(m.id)]) for c in columns] for m in (measure, whole)
            )
            above = ",".join(f"{a}>{b}" for a, b in zip(parts, wholes, strict=True))
            yield "status_part", f"AND(COUNT({','.join(wholes)})={len(columns)},OR({above}))"
        if not role.compare_periods or measure.id in role.levels:
            return
        size = f"MAX({inputs})>={plain(least(measure.unit))}"
        if measure.monthly and len(self.months) == 3:
            months = "+".join(self.at(month, self.layout.rows[measure_id(measure.id)]) for month in self.months)
            middle = f"({months}-MAX({inputs})-MIN({inputs}))"
            far = f"MAX({inputs})>={MONTHS_APART}*{middle},{middle}>={MONTHS_APART}*MIN({inputs})"
            yield "status_month", f"AND(MIN({inputs})>0,{size},OR({far}))"
        if measure.carried_from is not None:
            both = f"{inputs},{self.cells[measure.carried_from].address}"
            size = f"MAX({both})>={plain(least(measure.unit))}"
            far = f"MAX({both})>={QUARTERS_APART}*MIN({both})"
            yield "status_before", f"AND(COUNT({both})=2,MIN({both})>0,{size},{far})"

    # --- scoring: one row of an indicator --------------------------------------------------------------------------

    def actual(self, indicator: Indicator, part: Part) -> str:
        """The actual from the measures."""
        if indicator.levels:  # a word, which is copied
            cell = self.cells[part.actual.operands[0]].address
            return f'=IF({empty(cell)},"",{cell})'
        return "=" + part.actual.formula(self.cells, self.language)

    def target(self, formula: Expression) -> str:
        """A target that is a formula of measures."""
        return "=" + formula.formula(self.cells, self.language)

    def achievement(self, row: int) -> str:
        """Actual ÷ target; empty where the target is not above 0."""
        actual, target = self.at("actual", row), self.at("target", row)
        return f'=IF(COUNT({actual},{target})<2,"",IF({target}>0,{actual}/{target},""))'

    def applies(self, indicator: Indicator) -> str | None:
        """Empty where the indicator counts, else what its score cell shows: 不适用, or the `#KPI` of its condition.

        None for an indicator that always counts.
        """
        formula = '""'
        if indicator.applies is not None:
            unmet = self.not_applicable if indicator.unmet == "redistribute" else self.unmet
            formula = indicator.applies.formula(self.cells, self.language, then=lambda met: f'IF({met}=1,"",{unmet})')
        if no_past := self._no_past(indicator):
            formula = f"IF({no_past},{self.not_applicable},{formula})"
        return None if formula == '""' else "=" + formula

    def _refs(self, indicator: Indicator) -> tuple[list[str], list[str]]:
        first = self.layout.rows[part_id(indicator.id)]
        rows = range(first, first + len(indicator.parts))
        return [self.at("actual", row) for row in rows], [self.at("target", row) for row in rows]

    def _python(self, function: str, indicator: Indicator, row: int) -> str:
        actuals, targets = (_range(cells) for cells in self._refs(indicator))
        call = f"{function}({actuals},{targets},{self.at('rule', row)},{self.at('unit', row)})"
        guard = unread(indicator.rule, *self._refs(indicator))
        return f'IF({guard},"",IFERROR({call},{self.fixed("native", row)}))'

    def _if_applies(self, formula: str, indicator: Indicator, row: int, *, otherwise: str = "") -> str:
        """The formula (given without =); for an indicator that does not apply `otherwise`, or the `applies` cell."""
        # Cheaper than asking whether `applies` gives a formula; this runs four times per row.
        if indicator.applies is None and not self.layout.role.newcomer_conditions(indicator):
            return "=" + formula
        applies = self.at("applies", row)
        return f'=IF({applies}<>"",{otherwise or applies},{formula})'

    def deducted(self, indicator: Indicator) -> str:
        """The points deducted."""
        row = self.layout.rows[part_id(indicator.id)]
        rule = indicator.rule
        if rule.deducts_from_100:
            return self._if_applies(self._python("STEP_DEDUCT", indicator, row), indicator, row, otherwise='""')
        return self.deducted_from_score(indicator)

    def deducted_from_score(self, indicator: Indicator) -> str:
        """The points deducted beside a score, as `Outcome.deducted`; 0 for a rule that deducts nothing."""
        rule = indicator.rule
        score = self.at("score", self.layout.rows[part_id(indicator.id)])
        if rule.only_deducts:
            return f'=IF(COUNT({score})=0,"",{native_lost(rule, *self._refs(indicator))})'
        if not (any(not a.bonus for a in rule.adjustments) or rule.cliffs):
            return f'=IF(COUNT({score})=0,"",0)'
        own = "" if rule.scale == 100 else f"*{plain(rule.scale)}/100"
        base = native_base(rule, *self._refs(indicator))
        return f'=IF(COUNT({score})=0,"",MAX(0,{base}-{score}{own}))'

    def score(self, indicator: Indicator) -> str:
        """The score, by Python or else by the twin."""
        row = self.layout.rows[part_id(indicator.id)]
        zero = f"IF({self.at('applies', row)}={self.unmet},0,{self.at('applies', row)})"
        if indicator.rule.deducts_from_100:
            deducted = self.at("deducted", row)
            formula = f"IF(COUNT({deducted})=0,{deducted},MAX(0,100-{deducted}))"
        else:
            formula = self._python("KPI_SCORE", indicator, row)
        otherwise = zero if indicator.unmet == "zero" else ""
        return self._if_applies(formula, indicator, row, otherwise=otherwise)

    def native(self, indicator: Indicator) -> str:
        """The twin; it shows `#KPI …` where the sentence is not the one that it was made from."""
        row = self.layout.rows[part_id(indicator.id)]
        changed = f"{self.at('rule', row)}<>{self.at('compiled', row)}"
        return f"=IF({changed},{kpi_literal(reasons.RULE_CHANGED, self.language)},{self._twin(indicator)})"

    def _twin(self, indicator: Indicator) -> str:
        twin = native_deducted if indicator.rule.deducts_from_100 else native_score
        # Its `#KPI …` is in the language of the sentence, as in Python.
        return twin(indicator.rule, *self._refs(indicator), language_of(indicator.rule_text))

    def check(self, indicator: Indicator) -> str:
        """1 where Python and the twin disagree."""
        row = self.layout.rows[part_id(indicator.id)]
        differ = self.differ("deducted" if indicator.rule.deducts_from_100 else "score", row)
        return f'=IF({self.at("applies", row)}<>"",0,{differ})'

    def differ(self, column_id: str, row: int) -> str:
        """The formula (without =) that is 1 where a cell differs from the twin of its row, else 0."""
        cell, twin = self.at(column_id, row), self.at("native", row)
        return f"IF(COUNT({cell},{twin})=2,IF(ABS({cell}-{twin})>0.0000001,1,0),IF({cell}={twin},0,1))"

    def next_step(self, indicator: Indicator, index: int = 0) -> str | None:
        """距下一档 of a measure, shown where its indicator has a score; None where there never is a next step."""
        unit = indicator.parts[index].unit
        text = next_step_formula(indicator.rule, index, *self._refs(indicator), unit, self.labels)
        if text == '""':
            return None
        row = self.layout.rows[part_id(indicator.id)]
        formula = f'IF(COUNT({self.at("score", row)})=0,"",{text})'
        return self._if_applies(formula, indicator, row, otherwise='""')

    def receipt(self, indicator: Indicator) -> str:
        """The receipt (实际 · 目标 · 差 · 扣分) in one line; without a score, the reason."""
        row = self.layout.rows[part_id(indicator.id)]
        rule, labels = indicator.rule, self.labels
        actual, target, score = (self.at(id, row) for id in ("actual", "target", "score"))
        cells = ReceiptCells(*self._refs(indicator), score, self.at("deducted", row))
        receipt = self._told(indicator, cells)
        if indicator.applies is not None and indicator.unmet == "zero":
            receipt = f"IF({self.at('applies', row)}={self.unmet},{text_literal(labels('unmet_receipt'))},{receipt})"
        reason = score
        if rule.reads_target(0) and indicator.parts[0].target_formula is None:
            missing = text_literal(labels("target_missing"))
            reason = f'IF({score}="",IF(COUNT({actual})>COUNT({target}),{missing},""),{score})'
        return f"=IF(COUNT({score})=0,IF({score}={self.not_applicable},{self._left_out(indicator)},{reason}),{receipt})"

    def _told(self, indicator: Indicator, cells: ReceiptCells) -> str:
        return receipt_formula(indicator, cells, self.labels)

    def _left_out(self, indicator: Indicator) -> str:
        """Why an indicator does not apply: its condition, or that the person was not there before."""
        unmet, no_past = (text_literal(self.labels(key)) for key in ("moved", "moved_newcomer"))
        if not (past := self._no_past(indicator)):
            return unmet
        return no_past if indicator.applies is None else f"IF({past},{no_past},{unmet})"

    def _no_past(self, indicator: Indicator) -> str:
        """The condition (without =) that a newcomer has no values of the period before; "" where it reads none."""
        before = [
            self.layout.address(measure_id(id), "quarter") for id in self.layout.role.newcomer_conditions(indicator)
        ]
        return f"IF({self.newcomer},{any_holds([empty(cell) for cell in before])},0)" if before else ""

    def reading(self, indicator: Indicator) -> str:
        """How the rule is read; where the sentence was changed since, what to do."""
        row = self.layout.rows[part_id(indicator.id)]
        changed = f"{self.at('rule', row)}<>{self.at('compiled', row)}"
        stale, note = text_literal(self.labels("reading_stale")), self.note(indicator)
        beside = f"&{_long_text(f' {note}')}" if note else ""
        return f"=IF({changed},{stale},{_long_text(reading_text(indicator, self.labels))}){beside}"

    def note(self, indicator: Indicator) -> str:
        """The note that the form prints: that of the role file, and how weights that do not sum up are shared out.

        A note that stands above already is referred to.
        """
        role, note = self.layout.role, indicator.note
        alike = next((n for n, other in enumerate(role.indicators, start=1) if other.note == note), 0)
        if note and role.indicators[alike - 1] is not indicator:
            note = self.labels("note_as", number=alike)
        if not self.layout.notes or indicator.id not in role.rescaled:
            return note if self.layout.notes else ""
        path, inside, own = role.rescaled[indicator.id]
        shown = {"group": path.rpartition("/")[2], "inside": plain(float(inside)), "own": plain(float(own))}
        weights = f"{plain(float(indicator.weight))} → {plain(round(float(role.weights[indicator.id]) * 100, 2))}%"
        return note + self.labels("note_rescaled", example=weights, **shown)


def reading_text(indicator: Indicator, labels: Labels) -> str:
    """“每低5%扣3分”读作：每低5个百分点扣3分."""
    reading = phrase(indicator.rule, language_of(indicator.rule_text))
    return labels("reading", rule=indicator.rule_in_file or indicator.rule_text, reading=reading)


_LITERAL = 200  # characters of a text constant, fewer than Excel reads, as some count as two


def _long_text(text: str) -> str:
    """A text of any length as constants in a formula."""
    return "&".join(text_literal(text[start : start + _LITERAL]) for start in range(0, len(text), _LITERAL))


def _range(cells: list[str]) -> str:
    return cells[0] if len(cells) == 1 else f"{cells[0]}:{cells[-1]}"
