"""Steps and occurrences, and what is said about them: limits, part steps, allowances, dead bands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from xlkpi.rules.model import Adjustment, Amount, Basis, Count, RuleError, Side, Step
from xlkpi.rules.resolver.clauses import Award, Clause, Quantity
from xlkpi.rules.resolver.deciding import Open, Question
from xlkpi.rules.resolver.later import beyond, counts_events, names_times, plain_allowance, zero_only
from xlkpi.rules.resolver.quantities import absolute, amount, of_achievement, percent_basis, step_basis
from xlkpi.rules.resolver.scales import Scale
from xlkpi.rules.row import Row

STEPS = frozenset({"step", "step_once", "loose"})
COUNTS = frozenset({"count", "count_once"})


@dataclass(slots=True)
class Adjusted:
    """A step or count as it is being built, and the clause it comes from."""

    clause: Clause
    label: str
    built: Adjustment
    told_part: bool = False

    @property
    def bonus(self) -> bool:
        return self.built.bonus


class Adjustments:
    """All steps and counts of a sentence, with what is said about them."""

    def __init__(self, clauses: list[Clause], scale: Scale, row: Row, open: Open) -> None:
        self.clauses, self.scale, self.row, self.open = clauses, scale, row, open
        self.kept: list[Adjusted] = []
        self.origins: dict[str, Amount] = {}
        clauses[:] = _allowing(clauses)
        self.listed = self._listed()
        self.limits: dict[str, list[tuple[Decimal, Clause]]] = {"cap": [], "floor": []}
        self._waiting: list[Clause] = []

    def finish(self) -> None:
        """Raise `RuleError` where something is free of deduction and no deduction follows."""
        if self._waiting:
            raise RuleError("写了不扣分的范围，后面却没有扣分", position=self._waiting[0].start)

    def of(self, label: str) -> list[Adjusted]:
        return [adjusted for adjusted in self.kept if adjusted.label == label]

    @property
    def deducting(self) -> list[Adjusted]:
        return [adjusted for adjusted in self.kept if not adjusted.bonus]

    def drop(self, adjusted: Adjusted) -> None:
        self.kept.remove(adjusted)

    def numbers(self, means: str) -> list[tuple[Decimal, Clause]]:
        """The caps or floors of the sentence, each with its clause."""
        return self.limits[means]

    # --- lists of occurrences ---------------------------------------------------------------------------------------

    def _listed(self) -> set[int]:
        """The places of clauses that list occurrences one by one: 1次扣5分，2次扣10分，3次及以上不得分."""
        found: set[int] = set()
        for label in {clause.label for clause in self.clauses}:
            of_label = [(place, c) for place, c in enumerate(self.clauses) if c.label == label]
            follows = any(c.means == "from_nth" for _, c in of_label)
            once = [(p, c) for p, c in of_label if c.means == "count_once" or (c.means == "first_of" and not follows)]
            bare = [place for place, c in of_label if c.means == "cond" and names_times(c)]
            numbers = [c.number for _, c in once]
            adjusted = any(c.means in STEPS | {"count", "from_nth", "first_of"} for _, c in of_label)
            named = [p for p in bare if (b := self.clauses[p].bound) and b.edge.value >= 1]
            if (named and not adjusted) or (
                len(once) + len(bare) > 1
                and (bare or len(set(numbers)) > 1)
                and not (set(numbers) <= {1} and zero_only(self.clauses, bare))
            ):
                found |= {place for place, _ in once} | set(bare)
            elif any(number != 1 for number in numbers) or any(c.means == "first_of" for _, c in once):
                found |= {place for place, c in once if c.number != 1 or c.means == "first_of"}
        return found

    # --- one clause after the other ---------------------------------------------------------------------------------

    def take(self, clause: Clause, place: int) -> None:
        """A step, a count, or what is said before one."""
        if place in self.listed:
            return
        match clause.means:
            case "step" | "step_once" | "loose":
                self._step(clause, place)
            case "count" | "count_once":
                self._count(clause)
            case "allowance" | "tolerance":
                said = [(waiting.means, waiting.number, waiting.size) for waiting in self._waiting]
                if (clause.means, clause.number, clause.size) not in said:
                    self._waiting.append(clause)
            case "origin":
                self._origin(clause)

    def _origin(self, clause: Clause) -> None:
        if clause.base is None:
            return
        label = clause.label or ""
        if label in self.origins:
            raise RuleError("同一项写了两个基准", position=clause.start)
        self.origins[label] = amount(clause.base, self.row)

    def _step(self, clause: Clause, place: int) -> None:
        size, label = clause.size, clause.label or ""
        assert size is not None
        assert clause.points is not None
        if counts_events(clause, self.clauses):
            self._count(clause)
            return
        if clause.means == "step_once" and size.kind == "dim" and size.value != 1:  # 逾期3天扣10分
            raise RuleError("“{clause}”：每次都算，还是仅算一次？", position=clause.start, clause=clause.said)
        alone = clause.means == "loose" and not self._follows_base(clause, place)
        if (alone or self._below_nothing(clause)) and self._counted_alone(clause):
            self._count(clause)
            return
        points = clause.points.of(self.scale.full)
        basis, number = Basis.ABSOLUTE, Decimal(0)
        if size.kind == "mark" and size.unit.isascii():
            basis, number = self._english_points(size)
        elif size.percent:
            if not clause.of_target and of_achievement(clause, self.clauses, self.row):
                clause = replace(clause, of_target="rate")
            basis, number = step_basis(clause, self.row, self.open), size.value / 100
        else:
            number = absolute(size, self.row)
        side = self._side(clause)
        free = Decimal(0)
        if tolerance := self.waited("tolerance", label):
            side = Side.EITHER if tolerance.both_sides or clause.side is None else side
            free = self._free(tolerance, basis)
        if clause.base is not None:
            self.origins.setdefault(label, amount(clause.base, self.row))
        allowed = self.waited("allowance", label)
        if allowed is not None:
            assert allowed.number is not None
            if side is Side.OVER and basis is Basis.ABSOLUTE and number == 1:
                built: Adjustment = Count(points, int(allowed.number), bonus=clause.bonus)
                self.kept.append(Adjusted(clause, label, built))
                return
            self.origins.setdefault(label, Amount(allowed.number))
        self.kept.append(Adjusted(clause, label, Step(side, number, points, basis, free, bonus=clause.bonus)))

    def _english_points(self, size: Quantity) -> tuple[Basis, Decimal]:
        """every 5 points short: percentage points of a rate, or points of a score."""
        ways = ((Basis.POINTS, size.value / 100), (Basis.ABSOLUTE, size.value))
        if self.row.unit is not None:
            return ways[0] if self.row.rate else ways[1]
        number = f"{size.value:f}"
        return self.open.pick(
            ways,
            Question(
                "{number} points 是{number}个百分点，还是指标本身的{number}个单位？", size.start, {"number": number}
            ),
        )

    def _side(self, clause: Clause) -> Side:
        """The side of the target on which a step counts."""
        others = [c for c in self.clauses if c.means in STEPS and c.label == clause.label and not c.bonus and c.side]
        if clause.side is not None:
            if clause.falling and clause.side is Side.SHORT and clause.bonus:
                over = any(c.side is Side.OVER for c in others)
                if not (over or (clause.label or "") in self.origins or self._good_low(clause)):
                    raise RuleError(
                        "降低是与目标比，还是与上期比？降低是好事才加分：请写“每低”或“每超”", position=clause.start
                    )
            return clause.side
        if clause.bonus:
            question = Question("每超过目标加分，还是每低于目标加分？", clause.start, {})
            return self.open.pick((Side.OVER, Side.SHORT), question)
        side = self._side_of_marks(clause)
        if side is not None:
            return side
        if self.row.lower_is_better is not None:
            return Side.OVER if self.row.lower_is_better else Side.SHORT
        assert clause.size is not None
        if clause.size.percent and any(c.means in ("part_whole",) for c in self.clauses):
            return Side.SHORT
        question = Question("每低于目标扣分，还是每超过目标扣分？", clause.start, {})
        return self.open.pick((Side.SHORT, Side.OVER), question)

    def _side_of_marks(self, clause: Clause) -> Side | None:
        """Full marks for what is low, or for what is high, tell the side."""
        for other in self.clauses:
            if other.label != clause.label or not (
                other.outcome and (other.outcome.whole or other.outcome.award is Award.POINTS)
            ):
                continue
            if other.means == "cond" and other.bound:
                if other.bound.low is None:
                    return Side.OVER
                if other.bound.high is None:
                    return Side.SHORT
            if other.means == "meet" and other.at in ("ge", "le"):
                return Side.SHORT if other.at == "ge" else Side.OVER
        return None

    def _good_low(self, clause: Clause) -> bool:
        return self.row.lower_is_better is True

    def _follows_base(self, clause: Clause, place: int) -> bool:
        """Whether full marks, an allowance or a band open on one side stand before: ≥98%满分，少0.5%扣5分."""
        before = [
            c for c in self.clauses[:place] if c.label == clause.label or c.means in ("allowance", "none", "named")
        ]
        return any(
            c.means in ("half_open", "allowance", "tolerance", "origin")
            or (c.outcome is not None and (c.outcome.whole or c.outcome.award is Award.POINTS))
            for c in before
        )

    def _below_nothing(self, clause: Clause) -> bool:
        """每缺1份扣5分 beside a target of 0, of which nothing can be missing."""
        counted = clause.size is not None and clause.size.kind == "cnt" and not clause.bonus
        return counted and clause.side is Side.SHORT and self.row.target == 0

    def _counted_alone(self, clause: Clause) -> bool:
        """少一个扣3分, without 每: every one short of the target, or every one that happens?"""
        assert clause.size is not None
        question = Question(
            "“{clause}”：与目标每差这么多就扣，还是每出现一次就扣？", clause.start, {"clause": clause.said}
        )
        if clause.size.kind != "cnt":
            raise RuleError("“{clause}”：每次都算，还是仅算一次？", position=clause.start, clause=clause.said)
        return self.open.pick(("step", "count"), question) == "count"

    def waited(self, means: str, label: str) -> Clause | None:
        for waiting in self._waiting:
            if waiting.means == means and (waiting.label or "") in (label, ""):
                self._waiting.remove(waiting)
                return waiting
        return None

    def _free(self, tolerance: Clause, basis: Basis) -> Decimal:
        size = tolerance.size
        assert size is not None
        if not size.percent:
            own, free = Basis.ABSOLUTE, absolute(size, self.row)
        else:
            own, free = percent_basis(size, tolerance.of_target, self.row, self.open), size.value / 100
        if own is not basis:
            raise RuleError("不扣分的范围与每档须用同一单位", position=tolerance.start)
        return free

    def _count(self, clause: Clause) -> None:
        label = clause.label or ""
        assert clause.points is not None
        points = clause.points.of(self.scale.full)
        number = clause.number if clause.number is not None else (clause.size.value if clause.size else Decimal(1))
        if number != 1:
            self.origins.setdefault(label, Amount(Decimal(0)))
            self.kept.append(Adjusted(clause, label, Step(Side.OVER, number, points, bonus=clause.bonus)))
            return
        allowed = self.waited("allowance", label)
        allowance = int(allowed.number) if allowed and allowed.number is not None else 0
        if allowed and not plain_allowance(allowed) and not clause.bonus:
            points = beyond([a.built for a in self.of(label)], points, allowance, clause, self.open)
        self.kept.append(Adjusted(clause, label, Count(points, allowance, bonus=clause.bonus)))

    # --- what is said about the one before --------------------------------------------------------------------------

    def last(self, clause: Clause, bonus: bool | None = None) -> Adjusted:
        if not self.kept:
            raise RuleError("“{said}”前面没有它所说的扣分或加分", position=clause.start, said=clause.said)
        last = self.kept[-1]
        if bonus is not None and last.bonus is not bonus:
            message = "前面是加分，这里却是最多扣分" if last.bonus else "前面是扣分，这里却是最多加分"
            raise RuleError(message, position=clause.start)
        return last


def _allowing(clauses: list[Clause]) -> list[Clause]:
    """6起不扣分，每超1起扣1分 is an allowance where nothing else looks at the number."""
    found = list(clauses)
    for place, clause in enumerate(clauses):
        bound = clause.bound
        if clause.means != "cond" or bound is None or not clause.outcome or clause.outcome.award is not Award.SPARED:
            continue
        edge = bound.high
        others = [
            c for c in clauses[place + 1 :] if c.label == clause.label and c.means in STEPS | COUNTS | {"from_nth"}
        ]
        conds = [c for c in clauses if c is not clause and c.label == clause.label and c.means == "cond"]
        if edge is None or edge.kind != "cnt" or not bound.high_closed or len(others) != 1 or conds:
            continue
        one = others[0]
        by_one = (
            one.means in COUNTS
            or one.means == "from_nth"
            or (one.side is Side.OVER and one.size and one.size.value == 1)
        )
        if by_one and not one.bonus and (bound.low is None or bound.low.value == edge.value):
            found[place] = replace(clause, means="allowance", number=edge.value, outcome=None)
    return found
