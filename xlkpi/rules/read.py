"""Parse tree → `Sentence`: which rider belongs to which clause, and what every number is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from lark import Token, Tree

from xlkpi.rules.clauses import AllOrNothing, Bound, Clause, Conditional, Entry, Level, Line, Sentence
from xlkpi.rules.phrase import plain, written
from xlkpi.rules.rule import Amount, Basis, Count, Inverse, PartStep, Ratio, RuleError, Side, Step, Subject
from xlkpi.rules.text import strip_label

_Tree = Tree[Token]

_RIDERS = frozenset({"cap", "floor", "limit", "part_whole", "part_rata", "together", "otherwise"})
_SIDES = {"SHORT": Side.SHORT, "OVER": Side.OVER, "EITHER": Side.EITHER}


def read(tree: _Tree, text: str, unit: str | None) -> Sentence:
    """What the parse tree of `text` says, clause by clause; raises `RuleError`."""
    reader = _Reader(text, unit)
    for part in tree.find_data("scale"):  # 得满分 needs the scale, wherever the sentence states it
        reader.set_scale(part)
    for item in tree.children:
        reader.item(_tree(item))
    return reader.sentence()


class _Reader:
    """Reads items from left to right. Its methods bear the names of the grammar's rules, as lark's own visitors do."""

    def __init__(self, text: str, unit: str | None) -> None:
        self.text, self.unit = text, unit
        self.entries: list[Entry] = []
        self.cap: Decimal | None = None
        self.floor: Decimal | None = None
        self.scale: Decimal | None = None
        self.origins: dict[str, Amount] = {}
        self.allowance: tuple[str, int] | None = None
        """(label, times) that the next count has to take up."""
        self.tolerance: tuple[str, _Tree] | None = None
        """(label, clause) that the next step has to take up."""
        self.linear_open = False
        """Whether a bare number may still be an end of the line before it."""
        self.announced: str | None = None
        """The label of a base, tolerance or allowance, which holds for the next clause too."""
        self.position = 0

    def item(self, item: _Tree) -> None:
        label = ""
        for part in map(_tree, item.children):
            if not part.meta.empty:
                self.position = part.meta.start_pos
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

    def sentence(self) -> Sentence:
        if self.allowance is not None or self.tolerance is not None:
            raise self._refuse("写了不扣分的范围，后面却没有扣分", "允许2次，之后每次扣5分")
        return Sentence(
            entries=tuple(self.entries),
            origins=self.origins,
            cap=self.cap,
            floor=self.floor or Decimal(0),
            scale=self._full_marks,
            position=self.position,
        )

    def _refuse(self, message: str, *suggestions: str, **values: object) -> RuleError:
        return RuleError(message, position=self.position, suggestions=suggestions, **values)

    def _label(self, tree: _Tree) -> str:
        label = strip_label(self.text[tree.meta.start_pos : tree.meta.end_pos])
        if not label:
            raise self._refuse("数据项的名称是空的")
        return label

    def _add(self, label: str, clause: Clause) -> None:
        self.entries.append(Entry(label, self.position, clause))

    # --- clauses ------------------------------------------------------------------------------------------------

    def _ratio(self, tree: _Tree, label: str) -> None:
        self._add(label, Ratio())

    def _inverse(self, tree: _Tree, label: str) -> None:
        self._add(label, Inverse())

    def _meet(self, tree: _Tree, label: str) -> None:
        at_least = "TARGET_REACHED" in _tokens(tree)
        points = self._points(tree.children[1])
        if points is None:
            raise self._refuse("达到目标得几分？", "达到目标得100分，否则得0分")
        self._add(label, AllOrNothing(points, at_least))

    def _level(self, tree: _Tree, label: str) -> None:
        if not label:
            raise self._refuse(
                "什么情况下得这个分？请写出条件或等级", "实际≥3得100分；实际<3得60分", "优秀得100分；良好得80分"
            )
        points = self._points(tree.children[0])
        assert points is not None
        self._add("", Level(label, points))

    def _linear(self, tree: _Tree, label: str) -> None:
        self._add(label, Line())
        self.linear_open = True
        self._conditional(_tree(tree.children[0]), label)

    def _conditional(self, tree: _Tree, label: str) -> None:
        bound = self._bound(_tree(tree.children[0]))
        points = self._points(tree.children[1])
        if bound.bare:
            self._linear_point(bound, points, label)
            return
        self.linear_open = False
        self._add(label, Conditional(bound, points, veto=_tree(tree.children[1]).data == "veto"))

    def _linear_point(self, bound: Bound, points: Decimal | None, label: str) -> None:
        assert bound.low is not None
        shown = written(bound.low)
        if not self.linear_open:
            raise self._refuse(
                "“{shown}”是达到还是低于？",
                f"完成率≥{shown}得100分；完成率<{shown}得0分",
                f"实际≥{shown}得100分；实际<{shown}得0分",
                f"线性：{shown}得60分，100%得100分",
                shown=shown,
            )
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
        tokens = _tokens(tree)
        side = next(side for kind, side in _SIDES.items() if kind in tokens)
        step, basis = self._distance(tree)
        free = Decimal(0)
        if self.tolerance is not None:
            free_label, tolerance = self.tolerance
            free, free_basis = self._distance(tolerance)
            if free_label != label or free_basis is not basis:
                raise self._refuse("不扣分的范围与每档须用同一单位", "偏差5个百分点以内不扣，之后每偏离1个百分点扣2分")
            self.tolerance = None
        self._add(label, Step(side, step, Decimal(tokens["NUMBER"]), basis, free, bonus="PLUS" in tokens))

    def _count(self, tree: _Tree, label: str) -> None:
        tokens = _tokens(tree)
        allowance = 0
        if self.allowance is not None:
            if self.allowance[0] != label:
                raise self._refuse("允许的次数后面须接同一项的每次扣分", "允许2次，之后每次扣5分")
            allowance, self.allowance = self.allowance[1], None
        self._add(label, Count(Decimal(tokens["NUMBER"]), allowance, bonus="PLUS" in tokens))

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
        self.scale = self._once(self.scale, tree, "满分写了两次")

    def _cap(self, tree: _Tree) -> None:
        self.cap = self._once(self.cap, tree, "封顶写了两次")

    def _floor(self, tree: _Tree) -> None:
        self.floor = self._once(self.floor, tree, "最低分写了两次")

    def _once(self, known: Decimal | None, tree: _Tree, twice: str) -> Decimal:
        if known is not None:
            raise self._refuse(twice)
        return Decimal(str(tree.children[0]))

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
        tokens, last = _tokens(tree), self._last
        number = Decimal(tokens["NUMBER"])
        if not isinstance(last, Step | Count):
            raise self._astray(tree)
        if last.bonus and "MINUS" in tokens:
            raise self._refuse("前面是加分，这里却是最多扣分")
        if not last.bonus and "PLUS" in tokens:
            raise self._refuse("前面是扣分，这里却是最多加分")
        if last.limit is not None:
            raise self._refuse("同一项最多几分写了两次")
        self._amend(replace(last, limit=number))

    def _part_whole(self, tree: _Tree) -> None:
        self._part(PartStep.WHOLE, tree)

    def _part_rata(self, tree: _Tree) -> None:
        self._part(PartStep.PRO_RATA, tree)

    def _part(self, part: PartStep, tree: _Tree) -> None:
        last = self._last
        if not isinstance(last, Step):
            raise self._astray(tree)
        if last.part is not PartStep.NOTHING:
            raise self._refuse(
                "不足一档怎样算写了两次", "每低1个百分点扣1分，不足一档按一档", "每低1个百分点扣1分，按比例"
            )
        self._amend(replace(last, part=part))

    def _together(self, tree: _Tree) -> None:
        last = self._last
        if not isinstance(last, Count):
            raise self._astray(tree)
        tokens = _tokens(tree)
        times, total = self._whole(tree.children[0]), Decimal(tokens["NUMBER"])
        sign, each = "加" if last.bonus else "扣", plain(last.points)
        if last.together is not None:
            raise self._refuse("累计几次共几分写了两次")
        if last.bonus is not ("PLUS" in tokens):
            raise self._refuse("“累计”与前面的每次扣分须同为扣分或加分")
        if "TOTAL" not in tokens:
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
        points = self._points(tree.children[0])
        if points is None:
            raise self._refuse("否则得几分？", "达到目标得100分，否则得0分")
        last = self._last
        conditionals = [entry.clause for entry in self.entries if isinstance(entry.clause, Conditional)]
        if (isinstance(last, AllOrNothing) and last.otherwise is None) or (
            isinstance(last, Conditional) and not last.veto and all(c.otherwise is None for c in conditionals)
        ):
            self._amend(replace(last, otherwise=points))
        else:
            raise self._refuse("“否则”前面没有条件", "达到目标得100分，否则得0分")

    # --- parts of clauses ---------------------------------------------------------------------------------------

    def _points(self, node: object) -> Decimal | None:
        """The points of an outcome; None for the achievement or a veto."""
        tree = _tree(node)
        if tree.data != "points":
            return None
        tokens = _tokens(tree)
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

    def _distance(self, clause: _Tree) -> tuple[Decimal, Basis]:
        """The size of a step or tolerance as a number, and what it is measured in."""
        amount = next(child for child in clause.children if isinstance(child, Tree))
        tokens = _tokens(amount)
        number = Decimal(tokens["NUMBER"])
        if "POINTS_UNIT" in tokens or ("POINTS" in tokens and self.unit == "%"):
            return number / 100, Basis.POINTS
        if "POINTS" in tokens and self.unit is None:  # English: 5 points of a rate, or of anything counted in points
            raise self._refuse(
                "{number} points 是{number}个百分点，还是指标本身的{number}个单位？",
                f"每低{plain(number)}个百分点扣3分",
                f"每低{plain(number)}扣3分",
                number=plain(number),
            )
        if "PERCENT" not in tokens:
            return number, Basis.ABSOLUTE
        if "OF_TARGET" in _tokens(clause):
            return number / 100, Basis.RELATIVE
        if self.unit is None:
            raise self._refuse(
                "{number}%是{number}个百分点，还是目标值的{number}%？",
                f"每低{plain(number)}个百分点扣3分",
                f"每低于目标值{plain(number)}%扣3分",
                number=plain(number),
            )
        return number / 100, Basis.POINTS if self.unit == "%" else Basis.RELATIVE

    def _bound(self, tree: _Tree) -> Bound:
        comparison = _tree(tree.children[-1])
        subject = _subject(_kinds(tree))
        amounts = [self._amount(child) for child in comparison.children if isinstance(child, Tree)]
        words = _kinds(comparison)
        match comparison.data:
            case "against":
                return _against(subject, words[0], amounts[0])
            case "between":
                first, last = words[0], words[2]
                if subject is not None or not {first, last} <= {"AT_MOST", "LESS"}:
                    raise self._refuse(
                        "区间请从小到大写", "完成率≥120%得120分；80%≤完成率<120%按完成率得分；完成率<80%得0分"
                    )
                return Bound(_subject(words), amounts[0], first == "AT_MOST", amounts[1], last == "AT_MOST")
            case "span":
                low, high = amounts
                if high.percent and not low.percent:  # 80-120%: one sign for both
                    low = Amount(low.value / 100, True)
                return Bound(subject, low, True, high, False)
            case "side":
                if words[0] == "UP":
                    return Bound(subject, low=amounts[0])
                # 及以下 and 含以下 say that they include their number, a mere 以下 does not say.
                return Bound(subject, high=amounts[0], high_closed=True if words[0] == "DOWN_WITH" else None)
            case _:
                return Bound(subject, low=amounts[0], high=amounts[0], bare=True)


def _against(subject: Subject | None, sign: str, amount: Amount) -> Bound:
    match sign:
        case "AT_LEAST" | "MORE":
            return Bound(subject, low=amount, low_closed=sign == "AT_LEAST")
        case "AT_MOST" | "LESS":
            return Bound(subject, high=amount, high_closed=sign == "AT_MOST")
        case _:
            return Bound(subject, low=amount, high=amount)


def _subject(kinds: list[str]) -> Subject | None:
    """What the words of these kinds say that a bound looks at."""
    return next((Subject[kind] for kind in kinds if kind in Subject.__members__), None)


def _kinds(tree: _Tree) -> list[str]:
    """The kinds of the words right in a clause, in their order."""
    return [child.type for child in tree.children if isinstance(child, Token)]


def _tokens(tree: _Tree) -> dict[str, str]:
    """The words right in a clause by their kind; of two of one kind, the last."""
    return {child.type: str(child) for child in tree.children if isinstance(child, Token)}


def _tree(node: object) -> _Tree:
    assert isinstance(node, Tree)
    return node
