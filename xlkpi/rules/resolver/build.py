"""Clauses → rule. What belongs to what, on which scale, and which of several meanings: here, where all is read."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import (
    Amount,
    Bands,
    Base,
    Basis,
    Cliff,
    Condition,
    Full,
    Inverse,
    Levels,
    Linear,
    PartStep,
    Ratio,
    RuleError,
    Side,
    Step,
    Subject,
)
from xlkpi.rules.resolver.adjustments import Adjusted, Adjustments
from xlkpi.rules.resolver.clauses import Award, Clause, Outcome
from xlkpi.rules.resolver.conditions.measure import Measure, Sentence
from xlkpi.rules.resolver.conditions.settle import settled
from xlkpi.rules.resolver.deciding import Open, Question
from xlkpi.rules.resolver.labels import labelled
from xlkpi.rules.resolver.levels import has_bare_points, levels_of
from xlkpi.rules.resolver.riders import adjustments_of
from xlkpi.rules.resolver.scales import Scale, scale_of
from xlkpi.rules.row import Row
from xlkpi.rules.rule import Rule

_SILENT = frozenset({"comment", "example", "scale", "start", "and_so_on", "title", "heading"})


def build(clauses: list[Clause], row: Row, open: Open) -> Rule:
    """The rule that clauses say, by the choices of one run. Raises `RuleError` where they are none."""
    return _Builder(clauses, row, open).rule()


class _Builder:
    def __init__(self, clauses: list[Clause], row: Row, open: Open) -> None:
        self.row, self.open = row, open
        self.clauses = labelled(levels_of(clauses), open)
        self.labels = sorted(dict.fromkeys(c.label or "" for c in self.clauses if _scored(c)), key=bool) or [""]
        self.scale: Scale = scale_of(self.clauses, row, open)
        self.adjustments: Adjustments = adjustments_of(self.clauses, self.scale, row, open)
        self.bases: list[tuple[Base, Clause]] = []
        self.cliffs: list[Cliff] = []
        self.vetoes: list[Condition] = []
        self.otherwise: list[Clause] = []
        self.origins: dict[str, Amount] = dict(self.adjustments.origins)

    def measure(self, clause: Clause) -> int:
        return self.labels.index(clause.label or "")

    def of(self, label: str, *means: str) -> list[Clause]:
        return [clause for clause in self.clauses if (clause.label or "") == label and clause.means in means]

    def rule(self) -> Rule:
        self._no_rules()
        self._ratios()
        sentence = Sentence(self.clauses, self.adjustments, self.scale, self.row, self.open)
        for place, label in enumerate(self.labels):
            based = any((clause.label or "") == label for _, clause in self.bases)
            measure = Measure(label, place, sentence, based=based)
            found = settled(measure)
            self.otherwise += measure.otherwise
            self.bases += [(base, measure.first) for base in found.bases]
            self.cliffs += found.cliffs
            self.vetoes += found.vetoes
            if found.origin is not None:
                self.origins[label] = found.origin
        self._levels()
        self._all_said()
        return self._assembled()

    def _no_rules(self) -> None:
        """Clauses that are read only to ask about them."""
        for clause in self.clauses:
            if clause.means == "veto_bare":
                raise RuleError("什么情况下一票否决？请写出条件", position=clause.start)
            if clause.means == "level_or_value":
                raise RuleError("“{label}”：表上填的是等级，还是数值？", position=clause.start, label=clause.said)
            if clause.means == "points_per":
                raise RuleError("“{said}”：是扣分，还是加分？", position=clause.start, said=clause.said)

    def _all_said(self) -> None:
        """What no other part of the rule has taken up is asked about, never passed over."""
        for clause in self.clauses:
            if clause.means == "otherwise" and not any(clause is used for used in self.otherwise):
                raise RuleError("“否则”前面没有条件", position=clause.start)
            if clause.means == "level_share" and not any(isinstance(base, Levels) for base, _ in self.bases):
                raise RuleError("“{said}”读不懂：没有写怎样得分或扣分", position=clause.start, said=clause.said)
            if clause.means in ("linear", "interpolated") and not any(
                isinstance(base, Linear) for base, _ in self.bases
            ):
                raise RuleError("请写出两个端点的得分", position=clause.start)

    # --- bases ------------------------------------------------------------------------------------------------------

    def _ratios(self) -> None:
        """按完成率得分, and what stands for it; a formula beside other scoring only tells what the number is."""
        if any(c.means == "title" for c in self.clauses) and not any(
            c.means in ("value_score", "less_value") for c in self.clauses
        ):
            clause = next(c for c in self.clauses if c.means == "title")
            raise RuleError("“{said}”读不懂：没有写怎样得分或扣分", position=clause.start, said=clause.said)
        others = any(
            c.means in ("step", "step_once", "loose", "count", "count_once", "cond", "beyond") for c in self.clauses
        )
        ratios = [c for c in self.clauses if c.means in ("ratio", "inverse")]
        formulas = [c for c in self.clauses if c.means == "formula" or (c.means == "ratio" and c.once)]
        plain = [c for c in ratios if not c.once or c.means == "inverse"]
        conds = [c for c in self.clauses if c.means == "cond"]
        only_cliff = len(conds) == 1 and not self.adjustments.kept
        chosen = plain[:1] or ([] if others and not only_cliff else formulas[:1])
        if len(plain) > 1:
            raise RuleError("有两种得分办法，只能留一种", position=plain[1].start)
        for clause in chosen:
            stepped = [a for a in self.adjustments.of(clause.label or "") if isinstance(a.built, Step)]
            if stepped and clause.means != "inverse":
                question = Question(
                    "“{said}”与每档扣分说的是同一个数：按比例得分，还是按档扣分？", clause.start, {"said": clause.said}
                )
                if self.open.pick(("ratio", "steps"), question) == "steps":
                    continue
                for adjustment in stepped:
                    self.adjustments.drop(adjustment)
            measure = self.measure(clause)
            self.bases.append((Inverse(measure) if clause.means == "inverse" else Ratio(measure), clause))
        self._value_scores()

    def _value_scores(self) -> None:
        """The value itself is the score: 实际得分即为得分, 得分=100-差错数, 反向计算."""
        for clause in self.clauses:
            full = self.scale.full
            zero, whole = Amount(Decimal(0)), Amount(full)
            if clause.means == "value_score":
                self.bases.append(
                    (Linear(Subject.VALUE, ((zero, Decimal(0)), (whole, full)), self.measure(clause)), clause)
                )
            elif clause.means == "less_value":
                end = Amount(Decimal(1), True) if self.row.rate else whole
                zero = Amount(Decimal(0), end.percent)
                self.bases.append(
                    (Linear(Subject.VALUE, ((zero, full), (end, Decimal(0))), self.measure(clause)), clause)
                )
            elif clause.means == "formula_less":
                self._less(clause)
            elif clause.means == "two_less_ratio":
                ends = ((Amount(Decimal(1), True), full), (Amount(Decimal(2), True), Decimal(0)))
                self.bases.append((Linear(Subject.ACHIEVEMENT, ends, self.measure(clause)), clause))

    def _less(self, clause: Clause) -> None:
        """100 - abs((actual - target) / target * 50): so many points for every per cent of the target."""
        assert clause.number is not None
        per_cent, whole = Decimal("0.01"), clause.number / 100
        if "abs" not in clause.said.lower():
            if clause.number == 100:
                self.bases.append((Ratio(self.measure(clause)), clause))
                return
            raise RuleError("“{said}”读不懂：没有写怎样得分或扣分", position=clause.start, said=clause.said)
        step = Step(Side.EITHER, per_cent, whole, Basis.RELATIVE, part=PartStep.PRO_RATA)
        self.adjustments.kept.append(Adjusted(clause, clause.label or "", step))

    def _levels(self) -> None:
        named = [c for c in self.clauses if c.means in ("named", "none", "once") and c.outcome]
        shares = [c for c in self.clauses if c.means == "level_share" and c.outcome]
        if len(named) + len(shares) > 1 and not self.adjustments.kept:
            named = [c for c in self.clauses if c.means in ("named", "none", "once", "level_share") and c.outcome]
        if len(named) > 1 and not self.adjustments.kept:
            named = [
                c for c in self.clauses if c.means in ("named", "none", "once", "level_share", "meet") and c.outcome
            ]
        if not named or self._in_words(named):
            return
        levels: list[tuple[str, Decimal]] = []
        for clause in named:
            assert clause.outcome is not None
            if clause.outcome.award is Award.VETO:
                raise RuleError("什么情况下一票否决？请写出条件", position=clause.start)
            if clause.outcome.award in (Award.LOST, Award.GAINED, Award.RATIO):
                raise RuleError("“{clause}”：每次都算，还是仅算一次？", position=clause.start, clause=clause.said)
            levels.append((clause.label or "" if clause.quoted else clause.title, self.scale.awarded(clause.outcome)))
        if len(levels) == 1 and not named[0].quoted:
            raise RuleError("除了“{name}”，其余情况得几分？", position=named[0].start, name=levels[0][0])
        self.bases.append((Levels(tuple(levels), 0), named[0]))

    def _in_words(self, named: list[Clause]) -> bool:
        """符合要求得满分，延迟每次扣1分: full marks while nothing happens, in words, beside what is deducted."""
        if not self.adjustments.deducting:
            return False
        if any(c.quoted for c in named):
            return False
        if len(named) > 1 and not any(a.label for a in self.adjustments.kept):
            raise RuleError("等级与数值不能用同一格：数值的条款须写数据项的名称", position=named[0].start)
        if len(named) > 1 and any(
            c.outcome and c.outcome.award is Award.POINTS and not self._whole(c.outcome) for c in named
        ):
            return False
        for clause in named:
            assert clause.outcome is not None
            if clause.outcome.award in (Award.LOST, Award.GAINED):
                raise RuleError("“{clause}”：每次都算，还是仅算一次？", position=clause.start, clause=clause.said)
            if (
                clause.means == "named"
                and has_bare_points(clause)
                and clause.start > self.adjustments.deducting[0].clause.start
            ):
                raise RuleError("“{said}”读不懂：没有写怎样得分或扣分", position=clause.start, said=clause.said)
            if clause.outcome.award in (Award.ZERO, Award.VETO):
                self._once_is_all(clause, veto=clause.outcome.award is Award.VETO)
            elif not self._whole(clause.outcome):
                raise RuleError("有两种得分办法，只能留一种", position=clause.start)
        return True

    def _whole(self, outcome: Outcome) -> bool:
        return outcome.whole or (
            outcome.award is Award.POINTS and self.scale.awarded(outcome) in (self.scale.full, self.scale.start)
        )

    def _once_is_all(self, clause: Clause, *, veto: bool) -> None:
        """被投诉得0分, 重大事故一票否决, beside deductions of other measures: the first one decides."""
        others = {a.label for a in self.adjustments.deducting}
        if "" in others or clause.label in others or not clause.label:
            raise RuleError("除了“{name}”，其余情况得几分？", position=clause.start, name=clause.title)
        one = Condition(Subject.VALUE, Amount(Decimal(1)), True, measure=self.measure(clause))
        if veto:
            self.vetoes.append(one)
        else:
            self.cliffs.append(Cliff(one, Decimal(0)))

    # --- the whole --------------------------------------------------------------------------------------------------

    def _assembled(self) -> Rule:
        cap = self._once("cap", "封顶写了两次")
        floor = self._once("floor", "最低分写了两次")
        bases = self.bases
        if len(bases) > 1:
            raise RuleError("有两种得分办法，只能留一种", position=bases[1][1].start)
        base: Base = bases[0][0] if bases else Full(self.scale.start)
        told = next((c for c in self.clauses if c.means == "scale" and c.said[:1] in "得计g"), None)
        if told is not None and not (bases or self.adjustments.kept or self.cliffs or self.vetoes):
            raise RuleError("什么情况下得这个分？请写出条件或等级", position=told.start)
        rule = self._made(base, cap, floor)
        return self._on_its_scale(rule)

    def _once(self, means: str, message: str) -> Decimal | None:
        found = self.adjustments.numbers(means)
        if len(found) > 1:
            raise RuleError(message, position=found[1][1].start)
        return found[0][0] if found else None

    def _made(self, base: Base, cap: Decimal | None, floor: Decimal | None) -> Rule:
        labels = self._used_labels(base)
        number = {label: index for index, label in enumerate(labels)}
        moved = {index: number[label] for index, label in enumerate(self.labels) if label in number}
        adjustments = [replace(a.built, measure=number[a.label]) for a in self.adjustments.kept]
        if not isinstance(base, Full | Bands | Levels):
            base = replace(base, measure=moved[base.measure])
        elif isinstance(base, Bands):
            base = Bands(tuple(replace(b, condition=_at(b.condition, moved)) for b in base.bands))
        return Rule(
            base=base,
            adjustments=tuple(sorted(adjustments, key=lambda adjustment: adjustment.measure)),
            cliffs=tuple(
                sorted(
                    (replace(c, condition=_at(c.condition, moved)) for c in self.cliffs),
                    key=lambda c: c.condition.measure,
                )
            ),
            vetoes=tuple(sorted((_at(veto, moved) for veto in self.vetoes), key=lambda veto: veto.measure)),
            cap=cap,
            floor=Decimal(0) if floor is None else floor,
            scale=self.scale.full,
            origins=tuple(sorted((number[label], amount) for label, amount in self.origins.items() if label in number)),
            labels=tuple(labels) or ("",),
        )

    def _used_labels(self, base: Base) -> list[str]:
        """The labels that a clause of the rule stands under, in the order of the measures."""
        used = {a.label for a in self.adjustments.kept}
        used |= {self.labels[c.condition.measure] for c in self.cliffs} | {self.labels[v.measure] for v in self.vetoes}
        if isinstance(base, Levels):
            return ["", *(label for label in self.labels if label and label in used)]
        if not isinstance(base, Full):
            used.add(self.labels[base.measure])
        return [label for label in self.labels if label in used]

    def _on_its_scale(self, rule: Rule) -> Rule:
        """Where the best result is below full marks, and none are said: are these the full marks?"""
        best = rule.best
        if self.scale.said or best is None or best >= rule.scale or best <= 0:
            return rule
        if self.row.weight is not None and self.row.weight == best:
            return replace(rule, scale=best)
        question = Question("满分是{best}分，还是{full}分？", None, {"best": plain(best), "full": plain(rule.scale)})
        return replace(rule, scale=self.open.pick((best, rule.scale), question))


def _at(condition: Condition, moved: dict[int, int]) -> Condition:
    return replace(condition, measure=moved[condition.measure])


def _scored(clause: Clause) -> bool:
    return clause.means not in _SILENT
