"""Parse tree → `Sentence`: which rider belongs to which clause, and what every number is."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from lark import Token, Tree

from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import Amount, Count, Inverse, Ratio, RuleError, Subject
from xlkpi.rules.parser.steps import Steps
from xlkpi.rules.parser.tree import amount_of, bound_of, kinds, subject_of, subtree, tokens
from xlkpi.rules.resolver.clauses import AllOrNothing, Bound, Conditional, Entry, Level, Line, Sentence
from xlkpi.rules.resolver.deferred import settle

_Tree = Tree[Token]

_RIDERS = frozenset(
    "cap floor limit part_whole part_rata part_none together otherwise interpolated either_or".split()
)  # fmt: skip
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


class _Reader(Steps):
    """Reads items from left to right. Its methods bear the names of the grammar's rules, as lark's own visitors do."""

    def __init__(self, text: str, unit: str | None) -> None:
        super().__init__(text, unit)
        self.linear_open = False
        """Whether a bare number may still be an end of the line before it."""

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
                "“{label}”：表上填的是等级，还是数值？", "优秀得100分；良好得80分",
                "实际≥90得100分；80≤实际<90得80分；实际<80得0分", label=label,
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
