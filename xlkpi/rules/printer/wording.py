"""A rule in the words of some language: the walk over its clauses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import (
    Adjustment,
    Bands,
    Base,
    Basis,
    Condition,
    Count,
    Full,
    Inverse,
    Levels,
    Linear,
    Meet,
    Ratio,
    Step,
    Subject,
    written,
)
from xlkpi.rules.rule import Rule


class Wording(ABC):
    """The canonical sentences of one language."""

    def sentence(self, rule: Rule) -> str:
        """The whole rule, clause by clause in the order of its measures."""
        clauses = [self.own(self.scale(plain(rule.scale)))] if rule.tells_scale else []
        if isinstance(rule.base, Full) and rule.base.points is not None:
            clauses.append(self.own(self.start(plain(rule.base.points))))
        for measure, label in enumerate(rule.labels):
            of_measure = list(self._of_measure(rule, measure))
            origin = rule.origin(measure)
            if origin is not None:
                of_measure[0] = self.own(self.origin(written(origin))) + of_measure[0]
            # A label stands before every clause: one without it would be of the unnamed measure. Levels are only
            # ever of the unnamed one.
            clauses += [self.labelled(label, clause) for clause in of_measure] if label else of_measure
        if rule.cap is not None:
            of_score = bool(rule.adjustments) and rule.cap < rule.scale
            clauses.append(self.own(self.cap(plain(rule.cap), of_score=of_score)))
        if rule.floor != 0:
            clauses.append(self.own(self.floor(plain(rule.floor))))
        return self.separator.join(clauses)

    def _of_measure(self, rule: Rule, measure: int) -> Iterator[str]:
        if isinstance(rule.base, Levels) and rule.base.measure == measure:
            lone = len(rule.base.levels) == 1 or bool(rule.adjustments or rule.cliffs or rule.vetoes)
            yield from (self.level(name, plain(points), quoted=lone) for name, points in rule.base.levels)
        else:
            yield from map(self.own, self._clauses(rule, measure))

    def _clauses(self, rule: Rule, measure: int) -> Iterator[str]:
        """The clauses of a measure that bear no names."""
        if getattr(rule.base, "measure", None) == measure:
            yield from self._base(rule.base)
        for adjustment in rule.adjustments:
            if adjustment.measure == measure:
                yield self._adjustment(adjustment, rule.scale, own_base=rule.origin(measure) is not None)
        for cliff in rule.cliffs:
            if cliff.condition.measure == measure:
                yield self.case(cliff.condition, plain(cliff.points))
        for veto in rule.vetoes:
            if veto.measure == measure:
                yield self.veto(veto)

    def _base(self, base: Base) -> Iterator[str]:
        match base:
            case Ratio():
                yield self.ratio
            case Inverse():
                yield self.inverse
            case Meet(points, otherwise, at_least):
                yield self.meet(plain(points), plain(otherwise), at_least)
            case Linear(subject, ends):
                yield self.linear(subject, [(written(x), plain(y)) for x, y in ends])
            case Bands(bands):  # the best first; counts from 0
                for band in bands if base.counting else reversed(bands):
                    yield self.case(band.condition, None if band.points is None else plain(band.points))

    def _adjustment(self, adjustment: Adjustment, scale: Decimal, *, own_base: bool) -> str:
        match adjustment:
            case Step():
                said = self.step(adjustment, own_base=own_base)
            case Count():
                said = self.count(adjustment)
        if adjustment.limit is None:
            return said
        return said + self.limit(adjustment.bonus, plain(adjustment.limit), large=adjustment.limit >= scale)

    def distance(self, step: Step, size: Decimal) -> str:
        """A distance in the basis of a step: 5个百分点, 10%, 0.5."""
        match step.basis:
            case Basis.POINTS:
                return self.percentage_points(plain(size * 100))
            case Basis.RELATIVE:
                return f"{plain(size * 100)}%"
            case Basis.ABSOLUTE:
                return plain(size)

    def condition(self, condition: Condition) -> str:
        """80%≤完成率<120%, 实际=2, 实际<85%."""
        subject, low, high = self.subject[condition.subject], condition.low, condition.high
        if condition.is_point and low is not None:
            return self.compared(subject, "=", written(low))
        below = "≤" if condition.high_closed else "<"
        if low is not None and high is not None:
            ranged = self.compared(written(low), "≤" if condition.low_closed else "<", subject)
            return self.compared(ranged, below, written(high))
        if low is not None:
            return self.compared(subject, "≥" if condition.low_closed else ">", written(low))
        assert high is not None
        return self.compared(subject, below, written(high))

    def own(self, text: str) -> str:
        """Words of the language, without any names, as it spells them."""
        return text

    # --- the words of a language ------------------------------------------------------------------------------------

    separator: str
    subject: Mapping[Subject, str]
    ratio: str
    inverse: str

    @abstractmethod
    def scale(self, points: str) -> str: ...
    @abstractmethod
    def start(self, points: str) -> str: ...
    @abstractmethod
    def cap(self, points: str, *, of_score: bool) -> str: ...
    @abstractmethod
    def floor(self, points: str) -> str: ...
    @abstractmethod
    def origin(self, amount: str) -> str: ...
    @abstractmethod
    def labelled(self, label: str, clause: str) -> str: ...
    @abstractmethod
    def level(self, name: str, points: str, *, quoted: bool) -> str: ...
    @abstractmethod
    def compared(self, left: str, sign: str, right: str) -> str: ...
    @abstractmethod
    def case(self, condition: Condition, points: str | None) -> str: ...
    @abstractmethod
    def veto(self, condition: Condition) -> str: ...
    @abstractmethod
    def meet(self, points: str, otherwise: str, at_least: bool) -> str: ...
    @abstractmethod
    def linear(self, subject: Subject, ends: Sequence[tuple[str, str]]) -> str: ...
    @abstractmethod
    def step(self, step: Step, *, own_base: bool) -> str: ...
    @abstractmethod
    def count(self, count: Count) -> str: ...
    @abstractmethod
    def limit(self, bonus: bool, points: str, *, large: bool) -> str: ...
    @abstractmethod
    def percentage_points(self, number: str) -> str: ...
