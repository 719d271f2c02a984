"""Numbers and conditions of a parse tree: what a number is measured in, and which side of it is meant.

Raises `RuleError` without a position: the reader knows which clause it is reading.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from lark import Token, Tree

from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import Amount, Basis, RuleError, Subject
from xlkpi.rules.resolver.clauses import Bound

_Tree = Tree[Token]

_OWN_UNIT = frozenset({"TIMES", "UNIT", "TIME", "YUAN", "TEN_THOUSAND"})
"""Units that only an actual has: an achievement is a per cent."""
_TIME_UNITS = frozenset({"天", "日", "工作日", "自然日", "小时", "分钟", "秒", "秒钟", "月"})


def kinds(tree: _Tree) -> list[str]:
    """The kinds of the words right in a clause, in their order."""
    return [child.type for child in tree.children if isinstance(child, Token)]


def tokens(tree: _Tree) -> dict[str, str]:
    """The words right in a clause by their kind; of two of one kind, the last."""
    return {child.type: str(child) for child in tree.children if isinstance(child, Token)}


def subtree(node: object) -> _Tree:
    """A child of a parse tree that the grammar says is no word."""
    assert isinstance(node, Tree)
    return node


def amount_of(tree: _Tree, unit: str | None) -> Amount:
    """A number in the unit of the row; percentages are fractions."""
    words = tokens(tree)
    number = _in_row_unit(words, unit)
    percent = "PERCENT" in words or "POINTS_UNIT" in words
    return Amount(number / 100 if percent else number, percent)


def distance_of(
    tree: _Tree, unit: str | None, *, of_target: bool, of_achievement: bool = False
) -> tuple[Decimal, Basis]:
    """The size of a step or tolerance as a number, and what it is measured in.

    A point of achievement is 1 % of the target, whether it is called per cent or percentage point.
    """
    words = tokens(tree)
    number = _in_row_unit(words, unit)
    shown = plain(number)
    percent = "PERCENT" in words or "POINTS_UNIT" in words
    if of_achievement:
        if not percent:
            raise RuleError("完成率{number}是{number}%吗？", suggestions=(f"每低于目标值{shown}%扣3分",), number=shown)
        return number / 100, Basis.RELATIVE
    if "POINTS_UNIT" in words or ("POINTS" in words and unit == "%"):
        return number / 100, Basis.POINTS
    if "POINTS" in words and unit is None:  # English: 5 points of a rate, or of anything counted in points
        message = "{number} points 是{number}个百分点，还是指标本身的{number}个单位？"
        raise RuleError(message, suggestions=(f"每低{shown}个百分点扣3分", f"每低{shown}扣3分"), number=shown)
    if not percent:
        return number, Basis.ABSOLUTE
    if of_target:
        return number / 100, Basis.RELATIVE
    if unit is None:
        suggestions = (f"每低{shown}个百分点扣3分", f"每低于目标值{shown}%扣3分")
        raise RuleError("{number}%是{number}个百分点，还是目标值的{number}%？", suggestions=suggestions, number=shown)
    return number / 100, Basis.POINTS if unit == "%" else Basis.RELATIVE


def bound_of(tree: _Tree, unit: str | None) -> Bound:
    """The condition of a `condition` or `joined` tree as written."""
    if tree.data == "joined":
        return _joined(tree, unit)
    comparison = subtree(tree.children[-1])
    bound = _compared(comparison, subject_of(kinds(tree)), unit)
    units = {kind for amount in comparison.find_data("amount") for kind in kinds(amount)}
    by_unit = bound.subject is None and bool(units & _OWN_UNIT)
    return replace(
        bound,
        subject=Subject.VALUE if by_unit else bound.subject,
        by_unit=by_unit,
        times="TIMES" in units,
        nth="NTH" in kinds(comparison),
    )


def subject_of(words: list[str]) -> Subject | None:
    """What the words of these kinds say that a bound looks at."""
    return next((Subject[kind] for kind in words if kind in Subject.__members__), None)


def _in_row_unit(words: dict[str, str], unit: str | None) -> Decimal:
    """The number in the unit of the indicator's row; refused where the row's unit differs or is not known."""
    number = Decimal(words["NUMBER"])
    shown = plain(number)
    if "TEN_THOUSAND" in words:
        if unit is None:
            raise RuleError(
                "指标的单位是万元还是元？{number}万写成{number}还是{full}？",
                suggestions=(f"每低{shown}扣1分", f"每低{plain(number * 10000)}扣1分"),
                number=shown,
                full=plain(number * 10000),
            )
        return number if "万" in unit else number * 10000
    if "YUAN" in words and unit is not None and "万" in unit:
        raise RuleError(
            "指标的单位是{unit}，这里写的是{said}：请换算成{unit}",
            suggestions=(f"每低{plain(number / 10000)}扣1分",),
            unit=unit,
            said=shown + words["YUAN"],
        )
    if "TIME" in words:
        said = words["TIME"].removeprefix("个")
        if unit in _TIME_UNITS and said != unit and {said, unit} != {"天", "日"}:
            raise RuleError(
                "指标的单位是{unit}，这里写的是{said}：请换算成{unit}",
                suggestions=(f"每超1{unit}扣1分",),
                unit=unit,
                said=shown + said,
            )
    return number


def _compared(comparison: _Tree, subject: Subject | None, unit: str | None) -> Bound:
    amounts = [amount_of(subtree(child), unit) for child in comparison.children if _is(child, "amount")]
    words = kinds(comparison)
    match comparison.data:
        case "against":
            return _against(subject, words[0], amounts[0])
        case "between":
            first, last = words[0], words[-1]
            if subject is not None or not {first, last} <= {"AT_MOST", "LESS"}:
                raise RuleError(
                    "区间请从小到大写",
                    suggestions=("完成率≥120%得120分；80%≤完成率<120%按完成率得分；完成率<80%得0分",),
                )
            return Bound(subject_of(words), amounts[0], first == "AT_MOST", amounts[1], last == "AT_MOST")
        case "span":
            low, high = _one_unit(*amounts)
            counted = any("TIMES" in kinds(amount) for amount in comparison.find_data("amount"))  # 1-2次: one or two
            closed = "INCLUDED" in _edge(comparison, 1) or (counted and "EXCLUDED" not in _edge(comparison, 1))
            return Bound(subject, low, "EXCLUDED" not in _edge(comparison, 0), high, closed)
        case "interval":
            low, high = _one_unit(*amounts)
            return Bound(subject, low, words[0] == "CLOSED", high, words[-1] == "CLOSED_END")
        case "side":
            return _side(subject, words[-1], amounts[0])
        case _:
            return Bound(subject, low=amounts[0], high=amounts[0], bare=True)


def _joined(tree: _Tree, unit: str | None) -> Bound:
    """≥80%且<100%."""
    first, second = (_compared(subtree(c), None, unit) for c in tree.children if isinstance(c, Tree))
    low, high = (first, second) if first.low is not None else (second, first)
    if low.low is None or low.high is not None or high.high is None or high.low is not None:
        raise RuleError(
            "“且”的两边须一个是下限、一个是上限",
            suggestions=("80%≤完成率<120%按完成率得分；完成率≥120%得120分；完成率<80%得0分",),
        )
    times = any("TIMES" in kinds(amount) for amount in tree.find_data("amount"))
    closed = bool(high.high_closed)  # 以下 beside a lower end leaves its number to the next band
    return Bound(subject_of(kinds(tree)), low.low, low.low_closed, high.high, closed, times=times)


def _is(node: object, data: str) -> bool:
    return isinstance(node, Tree) and node.data == data


def _edge(comparison: _Tree, which: int) -> list[str]:
    """What stands right behind the first or second amount: 含, 不含 or nothing."""
    children = comparison.children
    place = [index for index, child in enumerate(children) if _is(child, "amount")][which] + 1
    return kinds(subtree(children[place])) if place < len(children) and _is(children[place], "edge") else []


def _one_unit(low: Amount, high: Amount) -> tuple[Amount, Amount]:
    """80-120%: one sign for both."""
    return (Amount(low.value / 100, True) if high.percent and not low.percent else low), high


def _against(subject: Subject | None, sign: str, amount: Amount) -> Bound:
    match sign:
        case "AT_LEAST" | "MORE":
            return Bound(subject, low=amount, low_closed=sign == "AT_LEAST")
        case "AT_MOST" | "LESS":
            return Bound(subject, high=amount, high_closed=sign == "AT_MOST")
        case _:
            return Bound(subject, low=amount, high=amount)


def _side(subject: Subject | None, word: str, amount: Amount) -> Bound:
    """及以下, 含以下 and 以内 include their number; a mere 以下 does not say."""
    match word:
        case "UP" | "UP_WITHOUT":
            return Bound(subject, low=amount, low_closed=word == "UP")
        case "DOWN":
            return Bound(subject, high=amount, high_closed=None)
        case _:
            return Bound(subject, high=amount, high_closed=True)
