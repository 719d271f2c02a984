"""English forms are never answered in Chinese, whatever is wrong in them and whoever is asked."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from tests.check.test_check import EDITS, FAULTS, SHEET, typed_wrongly
from tests.support.catalogues import SHIPPED
from tests.support.forms import role, sample_measures
from tests.support.paths import CASES
from tests.udfs.test_ribbon import desk, machine  # noqa: F401
from udfs import ribbon
from xlkpi.calc.engine import recalculate
from xlkpi.catalogue.role_file import read_versions
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.check.run import check
from xlkpi.cli import main
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.i18n.languages import EN
from xlkpi.intake.received import receive_all
from xlkpi.lint.run import lint
from xlkpi.next_quarter.plan import following
from xlkpi.next_quarter.report import changes_text
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.edit import edit, fill

Q4 = Quarter(2026, 4)
CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
ENGLISH = {
    "每低1扣5分": "every 1 short: -5",
    "每低1个百分点扣1分": "every 1 pp short: -1",
    "每低5个百分点扣3分": "every 5 pp short: -3",
    "每低 2 个百分点，扣 3 分。": "every 2 pp short , -3",
    "S 卓越≥90；A 优秀≥80；D 不合格": "S Outstanding ≥ 90; A Very good ≥ 80; D Poor",
    "1,200,000元": "1,200,000 CNY",
    "120.5万元": "120.5k",
    "７％": "7%",
    "优秀得100分；合格得60分": "Excellent: 100; Fair: 60",
    "良好": "Good",
    "按完成率得分": "score = achievement",
}
"""What somebody types into an English form in the place of what the cases type into a Chinese one."""
TYPED = [fault for fault in FAULTS if "set" in fault]
CHANGED = [fault for fault in FAULTS if "edit" in fault]


UNKNOWN_LANGUAGE = "#KPI 权重须为数字"
"""WEIGHTED_TOTAL is given numbers only: where a weight is a text, nothing says in which language to refuse it."""


def chinese(texts: Iterable[object], own: str = "") -> list[str]:
    """The texts with Chinese in them that is not in what people wrote themselves."""
    shown = [str(text) for text in texts if text is not None]
    return [text for text in shown if any(run not in own for run in CHINESE.findall(text.replace(SHEET, "")))]


def _english(value: Any) -> Any:
    if not isinstance(value, str) or not CHINESE.search(value):
        return value
    return ENGLISH.get(value, "=1" if value.startswith("=") else "whatever")


@cache
def _good(titles: tuple[str, ...]) -> bytes:
    """Filled forms of as many people, calculated."""
    sheets = [
        PlannedSheet(title, role(), Assignment(f"E{n:03}", f"Ann Lee {n}", "Operations", role().id, "Bo Chen", "Cy Wu"))
        for n, title in enumerate(titles)
    ]
    typed = typed_cells(role(), sample_measures())
    return recalculate(fill(uncalculated(sheets, SHIPPED, Q4, EN), dict.fromkeys(titles, typed)))


@pytest.fixture(scope="module")
def wrong() -> bytes:
    """A form for every fault that somebody may type."""
    titles = tuple(f"F{n}" for n in range(len(TYPED)))
    faults = ({**fault, "set": {k: _english(v) for k, v in fault["set"].items()}} for fault in TYPED)
    return edit(_good(titles), dict(zip(titles, map(typed_wrongly, faults), strict=True)))


@pytest.fixture
def path(wrong: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "forms" / "2026Q4-Bo Chen.xlsx"
    path.parent.mkdir()
    path.write_bytes(wrong)
    return path


def test_every_kind_of_fault_is_told_in_english(path: Path) -> None:
    (checked,) = check([path], SHIPPED)
    kinds = {fault["kind"] for fault in TYPED} - {"digest"}
    assert kinds <= {problem.kind for problem in checked.problems}
    assert chinese(text for problem in checked.problems for text in (problem.message, problem.advice)) == []


@pytest.mark.parametrize("fault", CHANGED, ids=lambda fault: fault["name"])
def test_every_damage_is_told_in_english(fault: Mapping[str, Any], tmp_path: Path) -> None:
    name, *arguments = fault["edit"]
    path = tmp_path / "form.xlsx"
    path.write_bytes(EDITS[name](*map(_english, arguments))(_good((SHEET,))))
    (checked,) = check([path], SHIPPED, Q4)
    problems = [
        *checked.problems,
        *(problem for file in receive_all([("f", path)], SHIPPED) for problem in file.problems),
    ]
    assert fault["kind"] in {problem.kind for problem in problems}
    assert chinese(text for problem in problems for text in (problem.message, problem.advice)) == []


def _run(*arguments: object) -> str:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code in (0, 1), result.output
    assert result.stdout.strip()
    return result.output


@pytest.mark.parametrize(
    "command",
    [
        "check {path}",
        "check {path} --mark {folder}/marked.xlsx",
        "score {path}",
        "refresh {path} -o {folder}/refreshed.xlsx",
        "recalc {path} -o {folder}/recalculated.xlsx",
        "next {forms} -o {folder}/next",
        "collect {forms} -o {folder}/all.xlsx --history {folder}/history",
        "guide {forms} -o {folder}/guides --format html",
    ],
    ids=lambda command: command.split()[0],
)
def test_every_command_answers_in_english(command: str, path: Path, tmp_path: Path) -> None:
    places = {"path": path, "folder": tmp_path, "forms": path.parent}
    assert chinese(_run(*(word.format(**places) for word in command.split())).splitlines()) == []
    for made in (tmp_path.glob("*.xlsx"), tmp_path.glob("next/*.xlsx"), tmp_path.glob("guides/**/*.html")):
        for file in made:
            assert set(chinese(_words_in(file))) <= {UNKNOWN_LANGUAGE}, file.name


def _words_in(path: Path) -> Iterator[str]:
    """What people can read in a file."""
    if path.suffix == ".html":
        yield from path.read_text("utf-8").splitlines()
        return
    for sheet in openpyxl.load_workbook(io.BytesIO(path.read_bytes()), data_only=True).worksheets:
        yield sheet.title
        for row in sheet.iter_rows():
            for cell in row:
                yield from (str(cell.value or ""), cell.comment.text if cell.comment else "")


def test_what_machines_read_is_in_english(path: Path) -> None:
    for command in ("check", "score"):
        found = json.loads(_run(command, path, "--json"))
        assert chinese(json.dumps(found, ensure_ascii=False, indent=1).splitlines()) == []


def test_the_next_quarter_is_told_in_english(path: Path) -> None:
    made = following([path], SHIPPED, None)
    assert made.language == EN
    assert chinese(changes_text(made).splitlines()) == []
    other = path.with_name("2026Q3.xlsx")
    other.write_bytes(EDITS["set_meta"]("quarter", "2026Q3")(_good((SHEET,))))
    made = following([path, other], SHIPPED, None)
    assert {problem.kind for problem in made.problems} >= {"quarter"}
    assert chinese(text for problem in made.problems for text in (problem.message, problem.advice)) == []


@pytest.mark.parametrize("button", ["recalculate", "check", "receipts", "refresh", "next_quarter", "settings", "about"])
def test_every_button_answers_in_english(button: str, wrong: bytes, tmp_path: Path) -> None:
    one = desk(tmp_path, wrong, "forms.xlsx")
    getattr(ribbon, button)(one.book)
    assert one.app.alerts
    assert chinese(text for alert in one.app.alerts for text in alert[:2]) == []


@pytest.mark.parametrize("fault", CHANGED, ids=lambda fault: fault["name"])
def test_a_damaged_form_is_told_in_english_by_the_button(fault: Mapping[str, Any], tmp_path: Path) -> None:
    name, *arguments = fault["edit"]
    one = desk(tmp_path, EDITS[name](*map(_english, arguments))(_good((SHEET,))), "form.xlsx")
    for button in (ribbon.check, ribbon.recalculate):
        button(one.book)
    assert chinese(text for alert in one.app.alerts for text in alert[:2]) == []


# --- role files -------------------------------------------------------------------------------------------------------


_CANONICAL = ("wording", "settled", "reread")
"""Findings that give a sentence of the file in its canonical wording, in the language of the sentence."""


@pytest.mark.parametrize("path", sorted((CASES / "lint").glob("*.toml")), ids=lambda path: path.stem)
def test_lint_can_tell_it_in_english(path: Path) -> None:
    """But for the names and sentences of the file itself, and the sentences that a refusal offers in its language."""
    own = path.read_text("utf-8")
    for finding in lint(SHIPPED, [path], EN):
        assert chinese([finding.key], own) == []
        assert finding.kind in _CANONICAL or chinese([finding.message], own) == []
        assert finding.kind in ("rule", *_CANONICAL) or chinese([finding.advice], own) == []


@pytest.mark.parametrize("path", sorted((CASES / "bad_roles").glob("*.toml")), ids=lambda path: path.stem)
def test_a_faulty_role_file_can_be_told_in_english(path: Path) -> None:
    with pytest.raises(CatalogueError) as caught:
        read_versions(path)
    own = path.read_bytes().decode("utf-8", "replace")
    for fault in caught.value.faults:
        assert chinese([fault.message.in_language(EN)], own) == []
    assert chinese(caught.value.in_language(EN).split("you can write")[:1], own) == []
