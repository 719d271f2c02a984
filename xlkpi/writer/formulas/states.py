"""The formulas that decide how an indicator counts: by its rule, with a fixed score, or not at all.

The hidden column `applies` says it: empty where the rule scores, else a text that the score cell turns into a score. On
forms with the block 不计分事项 the hidden column `exception` says before that which situation its lines give the
indicator. Python decides in the same order: `appraisal.states`.
"""

from __future__ import annotations

from xlkpi.catalogue.appraising.policies import CARRY_OVER, FULL, LEAVE_OUT, NOTHING, ZERO
from xlkpi.catalogue.role import Indicator
from xlkpi.common.quarter import MONTHS
from xlkpi.form.blocks.exceptions import EXCEPTION_COLUMNS
from xlkpi.form.layout import EXCEPTIONS, LETTER, PERSON_ROW, Layout, measure_id, part_id
from xlkpi.i18n.labels import Labels, yes_words
from xlkpi.scoring import reasons
from xlkpi.scoring.formula import any_holds, empty, kpi_literal, text_literal
from xlkpi.writer.formulas.number_text import rounded


class StateFormulas:
    """What every formula needs, and the states of indicators. Unless it says otherwise, a method gives a cell's whole
    text, with =.

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

    def text(self, key: str) -> str:
        """A label as a constant in a formula."""
        return text_literal(self.labels(key))

    # --- the lines of 不计分事项 --------------------------------------------------------------------------------------

    @property
    def excepts(self) -> bool:
        """Whether the form has the block 不计分事项."""
        return EXCEPTIONS in self.layout.blocks

    @property
    def lines(self) -> list[int]:
        """The sheet rows of that block's lines."""
        return [row for id, row in self.layout.rows.items() if id.startswith("x:")]

    def _field(self, field: str, line: int) -> str:
        return self.fixed(EXCEPTION_COLUMNS[field], line)

    def _named(self, line: int) -> str:
        """How many indicators have the name in a line; letter by letter, for spreadsheets differ in all else."""
        name = self._field("indicator", line)
        rows = (self.layout.rows[part_id(indicator.id)] for indicator in self.layout.role.indicators)
        return "+".join(f"EXACT({self.fixed('label', row)},{name})" for row in rows)

    def _known(self, line: int) -> str:
        situation = self._field("situation", line)
        words = (self.text(f"situation_{name}") for name in ("not_applicable", "missing", "no_occasion"))
        return f"OR({','.join(f'EXACT({situation},{word})' for word in words)})"

    def _untyped(self, field: str, line: int) -> str:
        return f'LEN(TRIM(SUBSTITUTE({self._field(field, line)},"\u3000","")))=0'

    def in_force(self, line: int) -> str:
        """The situation that a line gives its indicator; empty for a line that is not in force."""
        untyped = ",".join(self._untyped(field, line) for field in EXCEPTION_COLUMNS)
        situation = self._field("situation", line)
        valid = f'IF({self._named(line)}=1,IF({self._known(line)},{situation},""),"")'
        return f'=IFERROR(IF(OR({untyped}),"",{valid}),"")'

    def line_state(self, line: int) -> str:
        """What becomes of a line, in words."""
        untyped = {field: self._untyped(field, line) for field in EXCEPTION_COLUMNS}
        name = self._field("indicator", line)
        others = (other for other in self.lines if other != line)
        twice = "+".join(
            f'IF(EXACT({self._field("indicator", other)},{name}),IF({self.fixed("applies", other)}="",0,1),0)'
            for other in others
        )
        told = f"IF({twice}>0,{self.text('exception_twice')},{self.text('exception_in_force')})"
        told = f"IF({self._known(line)},{told},{self.text('exception_situation')})"
        told = f"IF({self._named(line)}=1,{told},{self.text('exception_unknown')})"
        keys = {"indicator": "indicator", "situation": "situation", "reason": "exception_reason"}
        wanting = (
            f'IF({holds},{text_literal(self.labels(keys.get(field, field)) + " ")},"")'
            for field, holds in untyped.items()
        )
        missing = f"{self.text('exception_missing')}&{'&'.join(wanting)}"
        told = f"IF(OR({','.join(untyped.values())}),{missing},{told})"
        told = f'IF(AND({",".join(untyped.values())}),"",{told})'
        return f"=IFERROR({told},{self.text('exception_unknown')})"

    def exception(self, row: int) -> str:
        """The situation of an indicator: of the line in force that names it; of two lines, both words in one."""
        label = self.fixed("label", row)
        found = (
            f'IF(IFERROR(EXACT({self._field("indicator", line)},{label}),0),{self.fixed("applies", line)},"")'
            for line in self.lines
        )
        return f"={'&'.join(found)}"

    # --- the state of an indicator ------------------------------------------------------------------------------------

    def applies(self, indicator: Indicator) -> str | None:
        """Empty where the rule scores the indicator, else the text of its state: 不适用, 条件未满足, a `#KPI …` …

        None for an indicator that its rule always scores.
        """
        formula = self._by_divisor(indicator)
        if indicator.applies is not None:
            unmet = self.not_applicable if indicator.unmet == "redistribute" else self.unmet
            counted = formula
            formula = indicator.applies.formula(
                self.cells, self.language, empty=counted, then=lambda met: f"IF({met}=1,{counted},{unmet})"
            )
        if no_past := self._no_past(indicator):
            formula = f"IF({no_past},{self.not_applicable},{formula})"
        if self.excepts:
            formula = self._by_line(indicator, formula)
        return None if formula == '""' else "=" + formula

    def _by_line(self, indicator: Indicator, otherwise: str) -> str:
        row = self.layout.rows[part_id(indicator.id)]
        situation = self.at("exception", row)
        formula = kpi_literal(reasons.EXCEPTION_TWICE, self.language)
        for name, state in (
            ("no_occasion", self._no_occasion(indicator) or kpi_literal(reasons.NO_OCCASION, self.language)),
            ("missing", self._missing(indicator, row)),
            ("not_applicable", self.not_applicable),
        ):
            formula = f"IF({situation}={self.text(f'situation_{name}')},{state},{formula})"
        return f'IF({situation}="",{otherwise},{formula})'

    def _missing(self, indicator: Indicator, row: int) -> str:
        policy = self.layout.role.if_missing(indicator)
        if policy == LEAVE_OUT:
            return self.not_applicable
        if policy == CARRY_OVER:
            carried = self.at("carried", row)
            return f"IF(COUNT({carried})=0,{self.text('missing_block')},{self.text('missing_carried')})"
        return self.text("missing_zero" if policy == ZERO else "missing_block")

    def _no_occasion(self, indicator: Indicator) -> str:
        """The text of the state where there was no occasion; "" where the role says nothing."""
        if indicator.no_occasion == LEAVE_OUT:
            return self.not_applicable
        return self.text(f"no_occasion_{indicator.no_occasion}") if indicator.no_occasion else ""

    def _by_divisor(self, indicator: Indicator) -> str:
        """The state where a divisor of an actual is 0, else `""`."""
        state = self._no_occasion(indicator)
        if not state and self.excepts:
            state = kpi_literal(reasons.ZERO_OCCASION, self.language)
        zero = self._divides_by_zero(indicator)
        return f'IF({zero},{state},"")' if state and zero else '""'

    def _divides_by_zero(self, indicator: Indicator) -> str:
        """The condition (without =) that a divisor of an actual is 0; "" where none can be."""
        divided = [part.actual for part in indicator.parts if part.actual.divides and not indicator.levels]
        return any_holds([actual.zero_formula(self.cells) for actual in divided]) if divided else ""

    def _no_past(self, indicator: Indicator) -> str:
        """The condition (without =) that a newcomer has no values of the period before; "" where it reads none."""
        before = [
            self.layout.address(measure_id(id), "quarter") for id in self.layout.role.newcomer_conditions(indicator)
        ]
        return f"IF({self.newcomer},{any_holds([empty(cell) for cell in before])},0)" if before else ""

    def _always_counts(self, indicator: Indicator) -> bool:
        """Whether there is no formula `applies`. Cheaper than asking for it; this runs four times per row."""
        if self.excepts or indicator.applies is not None or self.layout.role.newcomer_conditions(indicator):
            return False
        return not (indicator.no_occasion and self._divides_by_zero(indicator))

    def if_applies(self, formula: str, indicator: Indicator, row: int, *, otherwise: str = "") -> str:
        """The formula (given without =); for an indicator that its rule does not score `otherwise`, or the `applies`
        cell."""
        if self._always_counts(indicator):
            return "=" + formula
        applies = self.at("applies", row)
        return f'=IF({applies}<>"",{otherwise or applies},{formula})'

    def fixed_scores(self, indicator: Indicator, row: int) -> dict[str, str]:
        """The states of an indicator that give a score, or none: text of the state → formula of the score."""
        states = {self.unmet: "0"} if indicator.unmet == "zero" else {}
        if indicator.no_occasion in (FULL, NOTHING) and (self.excepts or self._divides_by_zero(indicator)):
            states[self._no_occasion(indicator)] = "100" if indicator.no_occasion == FULL else "0"
        policy = self.layout.role.if_missing(indicator)
        if self.excepts and policy == ZERO:
            states[self.text("missing_zero")] = "0"
        elif self.excepts and policy != LEAVE_OUT:
            states[self.text("missing_block")] = '""'
            if policy == CARRY_OVER:
                states[self.text("missing_carried")] = self.at("carried", row)
        return states

    def score_of_state(self, indicator: Indicator, row: int) -> str:
        """The score (without =) of an indicator that its rule does not score; else what the state says."""
        applies = self.at("applies", row)
        formula = applies
        for state, score in reversed(self.fixed_scores(indicator, row).items()):
            formula = f"IF({applies}={state},{score},{formula})"
        return formula

    # --- why ----------------------------------------------------------------------------------------------------------

    def receipt_of_state(self, indicator: Indicator, row: int, receipt: str, reason: str) -> tuple[str, str]:
        """A receipt, and a reason why there is no score, with those of the states before them (without =)."""
        applies = self.at("applies", row)
        for state, score in self.fixed_scores(indicator, row).items():
            if state == self.unmet:
                if indicator.applies is not None:
                    receipt = f"IF({applies}={state},{self.text('unmet_receipt')},{receipt})"
            elif score == '""':
                reason = f"IF({applies}={state},{state},{reason})"
            elif state == self.text("missing_carried"):
                got, mark = self.text("receipt_score"), self.text("receipt_mark")
                receipt = f"IF({applies}={state},{state}&{got}&{rounded(score, 2)}&{mark},{receipt})"
            else:
                receipt = f"IF({applies}={state},{state},{receipt})"
        return receipt, reason

    def left_out(self, indicator: Indicator, row: int) -> str:
        """Why an indicator does not count: a line of 不计分事项, no values of the period before, no occasion, or the
        role's condition."""
        reason = no_past = self.text("moved_newcomer")
        if indicator.applies is not None or not self._no_past(indicator):
            reason = self.text("moved")
        if indicator.no_occasion == LEAVE_OUT and (zero := self._divides_by_zero(indicator)):
            before, after = self.labels.around("moved_situation")
            occasion = text_literal(f"{before}{self.labels('situation_no_occasion')}{after}")
            if indicator.applies is not None:
                counted = indicator.applies.formula(
                    self.cells, self.language, empty=zero, then=lambda met: f"IF({met}=1,{zero},0)"
                )
                reason = f"IF({counted},{occasion},{reason})"
            else:
                reason = occasion
        if (past := self._no_past(indicator)) and reason != no_past:
            reason = f"IF({past},{no_past},{reason})"
        if self.excepts:
            before, after = self.labels.around("moved_situation")
            situation = self.at("exception", row)
            line = "&".join((*map(text_literal, filter(None, [before])), situation, text_literal(after)))
            reason = f'IF({situation}<>"",{line},{reason})'
        return reason
