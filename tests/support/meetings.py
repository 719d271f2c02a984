"""Forms with the record of the meeting (面谈记录): a catalogue that has it, and one form of a person."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from tests.support.catalogues import shipped_text, shipped_with
from tests.support.forms import role, sample_measures
from xlkpi.calc.engine import recalculate
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.company import BLOCKS
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.blocks.meeting import HELD, HELD_CELLS, OWNER_COLUMN, PREVIOUS, TEXT_COLUMN
from xlkpi.form.blocks.review import TYPED_TEXT
from xlkpi.form.layout import MEETING, Layout
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import Preset, typed_cells
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import Value
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.edit import fill

Q4 = Quarter(2026, 4)
SHEET = "员工甲"
POST = Assignment("E001", "员工甲", "运营部", role().id, "考核员乙", "考核员丙")


def _company(low_score: float | None = None) -> str:
    blocks = ", ".join(f'"{block}"' for block in (*BLOCKS, MEETING))
    line = "" if low_score is None else f"low_score = {low_score}\n"
    text = shipped_text("company.toml").replace('blocks = ["events", "review", "confirmation"]', f"blocks = [{blocks}]")
    assert MEETING in text
    return line + text


@cache
def with_meetings(low_score: float | None = None) -> Catalogue:
    """The program's catalogue, of a company whose forms have the record of the meeting."""
    return shipped_with(Path(mkdtemp(prefix="meetings-")), {"company.toml": _company(low_score)})


def meeting_layout() -> Layout:
    """The layout of the role's form with the record of the meeting."""
    return Layout(role(), (*BLOCKS, MEETING))


def place(name: str) -> tuple[str, str]:
    """Row and column id of a cell by row and field, such as `p:1 state`, `t:held date`, `t:plan`, `r:1 owner`."""
    row, _, field = name.partition(" ")
    if row.startswith("p:"):
        return row, PREVIOUS[field]
    if row == HELD:
        return row, HELD_CELLS[field]
    if row.startswith("r:"):
        return row, OWNER_COLUMN if field == "owner" else TYPED_TEXT[field]
    return row, field or TEXT_COLUMN


def at(name: str) -> str:
    """The address of a cell by row and field."""
    return meeting_layout().address(*place(name))


def meeting_form(
    typed: Mapping[str, Value], presets: Mapping[str, str] | None = None, language: str = HANS, low: float | None = None
) -> bytes:
    """One filled form of a person, calculated. typed, presets: by row and field; what `next` wrote are presets."""
    planned = {place(name): Preset(text) for name, text in (presets or {}).items()}
    sheet = PlannedSheet(SHEET, role(), POST, planned)
    content = uncalculated([sheet], with_meetings(low), Q4, language)
    cells = typed_cells(role(), sample_measures())
    return recalculate(fill(content, {SHEET: cells | {at(name): value for name, value in typed.items()}}))
