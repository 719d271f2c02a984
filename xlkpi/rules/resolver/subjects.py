"""What a bound looks at whose subject the sentence leaves out: the actual, or the achievement."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import Amount, Basis, Count, Linear, RuleError, Step, Subject, written
from xlkpi.rules.resolver.clauses import Bound, Conditional, Entry, Line, Sentence


class Subjects:
    """Settles, from left to right, what a bound looks at whose subject the sentence leaves out.

    That of the clause before counts, else the actual beside steps, else the achievement.
    """

    def __init__(self, said: Sentence, unit: str | None) -> None:
        self.unit, self.full = unit, said.scale
        self.before: dict[str, Subject] = {}
        self.steps: dict[str, list[Step]] = {}
        for entry in said.entries:
            if isinstance(entry.clause, Step):
                self.steps.setdefault(entry.label, []).append(entry.clause)
        self.with_steps = {entry.label for entry in said.entries if isinstance(entry.clause, Step | Count)}

    def stepped(self, entry: Entry) -> None:
        """Steps are of the actual, unless they name the 完成率; in per cent of the target they leave what was named."""
        if entry.of_achievement:
            self.before[entry.label] = Subject.ACHIEVEMENT
        elif not (isinstance(entry.clause, Step) and entry.clause.basis is Basis.RELATIVE):
            self.before[entry.label] = Subject.VALUE

    def bound(self, entry: Entry, clause: Conditional) -> Bound:
        """The bound of a clause with its subject; raises `RuleError` where the sentence leaves open which it is."""
        bound = clause.bound
        if bound.by_unit and self.before.get(entry.label) is Subject.ACHIEVEMENT:
            # 完成率×100，低于60分不得分: of the score, or of the actual?
            number = plain((bound.low or bound.high or Amount(Decimal(0))).value)
            raise RuleError(
                "{number}是实际值，还是完成率？",
                position=entry.position,
                suggestions=(
                    f"按完成率得分；完成率<{number}%得0分",
                    f"按完成率得分；实际<{number}得0分",
                ),
                number=number,
            )
        subject, named = self._settle(bound.subject, entry.label)
        if not named and entry.bare:
            subject = self.before[entry.label] = self._named_value(entry, bound)
        if subject is Subject.VALUE:
            if clause.bound.subject is None and self._of_no_rate(entry.label, bound):
                if bound.low is None or clause.points != self.full:
                    raise _actual_or_achievement(entry, bound)
                return replace(bound, subject=Subject.ACHIEVEMENT)  # ≥95%得满分: the cliffs ask where steps begin
            return replace(bound, subject=subject)
        low = bound.low and _as_achievement(bound.low, named, entry.position)
        high = bound.high and _as_achievement(bound.high, named, entry.position)
        return replace(bound, subject=subject, low=low, high=high)

    def _named_value(self, entry: Entry, bound: Bound) -> Subject:
        """合格率≥95% is the value itself in a row of per cents, 销售额≥95% the achievement in any other."""
        edge = bound.low or bound.high
        assert edge is not None
        if not edge.percent or self.unit == "%" or entry.label in self.with_steps:
            return Subject.VALUE
        if self.unit is not None:
            return Subject.ACHIEVEMENT
        shown = written(edge)
        raise RuleError(
            "“{label}”的{shown}是实际值，还是完成率？",
            position=entry.position,
            suggestions=(
                f"「{entry.label}」实际≥{shown}得100分；「{entry.label}」实际<{shown}得0分",
                f"「{entry.label}」完成率≥{shown}得100分；「{entry.label}」完成率<{shown}得0分",
            ),
            label=entry.label,
            shown=shown,
        )

    def _of_no_rate(self, label: str, bound: Bound) -> bool:
        """每低10件扣1分，低于80%得0分: a number of things is no per cent, nor are the steps of 每低于目标值1%."""
        edge = bound.low or bound.high
        by_target = any(step.basis is Basis.RELATIVE for step in self.steps.get(label, ()))
        return edge is not None and edge.percent and (by_target or self.unit not in (None, "%"))

    def linear(self, entry: Entry, line: Line, measure: int) -> Linear:
        """The interpolation with its subject."""
        subject, named = self._settle(line.subject, entry.label)
        points = line.points
        if subject is Subject.ACHIEVEMENT:
            points = tuple((_as_achievement(amount, named, entry.position), value) for amount, value in points)
        return Linear(subject, points, measure)

    def _settle(self, said: Subject | None, label: str) -> tuple[Subject, bool]:
        """The subject, and whether it is named here or by the clause before."""
        subject = said or self.before.get(label)
        self.before[label] = subject or (Subject.VALUE if label in self.with_steps else Subject.ACHIEVEMENT)
        return self.before[label], subject is not None


def _actual_or_achievement(entry: Entry, bound: Bound) -> RuleError:
    edge, sign = (bound.low, "≥") if bound.low else (bound.high, "<")
    assert edge is not None
    shown = written(edge)
    return RuleError(
        "{number}是实际值，还是完成率？",
        position=entry.position,
        suggestions=(
            f"每低于目标值1%扣1分；完成率{sign}{shown}得0分",
            f"每低于目标值1%扣1分；实际{sign}{shown}得0分",
        ),
        number=shown,
    )


def _as_achievement(amount: Amount, named: bool, position: int) -> Amount:
    if amount.percent or (named and amount.value <= 2):  # 完成率≥1.2; beyond 200% it may as well be 5%
        return Amount(amount.value, True)
    number = plain(amount.value)
    as_achievement = f"完成率≥{number}%得100分；完成率<{number}%得0分"
    if named:
        raise RuleError(
            "完成率{number}是{number}%吗？", position=position, suggestions=(as_achievement,), number=number
        )
    as_value = f"实际≥{number}得100分；实际<{number}得0分"
    raise RuleError(
        "{number}是实际值，还是完成率？", position=position, suggestions=(as_value, as_achievement), number=number
    )
