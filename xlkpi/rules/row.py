"""What the row of a form knows about an indicator besides its sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Row:
    """The unit of the row, and what else the form knows; None where it does not.

    target: as the cell holds it (rates as fractions). weight: in the points that the item is worth where the form
    scores by weight. lower_is_better: the direction of the role file. measures: how many cells the rule is given.
    """

    unit: str | None = None
    target: Decimal | None = None
    weight: Decimal | None = None
    lower_is_better: bool | None = None
    measures: int | None = None

    @property
    def rate(self) -> bool:
        """Whether the row holds per cent."""
        return self.unit == "%"


def doubtful(edges: Sequence[Decimal], target: Decimal) -> bool:
    """Whether bare per cent in a row of per cent may be the achievement: all lie far above the target, around 100%."""
    return bool(edges) and max(edges) >= Decimal("0.5") and target < min(edges) * Decimal("0.8")
