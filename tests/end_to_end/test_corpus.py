"""The table of `make corpus` tells what became of a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.forms import filled_form, sample_measures

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows cannot fork")


def test_a_form_and_a_file_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.support.corpus import main

    (tmp_path / "表.xlsx").write_bytes(filled_form(sample_measures()))
    (tmp_path / "坏.xlsx").write_bytes(b"PK")
    assert main(tmp_path) == 0
    rows = [line.split(" | ")[:5] for line in capsys.readouterr().out.split("\n") if line.startswith("| ")][2:]
    others = tuple(f"| {name}" for name in ("roster", "roles", "request", "adopt", "send", "calibration"))
    assert [row[1:] for row in rows if row[0] not in others] == [["2", "1", "1", "0"]] * 9
    assert [row[1:] for row in rows if row[0] in others] == [["2", "0", "2", "0"]] * 6
