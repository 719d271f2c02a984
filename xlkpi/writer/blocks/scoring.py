"""The block 考核评分: one row per indicator, one more for each further measure, the total, the dimensions."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl.worksheet.datavalidation import DataValidation

from xlkpi.catalogue.direction import by_achievement
from xlkpi.catalogue.role import Indicator, Part, weight_value
from xlkpi.catalogue.units import MONEY, number_format
from xlkpi.form.layout import COLUMNS, FIRST, FURTHER, LAST, LETTER, part_id, reading_id
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import number_text, plain
from xlkpi.rules.model import Step
from xlkpi.scoring import reasons
from xlkpi.scoring.formula import as_shown
from xlkpi.writer import styles
from xlkpi.writer.blocks.canvas import WIDTH, Canvas
from xlkpi.writer.blocks.spare import write_spare
from xlkpi.writer.formulas.next_step import usual_text
from xlkpi.writer.formulas.rows import reading_text


def write_scoring(form: Canvas) -> None:
    """Write the indicators, the spare rows and the total."""
    labels, layout = form.labels, form.layout
    form.section(layout.row("scoring title"), "scoring", "scoring_hint")
    header = layout.row("scoring header")
    form.paint.fill(f"{FIRST}:{LAST}", header, styles.HEADER)
    for column in (
        "no", "group", "definition", "weight", "target", "rule", "unit", "actual", "achievement", "deducted",
        "score", "weighted", "receipt", "next", "remark",
    ):  # fmt: skip
        form.paint.put(f"{LETTER[column]}{header}", labels(column), styles.HEADER)
    form.paint.put(f"{LETTER['label']}{header}", labels("indicator"), styles.HEADER)
    form.sheet.row_dimensions[header].height = 22
    for number, indicator in enumerate(form.role.indicators, start=1):
        _indicator(form, number, indicator)
    write_spare(form)
    _total(form)


def _indicator(form: Canvas, number: int, indicator: Indicator) -> None:
    put, formulas = form.paint.put, form.formulas
    for index, part in enumerate(indicator.parts):
        _part(form, indicator, index, part)
    row = form.layout.rows[part_id(indicator.id)]
    put(f"{LETTER['no']}{row}", number, styles.FIXED_CENTRE)
    rule = indicator.rule_text  # as its translation phrased it
    put(f"{LETTER['rule']}{row}", rule, styles.FIXED_TEXT)
    weight = put(f"{LETTER['weight']}{row}", weight_value(form.role.weights[indicator.id]), styles.FIXED_CENTRE)
    weight.number_format = "0.0%"
    score = styles.SHRUNK.but(format="0.00")
    put(f"{LETTER['deducted']}{row}", formulas.deducted(indicator), score.but(format='0.00;-0.00;"–"'))
    put(f"{LETTER['score']}{row}", formulas.score(indicator), score.but(bold=True))
    put(f"{LETTER['weighted']}{row}", formulas.weighted(row), score)
    put(f"{LETTER['receipt']}{row}", formulas.receipt(indicator), styles.COMPUTED_TEXT.but(size=9))
    for column, value in (
        ("native", formulas.native(indicator)),
        ("effective", formulas.effective(indicator)),
        ("check", formulas.check(indicator)),
        ("applies", formulas.applies(indicator)),
        ("compiled", rule),
        ("loss", formulas.loss(row)),
        ("exception", formulas.exception(row) if formulas.excepts else None),
    ):
        if value is not None:
            form.sheet[f"{LETTER[column]}{row}"] = value
    if formulas.excepts:
        put(f"{LETTER['carried']}{row}", None, styles.PLAIN)  # the score of the quarter before is put there
    if indicator.annotated:
        form.note(f"{LETTER['rule']}{row}", reading_text(indicator, form.labels))
    if indicator.note:
        form.note(f"{LETTER['label']}{row}", indicator.note)
    further = row + len(indicator.parts) - 1
    if further > row:  # the receipt tells of all measures
        form.merge(LETTER["receipt"], LETTER["receipt"], row, further)
    beside = sum(form.sheet.row_dimensions[number].height or 0 for number in range(row + 1, further + 1))
    told_weight = form.labels("weight_used", weight="12.34%") if formulas.excepts else ""
    receipt_width = WIDTH[LETTER["receipt"]]
    usual = form.formulas.usual_rating_receipts(indicator) or _usual_receipts(indicator, form.labels, told_weight)
    receipts = ((text, receipt_width, styles.FIXED_SMALL) for text in usual)
    form.paint.height(
        row,
        (indicator.group.replace("/", "\n"), WIDTH["C"], styles.FIXED_SMALL.but(indent=0)),
        (indicator.label, WIDTH["D"], styles.FIXED_TEXT),
        (indicator.parts[0].definition, WIDTH["E"], styles.FIXED_SMALL),
        (rule, WIDTH["H"], styles.FIXED_TEXT),
        (usual_text(indicator.rule, indicator.unit, form.labels), WIDTH[LETTER["next"]], styles.FIXED_SMALL),
        least=max(32, form.paint.needed(*receipts) - beside),
    )


def _usual_receipts(indicator: Indicator, labels: Labels, weight: str = "") -> Iterator[str]:
    """A receipt of usual length, and reasons why there is none: the row must be high enough for them.

    weight: what follows where others do not count.
    """
    mark, told = labels("receipt_mark"), ""
    for number, part in enumerate(indicator.parts):
        size = "12.34%" if part.unit == "%" or part.unit in MONEY else "12345"
        steps = [a for a in indicator.rule.adjustments if a.measure == number]
        told += labels("receipt_measure", label=part.label) if number else ""
        told += labels("receipt_actual") + size
        if indicator.rule.reads_target(number):
            told += labels("receipt_target") + size
        third = "" if steps else labels("receipt_achievement") + "12.34%"
        told += third + sum(isinstance(step, Step) for step in steps) * (labels("receipt_short") + "12.3%")
        told += len(steps) * (labels("receipt_deducted") + "12" + mark)
    yield f"{told}{labels('receipt_score')}100{mark}{weight}"
    label = max((part.label for part in indicator.parts), key=len)
    yield reasons.cell_text(reasons.NOT_A_NUMBER, labels.language, label=label)


def _part(form: Canvas, indicator: Indicator, index: int, part: Part) -> None:
    put = form.paint.put
    row = form.layout.rows[part_id(indicator.id, index)]
    form.paint.fill(f"{FIRST}:{LAST}", row, styles.FIXED_TEXT)
    group = indicator.group.replace("/", "\n") if index == 0 else None
    put(f"{LETTER['group']}{row}", group, styles.FIXED_SMALL.but(align="center"))
    label = part.label if index == 0 else f"{FURTHER} {part.label}"
    put(f"{LETTER['label']}{row}", label, styles.FIXED_TEXT.but(bold=index == 0))
    put(f"{LETTER['definition']}{row}", part.definition, styles.FIXED_SMALL)
    put(f"{LETTER['unit']}{row}", part.unit, styles.FIXED_CENTRE)
    format = number_format(part.unit, counted=not part.actual.divides)
    _target(form, indicator, index, part, row, format)
    # Rates show two decimals: a step of one percentage point must be seen.
    style = styles.SHRUNK.but(format="0.00%" if part.unit == "%" else format)
    style = style.but(align="center") if indicator.levels else style
    put(f"{LETTER['actual']}{row}", form.formulas.actual(indicator, part), style)
    # Where less is better, 300% beside a score of 40 would mislead.
    misleading = indicator.less_is_better(index) and not by_achievement(indicator.rule, index)
    achievement = None if misleading else form.formulas.achievement(row)
    put(f"{LETTER['achievement']}{row}", achievement, styles.SHRUNK.but(format="0.00%"))
    put(f"{LETTER['next']}{row}", form.formulas.next_step(indicator, index), styles.COMPUTED_TEXT.but(size=9))
    put(f"{LETTER['remark']}{row}", None, styles.INPUT_TEXT)
    if index:
        form.sheet[f"{LETTER['effective']}{row}"] = 0
        for column in ("deducted", "score", "weighted", "receipt"):
            put(f"{LETTER[column]}{row}", None, styles.COMPUTED)
        small = styles.FIXED_SMALL
        form.paint.height(row, (part.definition, WIDTH["E"], small), (label, WIDTH["D"], styles.FIXED_TEXT))


def _target(form: Canvas, indicator: Indicator, index: int, part: Part, row: int, format: str) -> None:
    address = f"{LETTER['target']}{row}"
    if part.target_formula is not None:
        computed = styles.SHRUNK.but(format="0.00%" if part.unit == "%" else format)
        form.paint.put(address, form.formulas.target(part.target_formula), computed)
    elif not indicator.rule.reads_target(index):  # for show only
        form.paint.put(address, part.target, styles.COMPUTED.but(fill=styles.FIXED, format=format))
    else:
        form.paint.put(address, part.target, styles.INPUT_NUMBER.but(format=format))
        _validate_target(form, address, part)


def _validate_target(form: Canvas, address: str, part: Part) -> None:
    labels = form.labels
    prompt = labels("prompt_target", unit=part.unit)
    if part.choices:
        listed = ",".join(plain(choice.value) for choice in part.choices)
        validation = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True, showErrorMessage=False)
        percent = part.unit == "%"
        choices = (f"{choice.label} {number_text(choice.value, percent, labels)}" for choice in part.choices)
        choices_text = labels("list_separator").join(choices)
        prompt += labels("prompt_choices", choices=choices_text)
    else:
        validation = DataValidation(type="decimal", operator="between", allow_blank=True, showErrorMessage=True)
        validation.formula1, validation.formula2 = "-1000000000000000", "1000000000000000"
        validation.errorTitle, validation.error = labels("invalid_title"), labels("invalid_target")
    validation.promptTitle, validation.prompt = part.label, prompt
    form.validate(validation, address)


def _total(form: Canvas) -> None:
    row, put, formulas = form.layout.row("total"), form.paint.put, form.formulas
    style = styles.SUBHEADER
    form.paint.fill(f"{FIRST}:{LAST}", row, style)
    put(f"{LETTER['label']}{row}", form.labels("total"), style)
    number = style.but(align="general", wrap=False, shrink=True, format="0.00")
    put(f"{LETTER['weight']}{row}", formulas.weights_total(), style.but(format="0%"))
    put(f"{LETTER['score']}{row}", formulas.total(), number)
    put(f"{LETTER['weighted']}{row}", formulas.weighted_sum(), number)
    put(f"{LETTER['receipt']}{row}", formulas.total_receipt(), style.but(align="left", indent=1, size=9))
    form.merge(LETTER["receipt"], LAST, row)
    form.sheet[f"{LETTER['native']}{row}"] = formulas.total_native()
    form.sheet.row_dimensions[row].height = 20


def write_readings(form: Canvas) -> None:
    """Write how rules are read and what was settled for this form, each under the number of its indicator."""
    if not form.layout.readings:
        return
    put, labels = form.paint.put, form.labels
    put(f"{FIRST}{form.layout.row('readings title')}", labels("readings"), styles.SECTION.but(size=10))
    numbers = {indicator.id: number for number, indicator in enumerate(form.role.indicators, start=1)}
    width = sum(column.width for column in COLUMNS if LETTER["definition"] <= column.letter <= LAST)
    for indicator in form.layout.readings:
        row = form.layout.rows[reading_id(indicator.id)]
        form.paint.fill(f"{FIRST}:{LAST}", row, styles.FIXED_SMALL)
        form.merge(LETTER["group"], LETTER["label"], row)
        form.merge(LETTER["definition"], LAST, row)
        put(f"{LETTER['no']}{row}", numbers[indicator.id], styles.FIXED_CENTRE.but(size=9))
        put(f"{LETTER['group']}{row}", indicator.label, styles.FIXED_SMALL)
        note = form.formulas.note(indicator)
        if indicator.annotated:
            put(f"{LETTER['definition']}{row}", form.formulas.reading(indicator), styles.FIXED_SMALL)
        else:
            form.paint.text(f"{LETTER['definition']}{row}", note, styles.FIXED_SMALL)
        shown = f"{reading_text(indicator, labels)} {note}" if indicator.annotated else note
        form.paint.height(
            row,
            (shown, width, styles.FIXED_SMALL),
            (indicator.label, WIDTH["C"] + WIDTH["D"], styles.FIXED_SMALL),
            least=15,
        )


def write_dimensions(form: Canvas) -> None:
    """Write the weight and score of each dimension, with a bar."""
    if not form.layout.dimensions:
        return
    put, formulas = form.paint.put, form.formulas
    form.section(form.layout.row("dimensions title"), "dimensions", "dimensions_hint")
    for row, dimension in zip(form.layout.span("dimensions"), form.layout.dimensions, strict=True):
        form.paint.fill(f"{FIRST}:{LAST}", row, styles.FIXED_TEXT)
        form.merge(LETTER["group"], LETTER["definition"], row)
        put(f"{LETTER['group']}{row}", dimension, styles.FIXED_TEXT.but(bold=True))
        weight = formulas.dimension_weight(dimension)
        put(f"{LETTER['weight']}{row}", weight, styles.FIXED_CENTRE.but(format="0.0%"))
        form.merge(LETTER["target"], LETTER["deducted"], row)
        form.paint.fill(f"{LETTER['target']}:{LETTER['score']}", row, styles.COMPUTED)
        bar = as_shown(f"{LETTER['score']}{row}")
        put(f"{LETTER['target']}{row}", f"={bar}", styles.COMPUTED)
        put(f"{LETTER['score']}{row}", formulas.dimension(dimension), styles.COMPUTED.but(format="0.00", bold=True))
        form.merge(LETTER["weighted"], LAST, row)
        form.sheet.row_dimensions[row].height = 20
