"""Spare rows of the block 考核评分: indicators that somebody fills in on the form.

Label, weight, target, rule, unit and actual are typed. Python scores the row at once; the built-in twin is written
later, by `xlkpi refresh`, from the rule that was typed. Until then a row that Python does not score says so, and total
and grade are those of the other rows.
"""

from __future__ import annotations

from fractions import Fraction

from openpyxl.worksheet.datavalidation import DataValidation

from xlkpi.catalogue.arithmetic.expression import Expression
from xlkpi.catalogue.role import Indicator, Part
from xlkpi.form.layout import FIRST, LAST, LETTER, SPARE, part_id
from xlkpi.i18n.languages import language_of
from xlkpi.scoring import reasons
from xlkpi.scoring.formula import any_holds, empty, kpi_literal, native_deducted, native_score, text_literal
from xlkpi.writer import styles
from xlkpi.writer.blocks.canvas import WIDTH, Canvas
from xlkpi.writer.formulas.number_text import rounded
from xlkpi.writer.formulas.sheet import SheetFormulas

TYPED = ("label", "definition", "weight", "target", "rule", "unit", "actual", "remark")
"""The columns of a spare row that are typed."""


def write_spare(form: Canvas) -> None:
    """Write the empty spare rows."""
    for number, id in enumerate(SPARE, start=len(form.role.indicators) + 1):
        row = form.layout.rows[part_id(id)]
        form.paint.fill(f"{FIRST}:{LAST}", row, styles.COMPUTED)
        form.paint.put(f"{LETTER['no']}{row}", number, styles.FIXED_CENTRE)
        form.paint.put(f"{LETTER['group']}{row}", form.labels("spare"), styles.FIXED_SMALL.but(align="center"))
        for column in TYPED:
            form.paint.put(f"{LETTER[column]}{row}", None, _STYLES.get(column, styles.INPUT_TEXT))
        for column, formula in spare_formulas(form.formulas, id).items():
            style = _STYLES.get(column)
            if style is None:
                form.sheet[f"{LETTER[column]}{row}"] = formula
            else:
                form.paint.put(f"{LETTER[column]}{row}", formula, style)
        form.paint.put(f"{LETTER['compiled']}{row}", None, styles.PLAIN)  # a refresh writes the rule there
        pending = reasons.cell_text(reasons.SPARE_PENDING, form.labels.language)
        form.paint.height(row, (pending, WIDTH[LETTER["receipt"]], styles.FIXED_SMALL.but(bold=True)), least=30)
        _validate(form, row)


_SCORE = styles.SHRUNK.but(format="0.00")
_STYLES = {
    "definition": styles.INPUT_TEXT.but(size=9),
    "weight": styles.INPUT_NUMBER.but(format="0.0%", align="center"),
    "target": styles.INPUT_NUMBER,
    "unit": styles.INPUT_TEXT.but(align="center"),
    "actual": styles.INPUT_NUMBER,
    "achievement": styles.SHRUNK.but(format="0.00%"),
    "deducted": _SCORE.but(format='0.00;-0.00;"–"'),
    "score": _SCORE.but(bold=True),
    "weighted": _SCORE,
    "receipt": styles.COMPUTED_TEXT.but(size=9),
    "next": styles.COMPUTED_TEXT.but(size=9),
}


def _validate(form: Canvas, row: int) -> None:
    labels = form.labels
    weight = DataValidation(type="decimal", operator="between", allow_blank=True, showErrorMessage=True)
    weight.formula1, weight.formula2 = "0", "1"
    weight.errorTitle, weight.error = labels("invalid_title"), labels("prompt_spare_weight")
    for column, validation in (
        ("weight", weight),
        *((column, DataValidation(allow_blank=True)) for column in ("label", "rule", "unit", "actual", "target")),
    ):
        validation.promptTitle, validation.prompt = labels("spare"), labels(f"prompt_spare_{column}")
        form.validate(validation, f"{LETTER[column]}{row}")


def spare_formulas(formulas: SheetFormulas, id: str, indicator: Indicator | None = None) -> dict[str, str]:
    """The formulas of a spare row by column; indicator: what was typed, None for a row without twin."""
    row = formulas.layout.rows[part_id(id)]

    def at(column: str) -> str:
        return formulas.at(column, row)

    weight, target, rule, actual, score = (at(id) for id in ("weight", "target", "rule", "actual", "score"))
    valid = f"IF(ISNUMBER({weight}),AND({weight}>=0,{weight}<=1),0)"
    refused = kpi_literal(reasons.WEIGHT_NOT_SHARE, formulas.language)
    # The rule may read the target or not, and some hosts pass an empty cell as 0.
    passed_target = f'IF({empty(target)},"",{target})'
    called = f"IFERROR(KPI_SCORE({actual},{passed_target},{rule},{at('unit')}),{formulas.fixed('native', row)})"
    missing = any_holds([empty(cell) for cell in (weight, rule, actual)])
    refs = [actual], [target]
    twin = '""' if indicator is None else native_score(indicator.rule, *refs, language_of(indicator.rule_text))
    deducted, next_step = '=""', '=""'
    if indicator is not None:
        if indicator.rule.deducts_from_100:
            deducted = f'=IF(COUNT({score})=0,"",{native_deducted(indicator.rule, *refs, formulas.language)})'
        else:
            deducted = formulas.deducted_from_score(indicator)
        next_step = formulas.next_step(indicator) or next_step
    return {
        "achievement": formulas.achievement(row),
        "deducted": deducted,
        "score": f'=IF({missing},"",IF({valid},{called},{refused}))',
        "weighted": formulas.weighted(row),
        "receipt": _receipt(formulas, row, indicator),
        "next": next_step,
        "native": f"=IF({rule}<>{at('compiled')},{formulas.spare_changed},{twin})",
        "effective": f"=IF({empty(weight)},0,IF({valid},{formulas.spare_weight(row)},1))",
        "check": f"=IF({missing},0,IF({valid},{formulas.differ('score', row)},0))",
        "loss": formulas.loss(row),
    }


def _receipt(formulas: SheetFormulas, row: int, indicator: Indicator | None) -> str:
    """The receipt: first what is still to be typed; without a twin, a plain one without the rule's words."""
    labels = formulas.labels
    receipt = formulas.receipt(indicator)[1:] if indicator else _plain_receipt(formulas, row)
    for column in ("weight", "rule", "actual"):
        missing = text_literal(labels("spare_missing", what=labels(column)))
        receipt = f"IF({empty(formulas.at(column, row))},{missing},{receipt})"
    typed = "+".join(f"COUNTA({formulas.at(column, row)})" for column in ("label", "weight", "rule", "actual"))
    return f'=IF({typed}=0,"",{receipt})'


def _plain_receipt(formulas: SheetFormulas, row: int) -> str:
    labels = formulas.labels
    actual, score = formulas.at("actual", row), formulas.at("score", row)
    actual_text = f"IF(ISNUMBER({actual}),{rounded(actual, 4)},{actual})"
    before, between, after = (text_literal(labels(f"receipt_{part}")) for part in ("actual", "score", "mark"))
    return f"IF(COUNT({score})=0,{score},{before}&{actual_text}&{between}&{rounded(score, 2)}&{after})"


def typed_indicator(id: str, label: str, rule: str, unit: str) -> Indicator:
    """The indicator that somebody typed into a spare row. The rule must be readable and have one measure."""
    return Indicator(id, "", Fraction(1), rule, (Part(label, "", unit, Expression("0")),))
