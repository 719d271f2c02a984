"""The layout of a form: its columns and rows, and their ids. Writing and reading forms share only this.

Every cell that a program reads is "the value at (row id, column id)": hidden column A holds the row ids, hidden row 1
the column ids. Blocks share sheet columns, so one column may have several ids, joined by `/`.

Row ids: `m:` measures, `i:` indicators (`i:+1`, `i:+2`: spare rows, filled in on the form), `n:` how rules are read,
`g:` dimensions, `x:` indicators that do not count, `b:` events, `k:` key actions, `r:` losses to review, `p:` and `t:`
the record of the meeting, `c:` confirmations, `d:` duties, `s:` ratings of an indicator; `person`, `final`, `grade`,
`engine`, `total`, `events`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from xlkpi.catalogue.appraising.ratings import Shares
from xlkpi.catalogue.arithmetic.tree import Operand, OperandCell
from xlkpi.catalogue.company import ADDED_BLOCKS, BLOCKS
from xlkpi.catalogue.role import Indicator, Measure, Role
from xlkpi.common.quarter import MONTHS
from xlkpi.form.blocks import meeting


@dataclass(frozen=True)
class Column:
    """One sheet column: its letter, its column ids, its width in characters (0: hidden)."""

    letter: str
    ids: tuple[str, ...]
    width: float = 0


def _columns() -> tuple[Column, ...]:
    table = (
        ("id", 0), ("no", 4.5), ("group/owner/employee_id", 11), ("label/name", 21), ("definition/department", 22),
        ("weight", 8), ("target/newcomer", 13), ("rule/post", 30), ("unit", 6.5), ("actual/m1/superior", 12),
        ("achievement/m2", 12), ("deducted/m3/second_superior", 12), ("score/quarter", 12.5), ("weighted", 9.5),
        ("receipt/rank/filled/period", 26), ("next", 19), ("remark", 18),
        ("native", 0), ("effective", 0), ("check", 0), ("applies", 0), ("compiled", 0), ("loss", 0),
    )  # fmt: skip
    return tuple(Column(chr(ord("A") + i), tuple(ids.split("/")), width) for i, (ids, width) in enumerate(table))


COLUMNS = _columns()
SELF, LEAD, OTHERS = RATERS = ("self", "lead", "others")
"""Who rates, as ids of columns: the person, the superior, everybody else. Only forms with ratings name them."""
RATING_LETTERS = dict(zip(RATERS, "JKL", strict=True))
EXCEPTION_ONLY = Column("X", ("carried",)), Column("Y", ("exception",))
"""Hidden columns of forms with 不计分事项: the score of the quarter before, and the situation by its lines."""
LETTER = {id: column.letter for column in (*COLUMNS, *EXCEPTION_ONLY) for id in column.ids} | RATING_LETTERS
"""The sheet column of each column id, in a form as generated."""
FIRST, LAST = "B", LETTER["remark"]
"""The visible columns."""
PART_COLUMN = LETTER["next"]
"""In the person's row: what became of the targets of a whole quarter in a form for a part of it."""

ID_ROW, TITLE_ROW, PERSON_ROW = 1, 2, 4
FINAL_ROW, GRADE_ROW, ENGINE_ROW = 5, 6, 7
FIRST_BLOCK_ROW = 8


def measure_id(measure: str) -> str:
    """The row id of a measure."""
    return f"m:{measure}"


def part_id(indicator: str, part: int = 0) -> str:
    """The row id of an indicator, or of a further measure of it (part 1, 2, …), which ends in #2, #3, …"""
    return f"i:{indicator}" if part == 0 else f"i:{indicator}#{part + 1}"


def rating_id(indicator: str) -> str:
    """The row id of the ratings of an indicator."""
    return f"s:{indicator}"


def reading_id(indicator: str) -> str:
    """The row id of the line that says how an indicator's rule is read."""
    return f"n:{indicator}"


def target_key(indicator: str, part: int = 0) -> str:
    """The key of a target in `Assignment.targets`: as `part_id`, without `i:`."""
    return part_id(indicator, part).removeprefix("i:")


@dataclass(frozen=True)
class Span:
    """Rows from first to last, both included."""

    first: int
    last: int

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, self.last + 1))

    def __len__(self) -> int:
        return self.last - self.first + 1

    def cells(self, column_id: str) -> str:
        """The range of one column over these rows."""
        letter = LETTER[column_id]
        return f"{letter}{self.first}:{letter}{self.last}"


EVENTS, REVIEW, CONFIRMATION = BLOCKS
EXCEPTIONS, AGREEMENT, RATINGS, MEETING = ADDED_BLOCKS
EVENT_COUNT, LOSS_COUNT, KEY_ACTION_COUNT, EXCEPTION_COUNT = 3, 3, 3, 3
SPARE = ("+1", "+2")
"""Ids of the spare indicators, which somebody fills in on the form."""
CONFIRMATIONS = ("targets", "result")
FURTHER = "└"
"""Stands before the labels of an indicator's further measures."""


@dataclass(frozen=True)
class Layout:
    """The rows of one role's form.

    blocks: the optional blocks that the company uses. notes: whether the form prints the notes of its indicators; forms
    sent before 2026-12 have them in cell notes only. shares: what the ratings of each count, where there are any.
    """

    role: Role
    blocks: tuple[str, ...] = BLOCKS
    notes: bool = True
    shares: Shares = field(default_factory=Shares)

    @cached_property
    def monthly(self) -> tuple[Measure, ...]:
        """Measures entered once a month."""
        return tuple(measure for measure in self.role.measures if measure.monthly)

    @cached_property
    def quarterly(self) -> tuple[Measure, ...]:
        """Measures entered once a quarter; optional ones last, so that the required cells are one range.

        Behind them those that only show what the superior's rating is.
        """
        once = [measure for measure in self.role.measures if not measure.monthly]
        return tuple(sorted(once, key=lambda measure: (measure.id in self.rated_measures, measure.optional)))

    @property
    def rated(self) -> tuple[Indicator, ...]:
        """The indicators that are scored by ratings on the form."""
        return self.role.rated if RATINGS in self.blocks else ()

    @property
    def rated_measures(self) -> dict[str, Indicator]:
        """Measure → the indicator whose superior's rating it shows."""
        return self.role.rated_measures if RATINGS in self.blocks else {}

    @cached_property
    def opinions(self) -> tuple[Indicator, ...]:
        """The indicators scored by numbers beside which the person and the superior write what they think."""
        asked = RATINGS in self.blocks and self.role.all_rated
        return tuple(indicator for indicator in self.role.indicators if asked and indicator not in self.rated)

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """Letter → the column ids that the form names in its hidden first row."""
        added = EXCEPTION_ONLY if EXCEPTIONS in self.blocks else ()
        named = {column.letter: column.ids for column in (*COLUMNS, *added)}
        for id, letter in RATING_LETTERS.items() if self.rated or self.opinions else ():
            named[letter] = (*named[letter], id)
        return named

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """The top-level groups, in the order of the indicators; none if there is only one."""
        groups = tuple(dict.fromkeys(indicator.dimension for indicator in self.role.indicators))
        return groups if len(groups) > 1 else ()

    @cached_property
    def readings(self) -> tuple[Indicator, ...]:
        """The indicators with a line below the scores: how the rule is read, what was settled for this form."""
        noted = self.role.rescaled if self.notes else {}
        return tuple(
            indicator
            for indicator in self.role.indicators
            if indicator.annotated or (self.notes and (indicator.note or indicator.id in noted))
        )

    @cached_property
    def _plan(self) -> dict[str, Span]:
        """The rows of every part of the sheet below the head; parts that are left out have an empty span."""
        parts = (  # name, rows, empty rows before it
            ("entry title", 1, 0), ("monthly header", bool(self.monthly), 0), ("monthly", len(self.monthly), 0),
            ("quarterly header", bool(self.quarterly), 0), ("quarterly", len(self.quarterly), 0),
            *self._block(RATINGS, len(self.rated) + len(self.opinions), 0),
            ("scoring title", 1, 1), ("scoring header", 1, 0),
            ("scoring", sum(len(indicator.parts) for indicator in self.role.indicators), 0),
            ("spare", len(SPARE), 0), ("total", 1, 0),
            ("readings title", bool(self.readings), 1), ("readings", len(self.readings), 0),
            ("dimensions title", bool(self.dimensions), 1), ("dimensions", len(self.dimensions), 0),
            *self._block(EXCEPTIONS, EXCEPTION_COUNT, 0), *self._block(EVENTS, EVENT_COUNT, 1),
            *self._block(AGREEMENT, KEY_ACTION_COUNT, 0), *self._block(REVIEW, LOSS_COUNT, 0),
            *self._block(MEETING, len(meeting.ROWS), 0),
            *self._block(CONFIRMATION, len(CONFIRMATIONS), 0),
            ("duties title", bool(self.role.duties), 1), ("duties header", bool(self.role.duties), 0),
            ("duties", len(self.role.duties), 0),
            ("guidance title", bool(self.role.guidance), 1), ("guidance", len(self.role.guidance), 0),
        )  # fmt: skip
        plan: dict[str, Span] = {}
        row = FIRST_BLOCK_ROW
        for name, rows, gap in parts:
            row += gap if rows else 0
            plan[name] = Span(row, row + rows - 1)
            row += rows
        return plan

    def _block(self, name: str, rows: int, total: int) -> Iterator[tuple[str, int, int]]:
        on = name in self.blocks and rows > 0
        yield f"{name} title", on, 1
        yield f"{name} header", on, 0
        yield name, rows * on, 0
        yield f"{name} total", total * on, 0

    def span(self, part: str) -> Span:
        """The rows of a part of the sheet, such as "monthly" or "scoring title" (the names in `_plan`)."""
        return self._plan[part]

    def row(self, part: str) -> int:
        """The first row of a part, such as a title."""
        return self._plan[part].first

    @property
    def scored(self) -> Span:
        """The rows with scores: the role's indicators and the spare ones."""
        return Span(self.row("scoring"), self.span("spare").last)

    @property
    def titles(self) -> list[int]:
        """The title rows of the blocks that the form has, from top to bottom."""
        return [span.first for part, span in self._plan.items() if part.endswith("title") and span]

    @property
    def entries(self) -> Span:
        """From the first row of data entry to the last, including headers between them."""
        return Span(self.row("monthly"), self.span("quarterly").last)

    @property
    def last_row(self) -> int:
        return max(span.last for span in self._plan.values())

    @cached_property
    def rows(self) -> dict[str, int]:
        """The sheet row of every row id."""
        rows = {"person": PERSON_ROW, "final": FINAL_ROW, "grade": GRADE_ROW, "engine": ENGINE_ROW}
        rows |= {measure_id(m.id): self.row("monthly") + i for i, m in enumerate(self.monthly)}
        rows |= {measure_id(m.id): self.row("quarterly") + i for i, m in enumerate(self.quarterly)}
        row = self.row("scoring")
        for indicator in self.role.indicators:
            for part in range(len(indicator.parts)):
                rows[part_id(indicator.id, part)] = row
                row += 1
        ratings = (*self.rated, *self.opinions)
        rows |= {rating_id(i.id): row for i, row in zip(ratings, self.span(RATINGS), strict=True)}
        rows |= {part_id(id): row for id, row in zip(SPARE, self.span("spare"), strict=True)}
        rows["total"] = self.row("total")
        numbered = [("g", "dimensions"), ("x", EXCEPTIONS), ("b", EVENTS), ("k", AGREEMENT), ("r", REVIEW)]
        numbered.append(("d", "duties"))
        rows |= {f"{id}:{n + 1}": row for id, part in numbered for n, row in enumerate(self.span(part))}
        rows |= {reading_id(i.id): row for i, row in zip(self.readings, self.span("readings"), strict=True)}
        rows |= {f"c:{id}": row for id, row in zip(CONFIRMATIONS, self.span(CONFIRMATION), strict=False)}
        rows |= dict(zip(meeting.ROWS, self.span(MEETING), strict=False))
        if EVENTS in self.blocks:
            rows["events"] = self.row("events total")
        return rows

    def address(self, row_id: str, column_id: str) -> str:
        """The address of a cell, such as J9."""
        return f"{LETTER[column_id]}{self.rows[row_id]}"

    def group_rows(self, indicator: Indicator) -> list[int]:
        """The first rows of the indicators in the innermost group of this one."""
        return [self.rows[part_id(i.id)] for i in self.role.indicators if i.group == indicator.group]

    def dimension_rows(self, dimension: str) -> Span:
        """The scoring rows of one dimension."""
        rows = [
            self.rows[part_id(indicator.id, part)]
            for indicator in self.role.indicators
            for part in range(len(indicator.parts))
            if indicator.dimension == dimension
        ]
        return Span(rows[0], rows[-1])

    def cells(self, newcomer: str) -> dict[Operand, OperandCell]:
        """The cell of every measure, and of its months; newcomer: a formula that is TRUE for a newcomer."""
        cells: dict[Operand, OperandCell] = {}
        for measure in self.role.measures:
            row = measure_id(measure.id)
            zero_if = newcomer if measure.newcomer == 0 else ""
            cells[Operand(measure.id)] = OperandCell(self.address(row, "quarter"), measure.label, zero_if)
            if measure.monthly:
                for month in MONTHS:
                    cells[Operand(measure.id, month)] = OperandCell(self.address(row, month), measure.label)
        return cells


def needed_rows(role: Role) -> dict[str, str]:
    """The row ids without which a form cannot be scored → the label of the measure or indicator, "" for other rows."""
    parts = {part_id(i.id, number): part.label for i in role.indicators for number, part in enumerate(i.parts)}
    return {measure_id(measure.id): measure.label for measure in role.measures} | parts | {"person": "", "final": ""}
