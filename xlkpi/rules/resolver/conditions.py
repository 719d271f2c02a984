"""Conditions with points → bands, lines, cliffs, vetoes, or the place where steps begin; one measure at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial

from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import (
    Amount,
    Band,
    Bands,
    Base,
    Basis,
    Cliff,
    Condition,
    Count,
    Linear,
    Meet,
    Ratio,
    RuleError,
    Side,
    Step,
    Subject,
    written,
)
from xlkpi.rules.printer.phrase import phrase_condition
from xlkpi.rules.resolver.adjustments import Adjusted, Adjustments
from xlkpi.rules.resolver.bands import UntiledError, tile
from xlkpi.rules.resolver.clauses import Award, Bound, Clause, Outcome, Quantity
from xlkpi.rules.resolver.deciding import Open, Question
from xlkpi.rules.resolver.quantities import amount
from xlkpi.rules.resolver.scales import Scale
from xlkpi.rules.row import Row, doubtful
from xlkpi.rules.validate import check_bands


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


class Conditions:
    """All conditions of one measure."""

    def __init__(
        self, label: str, measure: int, clauses: list[Clause], adjustments: Adjustments, scale: Scale, row: Row,
        open: Open, *, based: bool,
    ) -> None:  # fmt: skip
        self.label, self.measure, self.scale, self.row, self.open, self.based = label, measure, scale, row, open, based
        self.places = [place for place, c in enumerate(clauses) if (c.label or "") == label]
        self.all = clauses
        self.clauses = [clauses[place] for place in self.places]
        self.adjustments = adjustments
        self.own = adjustments.of(label)
        self.steps = [a for a in self.own if isinstance(a.built, Step)]
        self.first = self.clauses[0] if self.clauses else Clause("comment")
        self.before: Subject | None = None
        self.found = Found()
        self.otherwise: list[Clause] = []

    @property
    def deducting(self) -> list[Adjusted]:
        return [a for a in self.own if not a.bonus]

    def settled(self) -> Found:
        """Bands, lines, cliffs, vetoes and the measure's own base."""
        self._straight()
        if not any(self.all[p].bound for p in self.places if p in self.adjustments.listed):
            self._meets()
        self._beyond()
        self._half_opens()
        if not self._linear():
            self._occurrences()
            self._conditions()
        return self.found

    def _half_opens(self) -> None:
        """月盘<98%，少0.5%扣5分: the steps begin at the open end."""
        for clause in self.clauses:
            if clause.means != "half_open" or clause.bound is None:
                continue
            if not self.deducting:
                raise RuleError("“{said}”读不懂：没有写怎样得分或扣分", position=clause.start, said=clause.said)
            self.found.origin = amount(clause.bound.edge, self.row)

    # --- meeting the target -----------------------------------------------------------------------------------------

    def _meets(self) -> None:
        meets = [c for c in self.clauses if c.means == "meet" and c.outcome]
        if self.own:  # 低于目标值不扣分
            meets = [c for c in meets if not (c.at in ("lt", "gt") and c.outcome and c.outcome.award is Award.SPARED)]
        if sum(c.means in ("named", "none") for c in self.all) > 1 and not self.adjustments.kept:
            self.clauses = [c for c in self.clauses if c.means != "meet"]
            return  # 大部分完成得80分，未完成得0分: levels
        otherwise = next(
            (c for c in self.all if c.means == "otherwise" and c.outcome and _follows(c, self.all, "meet")), None
        )
        if otherwise is not None and meets:
            self.otherwise.append(otherwise)
        if any(c.means == "either_or" for c in self.clauses):
            self.found.bases.append(Meet(self.scale.full, Decimal(0), True, self.measure))
        if not meets:
            return
        if any(c.means == "beyond" for c in self.clauses):
            meets = [c for c in meets if not (c.at == "le" and c.outcome and self._whole(c.outcome))]
        if not meets or (otherwise is None and (self._idle(meets) or self._beside_bands(meets))):
            return
        if self._three(meets):
            return
        first = meets[0]
        assert first.outcome is not None
        at_least = first.at in ("ge", "lt", "met")
        hit = next((c for c in meets if c.at in ("ge", "le", "met", "eq")), None)
        miss = next((c for c in meets if c.at in ("lt", "gt")), None) or otherwise
        if len(meets) == 2 and {c.at for c in meets} == {"gt", "lt"}:
            raise RuleError("刚好等于目标时得几分？", position=meets[-1].start)
        if len(meets) > 2 or (len(meets) == 2 and not (hit and miss)):
            raise RuleError("有两种得分办法，只能留一种", position=meets[-1].start)
        if any(c.outcome and c.outcome.award is Award.VETO for c in meets):
            raise RuleError("什么情况下一票否决？请写出条件", position=first.start)
        if miss and miss.outcome and miss.outcome.award is Award.RATIO and hit and hit.outcome and hit.outcome.whole:
            self.found.bases.append(Ratio(self.measure))
            self.adjustments.numbers("cap").append((self.scale.full, hit))
            return
        if miss is None and self.deducting:
            raise RuleError("有两种得分办法，只能留一种", position=first.start)
        if miss is None:
            raise RuleError("没有达到目标时得几分？", position=first.start)
        points = self._points(hit) if hit else self.scale.full
        if hit is not None and hit.outcome and hit.outcome.award in (Award.RATIO,):
            raise RuleError("按完成率得分的是哪些数值？请写出条件", position=first.start)
        self.found.bases.append(Meet(points, self._points(miss), at_least, self.measure))
        self.based = True

    def _points(self, clause: Clause) -> Decimal:
        assert clause.outcome is not None
        if clause.outcome.award in (Award.RATIO, Award.VETO):
            raise RuleError("按完成率得分的是哪些数值？请写出条件", position=clause.start)
        return self.scale.awarded(clause.outcome)

    def _idle(self, meets: list[Clause]) -> bool:
        """达标得满分，每低1%扣1分: steps begin at the target with full marks anyway."""
        if len(meets) != 1 or not self.deducting:
            return False
        meet = meets[0]
        assert meet.outcome is not None
        good = {"ge": Side.OVER, "le": Side.SHORT, "eq": None, "met": None}.get(meet.at, Side.EITHER)
        whole = meet.outcome.whole or (
            meet.outcome.award is Award.POINTS and self._points(meet) in (self.scale.full, self.scale.start)
        )
        steps = [a.built for a in self.steps if isinstance(a.built, Step)]
        counts = [a for a in self.deducting if isinstance(a.built, Count)]
        if not whole or good is Side.EITHER:
            return False
        if counts and not steps:
            return True
        if all(a.clause.named for a in self.steps):  # 按计划完成得满分，每推迟一周扣10分
            return True
        return all(good is None or step.side is Side.EITHER or (step.side is good) is step.bonus for step in steps)

    def _beside_bands(self, meets: list[Clause]) -> bool:
        """完成任务得100分，完成任务的90%得85分: the target is the 100% of the bands."""
        conds = [c for c in self.clauses if c.means == "cond" and c.bound and c.bound.subject is Subject.ACHIEVEMENT]
        if not conds or len(meets) != 1 or meets[0].at != "ge":
            return False
        whole = Quantity(Decimal(100), "%", "pct", start=meets[0].start)
        edge = replace(meets[0], means="cond", bound=Bound(Subject.ACHIEVEMENT, whole))
        place = self.clauses.index(meets[0])
        self.clauses[place] = edge
        for index, clause in enumerate(self.clauses):
            if clause.means == "cond" and clause.bound and clause.bound.bare:
                self.clauses[index] = replace(clause, bound=replace(clause.bound, bare=False, high=None))
        return True

    def _three(self, meets: list[Clause]) -> bool:
        """等于目标值得满分，高于目标值加5%，低于目标值减15%."""
        by_sign = {c.at: c for c in meets}
        if set(by_sign) != {"eq", "gt", "lt"} or len(meets) != 3:
            return False
        one = Amount(Decimal(1), True)
        where = {"lt": (None, False, one, False), "eq": (one, True, one, True), "gt": (one, False, None, False)}
        bands = [
            Band(Condition(Subject.ACHIEVEMENT, *where[sign], self.measure), self._points(by_sign[sign]))
            for sign in ("lt", "eq", "gt")
        ]
        self.found.bases.append(tile(bands, None, meets[0].start))
        return True

    # --- lines ------------------------------------------------------------------------------------------------------

    def _straight(self) -> None:
        for clause in self.clauses:
            if clause.means != "straight":
                continue
            ends = tuple((amount(edge, self.row), self.scale.awarded(outcome)) for edge, outcome in clause.pairs)
            low, high = written(ends[0][0]), written(ends[1][0])
            below = any(c.means == "cond" and c.bound and c.bound.low is None for c in self.clauses)
            capped = any(value == ends[1][1] for value, _ in self.adjustments.numbers("cap"))
            if not (below and capped):
                raise RuleError(
                    "低于{low}和高于{high}时得几分？公式没有写明", position=clause.start, low=low, high=high
                )
            self.found.bases.append(Linear(Subject.VALUE, ends, self.measure))
            self.based = True
            self.before = Subject.VALUE

    def _linear(self) -> bool:
        """线性：80%得60分，100%得100分, or points with 中间按线性计算 behind them. Returns whether nothing else is left."""
        head = next((c for c in self.clauses if c.means == "linear"), None)
        tail = next((c for c in self.clauses if c.means == "interpolated"), None)
        if head is None and tail is None:
            return False
        ends: list[Clause] = []
        for clause in self.clauses:
            if clause.means == "cond" and clause.bound and clause.bound.bare:
                ends.append(clause)
        if len(ends) < 2:
            where = (head or tail or self.first).start
            raise RuleError("线性至少要有两个端点，从小到大写" if ends else "请写出两个端点的得分", position=where)
        subject = None
        for clause in self.clauses:
            if clause in ends:
                break
            if clause.means == "cond" and clause.bound and clause.bound.subject:
                self.before = clause.bound.subject
        points = []
        for clause in ends:
            assert clause.bound is not None and clause.outcome is not None
            told = clause.bound.subject
            if subject is not None and told is not None and told is not subject:
                raise RuleError("线性的端点须是同一个数：都写完成率，或都写实际", position=clause.start)
            subject = subject or told or self._bare_subject(clause)
            if clause.outcome.award not in (Award.POINTS, Award.FULL, Award.ZERO):
                raise RuleError("线性的端点须写得几分", position=clause.start)
            points.append((self._edge(clause.bound.edge, subject, told), self.scale.awarded(clause.outcome)))
        assert subject is not None
        self.before = subject
        self.found.bases.append(Linear(subject, tuple(points), self.measure))
        rest = [c for c in self.clauses if c not in ends]
        ended = {amount_.value for amount_, _ in points}
        self.clauses = rest
        self.based = True
        self._conditions(ended)
        return True

    def _bare_subject(self, clause: Clause) -> Subject:
        if self.before is not None:
            return self.before
        assert clause.bound is not None
        edge = clause.bound.edge
        if self.own or self._valued(edge) or (edge.percent and self.row.rate):
            return Subject.VALUE
        return Subject.ACHIEVEMENT

    # --- beyond the target ------------------------------------------------------------------------------------------

    def _beyond(self) -> None:
        """超5%以内扣8分，5%-10%扣16分: bands of the excess, or with 以此类推 steps that count as soon as they begin."""
        first = next((c for c in self.clauses if c.means == "beyond"), None)
        if first is None:
            return
        assert first.size is not None and first.outcome is not None
        place = self.clauses.index(first)
        spans = [c for c in self.clauses[place + 1 :] if c.means == "cond" and c.bound and c.bound.subject is None]
        size = first.size
        lost = first.outcome.points
        if first.outcome.award is not Award.LOST or lost is None or not size.percent:
            raise RuleError("“{said}”读不懂：没有写怎样得分或扣分", position=first.start, said=first.said)
        if any(c.means == "and_so_on" for c in self.all):
            second = spans[0] if len(spans) == 1 else None
            twice = (
                second is not None
                and second.bound is not None
                and second.bound.high is not None
                and second.bound.high.value == size.value * 2
            )
            if not (
                twice
                and second
                and second.outcome
                and second.outcome.points
                and second.outcome.points.value == lost.value * 2
            ):
                raise RuleError("“以此类推”怎样推下去？前面的几档不等距", position=first.start)
            basis = Basis.POINTS if self.row.rate else Basis.RELATIVE
            from xlkpi.rules.model import PartStep

            step = Step(Side.OVER, size.value / 100, lost.of(self.scale.full), basis, part=PartStep.WHOLE)
            adjusted = Adjusted(first, self.label, step)
            self.adjustments.kept.append(adjusted)
            self.own.append(adjusted)
            self.clauses = [c for c in self.clauses if c is not second and not (c.means == "meet" and c.at == "le")]
            self.steps.append(adjusted)
            return
        self._excess_bands(first, spans)

    def _excess_bands(self, first: Clause, spans: list[Clause]) -> None:
        assert first.size is not None and first.outcome is not None
        target = Amount(Decimal(1), True)
        bands = [
            Band(Condition(Subject.ACHIEVEMENT, high=target, high_closed=True, measure=self.measure), self.scale.full)
        ]
        edge = Amount(1 + first.size.value / 100, True)
        bands.append(Band(Condition(Subject.ACHIEVEMENT, target, False, edge, True, self.measure), self._points(first)))
        closed = True
        for clause in spans:
            assert clause.bound is not None
            low, high = clause.bound.low, clause.bound.high
            if low is None or Amount(1 + low.value / 100, True) != edge:
                raise UntiledError("两档之间有空隙或重叠", position=clause.start)
            top = None if high is None else Amount(1 + high.value / 100, True)
            bands.append(
                Band(Condition(Subject.ACHIEVEMENT, edge, not closed, top, False, self.measure), self._points(clause))
            )
            if top is not None:
                edge, closed = top, False
        self.found.bases.append(tile(bands, None, first.start))
        self.clauses = [c for c in self.clauses if c not in spans]

    # --- occurrences one by one -------------------------------------------------------------------------------------

    def _occurrences(self) -> None:
        """发生1次扣5分，2次扣10分，3次及以上不得分: bands of a count."""
        listed = [self.all[p] for p in self.places if p in self.adjustments.listed]
        if not listed:
            return
        entries = [self._entry(clause) for clause in listed]
        others = [
            c
            for c in self.clauses
            if c.means == "cond" and c not in listed and c.outcome and c.outcome.award is not Award.VETO
        ]
        cases = [self._occurrence(c) for c in others]
        edges = [
            c.condition.low.value + (0 if c.condition.low_closed else 1)
            for c in cases
            if c.condition.low and not c.condition.high
        ]
        self._nth(listed)
        last = max(number for number, _, _ in entries)
        behind = all(c.clause.start > listed[-1].start for c in cases)
        if behind and len(edges) == 1 and edges[0] == last:  # 出2次40分，2次以上0分
            cases = [
                replace(c, condition=replace(c.condition, low_closed=False)) if c.condition.low else c for c in cases
            ]
            edges = [last + 1]
        for number, clause, _ in entries:
            if any(number >= edge for edge in edges):
                raise RuleError("满{number}次按哪一句？这里写了两种", position=clause.start, number=plain(number))
        bands = [Band(self._exactly(number), points) for number, _, points in entries]
        bands += [Band(case.condition, self.scale.awarded(case.outcome)) for case in cases]
        zero = [c for c in self.all if c.means in ("none", "named") and c.outcome]
        missed = next((c for c in self.clauses if c.means == "meet" and c.at == "lt" and c.outcome), None)
        if missed is not None and not any(self._covers_zero(band.condition) for band in bands):
            below = Condition(Subject.VALUE, high=Amount(Decimal(1)), measure=self.measure)
            bands.insert(0, Band(below, self._points(missed)))
        if not any(self._covers_zero(band.condition) for band in bands):
            taken = any(c.outcome and c.outcome.award in (Award.LOST, Award.ZERO) for c in (*listed, *others)) or zero
            falling = (
                entries[0][0] == 1
                and entries[0][2] < self.scale.full
                and all(a[2] > b[2] for a, b in zip(entries, entries[1:], strict=False))
            )
            if taken or falling or any(c.points for c in listed):
                bands.insert(0, Band(self._exactly(Decimal(0)), self._without(zero)))
        if not edges:
            bands[-1:] = self._last_of(bands, listed)
        self.found.bases.append(tile(bands, None, self.first.start))
        used = {id(c) for c in (*listed, *others, *zero)}
        self.clauses = [c for c in self.clauses if id(c) not in used]
        for clause in zero:
            self.all[self.all.index(clause)] = replace(clause, means="comment")

    def _without(self, zero: list[Clause]) -> Decimal:
        for clause in zero:
            assert clause.outcome is not None
            return self.scale.awarded(clause.outcome)
        return self.scale.full

    def _last_of(self, bands: list[Band], listed: list[Clause]) -> list[Band]:
        """The last band reaches on where nothing is left to lose."""
        last = bands[-1]
        if last.points == 0 and last.condition.low is not None:
            return [Band(Condition(Subject.VALUE, last.condition.low, True, measure=self.measure), last.points)]
        if all(c.means in ("count_once", "first_of") or (c.outcome and c.outcome.award is Award.LOST) for c in listed):
            raise RuleError("次数再多时得几分没有写明", position=listed[-1].start)
        return [last]

    def _covers_zero(self, condition: Condition) -> bool:
        return condition.low is None or (condition.low.value <= 0 and condition.low_closed)

    def _exactly(self, number: Decimal) -> Condition:
        return Condition(Subject.VALUE, Amount(number), True, Amount(number), True, self.measure)

    def _entry(self, clause: Clause) -> tuple[Decimal, Clause, Decimal]:
        """(how many times, clause, points)."""
        if clause.means in ("count_once", "first_of"):
            assert clause.points is not None and clause.number is not None
            lost = clause.points.of(self.scale.full)
            return clause.number, clause, self.scale.full + lost if clause.bonus else self.scale.full - lost
        assert clause.bound is not None
        return clause.bound.edge.value, clause, self._points(clause)

    def _occurrence(self, clause: Clause) -> Case:
        assert clause.bound is not None and clause.outcome is not None
        bound = clause.bound
        high_closed = bound.high_closed
        if high_closed is None:
            high_closed = False
        low, high = (None if q is None else amount(q, self.row) for q in (bound.low, bound.high))
        condition = Condition(
            Subject.VALUE,
            low,
            bound.low_closed and low is not None,
            high,
            high_closed and high is not None,
            self.measure,
        )
        return Case(clause, condition, clause.outcome)

    def _nth(self, listed: list[Clause]) -> None:
        """第2次扣10分: the second one's own points, or those of both?"""
        before = Decimal(0)
        for clause in listed:
            lost = clause.outcome.points if clause.outcome and clause.outcome.award is Award.LOST else None
            points = lost.of(self.scale.full) if lost else None
            if clause.means == "first_of" and clause.points:
                points = clause.points.of(self.scale.full)
            if ((clause.bound and clause.bound.nth) or clause.means == "first_of") and points is not None and before:
                raise RuleError(
                    "第{times}次扣{lost}分，是一共扣{lost}分，还是在前面之外再扣{lost}分？",
                    position=clause.start, times=plain(clause.bound.edge.value if clause.bound else clause.number or Decimal(0)), lost=plain(points),
                )  # fmt: skip
            before += points or 0

    def _rising(self, clause: Clause) -> Clause:
        """每次扣2分，4次不得分: from the fourth on."""
        bound, outcome = clause.bound, clause.outcome
        assert bound is not None and outcome is not None
        counted = any(isinstance(a.built, Count) for a in self.deducting)
        if counted and bound.bare and bound.edge.kind == "cnt" and outcome.award in (Award.ZERO, Award.VETO):
            return replace(clause, bound=replace(bound, high=None, bare=False))
        if outcome.award is Award.VETO and bound.bare and bound.edge.kind == "cnt":
            return replace(clause, bound=replace(bound, high=None, bare=False))
        return clause

    # --- conditions -------------------------------------------------------------------------------------------------

    def _conditions(self, ended: set[Decimal] | None = None) -> None:
        bounded = [
            c
            for c in self.clauses
            if c.means == "cond" and c.bound and c.outcome and not self._is_listed(c) and not self._whole_zero(c)
        ]
        bounded = _zero_in_per_cent(bounded)
        bounded = [self._rising(self._based_bound(clause, bounded)) for clause in bounded]
        subjects = [self._subject(clause) for clause in bounded]
        settled = list(zip(bounded, subjects, strict=True))
        cases = [self._case(clause, subject, settled, ended or set()) for clause, subject in settled]
        self.found.vetoes += [case.condition for case in cases if case.outcome.award is Award.VETO]
        cases = [case for case in cases if case.outcome.award is not Award.VETO]
        cases = self._zero_first(cases)
        otherwise = next(
            (
                c
                for c in self.all
                if c.means == "otherwise"
                and c.outcome
                and _follows(c, self.all, "cond")
                and _near(c, self.all, self.label)
            ),
            None,
        )
        if not cases:
            return
        if otherwise is not None:
            self.otherwise.append(otherwise)
        groups: dict[Subject, list[Case]] = {}
        for case in cases:
            groups.setdefault(case.condition.subject, []).append(case)
        # What covers every value first: beside it the others decide alone.
        for group in sorted(groups.values(), key=lambda group: not self._covers(group)):
            self._group(group, otherwise)
            self.based = self.based or bool(self.found.bases)

    def _covers(self, group: list[Case]) -> bool:
        """Whether conditions cover every value once by themselves."""
        try:
            self._tiled([Band(c.condition, Decimal(0)) for c in group], None, group)
        except RuleError:
            return False
        return True

    def _zero_first(self, cases: list[Case]) -> list[Case]:
        """满勤100分；发生≤2次70分；发生>2次40分: what is said in words is 0 times."""
        zero = [c for c in self.all if c.means in ("none", "named") and c.outcome]
        counted = [
            c
            for c in cases
            if c.clause.bound and c.clause.bound.edge.kind == "cnt" and c.condition.subject is Subject.VALUE
        ]
        if len(zero) != 1 or not cases or len(counted) != len(cases) or self.deducting:
            return cases
        clause = zero[0]
        assert clause.outcome is not None
        none, low = (
            Condition(Subject.VALUE, Amount(Decimal(0)), True, Amount(Decimal(0)), True, self.measure),
            Amount(Decimal(0)),
        )
        narrowed = [
            replace(c, condition=replace(c.condition, low=low)) if c.condition.low is None else c for c in cases
        ]
        self.all[next(i for i, c in enumerate(self.all) if c is clause)] = replace(clause, means="comment")
        return [Case(clause, none, clause.outcome), *narrowed]

    def _whole_zero(self, clause: Clause) -> bool:
        """发生0次得满分，每发生1次扣4分: where counting starts anyway."""
        counted = any(isinstance(a.built, Count) for a in self.deducting)
        bound = clause.bound
        return (
            counted
            and bound is not None
            and bound.edge.value == 0
            and clause.outcome is not None
            and self._whole(clause.outcome)
        )

    def _is_listed(self, clause: Clause) -> bool:
        return any(self.all[p] is clause for p in self.places if p in self.adjustments.listed)

    def _group(self, group: list[Case], otherwise: Clause | None) -> None:
        """Conditions on one number: bands where they cover every value, cliffs where something else scores."""
        own = self.based or bool(self.deducting)
        beside = own or self._elsewhere()
        lost = [case for case in group if case.outcome.award is Award.LOST]
        gained = next((case for case in group if case.outcome.award is Award.GAINED), None)
        if gained is not None:
            raise RuleError(
                "“{said}”：在哪个分数上加？请写出一共得几分", position=gained.clause.start, said=gained.clause.said
            )
        if lost and own:
            raise self._beside_steps(lost[0])
        if lost and len(lost) == len(group) and otherwise is None:
            self._losing(group)
            return
        rest = self._points(otherwise) if otherwise is not None else None
        group = self._with_middle(group)
        bands = [
            Band(c.condition, None if c.outcome.award is Award.RATIO else self.scale.awarded(c.outcome)) for c in group
        ]
        try:
            tiled = self._tiled(bands, rest, group)
        except UntiledError as untiled:
            if not beside and any(isinstance(a.built, Step) for a in self.own):
                for case in group:
                    self._check_direction(case)
            if otherwise is not None or not beside:
                if not beside and otherwise is None and self._one_zero(group):
                    return
                raise
            self._cliffs(group, untiled)
            return
        if self.based:
            raise RuleError("两个条件重叠，或已包括全部数值：同时满足时按哪一个？", position=group[0].clause.start)
        self.found.bases.append(tiled)

    def _elsewhere(self) -> bool:
        """Whether something else of the sentence scores, beside which a condition may decide alone."""
        others = ("cond", "meet", "ratio", "inverse", "linear", "otherwise")
        return (
            bool(self.adjustments.kept)
            or any((c.label or "") != self.label and c.means in others for c in self.all)
            or any(c.means in ("named", "levels") and c.label for c in self.all)
        )

    def _with_middle(self, group: list[Case]) -> list[Case]:
        """低于80%得0分，高于120%得120分，中间按完成率得分: what lies between the two."""
        middle = next((c for c in self.clauses if c.means == "middle_ratio"), None)
        low = next((c.condition for c in group if c.condition.low is None), None)
        high = next((c.condition for c in group if c.condition.high is None), None)
        if middle is None or len(group) != 2 or low is None or high is None or low.high is None or high.low is None:
            return group
        between = Condition(low.subject, low.high, not low.high_closed, high.low, not high.low_closed, self.measure)
        return [*group, Case(middle, between, Outcome(Award.RATIO))]

    def _tiled(self, bands: list[Band], rest: Decimal | None, group: list[Case]) -> Bands:
        """Bands that cover every value; 0-3% reaches down without end, 21-40分钟 and 41-80分钟 cover whole numbers."""
        for way in (bands, _from_below(bands)):
            try:
                return tile(way, rest, group[0].clause.start)
            except UntiledError as error:
                untiled = error
        whole = None if rest is not None else self._whole_numbers(bands, group)
        if whole is None:
            raise untiled
        return whole

    def _whole_numbers(self, bands: list[Band], group: list[Case]) -> Bands | None:
        """2-4次, 5-7次: bands of whole numbers, each ending one below the next."""
        if any(
            c.clause.bound is None
            or c.clause.bound.edge.kind not in ("cnt", "dim", "")
            or c.condition.subject is not Subject.VALUE
            for c in group
        ):
            return None
        spans = [b for b in bands if b.condition.low and b.condition.high]
        if not spans or any(a and a.value != int(a.value) for b in bands for a in (b.condition.low, b.condition.high)):
            return None
        rising = sorted(bands, key=lambda b: b.condition.low.value if b.condition.low else Decimal("-Infinity"))
        found: list[Band] = []
        reached = Decimal(-1)
        for index, band in enumerate(rising):
            condition = band.condition
            low = condition.low.value + (not condition.low_closed) if condition.low else Decimal(0)
            last = index == len(rising) - 1
            following = None if last else rising[index + 1].condition.low
            high = None if condition.high is None else condition.high.value
            if high is not None and not condition.high_closed and not (following and following.value == high + 1):
                high -= 1
            if condition.low and low == reached and condition.high is None:
                low += 1  # 80分钟以上 behind 41-80分钟
            if low != reached + 1 or (high is None and not last) or (high is not None and high < low):
                return None
            top = None if high is None else Amount(high)
            found.append(
                Band(Condition(Subject.VALUE, Amount(low), True, top, top is not None, self.measure), band.points)
            )
            reached = high if high is not None else reached
        if rising[-1].condition.high is not None:
            return None
        bands_ = Bands(tuple(found))
        check_bands(bands_)
        return bands_

    def _one_zero(self, group: list[Case]) -> bool:
        """出现1次不得分: full marks without it."""
        case = group[0]
        if len(group) > 1 or (case.outcome.award is not Award.ZERO and case.outcome.points is None):
            return False
        low = case.condition.low
        if (
            self.scale.awarded(case.outcome) != 0
            or low is None
            or case.condition.subject is not Subject.VALUE
            or low.percent
        ):
            return False
        edge = case.clause.bound.edge if case.clause.bound else None
        if edge is None or edge.kind != "cnt":
            return False
        rising = Condition(Subject.VALUE, low, case.condition.low_closed, measure=self.measure)
        if low.value == 1 and case.condition.low_closed:
            bands = [Band(self._exactly(Decimal(0)), self.scale.full), Band(rising, Decimal(0))]
        else:
            falling = Condition(
                Subject.VALUE, high=low, high_closed=not case.condition.low_closed, measure=self.measure
            )
            bands = [Band(falling, self.scale.full), Band(rising, Decimal(0))]
        self.found.bases.append(tile(bands, None, case.clause.start))
        return True

    def _losing(self, group: list[Case]) -> None:
        """低于98%扣4分，低于90%扣12分: what no condition names keeps full marks; the narrower condition counts."""
        first = group[0]
        if len(group) == 1:
            bound = first.condition
            size, points = first.clause.bound, first.outcome.points
            assert size is not None and points is not None
            if bound.one_sided:
                raise RuleError(
                    "“{clause}”：每次都算，还是仅算一次？", position=first.clause.start, clause=first.clause.said
                )
        nested = sorted(group, key=lambda case: self.scale.awarded(case.outcome))
        bands = [Band(case.condition, self.scale.awarded(case.outcome)) for case in nested]
        edges = [c.condition for c in group]
        lows = [c.low for c in edges if c.low]
        highs = [c.high for c in edges if c.high]
        open_low = any(c.low is None for c in edges)
        open_high = any(c.high is None for c in edges)
        subject = first.condition.subject
        full = self.scale.full
        if open_low and not open_high and highs:
            top = max(edges, key=lambda c: (c.high.value, c.high_closed) if c.high else (Decimal(0), False))
            assert top.high is not None
            bands.append(Band(Condition(subject, top.high, not top.high_closed, measure=self.measure), full))
        elif open_high and not open_low and lows:
            bottom = min(edges, key=lambda c: (c.low.value, not c.low_closed) if c.low else (Decimal(0), False))
            assert bottom.low is not None
            if (
                all(c.low_closed for c in edges if c.low == bottom.low)
                and bottom.high is not None
                and not bottom.is_point
            ):
                pass
            bands.append(
                Band(Condition(subject, high=bottom.low, high_closed=not bottom.low_closed, measure=self.measure), full)
            )
        else:
            raise UntiledError("分档没有覆盖全部数值", position=first.clause.start)
        self.found.bases.append(self._tiled(bands, None, group))

    # --- cliffs and own bases ---------------------------------------------------------------------------------------

    def _cliffs(self, group: list[Case], untiled: UntiledError) -> None:
        for case in group:
            if case.outcome.award is Award.RATIO:
                raise untiled
            self._check_direction(case)
            own = None if self.based or self._has_origin() else self._own_base(case)
            if own is not None:
                if not self._tolerated(case):
                    self.found.origin = own
            elif self._at_target(case):
                continue
            elif not case.condition.one_sided:
                raise untiled
            else:
                self.found.cliffs.append(Cliff(case.condition, self.scale.awarded(case.outcome)))

    def _tolerated(self, case: Case) -> bool:
        """5%以内不扣分，每超1%扣1分: an actual of 5 %, or 5 % beyond the target?"""
        clause, condition = case.clause, case.condition
        steps = [a for a in self.steps if not a.bonus]
        if clause.label or case.outcome.award is not Award.SPARED or not ("内" in clause.said or "低于" in clause.said) or len(steps) != 1:
            return False
        built, high = steps[0].built, condition.high
        if (
            not isinstance(built, Step)
            or high is None
            or built.side is not Side.OVER
            or high.percent is not (built.basis is not Basis.ABSOLUTE)
        ):
            return False
        question = Question(
            "{shown}以内指实际不超过{shown}，还是与目标的偏差不超过{shown}？", clause.start, {"shown": written(high)}
        )
        if self.open.pick(("actual", "beyond"), question) == "actual":
            return False
        steps[0].built = replace(built, free=high.value)
        return True

    def _has_origin(self) -> bool:
        return self.found.origin is not None or self.label in self.adjustments.origins

    def _whole(self, outcome: Outcome) -> bool:
        if outcome.whole:
            return True
        return outcome.award is Award.POINTS and self.scale.awarded(outcome) in (self.scale.full, self.scale.start)

    def _at_target(self, case: Case) -> bool:
        """达到100%得满分，每低5%扣2分 in a row of things: the steps begin at the target anyway."""
        condition = case.condition
        if condition.subject is not Subject.ACHIEVEMENT or not self._whole(case.outcome):
            return False
        if case.clause.bound and case.clause.bound.subject is not None:
            return False
        low = condition.low
        return low is not None and low.value == 1 and bool(self.steps)

    def _own_base(self, case: Case) -> Amount | None:
        """≥95%得满分，每低1%扣1分: where full marks begin, the steps begin too. 实际≥95%得100分 is a cliff like any other."""
        condition, clause = case.condition, case.clause
        named = clause.bound is not None and clause.bound.subject is not None and not self.row_named(clause)
        if named or not self._whole(case.outcome) or condition.subject is not Subject.VALUE:
            return None
        sides = {a.built.side for a in self.steps if isinstance(a.built, Step) and not a.bonus}
        if not sides:
            sides = set()
        if condition.low is not None and condition.is_point:
            return condition.low
        if condition.low is not None and sides == {Side.SHORT}:
            return condition.low
        if condition.high is not None and sides == {Side.OVER}:
            return condition.high
        return None

    def row_named(self, clause: Clause) -> bool:
        """Whether the subject only repeats what the row measures (实际开机率≥85%)."""
        return bool(clause.label)

    def _check_direction(self, case: Case) -> None:
        """每低1%扣1分，超过5%不得分: 5 % of the number itself, or of what is missing?"""
        condition, clause = case.condition, case.clause
        points = self.scale.awarded(case.outcome)
        if condition.subject in (Subject.OVER, Subject.SHORT):
            return
        later = [a.built for a in self.steps if isinstance(a.built, Step) and a.clause.start > clause.start]
        if (
            condition.high is None
            and condition.low is not None
            and any(s.bonus and s.side is Side.OVER for s in later)
            and not self._at_target(case)
            and self._own_base(case) is None
        ):
            raise RuleError(
                "{shown}时已经定为{points}分，后面的加分用不上：其余情况得几分？",
                position=clause.start, shown=partial(phrase_condition, condition), points=plain(points),
            )  # fmt: skip
        shortfalls = [step.step for step in later if step.side is Side.SHORT and not step.bonus]
        full = self._whole(case.outcome) and condition.subject is Subject.ACHIEVEMENT
        low = condition.low
        if full and shortfalls and low is not None and condition.high is None and low.value < 1:
            raise RuleError("从{shown}起扣分，还是从目标起扣分？", position=clause.start, shown=written(low))
        sides = {a.built.side for a in self.steps if isinstance(a.built, Step) and not a.bonus}
        free = case.outcome.award is Award.SPARED
        if free and (
            (sides == {Side.SHORT} and condition.low is None) or (sides == {Side.OVER} and condition.high is None)
        ):
            raise RuleError(
                "{shown}指实际值，还是与目标的差？扣分的方向与它相反",
                position=clause.start, shown=partial(phrase_condition, condition),
            )  # fmt: skip
        if clause.bound is None or clause.bound.subject or points >= self.scale.full:
            return
        if (sides == {Side.SHORT} and condition.high is None) or (sides == {Side.OVER} and condition.low is None):
            raise RuleError(
                "{shown}指实际值，还是与目标的差？扣分的方向与它相反",
                position=clause.start, shown=partial(phrase_condition, condition),
            )  # fmt: skip

    def _beside_steps(self, case: Case) -> RuleError:
        """每低1%扣1分，低于85%扣20分: in all, or on top?"""
        assert case.outcome.points is not None
        lost = plain(case.outcome.points.of(self.scale.full))
        return RuleError(
            "{shown}时一共扣{lost}分，还是在每档扣分之外再扣{lost}分？",
            position=case.clause.start, shown=partial(phrase_condition, case.condition), lost=lost,
        )  # fmt: skip

    # --- subjects and ends ------------------------------------------------------------------------------------------

    def _based_bound(self, clause: Clause, bounded: Sequence[Clause]) -> Clause:
        """95%得满分，每低1%扣2分: full marks from there on, on the side where nothing is deducted."""
        bound, outcome = clause.bound, clause.outcome
        assert bound is not None and outcome is not None
        if not bound.bare or not (self._whole(outcome) or outcome.award is Award.POINTS):
            return clause
        sides = {a.built.side for a in self.steps if isinstance(a.built, Step) and not a.bonus}
        bare = [c for c in bounded if c.bound and c.bound.bare]
        if len(bare) == 1 and sides == {Side.SHORT}:
            return replace(clause, bound=replace(bound, high=None, bare=False))
        if len(bare) == 1 and sides == {Side.OVER}:
            return replace(clause, bound=replace(bound, low=None, bare=False))
        return clause

    def _valued(self, edge: Quantity) -> bool:
        """Whether the unit of a number tells that it is the actual itself."""
        return edge.kind in ("cnt", "dim", "mark") or (edge.kind == "" and self.row.unit not in (None, "%", ""))

    def _subject(self, clause: Clause) -> Subject:
        bound = clause.bound
        assert bound is not None
        edge = bound.edge
        if bound.late is not None:
            if edge.kind == "pct" and not self.row.rate:
                shown = written(edge.amount)
                raise RuleError("{number}是实际值，还是完成率？", position=clause.start, number=shown)
            self.before = Subject.OVER if bound.late is Side.OVER else Subject.SHORT
            return self.before
        if bound.subject is Subject.ACHIEVEMENT and clause.product and self.row.rate:
            self.before = Subject.VALUE  # 排产完成率≥95% in a row of per cent: the row measures that rate
            return Subject.VALUE
        if bound.subject is not None:
            self.before = bound.subject
            return bound.subject
        self._stepped(clause)
        if edge.kind == "mark" and self.before is Subject.ACHIEVEMENT:
            question = Question("{number}是实际值，还是完成率？", clause.start, {"number": plain(edge.value)})
            self.before = self.open.pick((Subject.ACHIEVEMENT, Subject.VALUE), question)
            return self.before
        if self.before is not None:
            return self._inherited(clause, self.before)
        self.before = self._first_subject(clause)
        return self.before

    def _stepped(self, clause: Clause) -> None:
        """Steps before look at the actual, unless they name the 完成率."""
        last = max(
            (c.start for c in self.clauses if c.bound and c.bound.subject and c.start < clause.start), default=-1
        )
        for adjusted in self.own:
            if last < adjusted.clause.start < clause.start and isinstance(adjusted.built, Step | Count):
                if adjusted.clause.of_target == "rate":
                    self.before = Subject.ACHIEVEMENT
                elif not (isinstance(adjusted.built, Step) and adjusted.built.basis is Basis.RELATIVE):
                    self.before = Subject.VALUE
        for base in self.found.bases:
            if isinstance(base, Ratio):
                self.before = Subject.ACHIEVEMENT
        if self.based and self.before is None and not self.found.bases:
            self.before = Subject.ACHIEVEMENT

    def _by_target(self) -> bool:
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

    def _inherited(self, clause: Clause, before: Subject) -> Subject:
        assert clause.bound is not None and clause.outcome is not None
        edge = clause.bound.edge
        if before is Subject.VALUE and edge.kind == "pct" and self.steps and not self._named_before(clause):
            if not self.row.rate and self.row.unit is not None:
                return self._percent_of_no_rate(clause)
            if self._by_target():
                return self._asked(clause)
        return before

    def _named_before(self, clause: Clause) -> bool:
        return any(
            c.means == "cond" and c.bound and c.bound.subject is Subject.VALUE and c.start < clause.start
            for c in self.clauses
        )

    def _percent_of_no_rate(self, clause: Clause) -> Subject:
        assert clause.bound is not None and clause.outcome is not None
        if clause.bound.low is not None and self._whole(clause.outcome):
            return Subject.ACHIEVEMENT
        return self._asked(clause)

    def _asked(self, clause: Clause) -> Subject:
        assert clause.bound is not None
        shown = written(clause.bound.edge.amount)
        question = Question("{number}是实际值，还是完成率？", clause.start, {"number": shown})
        return self.open.pick((Subject.ACHIEVEMENT, Subject.VALUE), question)

    def _first_subject(self, clause: Clause) -> Subject:
        """The actual, or the achievement, where nothing before says which."""
        assert clause.bound is not None
        edge = clause.bound.edge
        if self._valued(edge):
            return Subject.VALUE
        if not edge.percent:
            if self.own:
                return Subject.VALUE
            return self._bare_number(clause)
        if self.row.rate:
            if self._by_target():
                return self._asked(clause)
            return self._of_the_rate(clause)
        if self.row.unit is None:
            if self.own and not self._by_target():
                return Subject.VALUE
            if clause.label and not clause.quoted:
                question = Question(
                    "“{label}”的{shown}是实际值，还是完成率？",
                    clause.start,
                    {"label": clause.label, "shown": written(edge.amount)},
                )
                return self.open.pick((Subject.VALUE, Subject.ACHIEVEMENT), question)
            return Subject.ACHIEVEMENT
        if self.steps:
            return self._percent_of_no_rate(clause)
        return Subject.ACHIEVEMENT

    def _bare_number(self, clause: Clause) -> Subject:
        """≥3得100分 without a unit: 3 itself, or 3%?"""
        assert clause.bound is not None
        if clause.label and not self.row.rate:
            return Subject.VALUE
        number = plain(clause.bound.edge.value)
        question = Question("{number}是实际值，还是完成率？", clause.start, {"number": number})
        if self.row.rate:  # 95 itself is no rate
            raise question.refusal()
        return self.open.pick((Subject.VALUE, Subject.ACHIEVEMENT), question)

    def _of_the_rate(self, clause: Clause) -> Subject:
        """In a row of per cent a bare per cent is the rate itself, unless the target lies far from all of them."""
        edges = [
            c.bound.edge.value / 100
            for c in self.clauses
            if c.means == "cond" and c.bound and c.bound.edge.kind == "pct"
        ]
        target = self.row.target
        if target is not None and not self.own and doubtful(edges, target):
            shown = written(clause.bound.edge.amount) if clause.bound else ""
            question = Question("{number}是实际值，还是完成率？", clause.start, {"number": shown})
            return self.open.pick((Subject.VALUE, Subject.ACHIEVEMENT), question)
        return Subject.VALUE

    def _edge(self, quantity: Quantity, subject: Subject, told: Subject | None) -> Amount:
        """A bound of its subject; an achievement is in per cent."""
        if subject is not Subject.ACHIEVEMENT or quantity.percent:
            return amount(quantity, self.row)
        if told is not None and quantity.value <= 2:  # 完成率≥1.2; beyond 200% it may as well be 5%
            return Amount(quantity.value, True)
        if told is not None:
            raise RuleError("完成率{number}是{number}%吗？", position=quantity.start, number=plain(quantity.value))
        return Amount(quantity.value / 100, True)

    def _case(
        self, clause: Clause, subject: Subject, settled: list[tuple[Clause, Subject]], ended: set[Decimal]
    ) -> Case:
        bound, outcome = clause.bound, clause.outcome
        assert bound is not None and outcome is not None
        if bound.bare and not self._point(clause, settled):
            bound = self._end_of(bound, clause, settled)
        if bound.late is not None and bound.low is None:  # 超时1小时以内: late all the same
            bound = replace(bound, low=Quantity(Decimal(0), bound.edge.unit, bound.edge.kind), low_closed=False)
        if bound.bare and not self._point(clause, settled):
            raise RuleError("“{shown}”是达到还是低于？", position=clause.start, shown=written(bound.edge.amount))
        low, high = (None if q is None else self._edge(q, subject, bound.subject) for q in (bound.low, bound.high))
        if (
            low is not None
            and high is not None
            and low.percent is not high.percent
            and bound.low
            and not bound.low.kind
        ):
            low = Amount(low.value / 100, True)
        high_closed = bound.high_closed
        if high is not None and high_closed is None:
            high_closed = self._claims(high, clause, subject, settled, ended)
        if high is not None and bound.span and not high_closed and self._left(high, clause, subject, settled):
            high_closed = True
        if (
            low is not None
            and bound.bare
            and bound.edge.value == 0
            and any(c.bound and c.bound.high and c is not clause for c, _ in settled)
        ):
            low = None  # 0%得100分；≤8%得75分: nothing lies below 0
        low_closed = bound.low_closed and low is not None
        if (
            low is not None
            and low_closed
            and not bound.equal
            and not bound.bare
            and self._taken_below(low, clause, subject, settled)
        ):
            low_closed = False
        condition = Condition(subject, low, low_closed, high, bool(high_closed) and high is not None, self.measure)
        return Case(clause, condition, outcome)

    def _end_of(self, bound: Bound, clause: Clause, settled: list[tuple[Clause, Subject]]) -> Bound:
        """100%得满分 beside 90%-100%: where a range ends, the number alone begins what lies beyond."""
        edges = [c.bound for c, _ in settled if c is not clause and c.bound]
        value = bound.edge.value
        if any(b.span and b.high and b.high.value == value for b in edges):
            return replace(bound, high=None, bare=False)
        if any(b.span and b.low and b.low.value == value for b in edges):
            return replace(bound, low=None, bare=False)
        return bound

    def _point(self, clause: Clause, settled: list[tuple[Clause, Subject]]) -> bool:
        """Whether a bare number can be meant alone: 5万（80分） between 5万以下 and 5万以上, 0%得100分；≤8%得75分."""
        bound = clause.bound
        assert bound is not None
        if bound.edge.kind == "cnt" or bound.edge.value == 0 or bound.nth:
            return True
        edges = [c.bound for c, _ in settled if c is not clause and c.bound]
        above = any(b.low and b.low.value == bound.edge.value and b.high is None for b in edges)
        below = any(b.high and b.high.value == bound.edge.value and b.low is None for b in edges)
        if bound.subject is not None and any(b.equal for b in edges):
            return True  # actual = 0; actual is 1
        return above and below

    def _claims(
        self, high: Amount, clause: Clause, subject: Subject, settled: list[tuple[Clause, Subject]], ended: set[Decimal]
    ) -> bool:
        """以下 excludes its number where another bound of the same number claims it, and is asked where none does."""
        for other, its in settled:
            if other is clause or its is not subject or other.bound is None:
                continue
            low = other.bound.low
            if (
                low is not None
                and high.percent is False
                and other.bound.edge.kind == "cnt"
                and low.value == high.value + 1
            ):
                return True  # 1次以下, 2-4次
            if (
                low is not None
                and self._edge(low, subject, other.bound.subject).value == high.value
                and other.bound.low_closed
            ):
                return False
        if high.value in ended:
            return False
        question = Question("“{shown}以下”包括{shown}本身吗？", clause.start, {"shown": written(high)})
        return self.open.pick((False, True), question)

    def _left(self, high: Amount, clause: Clause, subject: Subject, settled: list[tuple[Clause, Subject]]) -> bool:
        """2%-6% beside >6%: who says “above” leaves the number to the band below."""
        return any(
            other is not clause
            and its is subject
            and other.bound is not None
            and other.bound.low is not None
            and not other.bound.low_closed
            and self._edge(other.bound.low, subject, other.bound.subject).value == high.value
            for other, its in settled
        )

    def _taken_below(
        self, low: Amount, clause: Clause, subject: Subject, settled: list[tuple[Clause, Subject]]
    ) -> bool:
        """2%-6% beside ≤2%, and 5万以上 beside 5万: the number belongs to the one that names it."""
        bound = clause.bound
        assert bound is not None
        if bound.low is None or not (bound.span or _loose(clause)):
            return False
        for other, its in settled:
            if other is clause or its is not subject or other.bound is None or other.bound.high is None:
                continue
            same = self._edge(other.bound.high, subject, other.bound.subject).value == low.value
            if same and other.bound.high_closed and (other.bound.low is None or other.bound.bare or _including(other)):
                return True
        return False


def _zero_in_per_cent(bounded: list[Clause]) -> list[Clause]:
    """0得100分；≤1%得80分: a 0 beside per cent is 0%."""
    if not any(c.bound and c.bound.edge.kind == "pct" and c.bound.subject is None for c in bounded):
        return bounded
    return [
        replace(c, bound=replace(c.bound, low=_zero(c.bound.low), high=_zero(c.bound.high)))
        if c.bound and c.bound.subject is None
        else c
        for c in bounded
    ]


def _zero(quantity: Quantity | None) -> Quantity | None:
    if quantity is None or quantity.value != 0 or quantity.kind:
        return quantity
    return replace(quantity, unit="%", kind="pct")


def _from_below(bands: list[Band]) -> list[Band]:
    """The same bands, the lowest of which reaches down without end where it begins at 0: 0-3%得100分."""
    if not all(band.condition.low for band in bands):
        return bands
    lowest = min(bands, key=lambda band: band.condition.low.value if band.condition.low else Decimal(0))
    first = lowest.condition
    if not (first.low and first.low.value == 0 and first.low_closed and first.high and not first.is_point):
        return bands
    opened = replace(lowest, condition=replace(first, low=None, low_closed=False))
    return [opened if band is lowest else band for band in bands]


def _loose(clause: Clause) -> bool:
    """Whether it says 以上, which gives way to whoever names the number itself."""
    return "以上" in clause.said or "and above" in clause.said or "内" in clause.said


def _including(clause: Clause) -> bool:
    return "内" in clause.said or "含" in clause.said or "包括" in clause.said


def _follows(clause: Clause, clauses: list[Clause], means: str) -> bool:
    """Whether 否则 stands behind a clause of such a meaning, with nothing but limits between."""
    place = next(i for i, c in enumerate(clauses) if c is clause)
    for before in reversed(clauses[:place]):
        if before.means in ("comment", "cap", "floor", "scale"):
            continue
        return before.means == means and not (before.outcome and before.outcome.award is Award.VETO)
    return False


def _near(clause: Clause, clauses: list[Clause], label: str) -> bool:
    place = next(i for i, c in enumerate(clauses) if c is clause)
    before = next((c for c in reversed(clauses[:place]) if c.means == "cond"), None)
    return before is not None and (before.label or "") == label
