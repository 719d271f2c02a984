"""Steps, occurrences, and what they begin from: bases, tolerances and allowances."""

from __future__ import annotations

from decimal import Decimal

from lark import Token, Tree

from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import Amount, Basis, Count, Side, Step, Subject, written
from xlkpi.rules.parser.riders import Riders
from xlkpi.rules.parser.tree import amount_of, distance_of, kinds, subject_of, subtree, tokens
from xlkpi.rules.resolver.clauses import Clause, Conditional, Entry
from xlkpi.rules.resolver.deferred import Open
from xlkpi.rules.spelling import strip_label

_Tree = Tree[Token]

_SIDES = {
    "SHORT": Side.SHORT, "FALLING": Side.SHORT, "OVER": Side.OVER, "BEYOND": Side.OVER, "EITHER": Side.EITHER,
    "EVERY": Side.SHORT,
}  # fmt: skip

_DISTANCES = frozenset("低 高 超 差 少 多 缺 欠 偏离 偏差 降低 下降 减少 提高 增加 上升 增长".split())
_DELAYS = frozenset("延误 延迟 延期 逾期 超期 超时 推迟 提前".split())
"""What is a distance from the target beside steps, and may occur elsewhere (延误每次扣2分)."""


class Steps(Riders):
    """Reads steps and occurrences, and the names that clauses stand under."""

    def __init__(self, text: str, unit: str | None) -> None:
        super().__init__(text, unit)
        self.origins: dict[str, Amount] = {}
        self.open = Open()
        self.allowance: tuple[str, int] | None = None
        """(label, times) that the next count has to take up."""
        self.tolerance: tuple[str, _Tree] | None = None
        """(label, clause) that the next step has to take up."""
        self.announced: str | None = None
        """The label of a base, tolerance or allowance, which holds for the next clause too."""
        self.bare = False
        """Whether the label of the clause being read is not quoted."""
        self.heading: str | None = None
        """The unquoted name at the head of the sentence, which holds for the clauses without a name behind it."""

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
