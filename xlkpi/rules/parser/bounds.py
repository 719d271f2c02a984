"""Words as numbers, points and intervals: 5个百分点, 扣3分, 85%(含)以上, 97%>/≥93%."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from xlkpi.rules.lexicon.words import Token
from xlkpi.rules.model import RuleError
from xlkpi.rules.resolver.clauses import Award, Bound, Outcome, Points, Quantity

COMPARISONS = {
    "ge": "ge", "sge": "ge", "le": "le", "sle": "le", "gt": "gt", "sgt": "gt", "lt": "lt", "slt": "lt", "eq": "eq",
    "seq": "eq",
}  # fmt: skip


TURNED = {"ge": "le", "le": "ge", "gt": "lt", "lt": "gt", "eq": "eq"}


OF_BOUNDS = frozenset(COMPARISONS) | {
    "num", "dash", "wan", "pct", "pp", "cnt", "dim", "mark", "above", "below", "within", "between", "to", "incl",
    "excl",
    "lp", "rp", "lb", "rb", "andj", "orj", "comma", "pause", "div",
}  # fmt: skip


_LARGE = {
    "十万": Decimal(100_000), "百万": Decimal(1_000_000), "千万": Decimal(10_000_000), "万": Decimal(10_000),
    "亿": Decimal(100_000_000),
}  # fmt: skip


def numbers_in(words: tuple[Token, ...]) -> Iterator[tuple[Quantity, int]]:
    """(number with its unit, the place behind it)."""
    place = 0
    while place < len(words):
        if words[place].kind != "num":
            place += 1
            continue
        value, start = words[place].number, words[place].start
        before = words[place - 1] if place else None
        if before is not None and before.kind == "dash" and not (place > 1 and _ends_number(words[place - 2])):
            value = -value
        place += 1
        large = None
        if place < len(words) and words[place].kind == "wan":
            large = _LARGE[words[place].text]
            place += 1
        unit, kind = "", ""
        if place < len(words) and words[place].kind in ("pct", "pp", "cnt", "dim", "mark"):
            unit, kind = words[place].text, words[place].kind
            place += 1
        yield Quantity(value, unit, kind, large, start), place


def _ends_number(word: Token) -> bool:
    return word.kind in ("num", "pct", "pp", "cnt", "dim", "mark", "wan", "incl", "excl", "rp")


def points_of(words: tuple[Token, ...]) -> Points:
    """The points of a deduction or bonus: 3分, 5% of the item."""
    kinds = [word.kind for word in words]
    place = kinds.index("num")
    value = words[place].number
    if place >= 1 and kinds[place - 1] == "dash" and any(kind in ("minus", "plus") for kind in kinds[:place]):
        value = -value  # 扣-3分, which no rule takes
    return Points(value, "pct" in kinds[place:])


def awarded(words: tuple[Token, ...]) -> Outcome:
    """What 得100分, 满分, 不得分 … award."""
    kinds = [word.kind for word in words]
    if "num" in kinds:
        place = kinds.index("num")
        value = words[place].number
        if place and kinds[place - 1] == "dash":
            if not {"gets", "score"} & set(kinds[:place]):
                raise RuleError(
                    "{points}分是得{points}分，还是扣{lost}分？",
                    position=words[0].start,
                    points=f"-{words[place].text}",
                    lost=words[place].text,
                )
            value = -value
        if value == 0:
            return Outcome(Award.ZERO)
        return Outcome(Award.POINTS, Points(value, "pct" in kinds[place:]))
    for kind, award in (
        ("zero", Award.ZERO), ("spared", Award.SPARED), ("half", Award.HALF), ("done", Award.ZERO),
        ("full", Award.FULL),
    ):  # fmt: skip
        if kind in kinds:
            return Outcome(award)
    raise AssertionError(kinds)


def bound_of(words: tuple[Token, ...]) -> Bound:
    """An interval as written: ≥95%, 80%-120%, 85%(含)以上, 大于等于80%小于100%, 97%>/≥93%, [90%,100%)."""
    kinds = [word.kind for word in words]
    found = list(numbers_in(words))
    numbers = [quantity for quantity, _ in found]
    signs = [COMPARISONS[kind] for kind in kinds if kind in COMPARISONS]
    if len(numbers) == 3 and "orj" in kinds:  # 三次及三次以上
        numbers = numbers[1:]
    if kinds[0] in ("lp", "lb"):
        return Bound(None, numbers[0], kinds[0] == "lb", numbers[1], kinds[-1] == "rb")
    first = kinds.index("num")
    if len(signs) == 2 and first < min(kinds.index(k) for k in kinds if k in COMPARISONS):  # 97%>x≥93%
        one, other = COMPARISONS[_sign(words, 0)], COMPARISONS[_sign(words, 1)]
        if one in ("gt", "ge"):
            return Bound(None, numbers[1], other == "ge", numbers[0], one == "ge")
        return Bound(None, numbers[0], one == "le", numbers[1], other == "le")
    sides = [kind for kind in kinds if kind in ("above", "below", "within")]
    if "to" in kinds and len(numbers) == 2 and signs == ["lt"]:  # 90% to less than 100%
        return Bound(None, numbers[0], True, numbers[1], False)
    if any(kind in ("to", "dash") for kind in kinds[first + 1 :]) and len(numbers) == 2 and not signs:
        return _span(words, numbers)
    if len(numbers) >= 2 and (signs or sides):
        halves = _halves(words)
        if halves is not None:
            return halves
    if len({quantity.value for quantity in numbers}) > 1:
        raise RuleError("“{said}”读不懂：没有写怎样得分或扣分", position=words[0].start, said=_plain(words))
    return one_sided(words, numbers[0], signs, sides)


def _sign(words: tuple[Token, ...], nth: int) -> str:
    return [word.kind for word in words if word.kind in COMPARISONS][nth]


def _span(words: tuple[Token, ...], numbers: list[Quantity]) -> Bound:
    """80%-120%, half-open unless it says what it includes."""
    low, high = numbers
    if not low.kind and high.kind:
        low = replace(low, unit=high.unit, kind=high.kind, large=high.large)
    kinds = [word.kind for word in words]
    second = max(place for place, kind in enumerate(kinds) if kind == "num")
    low_closed = "excl" not in kinds[:second]
    high_closed = "incl" in kinds[second:]
    if high.kind == "cnt":
        high_closed = "excl" not in kinds[second:]
    return Bound(None, low, low_closed, high, high_closed, span=True)


def _halves(words: tuple[Token, ...]) -> Bound | None:
    """Two one-sided conditions in one: 80%以上100%以下."""
    places = [place for place, word in enumerate(words) if word.kind == "num"]
    for cut in range(places[-1], places[0], -1):
        one, other = words[:cut], words[cut:]
        if _complete_half(one) and _complete_half(other):
            a, b = bound_of(one), bound_of(other)
            if a.low and not a.high and b.high and not b.low:
                return Bound(None, a.low, a.low_closed, b.high, b.high_closed)
            if a.high and not a.low and b.low and not b.high:
                return Bound(None, b.low, b.low_closed, a.high, a.high_closed)
    return None


def _complete_half(words: tuple[Token, ...]) -> bool:
    kinds = [word.kind for word in words if word.kind not in ("andj", "comma", "pause", "div")]
    if kinds.count("num") != 1:
        return False
    before = any(kind in COMPARISONS for kind in kinds[: kinds.index("num")])
    return before or any(kind in ("above", "below", "within") for kind in kinds)


def one_sided(words: tuple[Token, ...], edge: Quantity, signs: list[str], sides: list[str]) -> Bound:
    """≥95%, 低于80%, 85%以上, 5%以内: an interval that is open on one side, or a number alone."""
    kinds = [word.kind for word in words]
    included = True if "incl" in kinds else False if "excl" in kinds else None
    with_or = "orj" in kinds
    if signs:
        sign = signs[0]
        if sides and sides[0] == "above" and sign == "ge":
            return Bound(None, edge, included is not False)
        if sides and sides[0] in ("within", "below") and sign in ("ge", "gt"):
            raise RuleError("“{said}”是至少还是至多？", position=words[0].start, said=_plain(words))
        low, high = sign in ("ge", "gt"), sign in ("le", "lt")
        if sign == "eq" and not sides:
            return Bound(None, edge, True, edge, True, equal=True)
        if sign == "eq":
            return one_sided(tuple(w for w in words if w.kind not in COMPARISONS), edge, [], sides)
        closed = sign in ("ge", "le") if included is None else included
        return Bound(None, edge if low else None, closed, edge if high else None, closed)
    if not sides:
        return Bound(None, edge, True, edge, True, bare=True)
    side = sides[0]
    if side == "above":
        return Bound(None, edge, included is not False)
    if side == "within":
        return Bound(None, high=edge, high_closed=included is not False)
    return Bound(None, high=edge, high_closed=True if with_or or included else False if included is False else None)


def _plain(words: tuple[Token, ...]) -> str:
    return "".join(word.text for word in words)
