"""Lists what changes in a role from one quarter to the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Indicator, Part, Role
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.numbers import number_text


@dataclass(frozen=True)
class RoleChanges:
    """The changes of a role, one text each."""

    id: str
    title: str
    changes: tuple[str, ...]


def role_changes(id: str, catalogue: Catalogue, before: Quarter, language: str) -> RoleChanges:
    """What changes in a role in the quarter after `before`. Raises `CatalogueError`."""
    labels = words(language)
    old, new = (catalogue.role(id, quarter, language) for quarter in (before, before.after))
    return RoleChanges(id, new.title, tuple(_changes(old, new, labels)))


def _changes(old: Role, new: Role, labels: Labels) -> Iterator[str]:
    before, after = ({indicator.id: indicator for indicator in role.indicators} for role in (old, new))

    def weight(role: Role, id: str) -> str:
        return number_text(round(float(role.weights[id]), 4), True, labels)

    for id, indicator in after.items():
        if id not in before:
            yield labels("next_added", label=indicator.label, weight=weight(new, id), rule=indicator.rule_text)
    for id, indicator in before.items():
        if id not in after:
            yield labels("next_removed", label=indicator.label)
    for id in (id for id in after if id in before):
        pairs = (
            ("weight", weight(old, id), weight(new, id)),
            ("rule", before[id].rule_text, after[id].rule_text),
            ("target", _targets(before[id], labels), _targets(after[id], labels)),
            ("actual", _arithmetic(before[id]), _arithmetic(after[id])),
        )
        for field, old_text, new_text in pairs:
            if old_text != new_text:
                yield labels(f"next_{field}", label=after[id].label, before=old_text, after=new_text)


def _targets(indicator: Indicator, labels: Labels) -> str:
    def shown(part: Part) -> str:
        if part.target_formula is not None:
            return part.target_formula.text
        return labels("next_none") if part.target is None else number_text(part.target, part.unit == "%", labels)

    return labels("list_separator").join(map(shown, indicator.parts))


def _arithmetic(indicator: Indicator) -> str:
    return "; ".join(expression.text for key, expression in indicator.expressions if not key.endswith("target_formula"))
