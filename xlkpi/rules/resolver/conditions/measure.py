"""One measure of a sentence while its conditions are being settled."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from xlkpi.rules.model import (
    Amount,
    Base,
    Basis,
    Cliff,
    Condition,
    RuleError,
    Step,
    Subject,
)
from xlkpi.rules.resolver.adjustments import Adjusted, Adjustments
from xlkpi.rules.resolver.clauses import Award, Clause, Outcome, Quantity
from xlkpi.rules.resolver.deciding import Open
from xlkpi.rules.resolver.scales import Scale
from xlkpi.rules.row import Row


@dataclass(slots=True)
class Found:
    """What the conditions of a measure come to."""

    bases: list[Base] = field(default_factory=list)
    cliffs: list[Cliff] = field(default_factory=list)
    vetoes: list[Condition] = field(default_factory=list)
    origin: Amount | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A condition with its subject settled, and what it awards."""

    clause: Clause
    condition: Condition
    outcome: Outcome
    open_high: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """What all the measures of a sentence share."""

    clauses: list[Clause]
    adjustments: Adjustments
    scale: Scale
    row: Row
    open: Open


class Measure:
    """What is said of one measure, and what has been made of it so far."""

    def __init__(self, label: str, measure: int, sentence: Sentence, *, based: bool) -> None:
        self.label, self.measure, self.based = label, measure, based
        self.all, self.adjustments = sentence.clauses, sentence.adjustments
        self.scale, self.row, self.open = sentence.scale, sentence.row, sentence.open
        self.places = [place for place, c in enumerate(self.all) if (c.label or "") == label]
        self.clauses = [self.all[place] for place in self.places]
        self.own = self.adjustments.of(label)
        self.steps = [a for a in self.own if isinstance(a.built, Step)]
        self.first = self.clauses[0] if self.clauses else Clause("comment")
        self.before: Subject | None = None
        self.found = Found()
        self.otherwise: list[Clause] = []

    @property
    def deducting(self) -> list[Adjusted]:
        return [a for a in self.own if not a.bonus]

    def points(self, clause: Clause) -> Decimal:
        assert clause.outcome is not None
        if clause.outcome.award in (Award.RATIO, Award.VETO):
            raise RuleError("按完成率得分的是哪些数值？请写出条件", position=clause.start)
        return self.scale.awarded(clause.outcome)

    def whole(self, outcome: Outcome) -> bool:
        if outcome.whole:
            return True
        return outcome.award is Award.POINTS and self.scale.awarded(outcome) in (self.scale.full, self.scale.start)

    def exactly(self, number: Decimal) -> Condition:
        return Condition(Subject.VALUE, Amount(number), True, Amount(number), True, self.measure)

    def valued(self, edge: Quantity) -> bool:
        """Whether the unit of a number tells that it is the actual itself."""
        return edge.kind in ("cnt", "dim", "mark") or (edge.kind == "" and self.row.unit not in (None, "%", ""))

    def by_target(self) -> bool:
        """Whether the steps are in per cent of the target, however they say so."""
        return any(
            isinstance(a.built, Step)
            and not a.bonus
            and (
                a.built.basis is Basis.RELATIVE
                or (a.clause.of_target and a.clause.size and a.clause.size.kind == "pct")
            )
            for a in self.own
        )

    def elsewhere(self) -> bool:
        """Whether something else of the sentence scores, beside which a condition may decide alone."""
        others = ("cond", "meet", "ratio", "inverse", "linear", "otherwise")
        return (
            bool(self.adjustments.kept)
            or any((c.label or "") != self.label and c.means in others for c in self.all)
            or any(c.means in ("named", "levels") and c.label for c in self.all)
        )

    def has_origin(self) -> bool:
        return self.found.origin is not None or self.label in self.adjustments.origins

    def row_named(self, clause: Clause) -> bool:
        """Whether the subject only repeats what the row measures (实际开机率≥85%)."""
        return bool(clause.label)

    def is_listed(self, clause: Clause) -> bool:
        return any(self.all[p] is clause for p in self.places if p in self.adjustments.listed)
