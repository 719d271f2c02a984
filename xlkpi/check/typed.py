"""Checks what people typed: missing or implausible numbers, counts, events, spare rows, signatures.

Text in cells of numbers is not checked here: intake reports it when it reads the form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from xlkpi.catalogue.role import Indicator, Measure
from xlkpi.catalogue.units import shown_range
from xlkpi.check.context import CheckedForm
from xlkpi.check.people.exceptions import excused, excused_measures
from xlkpi.check.sentences import read_rule
from xlkpi.form.blocks.agreement import KEY_ACTION, SIGNED
from xlkpi.form.blocks.review import TYPED_TEXT
from xlkpi.form.layout import FURTHER, measure_id, part_id, rating_id
from xlkpi.i18n.labels import is_yes, words
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.numbers import is_number, number_text
from xlkpi.i18n.problems import ADVICE, ERROR, UNSIGNED, WARNING, Problem
from xlkpi.intake.agreement.held import is_signed_by
from xlkpi.intake.agreement.reading import key_action_id
from xlkpi.intake.cells import no_weight
from xlkpi.intake.reading import RESULT_SIGNED
from xlkpi.rules.model import RuleError
from xlkpi.rules.rule import Need, Rule
from xlkpi.scoring.reasons import PREFIX, is_refusal
from xlkpi.scoring.scores import rule_of


def _columns(form: CheckedForm, measure: Measure) -> tuple[str, ...]:
    """The columns that a measure is typed into; of the months only those in which the person has the role."""
    return form.reading.inputs.months if measure.monthly else ("quarter",)


def missing_inputs(form: CheckedForm) -> Iterator[Problem]:
    """Empty cells that must be filled in; only a warning where the total can be computed without them."""
    reading = form.reading
    has_total = reading.appraisal is not None and is_number(reading.appraisal.total)
    excused, rated = excused_measures(form), reading.inputs.rated(reading.role)
    for measure in reading.role.measures:
        row = measure_id(measure.id)
        asked = not (measure.optional or measure.id in excused or measure.id in rated)
        if not asked or (measure.previous and reading.inputs.newcomer):
            continue
        columns = [column for column in _columns(form, measure) if reading.grid.has(row, column)]
        empty = [column for column in columns if form.empty(row, column)]
        severity = WARNING if has_total else ERROR
        if len(empty) == len(columns) > 1:
            yield form.problem("missing", row, empty[0], severity, "missing_row", label=measure.label)
        else:
            yield from (form.problem("missing", row, column, severity, label=measure.label) for column in empty)


def missing_targets(form: CheckedForm) -> Iterator[Problem]:
    """Empty targets that the form's rule reads."""
    out = excused(form)
    for indicator in (one for one in form.reading.role.indicators if one.id not in out):
        rule = _rule(form, indicator.id)
        for number, part in enumerate(indicator.parts):
            row = part_id(indicator.id, number)
            if part.target_formula is not None or rule is None or not form.reading.grid.has(row, "target"):
                continue
            if number < rule.measures and rule.reads_target(number) and form.empty(row, "target"):
                yield form.problem("missing_target", row, "target", label=part.label)


def _rule(form: CheckedForm, indicator: str) -> Rule | None:
    """The rule as it stands on the form; None where it cannot be read."""
    inputs = form.reading.inputs
    try:
        return rule_of(inputs.rules[indicator], inputs.units[indicator] or None)
    except RuleError:
        return None


def out_of_range(form: CheckedForm) -> Iterator[Problem]:
    """Numbers outside the plausible range of their measure, such as 12 for 12%."""
    for measure in form.reading.role.measures:
        for column in _columns(form, measure):
            value = form.value(measure_id(measure.id), column)
            if not is_number(value) or _plausible(measure, value):
                continue
            low, high = shown_range(measure, form.labels)
            percent = measure.unit == "%"
            meant = percent and _plausible(measure, value / 100)
            yield form.problem(
                "range",
                measure_id(measure.id),
                column,
                ADVICE,
                "range_percent" if meant else "range",
                label=measure.label,
                value=number_text(value, percent, form.labels),
                low=low,
                high=high,
                meant=number_text(value / 100, True, form.labels),
            )


def _plausible(measure: Measure, value: float) -> bool:
    return (measure.low is None or value >= measure.low) and (measure.high is None or value <= measure.high)


def counts(form: CheckedForm) -> Iterator[Problem]:
    """Negative or fractional numbers where the rule counts occurrences."""
    role, seen = form.reading.role, set()
    for indicator in role.indicators:
        rule = _rule(form, indicator.id)
        counted = [m for need, m in rule.needs if need is Need.COUNT] if rule else []
        for part in (indicator.parts[m] for m in counted if m < len(indicator.parts)):
            for operand in () if part.actual.divides else part.actual.operands:
                measure = role.measure[operand.measure]
                for column in _columns(form, measure):
                    row = measure_id(measure.id)
                    value = form.value(row, column)
                    if not is_number(value) or (row, column) in seen:
                        continue
                    if value < 0 or round(value - round(value), 9) != 0:
                        seen.add((row, column))
                        yield form.problem("count", row, column, label=measure.label, value=form.shown(value))


def unscored(form: CheckedForm, told: Iterable[Problem]) -> Iterator[Problem]:
    """Indicators without a score, and why, unless a problem of their row or of the numbers they read tells it."""
    appraisal, role = form.reading.appraisal, form.reading.role
    refused = [result for result in (appraisal.indicators if appraisal else ()) if is_refusal(result.score)]
    if not refused:
        return
    rows = {problem.row_id for problem in told if problem.severity != ADVICE}
    read = {indicator.id: _rows_read(indicator) for indicator in role.indicators}
    values = form.reading.values
    divided = {i.id for i in role.indicators if any(part.actual.divides_by_zero(values) for part in i.parts)}
    for result in refused:
        own = part_id(result.id)
        if rows & {own, *read.get(result.id, ())}:
            continue
        if form.reading.grid.has(own, "score"):
            reason = str(result.score).removeprefix(PREFIX).strip()
            key = "unscored_zero" if result.id in divided else "unscored"
            yield form.problem("unscored", own, "score", key=key, label=form.label(own), reason=reason)


def _rows_read(indicator: Indicator) -> Iterator[str]:
    """The rows whose cells the score of an indicator is made of."""
    formulas = [formula for part in indicator.parts for formula in (part.actual, part.target_formula) if formula]
    yield rating_id(indicator.id)
    yield from (part_id(indicator.id, number) for number, _ in enumerate(indicator.parts))
    yield from (measure_id(operand.measure) for formula in formulas for operand in formula.operands)
    if indicator.applies is not None:
        yield from (measure_id(operand.measure) for operand in indicator.applies.operands)


def yes_or_no(form: CheckedForm) -> Iterator[Problem]:
    """Answers to 是否新入职 that are neither yes nor no, in any of the languages."""
    text = form.reading.inputs.person.get("newcomer", "")
    no_words = [words(language)("no_word").casefold() for language in LANGUAGES]
    if text and not is_yes(text) and text.casefold() not in no_words:
        labels = form.labels
        values = {"label": labels("newcomer"), "yes": labels("yes"), "no": labels("no_word"), "value": text}
        yield form.problem("yes_no", "person", "newcomer", **values)


def events(form: CheckedForm) -> Iterator[Problem]:
    """Events (加减分项) whose points are no number, lack a text or evidence, or exceed the limit in all."""
    grid, inputs = form.reading.grid, form.reading.inputs
    rows = [row for row in grid.row if row.startswith("b:") and grid.has(row, "score")]
    points = {row: value for row in rows if (value := form.value(row, "score")) is not None}
    for row, value in points.items():
        if not is_number(value):
            yield form.problem("number", row, "score", key="event_number", value=value)
            continue
        empty = [key for key, column in (("event", "group"), ("evidence", "weight")) if form.value(row, column) is None]
        if empty and value != 0:
            what = tuple(map(form.labels, empty))
            yield form.problem("evidence", row, "score", WARNING, points=form.shown(value), what=what)
    total = sum(float(value) for value in points.values() if is_number(value))
    if abs(total) > inputs.events_limit:
        row = "events" if grid.has("events", "score") else next(iter(points))
        values = {"sum": form.shown(total), "limit": form.shown(inputs.events_limit)}
        yield form.problem("events_limit", row, "score", WARNING, **values)


def spare_rows(form: CheckedForm) -> Iterator[Problem]:
    """Spare rows (indicators added on the form) that are half filled in, or whose weight or rule cannot be read."""
    for spare in form.reading.inputs.spare:
        row = part_id(spare.id)
        if not spare.used:
            continue
        for column, value in (
            ("label", spare.label),
            ("weight", spare.weight),
            ("rule", spare.rule),
            ("actual", spare.actual),
        ):
            if value in (None, "") and form.empty(row, column):
                yield form.problem("spare", row, column, what=form.column_label(row, column))
        if spare.weight not in (None, "") and not spare.weighs:
            where = form.reading.grid.address(row, "weight")
            key, values = no_weight(spare.weight)
            yield form.problem("weight", row, "weight", key=key, where=where, **values)
        if spare.rule:
            yield from read_rule(form, row, spare.rule).problems


def reviews(form: CheckedForm) -> Iterator[Problem]:
    """Actions of the review meeting that name no indicator of the form: the losses beside them change places."""
    for review in form.reading.reviews:
        row, column = f"r:{review.place}", TYPED_TEXT["about"]
        if _is_known(form, review.about) or not form.reading.grid.has(row, column):
            continue
        key = "review_unknown" if review.about else "review_unnamed"
        beside = form.shown(form.value(row, "group")) or "—"
        yield form.problem("review", row, column, WARNING, key, value=review.about, beside=beside)


def _is_known(form: CheckedForm, about: str) -> bool:
    """Whether a row of the form has this label."""
    return about.removeprefix(FURTHER).strip() in map(str.strip, form.row_labels.values())


def key_actions(form: CheckedForm) -> Iterator[Problem]:
    """Key actions that name no indicator of the form: the review would not show them."""
    for action in form.reading.agreement.actions:
        row, column = key_action_id(action.place), KEY_ACTION["about"]
        if _is_known(form, action.about) or not form.reading.grid.has(row, column):
            continue
        severity, key = (WARNING, "key_action_unknown") if action.about else (ADVICE, "key_action_unnamed")
        yield form.problem("key_action", row, column, severity, key, value=action.about)


def signatures(form: CheckedForm) -> Iterator[Problem]:
    """Confirmations that are not signed yet, in one line at the first empty cell; and who signed for somebody else."""
    rows = [row for row in form.reading.grid.row if row.startswith("c:")]
    alone = form.reading.grid.has("person", "second_superior") and form.empty("person", "second_superior")
    signers = [column for who, column in SIGNED.items() if not (who == "second" and alone)]
    places = [(row, column) for row in rows for column in signers]
    empty = [place for place in places if form.reading.grid.has(*place) and form.value(*place) is None]
    if empty:
        labels = tuple(dict.fromkeys(form.label(row) for row, _ in empty))
        yield form.problem(UNSIGNED, *empty[0], ADVICE, label=labels)
    yield from _signed_by_others(form)


def _signed_by_others(form: CheckedForm) -> Iterator[Problem]:
    """Signatures of the result without the name that stands on the form; those of the targets `agree` compares."""
    for who, field in (("employee", "name"), ("superior", "superior")):
        row, column = RESULT_SIGNED, SIGNED[who]
        text, name = form.shown(form.value(row, column)), form.reading.inputs.person.get(field, "")
        if text and not is_signed_by(text, name):
            values = {"label": form.labels(f"signed_{who}"), "value": text, "expected": name}
            yield form.problem("signature", row, column, WARNING, **values)
