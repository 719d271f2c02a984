"""Clauses → rule: which rider belongs to which clause, which conditions are bands and which are cliffs.

The grammar yields a flat list of items. Everything that depends on more than one of them is decided here, where a
refusal can name the question that settles the matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from lark import Token, Tree

from xlkpi.rules.phrase import phrase, plain, written
from xlkpi.rules.rule import (
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
    Rule,
    RuleError,
    Side,
    Step,
    Subject,
    check_bands,
)
from xlkpi.rules.text import strip_label

_Tree = Tree[Token]


@dataclass(frozen=True)
class _Bound:
    """A condition as written: the subject may be missing, and 以下 does not say whether it includes its number."""

    subject: Subject | None
    low: Amount | None = None
    low_closed: bool = True
    high: Amount | None = None
    high_closed: bool | None = True
    bare: bool = False

    @property
    def one_sided(self) -> bool:
        return (self.low is None) != (self.high is None)


@dataclass(frozen=True)
class _Conditional:
    bound: _Bound
    points: Decimal | None  # None: the achievement itself
    veto: bool


@dataclass(frozen=True)
class _Level:
    name: str
    points: Decimal


@dataclass(frozen=True)
class _Line:
    """An interpolation as written: the subject may be missing."""

    subject: Subject | None = None
    points: tuple[tuple[Amount, Decimal], ...] = ()


_Clause = Ratio | Inverse | Meet | Step | Count | _Conditional | _Level | _Line


@dataclass
class _Entry:
    """One clause, the label it stands under and its place in the text."""

    label: str
    position: int
    clause: _Clause


def assemble(tree: _Tree, text: str, unit: str | None) -> Rule:
    """Build the rule that a parse tree of `text` says; raises `RuleError`."""
    reader = _Reader(text, unit)
    items = [item for item in tree.children if isinstance(item, Tree)]
    for item in items:  # 得满分 needs the scale, wherever the sentence states it
        if item.children and _tree(item.children[0]).data == "scale":
            reader.set_scale(_tree(item.children[0]))
    for item in items:
        reader.item(item)
    return reader.rule()


class _Reader:
    """Reads items from left to right; `rule()` joins what was read."""

    def __init__(self, text: str, unit: str | None) -> None:
        self.text, self.unit = text, unit
        self.entries: list[_Entry] = []
        self.cap: Decimal | None = None
        self.floor: Decimal | None = None
        self.scale: Decimal | None = None
        self.otherwise: tuple[_Entry, Decimal] | None = None
        self.origins: dict[str, Amount] = {}
        self.labels: list[str] = []
        self.allowance: tuple[str, int] | None = None
        self.tolerance: tuple[str, _Tree] | None = None
        self.linear_open = False
        self.announced: str | None = None
        """The label of a base, tolerance or allowance, which holds for the next clause too."""
        self.position = 0

    # --- one item -----------------------------------------------------------------------------------------------

    def item(self, item: _Tree) -> None:
        label = ""
        for part in item.children:
            assert isinstance(part, Tree)
            self.position = part.meta.start_pos if not part.meta.empty else self.position
            if part.data == "label":
                label = self._label(part)
            elif part.data in _RIDERS:
                getattr(self, f"_{part.data}")(part)
            elif part.data not in ("rider", "scale"):
                if part.data != "conditional":
                    self.linear_open = False
                if part.data != "level":
                    label, self.announced = label or self.announced or "", None
                getattr(self, f"_{part.data}")(part, label)

    def _refuse(self, message: str, *suggestions: str) -> RuleError:
        return RuleError(message, self.position, suggestions)

    def _label(self, tree: _Tree) -> str:
        start, end = tree.meta.start_pos, tree.meta.end_pos
        label = strip_label(self.text[start:end])
        if not label:
            raise self._refuse("数据项的名称是空的")
        return label

    def _add(self, label: str, clause: _Clause) -> None:
        if label not in self.labels:
            self.labels.append(label)
        self.entries.append(_Entry(label, self.position, clause))

    def _last(self, kind: type[Any] | tuple[type[Any], ...], rider: str) -> _Entry:
        if not self.entries or not isinstance(self.entries[-1].clause, kind):
            raise self._refuse(f"“{rider}”前面没有它所说的扣分或加分", "每低1个百分点扣1分，最多扣10分")
        return self.entries[-1]

    # --- clauses ------------------------------------------------------------------------------------------------

    def _ratio(self, tree: _Tree, label: str) -> None:
        self._add(label, Ratio())

    def _inverse(self, tree: _Tree, label: str) -> None:
        self._add(label, Inverse())

    def _meet(self, tree: _Tree, label: str) -> None:
        at_least = not any(word in str(tree.children[0]) for word in ("不超过", "不高于"))
        points = self._outcome(_tree(tree.children[1]))
        if not isinstance(points, Decimal):
            raise self._refuse("达到目标得几分？", "达到目标得100分，否则得0分")
        self._add(label, Meet(points, _UNSAID, at_least))

    def _level(self, tree: _Tree, label: str) -> None:
        if not label:
            raise self._refuse(
                "什么情况下得这个分？请写出条件或等级", "实际≥3得100分；实际<3得60分", "优秀得100分；良好得80分"
            )
        points = self._outcome(_tree(tree.children[0]))
        assert isinstance(points, Decimal)
        self._add("", _Level(label, points))

    def _linear(self, tree: _Tree, label: str) -> None:
        self._add(label, _Line())
        self.linear_open = True
        self._conditional(_tree(tree.children[0]), label)

    def _conditional(self, tree: _Tree, label: str) -> None:
        bound = self._bound(_tree(tree.children[0]))
        outcome = self._outcome(_tree(tree.children[1]))
        if bound.bare:
            self._linear_point(bound, outcome, label)
            return
        self.linear_open = False
        self._add(label, _Conditional(bound, outcome if isinstance(outcome, Decimal) else None, outcome == "veto"))

    def _linear_point(self, bound: _Bound, outcome: Decimal | str, label: str) -> None:
        assert bound.low is not None
        shown = written(bound.low)
        if not self.linear_open:
            raise self._refuse(
                f"“{shown}”是达到还是低于？",
                f"完成率≥{shown}得100分；完成率<{shown}得0分",
                f"实际≥{shown}得100分；实际<{shown}得0分",
                f"线性：{shown}得60分，100%得100分",
            )
        if not isinstance(outcome, Decimal):
            raise self._refuse("线性的端点须写得几分", "线性：80%得60分，100%得100分")
        entry = self.entries[-1]
        assert isinstance(entry.clause, _Line)
        if label and label != entry.label:
            raise self._refuse("线性的端点须属于同一个数据项", "线性：80%得60分，100%得100分")
        subject = bound.subject or entry.clause.subject
        if entry.clause.points and subject is not entry.clause.subject:
            raise self._refuse("线性的端点须是同一个数：都写完成率，或都写实际", "线性：实际2得60分，3得100分")
        entry.clause = _Line(subject, (*entry.clause.points, (bound.low, outcome)))

    def _step(self, tree: _Tree, label: str) -> None:
        tokens = {child.type: str(child) for child in tree.children if isinstance(child, Token)}
        amount = next(child for child in tree.children if isinstance(child, Tree))
        every = tokens["EVERY"]
        side = Side.EITHER if "偏" in every else Side.OVER if every[1] in "超高" else Side.SHORT
        of_target = "OF_TARGET" in tokens
        step, basis = self._distance(amount, of_target)
        free = Decimal(0)
        if self.tolerance is not None:
            free_of_target = isinstance(self.tolerance[1].children[0], Token)
            free, free_basis = self._distance(_tree(self.tolerance[1].children[-1]), free_of_target)
            if self.tolerance[0] != label or free_basis is not basis:
                raise self._refuse("不扣分的范围与每档须用同一单位", "偏差5个百分点以内不扣，之后每偏离1个百分点扣2分")
            self.tolerance = None
        self._add(label, Step(side, step, Decimal(tokens["NUMBER"]), basis, free, bonus=tokens["SIGN"] == "加"))

    def _count(self, tree: _Tree, label: str) -> None:
        tokens = {child.type: str(child) for child in tree.children if isinstance(child, Token)}
        allowance = 0
        if self.allowance is not None:
            if self.allowance[0] != label:
                raise self._refuse("允许的次数后面须接同一项的每次扣分", "允许2次，之后每次扣5分")
            allowance, self.allowance = self.allowance[1], None
        self._add(label, Count(Decimal(tokens["NUMBER"]), allowance, bonus=tokens["SIGN"] == "加"))

    def _origin(self, tree: _Tree, label: str) -> None:
        if label in self.origins:
            raise self._refuse("同一项写了两个基准")
        self.origins[label] = self._amount(_tree(tree.children[0]))
        self.announced = label

    def _tolerance(self, tree: _Tree, label: str) -> None:
        if self.tolerance is not None:
            raise self._refuse("不扣分的范围写了两次")
        self.tolerance = (label, tree)
        self.announced = label

    def _allowance(self, tree: _Tree, label: str) -> None:
        if self.allowance is not None:
            raise self._refuse("允许的次数写了两次")
        self.allowance = (label, self._whole(tree.children[0]))
        self.announced = label

    # --- riders -------------------------------------------------------------------------------------------------

    def set_scale(self, tree: _Tree) -> None:
        self.scale = self._once(self.scale, tree, "满分")

    def _cap(self, tree: _Tree) -> None:
        self.cap = self._once(self.cap, tree, "封顶")

    def _floor(self, tree: _Tree) -> None:
        self.floor = self._once(self.floor, tree, "最低分")

    def _once(self, known: Decimal | None, tree: _Tree, word: str) -> Decimal:
        if known is not None:
            raise self._refuse(f"{word}写了两次")
        return Decimal(str(tree.children[0]))

    def _limit(self, tree: _Tree) -> None:
        sign, number = str(tree.children[0]), Decimal(str(tree.children[1]))
        entry = self._last((Step, Count), f"最多{sign}{number}分")
        assert isinstance(entry.clause, (Step, Count))
        if entry.clause.bonus != (sign == "加"):
            raise self._refuse("前面是" + ("加分" if entry.clause.bonus else "扣分") + f"，这里却是最多{sign}分")
        if entry.clause.limit is not None:
            raise self._refuse(f"同一项最多{sign}几分写了两次")
        entry.clause = replace(entry.clause, limit=number)

    def _part_whole(self, tree: _Tree) -> None:
        self._part(PartStep.WHOLE, "不足一档按一档")

    def _part_rata(self, tree: _Tree) -> None:
        self._part(PartStep.PRO_RATA, "按比例")

    def _part(self, part: PartStep, word: str) -> None:
        entry = self._last(Step, word)
        assert isinstance(entry.clause, Step)
        if entry.clause.part is not PartStep.NOTHING:
            raise self._refuse(
                "不足一档怎样算写了两次", "每低1个百分点扣1分，不足一档按一档", "每低1个百分点扣1分，按比例"
            )
        entry.clause = replace(entry.clause, part=part)

    def _together(self, tree: _Tree) -> None:
        numbers = [child for child in tree.children if isinstance(child, Token) and child.type == "NUMBER"]
        tokens = {child.type: str(child) for child in tree.children if isinstance(child, Token)}
        entry = self._last(Count, "累计")
        assert isinstance(entry.clause, Count)
        times, total = self._whole(numbers[0]), Decimal(str(numbers[1]))
        sign, each = "加" if entry.clause.bonus else "扣", plain(entry.clause.points)
        if entry.clause.together is not None:
            raise self._refuse(f"累计几次共{sign}几分写了两次")
        if tokens["SIGN"] != sign and "加" in (tokens["SIGN"], sign):
            raise self._refuse("“累计”与前面的每次扣分须同为扣分或加分")
        if "TOTAL" not in tokens:
            raise self._refuse(
                f"{times}次一共{sign}{total}分，还是在每次{sign}分之外再{sign}{total}分？",
                f"每次{sign}{each}分，累计{times}次共{sign}{total}分",
                f"每次{sign}{each}分，累计{times}次共{sign}{plain(times * entry.clause.points + total)}分",
            )
        entry.clause = replace(entry.clause, together=(times, total))

    def _otherwise(self, tree: _Tree) -> None:
        outcome = self._outcome(_tree(tree.children[0]))
        if not isinstance(outcome, Decimal):
            raise self._refuse("否则得几分？", "达到目标得100分，否则得0分")
        last = self.entries[-1] if self.entries else None
        if last and isinstance(last.clause, Meet) and last.clause.otherwise is _UNSAID:
            last.clause = replace(last.clause, otherwise=outcome)
        elif last and isinstance(last.clause, _Conditional) and not last.clause.veto and self.otherwise is None:
            self.otherwise = (last, outcome)
        else:
            raise self._refuse("“否则”前面没有条件", "达到目标得100分，否则得0分")

    # --- parts of clauses ---------------------------------------------------------------------------------------

    def _outcome(self, tree: _Tree) -> Decimal | str:
        """Points, or the name of what decides them ("by_ratio", "veto")."""
        if tree.data != "points":
            return str(tree.data)
        tokens = {child.type: str(child) for child in tree.children if isinstance(child, Token)}
        if "NUMBER" in tokens:
            return Decimal(tokens["NUMBER"])
        return self._full_marks if "FULL_MARKS" in tokens else Decimal(0)

    @property
    def _full_marks(self) -> Decimal:
        return Decimal(100) if self.scale is None else self.scale

    def _whole(self, token: object) -> int:
        number = Decimal(str(token))
        if number != int(number) or number < 1:
            raise self._refuse("次数须是不小于1的整数")
        return int(number)

    def _amount(self, tree: _Tree) -> Amount:
        percent = len(tree.children) > 1
        number = Decimal(str(tree.children[0]))
        return Amount(number / 100 if percent else number, percent)

    def _distance(self, tree: _Tree, of_target: bool) -> tuple[Decimal, Basis]:
        """The size of a step or tolerance as a number, and what it is measured in."""
        number = Decimal(str(tree.children[0]))
        mark = tree.children[1].type if len(tree.children) > 1 and isinstance(tree.children[1], Token) else ""
        if mark == "POINTS_UNIT":
            return number / 100, Basis.POINTS
        if mark == "PERCENT":
            if of_target:
                return number / 100, Basis.RELATIVE
            if self.unit is None:
                raise self._refuse(
                    f"{plain(number)}%是{plain(number)}个百分点，还是目标值的{plain(number)}%？",
                    f"每低{plain(number)}个百分点扣3分",
                    f"每低于目标值{plain(number)}%扣3分",
                )
            return number / 100, Basis.POINTS if self.unit == "%" else Basis.RELATIVE
        return number, Basis.ABSOLUTE

    def _bound(self, tree: _Tree) -> _Bound:
        children = list(tree.children)
        subject = None
        if isinstance(children[0], Token):
            subject = _subject(children.pop(0))
        comparison = _tree(children[0])
        amounts = [self._amount(child) for child in comparison.children if isinstance(child, Tree)]
        tokens = [child for child in comparison.children if isinstance(child, Token)]
        match comparison.data:
            case "against":
                sign = _SIGNS.get(str(tokens[0]), str(tokens[0]))
                return {
                    "≥": _Bound(subject, low=amounts[0]),
                    ">": _Bound(subject, low=amounts[0], low_closed=False),
                    "≤": _Bound(subject, high=amounts[0]),
                    "<": _Bound(subject, high=amounts[0], high_closed=False),
                    "=": _Bound(subject, low=amounts[0], high=amounts[0]),
                }[sign]
            case "between":
                first, last = (_SIGNS.get(str(token), str(token)) for token in (tokens[0], tokens[2]))
                if subject is not None or first[0] not in "≤<" or last[0] not in "≤<":
                    raise self._refuse(
                        "区间请从小到大写", "完成率≥120%得120分；80%≤完成率<120%按完成率得分；完成率<80%得0分"
                    )
                inner = _subject(tokens[1])
                return _Bound(inner, amounts[0], first == "≤", amounts[1], last == "≤")
            case "span":
                low, high = amounts
                if high.percent and not low.percent:  # 80-120%: one sign for both
                    low = Amount(low.value / 100, True)
                return _Bound(subject, low, True, high, False)
            case "side":
                word = str(tokens[0])
                if "上" in word:
                    return _Bound(subject, low=amounts[0])
                return _Bound(subject, high=amounts[0], high_closed=True if len(word) > 2 else None)
            case _:
                return _Bound(subject, low=amounts[0], high=amounts[0], bare=True)

    def _as_achievement(self, amount: Amount, named: bool) -> Amount:
        if amount.percent or (named and amount.value <= 2):  # 完成率≥1.2; beyond 200% it may as well be 5%
            return Amount(amount.value, True)
        number = plain(amount.value)
        as_achievement = f"完成率≥{number}%得100分；完成率<{number}%得0分"
        if named:
            raise self._refuse(f"完成率{number}是{number}%吗？", as_achievement)
        as_value = f"实际≥{number}得100分；实际<{number}得0分"
        raise self._refuse(f"{number}是实际值，还是完成率？", as_value, as_achievement)

    # --- joining ------------------------------------------------------------------------------------------------

    def rule(self) -> Rule:
        if self.allowance is not None or self.tolerance is not None:
            raise self._refuse("写了不扣分的范围，后面却没有扣分", "允许2次，之后每次扣5分")
        # The unlabelled measure comes first; labelled ones follow in the order they are first named.
        labels = sorted(self.labels, key=bool)
        number = {label: index for index, label in enumerate(labels)}
        bases: list[Base] = []
        adjustments: list[Adjustment] = []
        conditionals: list[tuple[_Entry, _Bound]] = []
        levels: list[tuple[str, Decimal]] = []
        before: dict[str, Subject] = {}
        for entry in self.entries:
            self.position = entry.position
            match entry.clause:
                case Step() | Count():
                    adjustments.append(replace(entry.clause, measure=number[entry.label]))
                    before[entry.label] = Subject.VALUE
                case _Conditional(bound):
                    subject, named = self._subject(bound.subject, entry.label, before)
                    conditionals.append((entry, self._with_subject(bound, subject, named)))
                case _Line(said, points):
                    subject, named = self._subject(said, entry.label, before)
                    if subject is Subject.ACHIEVEMENT:
                        points = tuple((self._as_achievement(amount, named), value) for amount, value in points)
                    bases.append(Linear(subject, points, number[entry.label]))
                case _Level(name, points_of_level):
                    levels.append((name, points_of_level))
                case Meet(otherwise=otherwise) if otherwise is _UNSAID:
                    raise self._refuse("没有达到目标时得几分？", "达到目标得100分，否则得0分")
                case base:
                    bases.append(replace(base, measure=number[entry.label]))
                    if isinstance(base, Ratio):
                        before[entry.label] = Subject.ACHIEVEMENT
        if levels:
            bases.append(Levels(tuple(levels), number[""]))
        bands, cliffs, vetoes = self._conditions(conditionals, number, bool(bases), bool(adjustments))
        bases += bands
        if len(bases) > 1:
            raise self._refuse("有两种得分办法，只能留一种")
        if not self.origins.keys() <= number.keys():
            raise self._refuse("写了基准，却没有与基准比较的条款", "以95%为基准，每低1个百分点扣1分")
        return Rule(
            base=bases[0] if bases else Full(),
            adjustments=tuple(sorted(adjustments, key=lambda adjustment: adjustment.measure)),
            cliffs=tuple(sorted(cliffs, key=lambda cliff: cliff.condition.measure)),
            vetoes=tuple(sorted(vetoes, key=lambda veto: veto.measure)),
            cap=self.cap,
            floor=self.floor or Decimal(0),
            scale=self._full_marks,
            origins=tuple(sorted((number[label], amount) for label, amount in self.origins.items())),
            labels=tuple(labels) or ("",),
        )

    def _subject(self, said: Subject | None, label: str, before: dict[str, Subject]) -> tuple[Subject, bool]:
        """What a bound looks at, and whether the sentence names it.

        Where it does not, that of the clause before counts, else the actual beside steps, else the achievement.
        """
        subject = said or before.get(label)
        stepped = any(isinstance(entry.clause, Step | Count) and entry.label == label for entry in self.entries)
        before[label] = subject or (Subject.VALUE if stepped else Subject.ACHIEVEMENT)
        return before[label], subject is not None

    def _with_subject(self, bound: _Bound, subject: Subject, named: bool) -> _Bound:
        if subject is Subject.ACHIEVEMENT:
            low = bound.low and self._as_achievement(bound.low, named)
            high = bound.high and self._as_achievement(bound.high, named)
            return replace(bound, subject=subject, low=low, high=high)
        return replace(bound, subject=subject)

    def _conditions(
        self, entries: list[tuple[_Entry, _Bound]], number: dict[str, int], other_base: bool, adjusted: bool
    ) -> tuple[list[Bands], list[Cliff], list[Condition]]:
        """Sort conditions into bands (they cover every value), cliffs (one-sided, beside a base or steps), vetoes."""
        vetoes: list[Condition] = []
        scored: list[tuple[_Entry, _Conditional, Condition]] = []
        groups: dict[tuple[Subject, int], list[tuple[_Entry, _Conditional, Condition]]] = {}
        for entry, bound in entries:
            clause, measure = entry.clause, number[entry.label]
            assert isinstance(clause, _Conditional)
            beside = [o for other, o in entries if other.label == entry.label and o.subject is bound.subject]
            condition = _condition(self._settled(bound, beside, entry, other_base or adjusted), measure)
            if clause.veto:
                vetoes.append(condition)
            else:
                scored.append((entry, clause, condition))
                groups.setdefault((condition.subject, measure), []).append(scored[-1])
        bands: list[Bands] = []
        unfinished: dict[tuple[Subject, int], RuleError] = {}
        for key, group in groups.items():
            last, points = self.otherwise or (None, None)
            otherwise = points if any(entry is last for entry, _, _ in group) else None
            try:
                pairs = [(condition, clause.points) for _, clause, condition in group]
                bands.append(_tile(pairs, otherwise, group[0][0].position))
            except _UntiledError as refused:
                mended = _disjoint(refused.bands, self._full_marks, group[0][0].label)
                error = RuleError(refused.message, refused.position, (*refused.suggestions, *mended))
                if otherwise is not None:
                    raise error from None
                unfinished[key] = error
        cliffs: list[Cliff] = []
        for entry, clause, condition in scored:
            untiled = unfinished.get((condition.subject, condition.measure))
            if untiled is None:
                continue
            if clause.points is None or not condition.one_sided or not (other_base or adjusted or bands):
                raise untiled
            own_base = None if other_base or bands else self._own_base(entry, clause, condition)
            if own_base:
                self.origins[entry.label] = own_base
            else:
                cliffs.append(Cliff(condition, clause.points))
        return bands, cliffs, vetoes

    def _own_base(self, entry: _Entry, clause: _Conditional, condition: Condition) -> Amount | None:
        """≥95%得满分，每低1%扣1分: where full marks begin, the steps begin too.

        With a subject of its own (实际≥95%得100分) it is a cliff like any other.
        """
        if clause.bound.subject or clause.points != self._full_marks or entry.label in self.origins:
            return None
        steps = [e.clause for e in self.entries if isinstance(e.clause, Step) and e.label == entry.label]
        side = Side.SHORT if condition.high is None else Side.OVER
        if {step.side for step in steps if not step.bonus} == {side} and condition.subject is Subject.VALUE:
            return condition.low or condition.high
        return None

    def _settled(self, bound: _Bound, beside: Iterable[_Bound], entry: _Entry, cliff: bool) -> _Bound:
        """以下 excludes its number where another condition claims it, and is refused where none does."""
        if bound.high is None or bound.high_closed is not None:
            return bound
        if any(o.low is not None and o.low.value == bound.high.value and o.low_closed for o in beside):
            return replace(bound, high_closed=False)
        shown = written(bound.high)
        word = "完成率" if bound.subject is Subject.ACHIEVEMENT else "实际"
        said = ("每低1个百分点扣1分；",) * 2 if cliff else (f"{word}≥{shown}得100分；", f"{word}>{shown}得100分；")
        raise RuleError(
            f"“{shown}以下”包括{shown}本身吗？",
            entry.position,
            (f"{said[0]}{word}<{shown}得0分", f"{said[1]}{word}≤{shown}得0分"),
        )


_RIDERS = frozenset({"cap", "floor", "limit", "part_whole", "part_rata", "together", "otherwise"})
_UNSAID = Decimal(-1)  # the other case of an all-or-nothing clause, until 否则 says it
_SIGNS = {
    ">=": "≥", "不低于": "≥", "不少于": "≥", "大于等于": "≥", "<=": "≤", "不高于": "≤", "不超过": "≤", "小于等于": "≤",
    "大于": ">", "高于": ">", "小于": "<", "低于": "<",
}  # fmt: skip


def _tree(node: object) -> _Tree:
    assert isinstance(node, Tree)
    return node


def _subject(word: object) -> Subject:
    return Subject.VALUE if str(word).startswith("实际") else Subject.ACHIEVEMENT


def _condition(bound: _Bound, measure: int) -> Condition:
    assert bound.subject is not None
    low_closed = bound.low_closed and bound.low is not None
    high_closed = bool(bound.high_closed) and bound.high is not None
    return Condition(bound.subject, bound.low, low_closed, bound.high, high_closed, measure)


class _UntiledError(RuleError):
    """Bands that leave gaps or overlap."""

    def __init__(self, bands: Bands, position: int, error: RuleError) -> None:
        super().__init__(error.message, position, error.suggestions)
        self.bands = bands


def _tile(pairs: list[tuple[Condition, Decimal | None]], otherwise: Decimal | None, position: int) -> Bands:
    """Bands from conditions as written; raises `_UntiledError` where they do not cover every value once."""
    bands = sorted(_cascade(pairs), key=lambda band: _start(band.condition))
    first, last = bands[0].condition, bands[-1].condition
    if otherwise is not None:
        if first.low is not None and last.high is None:
            below = Condition(first.subject, None, False, first.low, not first.low_closed, first.measure)
            bands.insert(0, Band(below, otherwise))
        elif first.low is None and last.high is not None:
            above = Condition(last.subject, last.high, not last.high_closed, None, False, last.measure)
            bands.append(Band(above, otherwise))
        else:
            unclear = RuleError("“否则”指哪些数值不清楚", position, ("完成率≥100%得100分；完成率<100%得0分",))
            raise _UntiledError(Bands(tuple(bands)), position, unclear)
    tiled = Bands(tuple(bands))
    try:
        check_bands(tiled)
    except RuleError as error:
        raise _UntiledError(tiled, position, error) from None
    return tiled


def _cascade(pairs: list[tuple[Condition, Decimal | None]]) -> list[Band]:
    """A one-sided cascade (≥120% …；≥100% …) reads first match: each condition ends where the one before begins."""
    bands: list[Band] = []
    above: Condition | None = None  # the last condition open upwards
    below: Condition | None = None  # the last condition open downwards
    for condition, points in pairs:
        narrowed = condition
        if condition.high is None and condition.low:
            if above and above.low and condition.low.value < above.low.value:
                narrowed = replace(condition, high=above.low, high_closed=not above.low_closed)
            above = condition
        elif condition.low is None and condition.high:
            if below and below.high and condition.high.value > below.high.value:
                narrowed = replace(condition, low=below.high, low_closed=not below.high_closed)
            below = condition
        bands.append(Band(narrowed, points))
    return bands


def _disjoint(bands: Bands, scale: Decimal, label: str) -> tuple[str, ...]:
    """The same bands mended, as a sentence to offer: each reaches up to the next, the last ones to the ends."""
    starts = [band.condition.low for band in bands.bands]
    points = [band.points for band in bands.bands]
    if starts[0] is not None:  # nothing is said of the values below: they get no points
        starts.insert(0, None)
        points.insert(0, Decimal(0))
    try:
        mended = [
            Band(Condition(bands.subject, low, low is not None, high), awarded)
            for low, high, awarded in zip(starts, [*starts[1:], None], points, strict=True)
        ]
        return (phrase(Rule(Bands(tuple(mended)), scale=scale, labels=(label,))),)
    except RuleError:  # two begin at the same value, or nothing but single values
        return ()


def _start(condition: Condition) -> tuple[Decimal, bool]:
    if condition.low is None:
        return Decimal("-Infinity"), False
    return condition.low.value, not condition.low_closed
