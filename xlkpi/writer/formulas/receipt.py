"""The column 说明 of a form: the receipt of a score as a built-in formula, in the words of `xlkpi score`.

实际3.6，目标4，低10%，扣5分；「滞销品占比」实际7%，目标5%，高2个百分点，扣4分，得91分.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xlkpi.catalogue.direction import by_achievement
from xlkpi.catalogue.role import Indicator
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import Adjustment, Basis, Inverse, Side, Step
from xlkpi.scoring.formula import native_points, text_literal
from xlkpi.writer.formulas.number_text import decisive, decisive_text, rounded

_AWAY = {Side.SHORT: "receipt_short", Side.OVER: "receipt_over", Side.EITHER: "receipt_either"}


@dataclass(frozen=True)
class ReceiptCells:
    """The addresses that a receipt reads. actuals, targets: one per measure."""

    actuals: list[str]
    targets: list[str]
    score: str
    deducted: str


def receipt_formula(indicator: Indicator, cells: ReceiptCells, labels: Labels) -> str:
    """The receipt of a row with a score (without =): what every measure is, misses and costs, and the score."""
    receipt = _Receipt(indicator, cells, labels)
    told = [text for measure in range(indicator.rule.measures) for text in receipt.measure(measure)]
    return "&".join((*told, *receipt.result()))


class _Receipt:
    def __init__(self, indicator: Indicator, cells: ReceiptCells, labels: Labels) -> None:
        self.indicator, self.rule, self.cells, self.labels = indicator, indicator.rule, cells, labels

    def text(self, key: str, **values: object) -> str:
        return text_literal(self.labels(key, **values))

    def measure(self, m: int) -> Iterator[str]:
        """实际7%，目标5%，高2个百分点，扣4分 for one measure; the later ones are named."""
        rule, labels = self.rule, self.labels
        actual = self.cells.actuals[m]
        unit = self.indicator.parts[m].unit if m < len(self.indicator.parts) else ""
        if m:
            yield self.text("receipt_measure", label=rule.labels[m])
        elif rule.labels[m]:
            yield self.text("receipt_first_measure", label=rule.labels[m])
        yield self.text("receipt_actual")
        if m == 0 and self.indicator.levels:
            yield actual
            return
        yield decisive_text(actual, unit, labels)
        origin = rule.origin(m)
        target = self.cells.targets[m] if origin is None else plain(origin.value)
        if origin is not None or rule.reads_target(m):
            yield self.text("receipt_target" if origin is None else "receipt_base")
            yield decisive_text(target, unit, labels)
        if by_achievement(rule, m):
            yield self.text("receipt_achievement")
            yield f'{decisive(f"{actual}/{target}", 2, 100)}&"%"'
        if isinstance(rule.base, Inverse) and rule.base.measure == m:
            share = f'{decisive(f"{target}/{actual}", 2, 100)}&"%"'
            yield f'IF({actual}=0,"",{self.text("receipt_inverse")}&{share})'
        for adjustment in (a for a in rule.adjustments if a.measure == m):
            if isinstance(adjustment, Step):
                yield self.gap(adjustment, actual, target)
            yield from self.points(adjustment)

    def gap(self, step: Step, actual: str, target: str) -> str:
        """The distance from the target on the side that counts, if there is one."""
        gap = {
            Side.SHORT: f"{target}-{actual}",
            Side.OVER: f"{actual}-{target}",
            Side.EITHER: f"ABS({actual}-{target})",
        }[step.side]
        match step.basis:
            case Basis.POINTS:
                shown = f"{decisive(f'({gap})', 2, 100)}&{self.text('receipt_points')}"
            case Basis.RELATIVE:
                shown = f'{decisive(f"({gap})/{target}", 2, 100)}&"%"'
            case Basis.ABSOLUTE:
                shown = decisive(f"({gap})", 4)
        return f'IF(ROUND({gap},9)>0,{self.text(_AWAY[step.side])}&{shown},"")'

    def points(self, adjustment: Adjustment) -> Iterator[str]:
        """What a clause costs or brings, on the scale of the sentence."""
        points = native_points(self.rule, adjustment, self.cells.actuals, self.cells.targets)
        if not adjustment.bonus and self.rule.only_deducts and len(self.rule.adjustments) == 1:
            points = self.cells.deducted
        yield self.text("receipt_added" if adjustment.bonus else "receipt_deducted")
        yield rounded(points if points == self.cells.deducted else f"({points})", 2)
        yield self.text("receipt_mark")

    def result(self) -> Iterator[str]:
        """得91分; on a scale of its own 得8分（满分10分）, as its deductions are told on that scale."""
        scale, score = self.rule.scale, self.cells.score
        yield self.text("receipt_score")
        yield rounded(score if scale == 100 else f"{score}*{plain(scale)}/100", 2)
        yield self.text("receipt_mark")
        if scale != 100:
            yield self.text("receipt_out_of", scale=plain(scale))
