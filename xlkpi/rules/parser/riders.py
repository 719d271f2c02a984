"""What hangs on the clause before it: caps, limits, part steps, 否则, and the points that a clause awards."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from lark import Token, Tree

from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import Count, PartStep, RuleError, Step
from xlkpi.rules.parser.tree import amount_of, distance_of, subtree, tokens
from xlkpi.rules.resolver.clauses import AllOrNothing, Clause, Conditional, Entry, Line

_Tree = Tree[Token]


class Riders:
    """Reads riders from left to right, onto the entries read so far."""

    def __init__(self, text: str, unit: str | None) -> None:
        self.text, self.unit = text, unit
        self.entries: list[Entry] = []
        self.cap: Decimal | None = None
        self.floor: Decimal | None = None
        self.scale: Decimal | None = None
        self.position = 0

    def _refuse(self, message: str, *suggestions: str, **values: object) -> RuleError:
        return RuleError(message, position=self.position, suggestions=suggestions, **values)

    def set_scale(self, tree: _Tree) -> None:
        if self.scale is not None:
            raise self._refuse("满分写了两次")
        self.scale = Decimal(tokens(tree)["NUMBER"])

    def _cap(self, tree: _Tree) -> None:
        cap = self._cap_points(tree)
        last = self._last
        if isinstance(last, Step | Count) and last.limit is None and cap < self._full_marks:
            if last.bonus:  # 每增加1%加1分封顶10分: what is added ends at 10
                self._amend(replace(last, limit=cap))
                return
            if self._same_clause():
                raise self._refuse(
                    "最多扣{cap}分，还是得分封顶{cap}分？",
                    f"每低1个百分点扣1分，最多扣{plain(cap)}分",
                    f"每低1个百分点扣1分；封顶{plain(cap)}分",
                    cap=plain(cap),
                )
        if self.cap is not None:
            raise self._refuse("封顶写了两次")
        self.cap = cap

    def _cap_points(self, tree: _Tree) -> Decimal:
        words = tokens(tree)
        if "FULL_MARKS" in words:
            return self._full_marks
        number, percent = Decimal(words.get("NUMBER", 0)), "PERCENT" in words
        if isinstance(tree.children[0], Tree):  # 150%封顶
            amount = amount_of(tree.children[0], None)
            return amount.value * self._full_marks if amount.percent else amount.value
        return number * self._full_marks / 100 if percent else number

    def _same_clause(self) -> bool:
        """Whether nothing but a comma stands before the rider, so that it speaks of the clause before it."""
        return self.text[: self.position].rstrip()[-1:] not in ("；", ";", "。", "") and not self.text[
            : self.position
        ].endswith("\n")

    def _floor(self, tree: _Tree) -> None:
        if self.floor is not None and (said := tokens(tree).get("NUMBER")) != plain(self.floor):
            if said is None and self.floor == 0:
                return  # 最低0分，扣完为止
            raise self._refuse("最低分写了两次")
        if self.floor is not None:
            raise self._refuse("最低分写了两次")
        self.floor = Decimal(tokens(tree).get("NUMBER", 0))

    @property
    def _last(self) -> Clause | None:
        """The clause that a rider belongs to."""
        return self.entries[-1].clause if self.entries else None

    def _amend(self, clause: Clause) -> None:
        self.entries[-1] = replace(self.entries[-1], clause=clause)

    def _astray(self, rider: _Tree) -> RuleError:
        said = self.text[rider.meta.start_pos : rider.meta.end_pos]
        return self._refuse("“{said}”前面没有它所说的扣分或加分", "每低1个百分点扣1分，最多扣10分", said=said)

    def _limit(self, tree: _Tree) -> None:
        words, last = tokens(tree), self._last
        if not isinstance(last, Step | Count):
            if not words.keys() & {"MINUS", "PLUS"}:  # English: score = achievement, at most 120
                self._cap(tree)
                return
            raise self._astray(tree)
        if last.bonus and "MINUS" in words:
            raise self._refuse("前面是加分，这里却是最多扣分")
        if not last.bonus and "PLUS" in words:
            raise self._refuse("前面是扣分，这里却是最多加分")
        if last.limit is not None:
            raise self._refuse("同一项最多几分写了两次")
        self._amend(replace(last, limit=self._worth(words)))

    def _part_whole(self, tree: _Tree) -> None:
        self._check_part(tree)
        self._part(PartStep.WHOLE, tree)

    def _part_rata(self, tree: _Tree) -> None:
        self._part(PartStep.PRO_RATA, tree)

    def _part_none(self, tree: _Tree) -> None:
        """不足1%不扣分: what holds anyway."""
        self._check_part(tree)
        if not isinstance(self._last, Step):
            raise self._astray(tree)

    def _part(self, part: PartStep, tree: _Tree) -> None:
        last = self._last
        if not isinstance(last, Step):
            raise self._astray(tree)
        if last.part not in (PartStep.NOTHING, part):
            raise self._refuse(
                "不足一档怎样算写了两次", "每低1个百分点扣1分，不足一档按一档", "每低1个百分点扣1分，按比例"
            )
        self._amend(replace(last, part=part))

    def _check_part(self, tree: _Tree) -> None:
        """The size of a step that 不足5%按5%计 names has to be that of the step before."""
        last = self._last
        for amount in tree.find_data("amount"):
            if isinstance(last, Step) and distance_of(amount, "%", of_target=False)[0] != last.step:
                raise self._refuse("这里说的一档与前面的每档不一样大", "每低5个百分点扣3分，不足一档按一档")

    def _together(self, tree: _Tree) -> None:
        last = self._last
        if not isinstance(last, Count):
            raise self._astray(tree)
        words = tokens(tree)
        times, total = self._whole(tree.children[0]), self._worth(words)
        sign, each = "加" if last.bonus else "扣", plain(last.points)
        if last.together is not None:
            raise self._refuse("累计几次共几分写了两次")
        if last.bonus is not ("PLUS" in words):
            raise self._refuse("“累计”与前面的每次扣分须同为扣分或加分")
        if "TOTAL" not in words:
            question = (
                "{times}次一共加{total}分，还是在每次加分之外再加{total}分？"
                if last.bonus
                else "{times}次一共扣{total}分，还是在每次扣分之外再扣{total}分？"
            )
            raise self._refuse(
                question,
                f"每次{sign}{each}分，累计{times}次共{sign}{total}分",
                f"每次{sign}{each}分，累计{times}次共{sign}{plain(times * last.points + total)}分",
                times=times,
                total=plain(total),
            )
        self._amend(replace(last, together=(times, total)))

    def _otherwise(self, tree: _Tree) -> None:
        points, _ = self._outcome(tree.children[-1])
        if points is None:
            raise self._refuse(
                "按完成率得分的是哪些数值？请写出条件",
                "完成率≥120%得120分；80%≤完成率<120%按完成率得分；完成率<80%得0分",
            )
        last = self._last
        conditionals = [entry.clause for entry in self.entries if isinstance(entry.clause, Conditional)]
        if (isinstance(last, AllOrNothing) and last.otherwise is None) or (
            isinstance(last, Conditional) and not last.veto and all(c.otherwise is None for c in conditionals)
        ):
            self._amend(replace(last, otherwise=points))
        elif last is None and "MISSED" in tokens(tree) and points < self._full_marks:  # 未达标不得分
            self.entries.append(Entry("", self.position, AllOrNothing(None, True, points)))
        else:
            raise self._refuse("“否则”前面没有条件", "达到目标得100分，否则得0分")

    def _either_or(self, tree: _Tree) -> None:
        """非此即彼: all or nothing."""
        last = self._last
        if isinstance(last, AllOrNothing):
            if last.otherwise:
                raise self._refuse("“非此即彼”是不达标得0分，前面却写了另一个分数", "达到目标得100分，否则得0分")
            self._amend(replace(last, otherwise=Decimal(0)))
        elif last is None:
            self.entries.append(Entry("", self.position, AllOrNothing(self._full_marks, True, Decimal(0))))
        else:
            raise self._astray(tree)

    def _interpolated(self, tree: _Tree) -> None:
        """80%得60分，100%得100分，中间线性: the points read so far are ends of a line."""
        if isinstance(self._last, Line):
            return
        label = self.entries[-1].label if self.entries else ""
        ends = {
            index: entry.clause
            for index, entry in enumerate(self.entries)
            if entry.label == label and isinstance(entry.clause, Conditional) and _is_end(entry.clause)
        }
        found = [(c.bound.low, c.points) for c in ends.values() if c.bound.low is not None and c.points is not None]
        subjects = {clause.bound.subject for clause in ends.values()} - {None}
        if len(found) < 2 or len(subjects) > 1:
            raise self._refuse("按线性计算：请写出两个端点的得分", "线性：80%得60分，100%得100分")
        first = self.entries[min(ends)]
        line = Line(next(iter(subjects), None), tuple(sorted(found, key=lambda end: end[0].value)))
        kept = [entry for index, entry in enumerate(self.entries) if index not in ends]
        self.entries = [*kept, replace(first, clause=line)]

    # --- points -------------------------------------------------------------------------------------------------

    def _outcome(self, node: object) -> tuple[Decimal | None, Decimal | None]:
        """(points, what is deducted): the points are None for the achievement or a veto."""
        tree = subtree(node)
        if tree.data != "loss":
            return self._points(tree), None
        lost = self._worth(tokens(tree))
        return self._full_marks - lost, lost

    def _points(self, node: object) -> Decimal | None:
        """The points of an outcome; None for the achievement or a veto."""
        tree = subtree(node)
        if tree.data != "points":
            return None
        words = tokens(tree)
        if "NUMBER" in words:
            number = Decimal(words["NUMBER"])
            if number < 0 and "GETS" not in words:  # below 85%: -20
                raise self._refuse(
                    "{points}分是得{points}分，还是扣{lost}分？",
                    f"实际≥85%得{plain(self._full_marks)}分；实际<85%得{plain(self._full_marks + number)}分",
                    f"每低1个百分点扣1分；实际<85%得{plain(number)}分",
                    points=plain(number),
                    lost=plain(-number),
                )
            return number
        return self._full_marks if "FULL_MARKS" in words else Decimal(0)

    def _worth(self, words: dict[str, str]) -> Decimal:
        """Points deducted or added; 扣10% is a tenth of the item."""
        number = Decimal(words["NUMBER"])
        return number * self._full_marks / 100 if "OF_ITEM" in words else number

    @property
    def _full_marks(self) -> Decimal:
        return Decimal(100) if self.scale is None else self.scale

    def _whole(self, said: object) -> int:
        number = Decimal(str(said))
        if number != int(number) or number < 1:
            raise self._refuse("次数须是不小于1的整数")
        return int(number)


def _is_end(clause: Conditional) -> bool:
    """Whether a condition may be an end of a line: a number, or 100%以上 beside one."""
    bound = clause.bound
    return clause.points is not None and not clause.veto and (
        bound.bare or (bound.high is None and bound.low_closed and clause.lost is None)
    )  # fmt: skip
