"""The formulas of a form that read many rows: weights, totals, grade, dimensions, losses, alerts."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from xlkpi.catalogue.role import Alert, Indicator
from xlkpi.form.blocks.agreement import KEY_ACTION
from xlkpi.form.layout import AGREEMENT, EVENTS, part_id
from xlkpi.i18n.numbers import plain
from xlkpi.scoring import reasons
from xlkpi.scoring.formula import any_holds, as_shown, empty, kpi_literal, refuses, text_literal
from xlkpi.scoring.grades import Grade
from xlkpi.writer.formulas.number_text import rounded
from xlkpi.writer.formulas.ratings import RatingFormulas
from xlkpi.writer.formulas.stage import Filled, stage_formula

_ANY_NUMBER = '">-1E+300"'


class SheetFormulas(RatingFormulas):
    """All formulas of one form. Unless it says otherwise, a method gives a cell's whole text, with =."""

    # --- weights ------------------------------------------------------------------------------------------------

    def effective(self, indicator: Indicator) -> str:
        """The effective weight: the weights of indicators that do not apply go to the others of their group."""
        rows = self.layout.group_rows(indicator)
        row = self.layout.rows[part_id(indicator.id)]
        weight, applies = self.at("weight", row), self.at("applies", row)
        weights = f"{self.fixed('weight', rows[0])}:{self.fixed('weight', rows[-1])}"
        states = f"{self.fixed('applies', rows[0])}:{self.fixed('applies', rows[-1])}"
        counting = f"SUM({weights})-SUMIF({states},{self.not_applicable},{weights})"
        return f"=IF({applies}={self.not_applicable},0,IF({counting}>0,{weight}*(SUM({weights})/({counting})),0))"

    def weighted(self, row: int) -> str:
        """The score times its share of all effective weights."""
        score, effective = self.at("score", row), self.at("effective", row)
        everything = self._effective_range
        return f'=IF(COUNT({score})=0,"",IF(SUM({everything})>0,{score}*{effective}/SUM({everything}),""))'

    # --- spare rows -------------------------------------------------------------------------------------------------

    @property
    def spare_changed(self) -> str:
        """The twin of a spare row that was not made from the sentence in it."""
        return kpi_literal(reasons.SPARE_PENDING, self.language)

    def spare_weight(self, row: int) -> str:
        """The effective weight of a spare row with a good weight: 0 while nothing can score it."""
        return f"IF({self.at('score', row)}={self.spare_changed},0,{self.at('weight', row)})"

    def _if_spare_pending(self, otherwise: str) -> str:
        """That a spare row waits for a refresh and does not count; else another text."""
        waiting = f"COUNTIF({self.layout.scored.cells('score')},{self.spare_changed})>0"
        return f"IF({waiting},{text_literal(self.labels('spare_pending'))},{otherwise})"

    # --- the whole sheet ------------------------------------------------------------------------------------------

    @property
    def _final(self) -> int:
        return self.layout.rows["final"]

    @property
    def _grade(self) -> int:
        return self.layout.rows["grade"]

    @property
    def _effective_range(self) -> str:
        rows = self.layout.scored
        return f"{self.fixed('effective', rows.first)}:{self.fixed('effective', rows.last)}"

    @property
    def _vetoed(self) -> str:
        """The condition that a veto holds in a row with a weight."""
        rows = self.layout.scored
        scores, effective = rows.cells("score"), rows.cells("effective")
        return "+".join(f"SUMIF({scores},{text_literal(veto)},{effective})" for veto in reasons.VETOES) + ">0"

    def total(self) -> str:
        """The weighted total, by Python or else by the twin."""
        rows = self.layout.scored
        call = f"WEIGHTED_TOTAL({rows.cells('score')},{rows.cells('effective')})"
        return f"=IFERROR({call},{self.fixed('native', self.layout.row('total'))})"

    def total_native(self) -> str:
        """The twin of the total. In this order: a #KPI, a veto, a missing score; SUMIF ignores rows of weight 0."""
        rows = self.layout.scored
        scores, effective = rows.cells("score"), rows.cells("effective")
        problem = f'SUMIF({scores},"{reasons.PREFIX}*",{effective})>0'
        # Not MATCH("#KPI*",…): HyperFormula and BetterOffice know no wildcards there.
        first_problem = f"INDEX({scores},MATCH(-1,{rows.cells('loss')},0))"
        missing = f"ROUND(SUM({effective})-SUMIF({scores},{_ANY_NUMBER},{effective}),9)>0"
        mean = rounded(f"SUMPRODUCT({scores},{effective})/SUM({effective})", 2)
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
        """Why there is no total; beside a veto, the total without it; else a warning where the weights are not 100%."""
        total = self.at("score", self.layout.row("total"))
        rows = self.layout.scored
        scores, effective = rows.cells("score"), rows.cells("effective")
        others = f"SUMIF({scores},{_ANY_NUMBER},{effective})"
        before, after = self.labels.around("without_veto")
        without = rounded(f"SUMPRODUCT({scores},{effective})/{others}", 2)
        veto_text = f"{text_literal(before)}&{without}&{text_literal(after)}"
        weights = self.at("weight", self.layout.row("total"))
        odd = f'IF(ROUND({weights}-1,6)=0,"",{text_literal(self.labels("odd_weights"))})'
        odd = self._if_spare_pending(odd)
        vetoed = f'IF({self._vetoed},IF({others}>0,{veto_text},""),{odd})'
        return f"=IF(COUNT({total})=0,{total},{vetoed})"

    def final(self) -> str:
        """The total with the events added, never below 0; events do not count beside a veto."""
        layout = self.layout
        total = self.at("score", layout.row("total"))
        if EVENTS not in layout.blocks:
            return f"={as_shown(total)}"
        events = self.at("score", layout.row("events total"))
        points = rounded(f"({total}+{events})", 2)
        added = f"IF({self._vetoed},0,IF(COUNT({events})=0,{events},MAX(0,{points})))"
        return f"=IF(COUNT({total})=0,{total},{added})"

    def events(self, limit: Decimal) -> str:
        """The sum of the events, limited to ± `limit`."""
        points = self.layout.span("events").cells("score")
        refused = kpi_literal(reasons.EVENT_NOT_NUMBER, self.language)
        limited = f"MAX(-{plain(limit)},MIN({plain(limit)},SUM({points})))"
        return f"=IF(COUNTA({points})>COUNT({points}),{refused},{limited})"

    def graded(self, alerts: tuple[Alert, ...], ceiling: Decimal | None) -> str:
        """The points for the grade: the final, limited by the ceiling where a red line is crossed."""
        final = self.at("score", self._final)
        red_lines = [alert for alert in alerts if alert.red_line]
        if ceiling is None or not red_lines:
            return f"={as_shown(final)}"
        return f"=IF(COUNT({final})=0,{final},IF({self._crossed(red_lines)},MIN({final},{plain(ceiling)}),{final}))"

    def ceiling(self, alerts: tuple[Alert, ...], ceiling: Decimal | None) -> str | None:
        """The ceiling where a red line is crossed, else empty; None for a form without ceiling or red lines."""
        red_lines = [alert for alert in alerts if alert.red_line]
        if ceiling is None or not red_lines:
            return None
        return f'=IF({self._crossed(red_lines)},{plain(ceiling)},"")'

    def _crossed(self, red_lines: list[Alert]) -> str:
        return f"OR({','.join(self._met(alert) for alert in red_lines)})"

    # --- dimensions and losses ----------------------------------------------------------------------------------

    def dimension(self, dimension: str) -> str:
        """The mean score of a dimension's indicators by effective weight; empty while one score is empty."""
        rows = self.layout.dimension_rows(dimension)
        scores, weights = rows.cells("score"), rows.cells("effective")
        complete = f"ROUND(SUM({weights})-SUMIF({scores},{_ANY_NUMBER},{weights}),9)=0"
        mean = f"SUMPRODUCT({scores},{weights})/SUM({weights})"
        return f'=IF(SUM({weights})=0,"",IF({complete},{mean},""))'

    def dimension_weight(self, dimension: str) -> str:
        weights = self.layout.dimension_rows(dimension).cells("effective")
        return f'=IF(SUM({self._effective_range})=0,"",SUM({weights})/SUM({self._effective_range}))'

    def loss(self, row: int) -> str:
        """The points of the total that a row lost against 100; a trifle less in lower rows, to break ties."""
        score, effective = self.at("score", row), self.at("effective", row)
        lost = f"MAX(0,100-{score})*{effective}/SUM({self._effective_range})"
        problem = f"IF(AND({refuses(score)},{effective}>0),-1,0)"  # by which the total finds the first
        return f"=IF(COUNT({score})=0,{problem},{lost}*(1-{row}*0.0000000001))"

    def biggest_loss(self, place: int) -> tuple[str, str, str]:
        """Label, points and receipt of the indicator with the biggest loss (place 1), the second, …; empty without."""
        rows = self.layout.scored
        losses = rows.cells("loss")
        lost = f"LARGE({losses},{place})"
        if len(rows) < place:
            return '=""', '=""', '=""'

        def at_loss(column_id: str, after: str = "") -> str:
            return f'=IF({lost}<0.005,"",INDEX({rows.cells(column_id)},MATCH({lost},{losses},0)){after})'

        receipt = at_loss("receipt", self._key_actions(self.at("group", self.layout.rows[f"r:{place}"])))
        return at_loss("label"), f'=IF({lost}<0.005,"",{rounded(lost, 2)})', receipt

    def _key_actions(self, label: str) -> str:
        """What was agreed to be done about the indicator whose label stands in a cell, as the end of a text."""
        texts = ""
        before = text_literal(self.labels("key_action_line"))
        for row in self.layout.span(AGREEMENT):
            about, action = self.at(KEY_ACTION["about"], row), self.at(KEY_ACTION["action"], row)
            texts += (
                f'&IF({any_holds([empty(about), empty(action)])},"",IF({about}={label},CHAR(10)&{before}&{action},""))'
            )
        return texts

    # --- the whole sheet: grade, filled, engine, alerts -----------------------------------------------------------

    def grade(self) -> str:
        call = f"KPI_GRADE({self.at('native', self._final)},{self.at('definition', self._final)})"
        return f"=IFERROR({call},{self.fixed('native', self._grade)})"

    def grade_native(self, grades: tuple[Grade, ...], scale: str) -> str:
        final, legend = self.at("native", self._final), self.at("definition", self._final)
        return "=" + native_grade(final, legend, grades, scale, self.language)

    def filled(self) -> str:
        """How many of the required cells are filled: n/m; the stage of a form whose targets are agreed."""
        data, ratings = self._data_filled(), Filled(*self.ratings_filled())
        if AGREEMENT in self.layout.blocks:
            return stage_formula(self.layout, self.labels, data, ratings)
        word = text_literal(self.labels("filled") + " ")
        counted = "+".join((*data.counted, *ratings.counted))
        return f'={word}&({counted})&"/{data.needed + ratings.needed}"'

    def _data_filled(self) -> Filled:
        """Which formulas count the required cells that are filled, ratings apart."""
        layout = self.layout
        counted, required_cells = [], 0
        if layout.monthly:
            rows = layout.span("monthly")
            counted.append(f"COUNTA({self.at(self.months[0], rows.first)}:{self.at(self.months[-1], rows.last)})")
            required_cells += len(self.months) * len(layout.monthly)
        shown = layout.rated_measures
        required = [measure for measure in layout.quarterly if not measure.optional and measure.id not in shown]
        if required:
            first = layout.row("quarterly")
            counted.append(f"COUNTA({self.at('quarter', first)}:{self.at('quarter', first + len(required) - 1)})")
            required_cells += len(required)
        for indicator in layout.role.indicators:
            for number, part in enumerate(indicator.parts):
                if part.target is None and part.target_formula is None and indicator.rule.reads_target(number):
                    counted.append(f"COUNTA({layout.address(part_id(indicator.id, number), 'target')})")
                    required_cells += 1
        return Filled(counted, required_cells)

    def engine(self) -> str:
        """The engine at work; it counts the inputs only so that it is recalculated with them."""
        entries = self.layout.entries
        inputs = f"{self.at('m1', entries.first)}:{self.at('quarter', entries.last)}"
        return f"=IFERROR(KPI_ENGINE(COUNT({inputs})),{text_literal(self.labels('engine_native'))})"

    def engines_differ(self) -> str:
        checks = self.layout.scored.cells("check")
        before, after = self.labels.around("engines_differ")
        return f'=IF(SUM({checks})>0,{text_literal(before)}&SUM({checks})&{text_literal(after)},"")'

    def _met(self, alert: Alert) -> str:
        """The conditions of an alert, comma-separated; a condition on an empty cell is not met."""
        return ",".join(f"{condition.formula(self.cells, self.language, empty='0')}=1" for condition in alert.when)

    def alerts(self, alerts: tuple[Alert, ...]) -> str:
        """The texts of all alerts that hold, one per line."""
        end = self.labels("alert_end")
        texts = [f'IF(OR({self._met(alert)}),{text_literal("⚠ " + alert.text + end)},"")' for alert in alerts]
        states = self.layout.scored.cells("applies")
        moved = text_literal(self.labels("weight_moved") + end)
        texts.append(f'IF(COUNTIF({states},{self.not_applicable})>0,{moved},"")')
        texts += self._open_exceptions(end) if self.excepts else []
        return "=" + "&".join(texts)

    def _open_exceptions(self, end: str) -> Iterator[str]:
        """The alerts of 不计分事项: data that keeps the form from a total, and lines that are not in force."""
        missing, waiting = (text_literal(self.labels(key) + end) for key in ("missing_open", "exceptions_open"))
        states = self.layout.scored.cells("applies")
        yield f'IF(COUNTIF({states},{self.text("missing_block")})>0,{missing},"")'
        lines = self.lines
        open_lines = (
            f"IF(LEN({self.at('receipt', line)})=0,0,IF(LEN({self.at('applies', line)})=0,1,0))" for line in lines
        )
        yield f'IF({"+".join(open_lines)}>0,{waiting},"")'


def native_grade(final: str, legend: str, grades: tuple[Grade, ...], scale: str, language: str) -> str:
    """The twin of KPI_GRADE (without =).

    final, legend: the cells of the points and of the scale; a scale that was changed shows `#KPI …`.
    """
    formula = text_literal(grades[-1].name)
    for grade in reversed(grades[:-1]):
        assert grade.at_least is not None
        formula = f"IF(ROUND({final}-{plain(grade.at_least)},9)>=0,{text_literal(grade.name)},{formula})"
    changed = f"{legend}<>{text_literal(scale)}"
    refused = kpi_literal(reasons.GRADES_CHANGED, language)
    return f"IF(COUNT({final})=0,{final},IF({changed},{refused},{formula}))"
