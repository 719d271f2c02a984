"""The workbook contract: sheets, column ids, row ids. Generation and intake meet only here.

Every cell that a program reads is "the value at (row id, column id)": hidden column A holds the row ids, hidden row 1
the column ids. Blocks share sheet columns, so one column may have several ids, joined by `/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from xlkpi.catalogue import Indicator, Measure, Role
from xlkpi.expression import MONTHS, Cell, Operand

CONTRACT_VERSION = 1
META_SHEET = "_xlkpi"


@dataclass(frozen=True)
class Column:
    """One sheet column: its letter, the ids it serves under, its width in characters (0: hidden)."""

    letter: str
    ids: tuple[str, ...]
    width: float = 0


def _columns() -> tuple[Column, ...]:
    table = (
        ("id", 0), ("no", 4.5), ("group/owner/employee_id", 11), ("label/name", 21), ("definition/department", 22),
        ("weight", 8), ("target/newcomer", 11.5), ("rule/post", 28), ("unit", 6.5), ("actual/m1/superior", 12),
        ("achievement/m2", 12), ("deducted/m3/second_superior", 12), ("score/quarter", 12.5), ("weighted", 9.5),
        ("receipt/rank/filled/period", 26), ("remark", 11),
        ("native", 0), ("effective", 0), ("check", 0), ("applies", 0), ("compiled", 0),
    )  # fmt: skip
    return tuple(Column(chr(ord("A") + i), tuple(ids.split("/")), width) for i, (ids, width) in enumerate(table))


COLUMNS = _columns()
LETTER = {id: column.letter for column in COLUMNS for id in column.ids}
"""Sheet column of a column id, in forms as generated."""
FIRST, LAST = "B", LETTER["remark"]
"""The visible columns."""

ID_ROW, TITLE_ROW, PERSON_ROW = 1, 2, 4
FINAL_ROW, GRADE_ROW, ENGINE_ROW = 5, 6, 7
FIRST_BLOCK_ROW = 8

PERSON_FIELDS = ("employee_id", "name", "department", "newcomer", "post", "superior", "second_superior", "period")
TYPED_PERSON_FIELDS = ("employee_id", "name", "department", "newcomer", "superior", "second_superior")


def measure_id(measure: str) -> str:
    """Row id of a measure."""
    return f"m:{measure}"


def part_id(indicator: str, part: int = 0) -> str:
    """Row id of an indicator's row; its further measures follow as #2, #3, …"""
    return f"i:{indicator}" if part == 0 else f"i:{indicator}#{part + 1}"


def duty_id(number: int) -> str:
    """Row id of a duty, numbered from 1."""
    return f"d:{number}"


@dataclass(frozen=True)
class Span:
    """Rows from first to last, both included."""

    first: int
    last: int

    def cells(self, column_id: str) -> str:
        """The range of one column over these rows."""
        letter = LETTER[column_id]
        return f"{letter}{self.first}:{letter}{self.last}"


@dataclass(frozen=True)
class Layout:
    """Where everything of one role's form stands."""

    role: Role

    @cached_property
    def monthly(self) -> tuple[Measure, ...]:
        return tuple(measure for measure in self.role.measures if measure.monthly)

    @cached_property
    def quarterly(self) -> tuple[Measure, ...]:
        """Measures entered once; optional ones last, so that what must be filled is one range."""
        once = [measure for measure in self.role.measures if not measure.monthly]
        return tuple(sorted(once, key=lambda measure: measure.optional))

    # Each block is a section title, a header, and its rows; one empty row stands between blocks.

    @property
    def entry_title(self) -> int:
        return FIRST_BLOCK_ROW

    @cached_property
    def monthly_rows(self) -> Span:
        first = self.entry_title + 2
        return Span(first, first + len(self.monthly) - 1)

    @property
    def quarterly_header(self) -> int:
        return self.monthly_rows.last + 1

    @cached_property
    def quarterly_rows(self) -> Span:
        first = self.quarterly_header + 1
        return Span(first, first + len(self.quarterly) - 1)

    @property
    def scoring_title(self) -> int:
        return self.quarterly_rows.last + 2

    @cached_property
    def scoring_rows(self) -> Span:
        first = self.scoring_title + 2
        return Span(first, first + sum(len(indicator.parts) for indicator in self.role.indicators) - 1)

    @property
    def total_row(self) -> int:
        return self.scoring_rows.last + 1

    @property
    def duties_title(self) -> int:
        return self.total_row + 2

    @cached_property
    def duty_rows(self) -> Span:
        first = self.duties_title + 2
        return Span(first, first + len(self.role.duties) - 1)

    @property
    def guidance_row(self) -> int:
        return self.duty_rows.last + 2

    @property
    def last_row(self) -> int:
        return self.guidance_row + len(self.role.guidance)

    @cached_property
    def rows(self) -> dict[str, int]:
        """Sheet row of every row id."""
        rows = {"person": PERSON_ROW, "final": FINAL_ROW, "grade": GRADE_ROW, "engine": ENGINE_ROW}
        rows |= {measure_id(m.id): self.monthly_rows.first + i for i, m in enumerate(self.monthly)}
        rows |= {measure_id(m.id): self.quarterly_rows.first + i for i, m in enumerate(self.quarterly)}
        row = self.scoring_rows.first
        for indicator in self.role.indicators:
            for part in range(len(indicator.parts)):
                rows[part_id(indicator.id, part)] = row
                row += 1
        rows["total"] = self.total_row
        return rows | {duty_id(n + 1): self.duty_rows.first + n for n in range(len(self.role.duties))}

    def address(self, row_id: str, column_id: str) -> str:
        """Cell address such as J9."""
        return f"{LETTER[column_id]}{self.rows[row_id]}"

    def group_rows(self, indicator: Indicator) -> list[int]:
        """First rows of the indicators that share the innermost group."""
        return [self.rows[part_id(i.id)] for i in self.role.indicators if i.group == indicator.group]

    def cells(self, newcomer_word: str) -> dict[Operand, Cell]:
        """Where every measure, and every month of one, stands."""
        newcomer = f'${LETTER["newcomer"]}${PERSON_ROW}="{newcomer_word}"'
        cells: dict[Operand, Cell] = {}
        for measure in self.role.measures:
            row = measure_id(measure.id)
            zero_if = newcomer if measure.newcomer == 0 else ""
            cells[Operand(measure.id)] = Cell(self.address(row, "quarter"), measure.label, zero_if)
            if measure.monthly:
                for month in MONTHS:
                    cells[Operand(measure.id, month)] = Cell(self.address(row, month), measure.label)
        return cells
