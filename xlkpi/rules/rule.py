"""What a scoring rule (评分标准) means.

A `Rule` is data: exact decimals in the frozen dataclasses of `parts`. The parser makes one from a sentence, `phrase`
prints it back, `scoring` applies it to numbers and `native` compiles it to spreadsheet functions, so none of the four
can hold a meaning that the others do not know.

Points are on the rule's own scale (100 unless the sentence says 满分N分). Rates and percentages are fractions:
5个百分点 is 0.05. Measures are numbered from 0 in the order of the form's rows; their labels are only names.

The order of application is fixed (`scoring.evaluate`): a veto or cliff that holds decides; otherwise
base → cap → deductions → bonuses → cap → floor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from xlkpi.rules.model import (
    Adjustment,
    Amount,
    Band,
    Bands,
    Base,
    Basis,
    Cliff,
    Condition,
    Count,
    Full,
    Inverse,
    Levels,
    Linear,
    Meet,
    PartStep,
    Ratio,
    RuleError,
    Side,
    Step,
    Subject,
)
from xlkpi.rules.reads import Need, compared_with_target, conditions_of, measures_of, needs_of
from xlkpi.rules.validate import check

__all__ = [
    "Adjustment", "Amount", "Band", "Bands", "Base", "Basis", "Cliff", "Condition", "Count", "Full", "Inverse",
    "Levels", "Linear", "Meet", "Need", "PartStep", "Ratio", "Rule", "RuleError", "Side", "Step", "Subject",
    "conditions_of",
]  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """A whole scoring rule. Raises `RuleError` where the parts contradict each other."""

    base: Base = Full()  # noqa: RUF009 - it is frozen
    adjustments: tuple[Adjustment, ...] = ()
    cliffs: tuple[Cliff, ...] = ()
    vetoes: tuple[Condition, ...] = ()
    cap: Decimal | None = None
    floor: Decimal = Decimal(0)
    scale: Decimal = Decimal(100)
    origins: tuple[tuple[int, Amount], ...] = ()
    """(measure, own base): the number that stands in for the measure's target (以95%为基准)."""
    labels: tuple[str, ...] = field(default=("",), compare=False)
    """One name per measure; "" for the measure that the sentence does not name."""

    def __post_init__(self) -> None:
        check(self)

    @cached_property
    def measures(self) -> int:
        """How many measures the rule reads."""
        return max(measures_of(self), default=0) + 1

    def origin(self, measure: int) -> Amount | None:
        """The measure's own base, or None where the target counts."""
        return next((amount for index, amount in self.origins if index == measure), None)

    def reads_target(self, measure: int) -> bool:
        """Whether any clause needs the target cell of that measure."""
        return measure in self._targets_read

    @cached_property
    def needs(self) -> tuple[tuple[Need, int], ...]:
        """The (need, measure) pairs of the rule, in the one order in which every engine checks them."""
        return tuple(needs_of(self))

    @cached_property
    def _targets_read(self) -> frozenset[int]:
        return frozenset(m for m in compared_with_target(self) if self.origin(m) is None)

    @cached_property
    def only_deducts(self) -> bool:
        """Whether it does nothing but deduct from 100 down to 0, so that its deductions tell its score."""
        return (
            isinstance(self.base, Full)
            and bool(self.adjustments)
            and not any(adjustment.bonus for adjustment in self.adjustments)
            and not self.cliffs
            and not self.vetoes
            and (self.cap is None or self.cap >= self.scale)
            and self.floor == 0
        )
