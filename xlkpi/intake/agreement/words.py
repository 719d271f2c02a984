"""Agreed terms in words: the label of a row, a value as people read it, a change from one value to another."""

from __future__ import annotations

from dataclasses import dataclass

from xlkpi.catalogue.role import Role
from xlkpi.form.captions import column_caption
from xlkpi.form.layout import part_id
from xlkpi.form.records.agreed import Terms
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import is_number, number_text
from xlkpi.intake.agreement.terms import Difference


@dataclass(frozen=True)
class TermWords:
    """The words for the agreement of a role. terms: they have the labels and units of spare rows."""

    role: Role
    terms: Terms
    labels: Labels

    def label(self, row: str) -> str:
        """The label of an indicator or spare row; the number of a key action."""
        if row.startswith("k:"):
            return f"{self.labels('key_actions')} {row.partition(':')[2]}"
        label, _ = self._named(row)
        return label or self.labels("spare")

    def shown(self, one: Difference, value: float | str | None) -> str:
        """A value of a difference for people."""
        if value is None:
            return self.labels("agreed_empty")
        percent = one.column == "weight" or (one.column == "target" and self._named(one.row)[1] == "%")
        return number_text(value, percent, self.labels) if is_number(value) else str(value)

    def change(self, one: Difference) -> str:
        """A difference in a line."""
        column = "" if one.row.startswith("k:") else column_caption(one.column, self.labels, one.row)
        was, now = self.shown(one, one.was), self.shown(one, one.now)
        return self.labels("agreed_change", label=self.label(one.row), column=column, was=was, now=now)

    def _named(self, row: str) -> tuple[str, str]:
        """Label and unit of an indicator's row."""
        for indicator in self.role.indicators:
            for number, part in enumerate(indicator.parts):
                if row == part_id(indicator.id, number):
                    return part.label, part.unit
        return str(self.terms.get(f"{row} label", "")), str(self.terms.get(f"{row} unit", ""))
