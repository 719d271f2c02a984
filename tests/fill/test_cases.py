"""Tables and what they become: in which cells which numbers, and what is told."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support import filling as support
from tests.support.paths import CASES
from xlkpi.fill.place import FILLED, SAME

FILES = ("tables", "units", "faults")
LISTED = [
    (f"{name}: {case['title']}", case)
    for name in FILES
    for case in tomllib.loads((CASES / "fill" / f"{name}.toml").read_text("utf-8"))["case"]
]


@pytest.mark.parametrize("case", [case for _, case in LISTED], ids=[id for id, _ in LISTED])
def test_a_table_becomes_what_the_case_says(case: dict[str, Any], company: Path, tmp_path: Path) -> None:
    sources = []
    for name, text in case["tables"].items():
        path = tmp_path / name
        if name.endswith(".csv"):
            path.write_bytes(text.strip("\n").encode(case.get("encoding", "utf-8")))
        else:
            rows = [[_cell(cell) for cell in row] for row in text]
            path.write_bytes(support.workbook_of({"Sheet1": rows}, case.get("formats")))
        sources.append(path)
    mapping = None
    if "mapping" in case or "shops" in case:
        mapping = support.mapping_of(tmp_path, case.get("mapping", ()), case.get("shops", ()))
    content = support.typed(company, case.get("typed", {}))
    options = {name: case.get(name, False) for name in ("replace", "partial")}
    found = support.filled(company, content, sources, mapping, **options)
    assert support.cells_of(found, FILLED) == pytest.approx(case.get("filled", {}))
    assert support.cells_of(found, SAME) == pytest.approx(case.get("same", {}))
    faults = [f"{one.where}：{one.message}" for one in support.told(found, "fault", "conflict")]
    notes = [f"{one.where}：{one.message}" for one in support.told(found, "note")]
    wanted = case.get("told", [])
    assert len(faults) == len(wanted), faults
    for text in wanted:
        assert any(all(part in line for part in text.split("…")) for line in faults), (text, faults)
    for text in case.get("notes", []):
        assert any(all(part in line for part in text.split("…")) for line in notes), (text, notes)


def _cell(cell: Any) -> Any:
    return None if cell == "" else cell


def test_there_are_enough_cases() -> None:
    assert len(LISTED) >= 55
    assert sum(name.startswith("faults") for name, _ in LISTED) >= 25
