"""The formulas that forms hold which were sent before we changed them: `check` takes them for the right ones."""

from __future__ import annotations

from dataclasses import replace

from xlkpi.catalogue.role import Indicator, Role
from xlkpi.catalogue.units import earlier_plausible
from xlkpi.form.layout import SPARE, measure_id, part_id, reading_id
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import Basis, Side, Step
from xlkpi.rules.rule import Rule
from xlkpi.scoring import reasons
from xlkpi.scoring.formula import kpi_literal, text_literal
from xlkpi.writer.blocks.spare import spare_formulas
from xlkpi.writer.formulas.number_text import formula_text, rounded
from xlkpi.writer.formulas.sheet import SheetFormulas

Place = tuple[str, str]
"""Row id and column id."""


class EarlierFormulas(SheetFormulas):
    """The formulas of a form as they were until 2026-11, where they differ from today's."""

    def receipt(self, indicator: Indicator) -> str:
        """Of the first measure only; with one reason for all indicators that do not apply."""
        row = self.layout.rows[part_id(indicator.id)]
        rule, labels = indicator.rule, self.labels
        actual, target, score = (self.at(id, row) for id in ("actual", "target", "score"))
        unit = indicator.unit
        parts = [text_literal(labels("receipt_actual"))]
        parts.append(actual if indicator.levels else formula_text(actual, unit, labels))
        if rule.reads_target(0):
            parts += [text_literal(labels("receipt_target")), formula_text(target, unit, labels)]
        if not rule.adjustments:
            achievement = self.at("achievement", row)
            text = f"{text_literal(labels('receipt_achievement'))}&{formula_text(achievement, '%', labels)}"
            parts.append(f'IF(COUNT({achievement})=0,"",{text})')
        parts += self._gap(rule, actual, target)
        if rule.adjustments:
            parts += [text_literal(labels("receipt_deducted")), rounded(self.at("deducted", row), 2)]
            parts.append(text_literal(labels("receipt_mark")))
        points = score if rule.scale == 100 else f"{score}*{plain(rule.scale)}/100"
        parts += [text_literal(labels("receipt_score")), rounded(points, 2), text_literal(labels("receipt_mark"))]
        if rule.scale != 100:
            parts.append(text_literal(labels("receipt_out_of", scale=plain(rule.scale))))
        receipt = "&".join(parts)
        moved = text_literal(labels("moved"))
        reason = score
        if rule.reads_target(0) and indicator.parts[0].target_formula is None:
            missing = text_literal(labels("target_missing"))
            reason = f'IF({score}="",IF(COUNT({actual})>COUNT({target}),{missing},""),{score})'
        return f"=IF(COUNT({score})=0,IF({score}={self.not_applicable},{moved},{reason}),{receipt})"

    def _gap(self, rule: Rule, actual: str, target: str) -> list[str]:
        """The distance of the first measure from its target, if its first step counts one side of the target."""
        step = next((a for a in rule.adjustments if isinstance(a, Step) and a.measure == 0), None)
        if step is None or step.side is Side.EITHER or rule.origin(0) is not None:
            return []
        word = text_literal(self.labels("receipt_short" if step.side is Side.SHORT else "receipt_over"))
        gap = f"{target}-{actual}" if step.side is Side.SHORT else f"{actual}-{target}"
        match step.basis:
            case Basis.POINTS:
                gap_text = f"{rounded(f'({gap})', 2, 100)}&{text_literal(self.labels('receipt_points'))}"
            case Basis.RELATIVE:
                gap_text = f'{rounded(f"({gap})/{target}", 2, 100)}&"%"'
            case Basis.ABSOLUTE:
                gap_text = rounded(f"({gap})", 4)
        return [f'IF(ROUND({gap},9)>0,{word}&{gap_text},"")']

    def note(self, indicator: Indicator) -> str:
        """Notes were not printed."""
        return ""

    @property
    def spare_changed(self) -> str:
        return kpi_literal(reasons.RULE_CHANGED, self.language)

    def spare_weight(self, row: int) -> str:
        return self.at("weight", row)

    def _if_spare_pending(self, otherwise: str) -> str:
        return otherwise


def earlier_formulas(formulas: SheetFormulas) -> dict[Place, tuple[str, ...]]:
    """Former formulas (without =) of a form, by place; formulas: those of today."""
    layout = formulas.layout
    former = EarlierFormulas(layout, formulas.labels, formulas.months)
    found: dict[Place, tuple[str, ...]] = {}
    for measure in layout.role.measures:
        # A role file may have learnt since then of what a measure is a part.
        alone = former.status(replace(measure, part_of=None))
        found[measure_id(measure.id), "weighted"] = (former.status(measure, related=False), alone)
    for indicator in layout.role.indicators:
        found[part_id(indicator.id), "receipt"] = (former.receipt(indicator),)
        if indicator.annotated:
            found[reading_id(indicator.id), "definition"] = (former.reading(indicator),)
    found["total", "receipt"] = (former.total_receipt(),)
    every = {place: tuple(text.removeprefix("=") for text in texts) for place, texts in found.items()}
    for id in SPARE:
        every |= earlier_spare(formulas, id)
    return every


def earlier_spare(formulas: SheetFormulas, id: str, indicator: Indicator | None = None) -> dict[Place, tuple[str, ...]]:
    """Former formulas of a spare row, as `spare_formulas`."""
    former = EarlierFormulas(formulas.layout, formulas.labels, formulas.months)
    cells = spare_formulas(former, id, indicator)
    return {(part_id(id), column): (text.removeprefix("="),) for column, text in cells.items()}


def earlier_constants(role: Role, labels: Labels) -> dict[Place, object]:
    """Former contents of cells without formulas, by place."""
    separator, levels = labels("list_separator"), role.levels
    texts = ((m.id, separator.join(levels.get(m.id, ())) or earlier_plausible(m, labels)) for m in role.measures)
    return {(measure_id(id), "receipt"): text for id, text in texts if text}
