"""What is agreed on a form, as the record of agreed targets keeps it; and inputs with what was agreed instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from xlkpi.appraisal.filled import FilledForm, KeyAction
from xlkpi.appraisal.inputs import Inputs, Spare
from xlkpi.appraisal.people import identity
from xlkpi.catalogue.role import Role
from xlkpi.form.blocks.agreement import KEY_ACTION
from xlkpi.form.layout import SPARE, part_id
from xlkpi.form.records.agreed import Post, Terms
from xlkpi.i18n.numbers import Value, is_number, same_number
from xlkpi.intake.agreement.reading import key_action_id
from xlkpi.rules.model import RuleError
from xlkpi.rules.parser.parse import parse


def post_of(form: FilledForm) -> Post:
    """Whose agreement a form is: the assignment that it was made for, else what is typed on it."""
    who = identity(form)
    return who.id or who.name, form.appraisal.role.id, form.assignment.begins if form.assignment else ""


def terms_of(form: FilledForm) -> dict[str, float | str]:
    """What is agreed on a form. Targets that are formulas are not: nobody agrees them."""
    role, inputs = form.appraisal.role, form.appraisal.inputs
    cells: dict[str, Value] = {}
    for indicator in role.indicators:
        row = part_id(indicator.id)
        cells[f"{row} rule"] = inputs.rules[indicator.id]
        cells[f"{row} weight"] = inputs.weights[indicator.id]
        cells[f"{row} unit"] = inputs.units[indicator.id]
        for number, target in enumerate(inputs.targets[indicator.id]):
            cells[f"{part_id(indicator.id, number)} target"] = target
    for spare in inputs.spare:
        cells |= {f"{part_id(spare.id)} {column}": value for column, value in _spare_cells(spare).items()}
    for action in form.agreement.actions:
        cells |= {f"{key_action_id(action.place)} {column}": text for column, text in _action_cells(action).items()}
    typed = ((place, value.strip() if isinstance(value, str) else value) for place, value in cells.items())
    return {place: value for place, value in typed if value not in (None, "")}


def _spare_cells(spare: Spare) -> dict[str, Value]:
    texts = {"label": spare.label, "rule": spare.rule, "unit": spare.unit}
    return {**texts, "weight": spare.weight, "target": spare.target}


def _action_cells(action: KeyAction) -> dict[str, str]:
    return {column: getattr(action, field) for field, column in KEY_ACTION.items()}


def actions_in(terms: Terms, place: int) -> str:
    """The text of a key action in agreed terms; "" for none."""
    return str(terms.get(f"{key_action_id(place)} {KEY_ACTION['action']}", ""))


@dataclass(frozen=True)
class Difference:
    """A cell in which two agreements differ, by row and column id. None: it is empty there."""

    row: str
    column: str
    was: float | str | None
    now: float | str | None

    @property
    def scores(self) -> bool:
        """Whether it can change a score: not a key action, and not the name of a spare row."""
        return self.row.startswith("i:") and self.column != "label"


def differences(was: Terms, now: Terms) -> list[Difference]:
    """The cells in which terms differ, in the order of the form; a rule only where it means something else."""
    units = {place.removesuffix(" unit"): str(value) for place, value in now.items() if place.endswith(" unit")}
    found = []
    for place in dict.fromkeys((*now, *was)):
        row, column = place.rsplit(" ", 1)
        before, after = was.get(place), now.get(place)
        same = _same_rule(before, after, units.get(row)) if column == "rule" else _same(before, after)
        if not same:
            found.append(Difference(row, column, before, after))
    return found


def _same(one: float | str | None, other: float | str | None) -> bool:
    if is_number(one) and is_number(other):
        return same_number(float(one), float(other))
    return one == other


def _same_rule(one: float | str | None, other: float | str | None, unit: str | None) -> bool:
    if _same(one, other) or one is None or other is None:
        return _same(one, other)
    try:
        return parse(str(one), unit) == parse(str(other), unit)
    except RuleError:
        return False


def agreed_inputs(role: Role, inputs: Inputs, terms: Terms) -> Inputs:
    """The inputs of a form with the agreed targets, weights, rules, units and spare rows instead of its own."""
    targets = {
        indicator.id: [
            None if part.target_formula else terms.get(f"{part_id(indicator.id, number)} target")
            for number, part in enumerate(indicator.parts)
        ]
        for indicator in role.indicators
    }

    def agreed(column: str, own: Mapping[str, str]) -> dict[str, str]:
        return {id: str(terms.get(f"{part_id(id)} {column}", "")) for id in own}

    shares = {id: terms.get(f"{part_id(id)} weight") for id in inputs.weights}
    weights = {id: float(share) if is_number(share) else 0.0 for id, share in shares.items()}
    actuals = {spare.id: spare.actual for spare in inputs.spare}
    spare = tuple(_spare(terms, id, actuals[id]) for id in SPARE if id in actuals and _has_spare(terms, id))
    return replace(
        inputs,
        targets=targets,
        rules=agreed("rule", inputs.rules),
        units=agreed("unit", inputs.units),
        weights=weights,
        spare=spare,
    )


def _has_spare(terms: Terms, id: str) -> bool:
    return any(place.startswith(f"{part_id(id)} ") for place in terms)


def _spare(terms: Terms, id: str, actual: Value) -> Spare:
    def cell(column: str) -> float | str | None:
        return terms.get(f"{part_id(id)} {column}")

    label, rule, unit = (str(cell(column) or "") for column in ("label", "rule", "unit"))
    return Spare(id, label, cell("weight"), actual, cell("target"), rule, unit)
