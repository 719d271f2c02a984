"""The formulas of a form's single rows: of a measure and of an indicator.

Every cell that Python scores is IFERROR(Python, built-in twin): the twin stands in hidden column `native` and takes
over wherever the functions are missing. Empty wins over `#KPI` in row formulas, and no formula swallows a `#KPI`.
"""

from __future__ import annotations

from collections.abc import Iterator

from xlkpi.catalogue.arithmetic.expression import Expression
from xlkpi.catalogue.plausibility import MONTHS_APART, QUARTERS_APART, least
from xlkpi.catalogue.role import Indicator, Measure, Part
from xlkpi.form.layout import measure_id, part_id
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.languages import language_of
from xlkpi.i18n.numbers import plain
from xlkpi.rules.printer.phrase import phrase
from xlkpi.scoring import reasons
from xlkpi.scoring.formula import (
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
from xlkpi.writer.formulas.number_text import rounded
from xlkpi.writer.formulas.receipt import ReceiptCells, receipt_formula
from xlkpi.writer.formulas.states import StateFormulas


class RowFormulas(StateFormulas):
    """The formulas of single rows. Unless it says otherwise, a method gives a cell's whole text, with =."""

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

    def _refs(self, indicator: Indicator) -> tuple[list[str], list[str]]:
        first = self.layout.rows[part_id(indicator.id)]
        rows = range(first, first + len(indicator.parts))
        return [self.at("actual", row) for row in rows], [self.at("target", row) for row in rows]

    def _python(self, function: str, indicator: Indicator, row: int) -> str:
        actuals, targets = (_range(cells) for cells in self._refs(indicator))
        call = f"{function}({actuals},{targets},{self.at('rule', row)},{self.at('unit', row)})"
        guard = unread(indicator.rule, *self._refs(indicator))
        return f'IF({guard},"",IFERROR({call},{self.fixed("native", row)}))'

    def deducted(self, indicator: Indicator) -> str:
        """The points deducted."""
        row = self.layout.rows[part_id(indicator.id)]
        rule = indicator.rule
        if rule.deducts_from_100:
            return self.if_applies(self._python("STEP_DEDUCT", indicator, row), indicator, row, otherwise='""')
        from_score = self.deducted_from_score(indicator)
        if not self.fixed_scores(indicator, row).keys() - {self.unmet}:
            return from_score
        return self.if_applies(from_score.removeprefix("="), indicator, row, otherwise='""')

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
        if indicator.rule.deducts_from_100:
            deducted = self.at("deducted", row)
            formula = f"IF(COUNT({deducted})=0,{deducted},MAX(0,100-{deducted}))"
        else:
            formula = self._python("KPI_SCORE", indicator, row)
        return self.if_applies(formula, indicator, row, otherwise=self.score_of_state(indicator, row))

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
        return self.if_applies(formula, indicator, row, otherwise='""')

    def receipt(self, indicator: Indicator) -> str:
        """The receipt (实际 · 目标 · 差 · 扣分) in one line; without a score, the reason."""
        row = self.layout.rows[part_id(indicator.id)]
        rule, labels = indicator.rule, self.labels
        actual, target, score = (self.at(id, row) for id in ("actual", "target", "score"))
        cells = ReceiptCells(*self._refs(indicator), score, self.at("deducted", row))
        receipt = self._told(indicator, cells)
        reason = score
        if rule.reads_target(0) and indicator.parts[0].target_formula is None:
            missing = text_literal(labels("target_missing"))
            reason = f'IF({score}="",IF(COUNT({actual})>COUNT({target}),{missing},""),{score})'
        receipt, reason = self.receipt_of_state(indicator, row, receipt, reason)
        receipt += self._weight_used(row)
        left_out = self.left_out(indicator, row)
        return f"=IF(COUNT({score})=0,IF({score}={self.not_applicable},{left_out},{reason}),{receipt})"

    def _told(self, indicator: Indicator, cells: ReceiptCells) -> str:
        return receipt_formula(indicator, cells, self.labels)

    def _weight_used(self, row: int) -> str:
        """What an indicator weighs where others do not count, to join to its receipt, on forms that may say so."""
        if not self.excepts:
            return ""
        before, after = (text_literal(text) if text else "" for text in self.labels.around("weight_used"))
        weight, effective = self.at("weight", row), self.at("effective", row)
        used = "&".join(filter(None, (before, f'{rounded(effective, 2, 100)}&"%"', after)))
        return f'&IF(ROUND({weight}-{effective},6)=0,"",{used})'

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
