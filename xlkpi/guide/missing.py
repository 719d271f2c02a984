"""What a guide says of a form that has no result: what is missing, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xlkpi.appraisal.appraise import Appraisal
from xlkpi.catalogue.arithmetic.tree import Operand
from xlkpi.catalogue.role import Indicator
from xlkpi.common.quarter import MONTHS, Quarter, month_names
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.numbers import is_number
from xlkpi.rules.parser.parse import parse
from xlkpi.scoring.reasons import is_refusal


@dataclass(frozen=True)
class Missing:
    """What keeps the result away: where, and what there."""

    label: str
    what: str


def missing(appraisal: Appraisal, quarter: Quarter) -> list[Missing]:
    """Nothing for a form that has a result."""
    if is_number(appraisal.final):
        return []
    said = words(appraisal.inputs.language)
    found = [*_empty_measures(appraisal, quarter, said), *_unscored(appraisal, said)]
    # Else it is no indicator's fault: the events, or no weights at all.
    return found or [Missing(said("final"), str(appraisal.final or appraisal.total or ""))]


def _empty_measures(appraisal: Appraisal, quarter: Quarter, said: Labels) -> Iterator[Missing]:
    inputs = appraisal.inputs
    empty = {result.id for result in appraisal.indicators if result.score in (None, "")}
    asked = {operand.measure for i in appraisal.role.indicators if i.id in empty for operand in _operands(i)}
    months = zip(MONTHS, month_names(quarter, said), strict=True)
    names = {id: said("month", month=name) for id, name in months if id in inputs.months}
    for measure in appraisal.role.measures:
        if measure.id not in asked or measure.optional or (inputs.newcomer and measure.newcomer is not None):
            continue
        given = dict(zip(MONTHS, [*inputs.measures.get(measure.id, ()), *[None] * 3], strict=False))
        asked_for = names if measure.monthly else {MONTHS[0]: said("quarter_value")}
        cells = [name for id, name in asked_for.items() if given[id] in (None, "")]
        if cells:
            yield Missing(measure.label, said("list_separator").join(cells))


def _operands(indicator: Indicator) -> Iterator[Operand]:
    yield from indicator.operands
    for part in indicator.parts:
        if part.target_formula is not None:
            yield from part.target_formula.operands


def _unscored(appraisal: Appraisal, said: Labels) -> Iterator[Missing]:
    """Targets that were not filled in, spare rows begun, and what cannot be scored."""
    indicators = {indicator.id: indicator for indicator in appraisal.role.indicators}
    spare = {spare.id: spare for spare in appraisal.inputs.spare}
    for result in appraisal.indicators:
        if is_refusal(result.score):
            yield Missing(result.label, str(result.score))
        elif result.score not in (None, ""):
            continue
        elif result.id in spare:
            begun = spare[result.id]
            cells = {"weight": begun.weight, "rule": begun.rule, "actual": begun.actual, "target": begun.target}
            lacking = [said(key) for key, value in cells.items() if value in (None, "")]
            yield Missing(result.label or said("spare"), said("list_separator").join(lacking))
        else:
            parts = indicators[result.id].parts
            rule = parse(appraisal.inputs.rules[result.id], appraisal.inputs.units[result.id] or None)
            for number, (part, target) in enumerate(zip(parts, result.target, strict=True)):
                if part.target_formula is None and target in (None, "") and rule.reads_target(number):
                    yield Missing(part.label, said("target"))
