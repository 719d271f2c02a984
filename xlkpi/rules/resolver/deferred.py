"""What a sentence leaves open until all of it has been read: sides, allowances, and what so many times cost."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import Amount, Basis, Count, RuleError, Side, Step, Subject, written
from xlkpi.rules.resolver.clauses import AllOrNothing, Bound, Conditional, Entry, Level


@dataclass(slots=True)
class Open:
    """Places among the entries, and labels, that wait for the rest of the sentence."""

    once: list[int] = field(default_factory=list)
    """一次扣5分: each time, or the first of 一次…，两次…."""
    undirected: list[int] = field(default_factory=list)
    """每5%扣2分: short of the target, unless the full marks are for what is low."""
    falling: list[int] = field(default_factory=list)
    """每降低1%加2分: only good where the sentence says that low is good."""
    lone: list[int] = field(default_factory=list)
    """逾期不得分: a level only beside other levels."""
    by_times: list[int] = field(default_factory=list)
    """每超1起扣1分."""
    spared: list[str] = field(default_factory=list)
    """6起不扣分: the labels whose base may turn out to be an allowance."""
    cap: Decimal | None = None
    """The cap of the sentence."""
    formulas: list[tuple[str, int, tuple[tuple[Amount, Decimal], tuple[Amount, Decimal]]]] = field(default_factory=list)
    """(label, position, ends) of lines that go on beyond their ends unless the sentence stops them."""


def settle(
    entries: list[Entry], origins: dict[str, Amount], left: Open, full: Decimal
) -> tuple[list[Entry], dict[str, Amount]]:
    """The entries and bases with all of it settled; raises `RuleError` where the sentence does not settle it."""
    entries, origins = _sides(list(entries), origins, left, full), dict(origins)
    levels = [entry.clause for entry in entries if isinstance(entry.clause, Level)]
    if left.lone and len(levels) == 1:
        raise RuleError(
            "除了“{name}”，其余情况得几分？",
            position=entries[left.lone[0]].position,
            suggestions=("优秀得100分；不合格得0分", "达到目标得100分，否则得0分"),
            name=levels[0].name,
        )
    entries = [_based(entry, entries, full) for entry in entries]
    entries = [entry for entry in entries if not _idle(entry, entries, full)]
    for label in left.spared:
        entries, origins = _allowed(entries, origins, left, label)
    for label in dict.fromkeys(entry.label for entry in entries):
        entries = _times(entries, left, label, full)
    _check_formulas(entries, left)
    return [_complete(entry, full) for entry in entries], origins


def _sides(entries: list[Entry], origins: dict[str, Amount], left: Open, full: Decimal) -> list[Entry]:
    for index in left.undirected:
        entry = entries[index]
        assert isinstance(entry.clause, Step)
        if any(
            other.label == entry.label
            and isinstance(other.clause, Conditional)
            and other.clause.points == full
            and other.clause.bound.low is None
            for other in entries
        ):
            entries[index] = replace(entry, clause=replace(entry.clause, side=Side.OVER))
    for index in left.falling:
        entry = entries[index]
        over = any(
            e.label == entry.label and isinstance(e.clause, Step) and e.clause.side is Side.OVER and not e.clause.bonus
            for e in entries
        )
        if entry.label not in origins and not over:
            raise RuleError(
                "降低是与目标比，还是与上期比？降低是好事才加分：请写“每低”或“每超”",
                position=entry.position,
                suggestions=("每低1个百分点加2分，最多加10分", "每超1个百分点加2分，最多加10分"),
            )
    return entries


def _steps(entries: list[Entry], label: str) -> list[Step]:
    return [entry.clause for entry in entries if entry.label == label and isinstance(entry.clause, Step)]


def _based(entry: Entry, entries: list[Entry], full: Decimal) -> Entry:
    """95%得满分，每低1%扣2分: full marks from there on, on the side where nothing is deducted."""
    clause = entry.clause
    if not (isinstance(clause, Conditional) and clause.bound.bare and not clause.bound.times and clause.points == full):
        return entry
    bare = [e for e in entries if isinstance(e.clause, Conditional) and e.clause.bound.bare]
    sides = {step.side for step in _steps(entries, entry.label) if not step.bonus}
    if len(bare) == 1 and sides == {Side.SHORT}:
        return replace(entry, clause=replace(clause, bound=replace(clause.bound, high=None, bare=False)))
    if len(bare) == 1 and sides == {Side.OVER}:
        return replace(entry, clause=replace(clause, bound=replace(clause.bound, low=None, bare=False)))
    return entry


def _idle(entry: Entry, entries: list[Entry], full: Decimal) -> bool:
    """达标得满分，每低1%扣1分: steps begin at the target with full marks anyway."""
    clause = entry.clause
    if not (isinstance(clause, AllOrNothing) and clause.otherwise is None and clause.points == full):
        return False
    good = Side.OVER if clause.at_least else Side.SHORT
    steps = _steps(entries, entry.label)
    return any(not step.bonus for step in steps) and all((step.side is good) is step.bonus for step in steps)


_EACH_OVER = (Side.OVER, Basis.ABSOLUTE, Decimal(1))


def _allowed(
    entries: list[Entry], origins: dict[str, Amount], left: Open, label: str
) -> tuple[list[Entry], dict[str, Amount]]:
    """6起不扣分，每超1起扣1分 is an allowance; with anything else that looks at the number, 6 is a base."""
    places = [index for index, entry in enumerate(entries) if entry.label == label]
    amount = origins[label].value
    if len(places) == 1 and places[0] in left.by_times and amount == int(amount) and amount > 0:
        step = entries[places[0]].clause
        if isinstance(step, Step) and not step.bonus and (step.side, step.basis, step.step) == _EACH_OVER:
            count = Count(step.points, int(amount), limit=step.limit)
            entries[places[0]] = replace(entries[places[0]], clause=count)
            origins = {other: base for other, base in origins.items() if other != label}
    return entries, origins


def _times(entries: list[Entry], left: Open, label: str, full: Decimal) -> list[Entry]:
    """发生1次扣5分，2次扣10分，3次及以上不得分: bands of a count."""
    once = [entries[index] for index in left.once if entries[index].label == label]
    bare = [e for e in entries if e.label == label and isinstance(e.clause, Conditional) and _by_times(e.clause.bound)]
    if not bare:
        return entries
    if len(once) > 1:
        raise _twice(once[1])
    named = [*(_first(entry, full) for entry in once), *bare]
    _check_nth([entry for entry in named if isinstance(entry.clause, Conditional)], full)
    opened = [e.clause.bound for e in entries if e.label == label and isinstance(e.clause, Conditional)]
    edges = [b.low.value + (0 if b.low_closed else 1) for b in opened if b.low is not None and b.high is None]
    for entry in named:
        number = _number(entry)
        if any(number >= edge for edge in edges):
            raise RuleError(
                "满{number}次按哪一句？这里写了两种",
                position=entry.position,
                suggestions=("实际=0得100分；实际=1得95分；实际=2得90分；实际≥3得0分",),
                number=plain(number),
            )
    others = [entry for entry in entries if entry not in once and entry not in bare]
    bands = [_equal(entry) for entry in named]
    if not edges and isinstance(last := bands[-1].clause, Conditional) and last.points == 0:
        bands[-1] = replace(bands[-1], clause=replace(last, bound=replace(last.bound, high=None)))
    told = named[0].clause
    harmful = isinstance(told, Conditional) and (told.lost is not None or told.points == 0)
    if harmful and not any(b.low is None or (b.low.value <= 0 and b.low_closed) for b in opened):
        nothing = Bound(Subject.VALUE, Amount(Decimal(0)), high=Amount(Decimal(0)))
        bands.insert(0, replace(named[0], clause=Conditional(nothing, full)))
    return [*bands, *others]


def _check_formulas(entries: list[Entry], left: Open) -> None:
    """得分=60+(P-80)/(100-80)×40 goes on beyond 80 and 100; a line does not, so the sentence has to end it."""
    for label, position, ((low, least), (high, most)) in left.formulas:
        below = any(
            isinstance(e.clause, Conditional) and e.label == label and e.clause.bound.low is None for e in entries
        )
        if left.cap != most or not below:
            ends = f"线性：实际{written(low)}得{plain(least)}分，{written(high)}得{plain(most)}分"
            raise RuleError(
                "低于{low}和高于{high}时得几分？公式没有写明",
                position=position,
                suggestions=(f"{ends}；实际<{written(low)}得0分", ends),
                low=written(low),
                high=written(high),
            )


def _by_times(bound: Bound) -> bool:
    return bound.bare and bound.times


def _first(entry: Entry, full: Decimal) -> Entry:
    """一次扣5分 as a band; what was said of every time cannot be said of a band."""
    count = entry.clause
    assert isinstance(count, Count)
    if count.bonus or count.limit is not None or count.together is not None or count.allowance:
        raise _twice(entry)
    one = Amount(Decimal(1))
    return replace(
        entry,
        clause=Conditional(
            Bound(Subject.VALUE, one, high=one, bare=True, times=True), full - count.points, lost=count.points
        ),
    )


def _twice(entry: Entry) -> RuleError:
    return RuleError(
        "“1次”是每次都算，还是仅指第一次？",
        position=entry.position,
        suggestions=("每次扣5分", "实际=0得100分；实际=1得95分；实际≥2得0分"),
    )


def _check_nth(entries: list[Entry], full: Decimal) -> None:
    """第2次扣10分: the second one's own points, or those of both?"""
    before = Decimal(0)
    for entry in entries:
        clause = entry.clause
        assert isinstance(clause, Conditional)
        if clause.bound.nth and clause.lost is not None and before:
            times, lost = _number(entry), clause.lost
            first = f"实际=0得{plain(full)}分；实际=1得{plain(full - before)}分；实际≥2得"
            raise RuleError(
                "第{times}次扣{lost}分，是一共扣{lost}分，还是在前面之外再扣{lost}分？",
                position=entry.position,
                suggestions=(
                    f"{first}{plain(full - lost)}分",
                    f"{first}{plain(max(full - lost - before, Decimal(0)))}分",
                ),
                times=plain(times),
                lost=plain(lost),
            )
        before += clause.lost or 0


def _number(entry: Entry) -> Decimal:
    assert isinstance(entry.clause, Conditional)
    assert entry.clause.bound.low is not None
    return entry.clause.bound.low.value


def _equal(entry: Entry) -> Entry:
    assert isinstance(entry.clause, Conditional)
    bound = replace(entry.clause.bound, bare=False, subject=Subject.VALUE)
    return replace(entry, clause=replace(entry.clause, bound=bound))


def _complete(entry: Entry, full: Decimal) -> Entry:
    match entry.clause:
        case Conditional(bound) if bound.bare:
            assert bound.low is not None
            shown = written(bound.low)
            raise RuleError(
                "“{shown}”是达到还是低于？",
                position=entry.position,
                suggestions=(
                    f"完成率≥{shown}得100分；完成率<{shown}得0分",
                    f"实际≥{shown}得100分；实际<{shown}得0分",
                    f"线性：{shown}得60分，100%得100分",
                ),
                shown=shown,
            )
        case AllOrNothing(None) as clause:
            return replace(entry, clause=replace(clause, points=full))
    return entry
