"""The demo: the worked example of docs/demo.zh.md, from the command line to LibreOffice."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support.catalogues import SHIPPED
from tests.support.engines import libreoffice
from tests.support.forms import ROLE_ID, Shown, differences
from tests.support.paths import ROOT
from xlkpi.appraisal.appraise import appraise
from xlkpi.appraisal.inputs import Inputs
from xlkpi.cli import main
from xlkpi.xlsx.edit import patch

WORKED = ROOT / "docs" / "demo.zh.md"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The workbook of `xlkpi demo`, in the folder that it takes if none is named, and what the command prints."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        run = CliRunner().invoke(main, ["demo"])
    assert (run.exit_code, run.stderr) == (0, "")
    (path,) = (folder / "xlkpi-demo").iterdir()
    return path, run.stdout


def _worked_scores() -> dict[str, float]:
    """Indicator → score, from the table that was worked out by hand."""
    rows = re.findall(r"^\| ([^|]+) \|.*\| ([\d.]+) \| [\d.]+% \| [\d.]+ \|$", WORKED.read_text("utf-8"), re.MULTILINE)
    return {label.strip(): float(score) for label, score in rows}


def test_it_prints_what_was_worked_out_by_hand(demo: tuple[Path, str]) -> None:
    _, output = demo
    worked = _worked_scores()
    role = SHIPPED.role(ROLE_ID)
    assert set(worked) == {indicator.label for indicator in role.indicators}
    appraisal = appraise(role, Inputs.preset(role, SHIPPED.samples()[ROLE_ID].measures))
    for result in appraisal.indicators:
        assert result.score == worked[result.label], result.label
        assert result.label in output
    assert "总分 93.85" in output
    assert "A 优秀" in output


def test_the_form_shows_what_score_says_in_every_engine(demo: tuple[Path, str], tmp_path: Path) -> None:
    path, _ = demo
    said = json.loads(CliRunner().invoke(main, ["score", str(path), "--json"]).output)
    assert [len(said["sheets"]), said["sheets"][0]["role"]] == [24, ROLE_ID]
    scored = said["sheets"][0]
    assert (scored["total"], scored["grade"], said["problems"]) == (93.85, "A 优秀", [])
    sample = SHIPPED.samples()[ROLE_ID]
    appraisal = appraise(SHIPPED.role(ROLE_ID), Inputs.preset(SHIPPED.role(ROLE_ID), sample.measures))
    shown = Shown(path, "电商运营")
    assert not differences(shown, appraisal)
    assert str(shown("engine", "score")).startswith("Python")

    libreoffice.require()
    # From empty caches: what LibreOffice shows it has calculated itself.
    emptied = tmp_path / "emptied.xlsx"
    emptied.write_bytes(patch(path.read_bytes(), lambda *_: None))
    (result,) = libreoffice.recalculate([emptied], tmp_path / "libreoffice")
    shown = Shown(result, "电商运营")
    assert str(shown("engine", "score")).startswith("内置公式")
    for indicator in scored["indicators"]:
        assert shown(f"i:{indicator['id']}", "score") == indicator["score"], indicator["id"]
    assert not differences(shown, appraisal)


def test_it_says_where_the_file_is_and_does_not_overwrite(demo: tuple[Path, str]) -> None:
    path, output = demo
    assert str(path) in output.replace("\n", "")
    before = path.stat()
    again = CliRunner().invoke(main, ["demo", str(path.parent)])
    assert again.exit_code == 2
    assert "--overwrite" in again.output
    assert path.stat().st_ino == before.st_ino
    assert CliRunner().invoke(main, ["demo", str(path.parent), "--overwrite"]).exit_code == 0
    assert path.stat().st_ino != before.st_ino
