"""The block 数据录入 (data entry): one row per measure."""

from __future__ import annotations

from itertools import pairwise

from openpyxl.worksheet.datavalidation import DataValidation

from xlkpi.catalogue.role import Measure
from xlkpi.catalogue.units import number_format, plausible, shown_range
from xlkpi.common.quarter import MONTHS, month_names
from xlkpi.form.layout import FIRST, LAST, LETTER, measure_id
from xlkpi.i18n.numbers import plain
from xlkpi.writer import styles
from xlkpi.writer.blocks.canvas import WIDTH, Canvas
from xlkpi.writer.styles import Style


def write_entry(form: Canvas) -> None:
    """Write the monthly measures, then those entered once."""
    labels, layout = form.labels, form.layout
    form.section(layout.row("entry title"), "entry", "entry_hint")
    if layout.monthly:
        months = [labels("month", month=month) for month in month_names(form.quarter, labels)]
        _entry_header(form, layout.row("monthly header"), styles.HEADER, [*months, labels("quarter_value")])
    if layout.quarterly:
        row, style = layout.row("quarterly header"), styles.SUBHEADER if layout.monthly else styles.HEADER
        _entry_header(form, row, style, ["", "", "", labels("quarter_value")])
        form.merge(LETTER["m1"], LETTER["m3"], row)
        form.paint.put(f"{LETTER['m1']}{row}", labels("quarterly_hint"), style.but(align="left", wrap=False))
    for number, measure in enumerate((*layout.monthly, *layout.quarterly), start=1):
        _measure(form, number, layout.rows[measure_id(measure.id)], measure)


def _entry_header(form: Canvas, row: int, style: Style, values: list[str]) -> None:
    labels = form.labels
    form.paint.fill(f"{FIRST}:{LAST}", row, style)
    for column, key in (
        ("no", "no"), ("owner", "owner"), ("label", "measure"), ("definition", "definition"), ("unit", "unit"),
        ("weighted", "status"), ("receipt", "plausible"), ("remark", "remark"),
    ):  # fmt: skip
        form.paint.put(f"{LETTER[column]}{row}", labels(key), style)
    for column, value in zip((*MONTHS, "quarter"), values, strict=True):
        form.paint.put(f"{LETTER[column]}{row}", value or None, style)
    form.merge(LETTER["definition"], LETTER["rule"], row)
    form.merge(LETTER["receipt"], LETTER["next"], row)
    form.sheet.row_dimensions[row].height = 18


def _measure(form: Canvas, number: int, row: int, measure: Measure) -> None:
    put, labels = form.paint.put, form.labels
    format = number_format(measure.unit)
    form.paint.fill(f"{FIRST}:{LAST}", row, styles.FIXED_TEXT)
    put(f"{LETTER['no']}{row}", number, styles.FIXED_CENTRE)
    for column, value in (("owner", measure.owner), ("label", measure.label), ("definition", measure.definition)):
        put(f"{LETTER[column]}{row}", value, styles.FIXED_TEXT)
    put(f"{LETTER['unit']}{row}", measure.unit, styles.FIXED_CENTRE)
    form.merge(LETTER["definition"], LETTER["rule"], row)
    typed = styles.INPUT_NUMBER.but(format=format)
    if measure.monthly:
        for month in MONTHS:
            asked = month in form.months
            put(f"{LETTER[month]}{row}", None, typed if asked else styles.FIXED_CENTRE)
        put(f"{LETTER['quarter']}{row}", form.formulas.quarter(measure), styles.SHRUNK.but(format=format))
    elif measure.id in form.layout.rated_measures:  # it shows the superior's rating
        put(f"{LETTER['quarter']}{row}", form.formulas.quarter(measure), styles.SHRUNK.but(align="center"))
    else:
        rated = measure.id in form.role.levels
        put(f"{LETTER['quarter']}{row}", None, typed.but(align="center") if rated else typed)
    inputs = form.formulas.inputs(measure)
    levels = form.role.levels.get(measure.id)
    if levels and measure.id not in form.layout.rated_measures:
        _validate_level(form, inputs, measure, levels)
    elif not levels:
        _validate_number(form, inputs, measure)
    put(
        f"{LETTER['weighted']}{row}",
        form.formulas.status(measure),
        styles.COMPUTED_TEXT.but(align="center", wrap=False),
    )
    expected = _levels(form, measure) or plausible(measure, labels)
    put(f"{LETTER['receipt']}{row}", expected, styles.FIXED_CENTRE.but(colour=styles.MUTED, size=9))
    form.merge(LETTER["receipt"], LETTER["next"], row)
    put(f"{LETTER['remark']}{row}", None, styles.INPUT_TEXT)
    definition_width = sum(WIDTH[letter] for letter in "EFGH")
    text = styles.FIXED_TEXT
    form.paint.height(
        row,
        (measure.owner, WIDTH["C"], text),
        (measure.label, WIDTH["D"], text),
        (measure.definition, definition_width, text),
        (expected or "", WIDTH[LETTER["receipt"]] + WIDTH[LETTER["next"]], styles.FIXED_SMALL),
        least=16.5,
    )


def _levels(form: Canvas, measure: Measure) -> str:
    """The levels of a rated measure; where the row above has the same ones, they are not listed again."""
    levels, rows = form.role.levels, (*form.layout.monthly, *form.layout.quarterly)
    above = next((one for one, after in pairwise(rows) if after is measure), None)
    if measure.id not in levels or above is None or levels.get(above.id) != levels[measure.id]:
        return form.labels("list_separator").join(levels.get(measure.id, ()))
    return form.labels("levels_above")


def _validate_number(form: Canvas, inputs: str, measure: Measure) -> None:
    labels = form.labels
    validation = DataValidation(type="decimal", operator="between", allow_blank=True, showErrorMessage=True)
    low, high = (
        measure.low if measure.low is not None else -1e15,
        measure.high if measure.high is not None else 1e15,
    )
    validation.formula1, validation.formula2 = plain(low), plain(high)
    validation.errorStyle = "warning"
    validation.promptTitle = measure.label
    prompt = "prompt_month" if measure.monthly else "prompt_quarter"
    validation.prompt = labels(prompt, label=measure.label, unit=measure.unit, definition=measure.definition)
    validation.errorTitle = labels("invalid_title")
    limits = shown_range(measure, labels)
    key = "invalid_number" if plausible(measure, labels) else "invalid_number_open"
    validation.error = labels(key, low=limits[0], high=limits[1])
    form.validate(validation, inputs)


def _validate_level(form: Canvas, inputs: str, measure: Measure, levels: tuple[str, ...]) -> None:
    labels = form.labels
    validation = DataValidation(type="list", formula1=f'"{",".join(levels)}"', allow_blank=True, showErrorMessage=True)
    validation.promptTitle = measure.label
    listed = labels("list_separator").join(levels)
    validation.prompt = labels("prompt_level", levels=listed, definition=measure.definition)
    validation.errorTitle = labels("invalid_title")
    validation.error = labels("invalid_level", levels=listed)
    form.validate(validation, inputs)
