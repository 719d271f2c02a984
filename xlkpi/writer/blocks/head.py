"""The top of a form: title, person block, result block. `writer.person` fills in the person's data."""

from __future__ import annotations

from openpyxl.worksheet.datavalidation import DataValidation

from xlkpi.common.person import TYPED_FIELDS
from xlkpi.form.layout import ENGINE_ROW, FINAL_ROW, FIRST, GRADE_ROW, LAST, LETTER, PART_COLUMN, PERSON_ROW, TITLE_ROW
from xlkpi.form.part_quarter import flows
from xlkpi.writer import styles
from xlkpi.writer.blocks.canvas import WIDTH, Canvas

_NOTICE = styles.FIXED_TEXT.but(size=9, colour=styles.WARN)


def write_head(form: Canvas) -> None:
    """Write title, person block and result block."""
    labels, put = form.labels, form.paint.put
    form.paint.fill(f"{FIRST}:{LAST}", TITLE_ROW, styles.TITLE)
    form.merge(FIRST, LAST, TITLE_ROW)
    form.paint.text(
        f"{FIRST}{TITLE_ROW}", labels("form_title", company=form.company.name, role=form.role.title), styles.TITLE
    )
    form.sheet.row_dimensions[TITLE_ROW].height = 30
    header = PERSON_ROW - 1
    form.paint.fill(f"{FIRST}:{LAST}", header, styles.SUBHEADER)
    form.paint.fill(f"{FIRST}:{LAST}", PERSON_ROW, styles.FIXED_CENTRE)
    fixed = styles.FIXED_CENTRE.but(wrap=False, shrink=True)
    for field in TYPED_FIELDS:
        put(f"{LETTER[field]}{header}", labels(field), styles.SUBHEADER)
        typed = form.assignment is None or field == "newcomer"  # data from the roster are not typed
        style = styles.INPUT_TEXT.but(align="center", wrap=False, shrink=True) if typed else fixed
        put(f"{LETTER[field]}{PERSON_ROW}", None, style)
    for field, label in (("post", "post"), ("period", "appraisal_period")):
        put(f"{LETTER[field]}{header}", labels(label), styles.SUBHEADER)
        put(f"{LETTER[field]}{PERSON_ROW}", None, fixed)
    form.paint.text(f"{LETTER['post']}{PERSON_ROW}", form.role.title, fixed)
    form.sheet.row_dimensions[header].height = 18
    form.sheet.row_dimensions[PERSON_ROW].height = 22
    if form.assignment and form.assignment.is_reduced(form.quarter) and any(flows(form.role)):
        _part_of_quarter(form)
    _result(form)
    _validate_newcomer(form)


def _part_of_quarter(form: Canvas) -> None:
    """Make room beside the period for what became of the targets of a whole quarter."""
    form.paint.fill(f"{PART_COLUMN}:{LAST}", PERSON_ROW, _NOTICE)
    form.merge(PART_COLUMN, LAST, PERSON_ROW - 1)
    form.merge(PART_COLUMN, LAST, PERSON_ROW)
    form.paint.put(f"{PART_COLUMN}{PERSON_ROW - 1}", form.labels("part_header"), styles.SUBHEADER)
    longest = max((part.label for _, _, part in flows(form.role)), key=len)
    usual = form.labels("part_whole", label=longest, part="62/92 days × 50%", whole="1,800,000", reduced="606,521.74")
    width = WIDTH[PART_COLUMN] + WIDTH[LAST]
    form.paint.height(PERSON_ROW, (usual, width, _NOTICE), least=22)


def _result(form: Canvas) -> None:
    labels, put, formulas = form.labels, form.paint.put, form.formulas
    label = styles.SUBHEADER.but(wrap=False)
    text = styles.COMPUTED_TEXT.but(colour=styles.MUTED, size=9, indent=1)
    definition, unit = LETTER["definition"], LETTER["unit"]
    form.paint.fill(f"{FIRST}:{LAST}", FINAL_ROW, styles.COMPUTED_TEXT)
    form.paint.fill(f"{FIRST}:{LAST}", GRADE_ROW, styles.COMPUTED_TEXT)
    form.paint.fill(f"{FIRST}:{LAST}", ENGINE_ROW, styles.COMPUTED_TEXT)
    form.merge(FIRST, LETTER["label"], FINAL_ROW)
    put(f"{FIRST}{FINAL_ROW}", labels("grade_scale"), label)
    form.merge(definition, unit, FINAL_ROW)
    form.paint.text(f"{definition}{FINAL_ROW}", form.company.grade_scale, text.but(wrap=False))
    form.merge(FIRST, LETTER["label"], GRADE_ROW, ENGINE_ROW)
    put(f"{FIRST}{GRADE_ROW}", labels("alerts"), label)
    form.merge(definition, unit, GRADE_ROW, ENGINE_ROW)
    alerts = text.but(colour=styles.WARN, size=10)
    put(f"{definition}{GRADE_ROW}", formulas.alerts(form.role.alerts), alerts)
    for row, key in ((FINAL_ROW, "final"), (GRADE_ROW, "grade"), (ENGINE_ROW, "engine")):
        form.merge(LETTER["actual"], LETTER["deducted"], row)
        put(f"{LETTER['actual']}{row}", labels(key), label)
        form.merge(LETTER["score"], LETTER["weighted"], row)
        form.sheet.row_dimensions[row].height = 22
    put(f"{LETTER['score']}{FINAL_ROW}", formulas.final(), styles.BIG.but(format="0.00"))
    put(f"{LETTER['score']}{GRADE_ROW}", formulas.grade(), styles.BIG.but(size=13))
    put(f"{LETTER['score']}{ENGINE_ROW}", formulas.engine(), text.but(align="center"))
    side = styles.COMPUTED_TEXT.but(align="center", wrap=False)
    for row in (FINAL_ROW, GRADE_ROW, ENGINE_ROW):
        form.merge(LETTER["receipt"], LETTER["remark"], row)
    put(f"{LETTER['rank']}{FINAL_ROW}", None, side)
    put(f"{LETTER['filled']}{GRADE_ROW}", formulas.filled(), side)
    put(f"{LETTER['receipt']}{ENGINE_ROW}", formulas.engines_differ(), side.but(colour=styles.BAD, size=9))
    graded = formulas.graded(form.role.alerts, form.company.red_line_total)
    form.sheet[f"{LETTER['native']}{FINAL_ROW}"] = graded
    ceiling = formulas.ceiling(form.role.alerts, form.company.red_line_total)
    if form.assignment and form.assignment.is_part(form.quarter) and ceiling:
        form.sheet[f"{LETTER['effective']}{FINAL_ROW}"] = ceiling  # for the grade of both assignments together
    native = formulas.grade_native(form.company.grades, form.company.grade_scale)
    form.sheet[f"{LETTER['native']}{GRADE_ROW}"] = native


def _validate_newcomer(form: Canvas) -> None:
    labels = form.labels
    validation = DataValidation(
        type="list", formula1=f'"{labels("yes")},{labels("no_word")}"', allow_blank=True, showErrorMessage=True
    )
    validation.promptTitle, validation.prompt = labels("newcomer"), labels("prompt_newcomer")
    validation.errorTitle, validation.error = labels("invalid_title"), labels("invalid_yes_no")
    form.validate(validation, f"{LETTER['newcomer']}{PERSON_ROW}")
