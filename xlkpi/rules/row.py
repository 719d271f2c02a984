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


def doubtful_up_to(edges: Sequence[Decimal]) -> Decimal | None:
    """Below which target bare per cent in a row of per cent may be the achievement; None where they never may.

    They may where all lie far above the target, around 100%.
    """
    return min(edges) * Decimal("0.8") if edges and max(edges) >= Decimal("0.5") else None


def doubtful(edges: Sequence[Decimal], target: Decimal) -> bool:
    """Whether bare per cent in a row of per cent may be the achievement with this target."""
    below = doubtful_up_to(edges)
    return below is not None and target < below
