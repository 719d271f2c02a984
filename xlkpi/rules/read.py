"""Parse tree → `Sentence`: which rider belongs to which clause, and what every number is."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from lark import Token, Tree

from xlkpi.rules.bounds import amount_of, bound_of, distance_of, kinds, subject_of, subtree, tokens
from xlkpi.rules.clauses import AllOrNothing, Bound, Clause, Conditional, Entry, Level, Line, Sentence
from xlkpi.rules.phrase import plain, written
from xlkpi.rules.riders import Riders
from xlkpi.rules.rule import Amount, Basis, Count, Inverse, Ratio, RuleError, Side, Step, Subject
from xlkpi.rules.settle import Open, settle
from xlkpi.rules.text import strip_label

_Tree = Tree[Token]

_RIDERS = frozenset(
    "cap floor limit part_whole part_rata part_none together otherwise interpolated either_or".split()
)  # fmt: skip
_SIDES = {
    "SHORT": Side.SHORT, "FALLING": Side.SHORT, "OVER": Side.OVER, "BEYOND": Side.OVER, "EITHER": Side.EITHER,
    "EVERY": Side.SHORT,
}  # fmt: skip

_DISTANCES = frozenset("低 高 超 差 少 多 缺 欠 偏离 偏差 降低 下降 减少 提高 增加 上升 增长".split())
_DELAYS = frozenset("延误 延迟 延期 逾期 超期 超时 推迟 提前".split())
"""What is a distance from the target beside steps, and may occur elsewhere (延误每次扣2分)."""
_NUMBERS = re.compile(r"\d\s*[%％分]?\s*(?:[-–—~～至到以及])|\d\s*[%％分]\s*[）)]")
"""The limits of a level, as part of its name."""


def read(tree: _Tree, text: str, unit: str | None) -> Sentence:
    """What the parse tree of `text` says, clause by clause; raises `RuleError`."""
    reader = _Reader(text, unit)
    for part in tree.find_data("scale"):  # 得满分 needs the scale, wherever the sentence states it
        reader.set_scale(part)
    for item in tree.children:
        reader.item(subtree(item))
    return reader.sentence()


class _Reader(Riders):
    """Reads items from left to right. Its methods bear the names of the grammar's rules, as lark's own visitors do."""

    def __init__(self, text: str, unit: str | None) -> None:
        super().__init__(text, unit)
        self.origins: dict[str, Amount] = {}
        self.open = Open()
        self.allowance: tuple[str, int] | None = None
        """(label, times) that the next count has to take up."""
        self.tolerance: tuple[str, _Tree] | None = None
        """(label, clause) that the next step has to take up."""
        self.linear_open = False
        """Whether a bare number may still be an end of the line before it."""
        self.announced: str | None = None
        """The label of a base, tolerance or allowance, which holds for the next clause too."""
        self.bare = False
        """Whether the label of the clause being read is not quoted."""
        self.heading: str | None = None
        """The unquoted name at the head of the sentence, which holds for the clauses without a name behind it."""

    def item(self, item: _Tree) -> None:
        label, self.bare = "", False
        for part in map(subtree, item.children):
            if not part.meta.empty:
                self.position = part.meta.start_pos
            try:
                if part.data == "label":
                    label, self.bare = self._label(part), kinds(part) != ["QUOTED"]
                elif part.data in _RIDERS:
                    getattr(self, f"_{part.data}")(part)
                elif part.data not in ("rider", "scale"):
                    self._clause(part, label)
            except RuleError as error:
                if error.position is not None:
                    raise
                raise error.at(self.position, error.suggestions) from None

    def sentence(self) -> Sentence:
        if self.allowance is not None or self.tolerance is not None:
            raise self._refuse("写了不扣分的范围，后面却没有扣分", "允许2次，之后每次扣5分")
        self.open.cap = self.cap
        entries, origins = settle(self.entries, self.origins, self.open, self._full_marks)
        return Sentence(
            entries=tuple(entries),
            origins=origins,
            cap=self.cap,
            floor=self.floor or Decimal(0),
            scale=self._full_marks,
            position=self.position,
        )

    def _clause(self, part: _Tree, label: str) -> None:
        if part.data != "conditional":
            self.linear_open = False
        if part.data != "level":
            self._check_name(label)
            label, self.announced = label or self.announced or self._inherited(label), None
        getattr(self, f"_{part.data}")(part, label)

    def _inherited(self, label: str) -> str:
        """The label of a clause that bears none.

        A name without 「」 at the head of the sentence (合格率≥95%得满分，每低1%扣1分) names what the row measures.
        Behind an unquoted name further on it would be a guess.
        """
        if not self.entries and not self.origins:
            return ""
        last = self.entries[-1] if self.entries else None
        if last is None or not last.label or not last.bare:
            return ""
        if self.heading == last.label:
            self.bare = True
            return last.label
        raise self._refuse(
            "这一句说的是“{label}”，还是本指标？请在每一句前写上名称",
            "每低5个百分点扣3分；「投诉」每次扣5分；「投诉」实际>3得0分",
            label=last.label,
        )

    def _check_name(self, label: str) -> None:
        """每延误1小时扣1分，延误超过8小时不得分 · 少1个扣2分: the distance from the target is no measure."""
        stepped = any(isinstance(entry.clause, Step) for entry in self.entries)
        if self.bare and (label in _DISTANCES or (stepped and label in _DELAYS)):
            raise self._refuse(
                "“{label}”说的是与目标的差，还是另一项？",
                "每低1扣2分",
                "每超1扣2分；实际>12得0分",
                label=label,
            )

    def _label(self, tree: _Tree) -> str:
        label = strip_label(self.text[tree.meta.start_pos : tree.meta.end_pos])
        if not label:
            raise self._refuse("数据项的名称是空的")
        return label

    def _add(self, label: str, clause: Clause, *, of_achievement: bool = False) -> None:
        if not self.entries and self.bare:
            self.heading = label
        self.entries.append(Entry(label, self.position, clause, self.bare, of_achievement))

    # --- clauses ------------------------------------------------------------------------------------------------

    def _ratio(self, tree: _Tree, label: str) -> None:
        worth = tokens(tree).get("NUMBER")  # 完成率×20分: the item is worth 20
        if worth is not None and Decimal(worth) != self._full_marks:
            if self.scale is not None or self.entries:
                raise self._refuse(
                    "满分是{scale}分，还是{worth}分？",
                    f"满分{worth}分；按完成率得分",
                    "按完成率得分",
                    scale=plain(self._full_marks),
                    worth=worth,
                )
            self.scale = Decimal(worth)
        self._add(label, Ratio())

    def _inverse(self, tree: _Tree, label: str) -> None:
        self._add(label, Inverse())

    def _meet(self, tree: _Tree, label: str) -> None:
        at_least = "TARGET_REACHED" in tokens(tree)
        if "EXCEEDED" in tokens(tree):  # 超过目标不得分: what is said is the other case
            points, _ = self._outcome(tree.children[-1])
            if points is None or points >= self._full_marks:
                raise self._refuse(
                    "刚好等于目标时得几分？", "达到目标得100分，否则得0分", "不超过目标得100分，否则得0分"
                )
            self._add(label, AllOrNothing(None, False, points))
            return
        full = not isinstance(tree.children[-1], Tree)  # 达成计分, 达标不扣分
        points = self._full_marks if full else self._points(tree.children[-1])
        if points is None:
            raise self._refuse("达到目标得几分？", "达到目标得100分，否则得0分")
        last = self._last
        if isinstance(last, AllOrNothing) and last.points is None and last.at_least is at_least:
            self._amend(replace(last, points=points))
        else:
            self._add(label, AllOrNothing(points, at_least))

    def _level(self, tree: _Tree, label: str) -> None:
        if not label:
            raise self._refuse(
                "什么情况下得这个分？请写出条件或等级", "实际≥3得100分；实际<3得60分", "优秀得100分；良好得80分"
            )
        if self.bare and _NUMBERS.search(label):  # 优秀（90分以上）得100分
            raise self._refuse(
                "“{label}”：表上填的是等级，还是数值？", "优秀得100分；良好得80分", "实际≥90得100分；80≤实际<90得80分；实际<80得0分",
                label=label,
            )  # fmt: skip
        points = self._points(tree.children[0])
        assert points is not None
        if "NO_MARKS" in tokens(subtree(tree.children[0])):
            self.open.lone.append(len(self.entries))
        self.entries.append(Entry("", self.position, Level(label, points)))

    def _linear(self, tree: _Tree, label: str) -> None:
        self._add(label, Line())
        self.linear_open = True
        self._conditional(subtree(tree.children[0]), label)

    def _formula(self, tree: _Tree, label: str) -> None:
        """得分=60+(P-80)/(100-80)×40: a straight line from the second number to the first."""
        start, rise = (
            Decimal(str(child)) for child in tree.children if isinstance(child, Token) and child.type == "NUMBER"
        )
        foot, high, low = (amount_of(part, self.unit) for part in tree.find_data("amount"))
        if foot != low:
            raise self._refuse("公式里减去的两个数须相同，如 得分=60+(P-80)/(100-80)×40")
        ends = ((low, start), (high, start + rise))
        self._add(label, Line(subject_of(kinds(tree)) or Subject.VALUE, ends))
        self.open.formulas.append((label, self.position, ends))

    def _ladder(self, tree: _Tree, label: str) -> None:
        """目标完成100/90/80%，得分5/4/3: each number is reached or not."""
        first, second = ([Decimal(str(number)) for number in part.children] for part in tree.find_data("rungs"))
        percent = "PERCENT" in kinds(tree)
        amounts = [Amount(number / 100 if percent else number, percent) for number in first]
        falling = sorted(first, reverse=True) == first and sorted(second, reverse=True) == second
        if len(first) != len(second) or not falling:
            raise self._refuse(
                "档次与分数须一样多，都从大到小写",
                "完成率≥100%得100分；完成率≥90%得80分；完成率<90%得0分",
            )
        subject = subject_of(kinds(tree))
        for amount, points in zip(amounts, second, strict=True):
            self._add(label, Conditional(Bound(subject, low=amount), points))

    def _conditional(self, tree: _Tree, label: str) -> None:
        condition, outcome = subtree(tree.children[0]), subtree(tree.children[-1])
        bound = bound_of(condition, self.unit)
        inside = next(condition.find_data("label"), None)  # 90%≤合格率<95%
        if inside is not None:
            label, self.bare = self._label(inside), kinds(inside) != ["QUOTED"]
        points, lost = self._outcome(outcome)
        if bound.bare and bound.times and outcome.data == "veto":  # 发生1次一票否决
            bound = replace(bound, bare=False, high=None)
        if bound.bare and self.linear_open and not bound.times:
            self._linear_point(bound, points, label)
            return
        self.linear_open = False
        if bound.bare and bound.times and lost is not None and bound.low == Amount(Decimal(1)) and not bound.nth:
            self.open.once.append(len(self.entries))
            self._add(label, Count(lost, bonus="PLUS" in tokens(outcome)))
            return
        if "PLUS" in tokens(outcome):
            raise self._refuse(
                "在多少分之上加分？", "每超1个百分点加1分，最多加10分", "完成率≥120%得120分；完成率<120%得100分"
            )
        self._add(label, Conditional(bound, points, veto=outcome.data == "veto", lost=lost))

    def _linear_point(self, bound: Bound, points: Decimal | None, label: str) -> None:
        assert bound.low is not None
        if points is None:
            raise self._refuse("线性的端点须写得几分", "线性：80%得60分，100%得100分")
        line = self._last
        assert isinstance(line, Line)
        if label and label != self.entries[-1].label:
            raise self._refuse("线性的端点须属于同一个数据项", "线性：80%得60分，100%得100分")
        subject = bound.subject or line.subject
        if line.points and subject is not line.subject:
            raise self._refuse("线性的端点须是同一个数：都写完成率，或都写实际", "线性：实际2得60分，3得100分")
        self._amend(Line(subject, (*line.points, (bound.low, points))))

    def _step(self, tree: _Tree, label: str) -> None:
        words = tokens(tree)
        kind = next(kind for kind in _SIDES if kind in words)
        side, bonus = _SIDES[kind], "PLUS" in words
        step, basis = self._distance(tree)
        free = Decimal(0)
        if self.tolerance is not None:
            free_label, tolerance = self.tolerance
            free, free_basis = self._distance(tolerance)
            if free_label != label or free_basis is not basis:
                raise self._refuse("不扣分的范围与每档须用同一单位", "偏差5个百分点以内不扣，之后每偏离1个百分点扣2分")
            both = "BOTH" in kinds(tolerance) and kind == "OVER"
            if both or kind in ("BEYOND", "EVERY"):  # beyond the tolerance, which has two sides
                side = Side.EITHER
            self.tolerance = None
        elif kind == "EVERY":
            if bonus:
                size = f"{plain(step * 100)}个百分点" if basis is Basis.POINTS else plain(step)
                raise self._refuse(
                    "每超过目标加分，还是每低于目标加分？",
                    f"每超{size}加1分，最多加10分",
                    f"每低{size}加1分，最多加10分",
                )
            if basis is Basis.ABSOLUTE:
                raise self._refuse(
                    "每低于目标扣分，还是每超过目标扣分？", f"每低{plain(step)}扣1分", f"每超{plain(step)}扣1分"
                )
            self.open.undirected.append(len(self.entries))
        if kind == "FALLING" and bonus:
            self.open.falling.append(len(self.entries))
        if "TIMES" in tokens(subtree(next(tree.find_data("amount")))):
            self.open.by_times.append(len(self.entries))
        of_achievement = subject_of(kinds(tree)) is Subject.ACHIEVEMENT
        self._add(label, Step(side, step, self._worth(words), basis, free, bonus=bonus), of_achievement=of_achievement)

    def _count(self, tree: _Tree, label: str) -> None:
        words = tokens(tree)
        event = next(tree.find_data("event"), None)  # 每迟到1次: the occurrence names the measure
        if event is not None:
            if label:
                raise self._refuse("这一句有两个名称", "「投诉」每次扣5分")
            label, self.bare = self._label(event), True
        allowance = 0
        if self.allowance is not None:
            if self.allowance[0] != label:
                raise self._refuse("允许的次数后面须接同一项的每次扣分", "允许2次，之后每次扣5分")
            allowance, self.allowance = self.allowance[1], None
        elif label in self.open.spared:
            allowance = self._whole(self.origins.pop(label).value)
            self.open.spared.remove(label)
        self._add(label, Count(self._worth(words), allowance, bonus="PLUS" in words))

    def _origin(self, tree: _Tree, label: str) -> None:
        if label in self.origins:
            raise self._refuse("同一项写了两个基准")
        self.origins[label] = amount_of(subtree(tree.children[0]), self.unit)
        self.announced = label

    def _spared(self, tree: _Tree, label: str) -> None:
        """6起不扣分: an allowance or a base, which only the clauses behind it settle."""
        amount = subtree(tree.children[0])
        if "PERCENT" in tokens(amount):
            shown = written(amount_of(amount, self.unit))
            raise self._refuse(
                "{shown}以内指实际不超过{shown}，还是与目标的偏差不超过{shown}？",
                f"以{shown}为基准，每超1个百分点扣2分",
                f"偏差{shown.removesuffix('%')}个百分点以内不扣，之后每偏离1个百分点扣2分",
                shown=shown,
            )
        self._origin(tree, label)
        self.open.spared.append(label)

    def _tolerance(self, tree: _Tree, label: str) -> None:
        if self.tolerance is not None:
            raise self._refuse("不扣分的范围写了两次")
        self.tolerance = (label, tree)
        self.announced = label

    def _allowance(self, tree: _Tree, label: str) -> None:
        if self.allowance is not None:
            raise self._refuse("允许的次数写了两次")
        self.allowance = (label, self._whole(tree.children[0]))
        if label in self.open.spared and self.origins[label].value == self.allowance[1]:
            self.open.spared.remove(label)  # 3次以内不扣分，超过3次每次扣2分
            del self.origins[label]
        self.announced = label

    def _distance(self, clause: _Tree) -> tuple[Decimal, Basis]:
        words = kinds(clause)
        amount = next(child for child in clause.children if isinstance(child, Tree))
        achievement = subject_of(words) is Subject.ACHIEVEMENT
        if "PERCENT" in kinds(amount) and isinstance(last := self._last, Conditional):
            achievement |= last.bound.subject is Subject.ACHIEVEMENT  # 完成率≥100%得满分，每低1%扣1分
        return distance_of(amount, self.unit, of_target="OF_TARGET" in words, of_achievement=achievement)
