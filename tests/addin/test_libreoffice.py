"""The LibreOffice add-in: what is in it, and LibreOffice calculating whole forms with it and without."""

from __future__ import annotations

import ast
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree
from python_calamine import CalamineWorkbook

from tests.support import company
from tests.support.catalogues import SHIPPED
from tests.support.engines import CellContent, libreoffice, write_cells
from tests.support.forms import Shown, differences, formulas
from tests.support.rule_cases import examples, refusals
from xlkpi.addin.libreoffice import LANGUAGES, build
from xlkpi.appraisal.filled import FilledForm
from xlkpi.cli import main
from xlkpi.form.prefill import typed_cells
from xlkpi.functions import ENGINE, FUNCTIONS
from xlkpi.i18n.labels import words
from xlkpi.intake.workbook import read
from xlkpi.version import __version__

# --- what is in it --------------------------------------------------------------------------------------------------


@cache
def _extension() -> dict[str, bytes]:
    """The files of the extension."""
    with zipfile.ZipFile(io.BytesIO(build())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_command_writes_it_and_every_build_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "xlkpi.oxt"
    run = CliRunner().invoke(main, ["addin", "build", "--for", "libreoffice", "-o", str(path)])
    assert run.exit_code == 0, run.output
    assert path.read_bytes() == build()
    assert path.stat().st_size < 250_000


def test_it_says_what_it_is() -> None:
    description = etree.fromstring(_extension()["description.xml"])
    said = {element.tag.rpartition("}")[2]: element for element in description.iter()}
    assert said["version"].get("value") == __version__
    assert said["LibreOffice-minimal-version"].get("value") == "25.2"
    names = {element.get("lang"): element.text for element in description.iter("{*}name")}
    assert names == {tag: words(language)("addin_name") for tag, language in LANGUAGES.items()}
    for source in description.iter("{*}src"):
        told = _extension()[source.get("{http://www.w3.org/1999/xlink}href", "")].decode()
        assert told == words(LANGUAGES[source.get("lang", "")])("addin_description")
        assert all(function.name in told for function in FUNCTIONS)


def test_all_that_it_lists_is_in_it_and_all_that_is_in_it_has_a_licence() -> None:
    manifest = etree.fromstring(_extension()["META-INF/manifest.xml"])
    full_path = "{http://openoffice.org/2001/manifest}full-path"
    assert {entry.get(full_path) for entry in manifest} <= _extension().keys()
    libraries = {name.split("/")[1] for name in _extension() if name.startswith("pythonpath/")}
    licences = {name.removeprefix("licenses/").removesuffix(".txt") for name in _extension() if "licenses/" in name}
    assert libraries == licences
    assert all(b"Permission is hereby granted" in _extension()[f"licenses/{name}.txt"] for name in licences)


# --- the library inside ---------------------------------------------------------------------------------------------

_ASKED = """
import json, sys
sys.path.insert(0, sys.argv[1])
try:
    import tomllib
except ImportError:
    import tomli
    sys.modules["tomllib"] = tomli
from xlkpi.functions import FUNCTIONS
call = {function.name: function.call for function in FUNCTIONS}
said = [call[name](*arguments) for name, arguments in json.load(sys.stdin)]
print(json.dumps({"said": said, "loaded": {name: getattr(sys.modules[name], "__file__", "") for name in sys.modules}}))
"""


def _calls() -> list[tuple[str, list[object]]]:
    """Calls that go everywhere: rules of all tables, refused sentences of all kinds, each function."""
    explained = [[list(one.actual), list(one.target), one.rule, one.unit] for one in examples()[::3]]
    refused = [[1.0, 1.0, refusal.rule, refusal.unit] for refusal in refusals()[::3]]
    return [
        *(("KPI_EXPLAIN", arguments) for arguments in explained),
        *(("KPI_SCORE", arguments) for arguments in refused),
        ("STEP_DEDUCT", [0.12, 0.2, 0.05, 3.0]), ("WEIGHTED_TOTAL", [[90.0, 80.0], [0.5, 0.5]]),
        ("KPI_GRADE", [97.0]), ("KPI_ENGINE", []),
    ]  # fmt: skip


def _python() -> Path:
    """A Python like that of LibreOffice 25.2 on Windows and macOS, 3.10, where there is one; else this one."""
    named = shutil.which("python3.10")
    for path in [*([Path(named)] if named else []), *Path.home().glob(".pyenv/versions/3.10.*/bin/python3.10")]:
        if not subprocess.run([path, "--version"], capture_output=True, check=False).returncode:
            return path
    return Path(sys.executable)


def test_the_library_inside_needs_nothing_else_and_has_nothing_else(tmp_path: Path) -> None:
    """Without this Python's packages; the Python of Linux is the one of LibreOffice itself, further below."""
    with zipfile.ZipFile(io.BytesIO(build())) as archive:
        archive.extractall(tmp_path)
    inside = tmp_path / "pythonpath"
    run = subprocess.run(
        [_python(), "-I", "-S", "-c", _ASKED, str(inside)], input=json.dumps(_calls()), capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    answer = json.loads(run.stdout)
    call = {function.name: function.call for function in FUNCTIONS}
    assert answer["said"] == [call[name](*arguments) for name, arguments in _calls()]
    loaded = {Path(path) for name, path in answer["loaded"].items() if name.partition(".")[0] == "xlkpi"}
    assert all(path.is_relative_to(inside) for path in loaded)
    assert {path for path in loaded if "xlkpi" in path.relative_to(inside).parts} == set(inside.glob("xlkpi/**/*.py"))


def test_it_is_python_3_10(tmp_path: Path) -> None:
    """LibreOffice 25.2 brings that on Windows and macOS: here by the grammar and by the modules and functions used."""
    for name, content in _extension().items():
        if name.endswith(".py"):
            ast.parse(content, name, feature_version=(3, 10))
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    program = Path(sys.executable).with_name("vermin")
    # tomllib is the exception: the component puts tomli in its place.
    options = ["--target=3.10-", "--violations", "--no-tips", "--exclude", "tomllib"]
    run = subprocess.run(
        [program, *options, tmp_path / "component.py", tmp_path / "pythonpath" / "xlkpi"],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout


# --- in LibreOffice -------------------------------------------------------------------------------------------------

# What a test adds to the component: the name of every function called on a line of a file, and a way to fail.
_COUNTING = """
import os

def _counted(name, call):
    def count(*cells):
        with open(os.environ["XLKPI_CALLS"], "a") as calls:
            calls.write(name + "\\n")
        if "broken" in cells:
            raise RuntimeError("broken")
        return call(*cells)
    return staticmethod(count)

for function in FUNCTIONS:
    setattr(Functions, function.name, _counted(function.name, function.call))
"""


def _with_component(path: Path, change: Callable[[str], str]) -> Path:
    """The extension with a changed component."""
    with zipfile.ZipFile(path, "w") as target:
        for name, content in _extension().items():
            target.writestr(name, change(content.decode()) if name == "component.py" else content)
    return path


@dataclass(frozen=True)
class Office:
    """LibreOffice with the add-in, and the file of the calls."""

    calc: libreoffice.Office
    calls: Path


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One process for all tests."""
    libreoffice.require()
    folder = tmp_path_factory.mktemp("office")
    extension = _with_component(folder / "xlkpi.oxt", lambda component: component + _COUNTING)
    calls = folder / "calls"
    with libreoffice.opened(folder, extension, {"XLKPI_CALLS": str(calls)}) as opened:
        yield Office(opened, calls)


@dataclass(frozen=True)
class Saved:
    """A workbook, how LibreOffice saved it after inputs were changed, what was called, and what Python says to it."""

    made: Path
    path: Path
    calls: Counter[str]
    forms: tuple[FilledForm, ...]

    def wrong(self, path: Path, engine: str) -> list[str]:
        """Where this workbook shows something else than Python computes, or another engine."""
        book = CalamineWorkbook.from_path(str(path))
        found: list[str] = []
        for form in self.forms:
            shown = Shown(book, form.sheet)
            found += [f"{form.sheet} {line}" for line in differences(shown, form.appraisal)]
            if shown("engine", "score") != engine:
                found.append(f"{form.sheet} engine {shown('engine', 'score')!r}")
        return found


def _changed(office: Office, made: Path) -> Saved:
    """The workbook with other inputs in every form, calculated with the add-in and saved."""
    before = read(made, SHIPPED).forms
    typed = {
        form.sheet: typed_cells(SHIPPED.role(form.appraisal.role.id), company.measures(form.appraisal.role.id, 0.9))
        for form in before
    }
    saved = made.with_name("saved.xlsx")
    office.calc(open=made, type=typed, calls=office.calls, save=saved)
    after = read(saved, SHIPPED).forms
    totals = [[form.appraisal.total for form in forms] for forms in (before, after)]
    assert sum(one != other for one, other in zip(*totals, strict=True)) > len(before) / 2
    return Saved(made, saved, Counter(office.calls.read_text().split()), after)


@pytest.fixture(scope="module")
def demo(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """All 24 roles, as `xlkpi demo` makes them."""
    folder = tmp_path_factory.mktemp("demo")
    run = CliRunner().invoke(main, ["demo", str(folder)])
    assert run.exit_code == 0, run.output
    (made,) = folder.glob("*.xlsx")
    return _changed(office, made)


@pytest.fixture(scope="module")
def small(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """Three people of three roles."""
    made = tmp_path_factory.mktemp("small") / "made.xlsx"
    made.write_bytes(company.workbook([company.Filled(assignment) for assignment in company.assignments()[::3][:3]]))
    return _changed(office, made)


def test_every_score_is_python_s(demo: Saved) -> None:
    assert len(demo.forms) == 24
    assert not demo.wrong(demo.path, ENGINE)


def test_one_call_for_each_indicator_and_three_for_each_sheet(demo: Saved) -> None:
    scored = sum(result.applies for form in demo.forms for result in form.appraisal.indicators)
    wordings = [
        formula
        for (sheet, _, _), formula in formulas(demo.made.read_bytes()).items()
        if sheet == words()("wordings") and "KPI_SCORE(" in formula
    ]
    samples = len(wordings) - 1  # the last row is empty, to try out a sentence
    assert demo.calls.pop("KPI_SCORE") + demo.calls.pop("STEP_DEDUCT") == scored + samples
    assert demo.calls == dict.fromkeys(("WEIGHTED_TOTAL", "KPI_GRADE", "KPI_ENGINE"), len(demo.forms))


def test_formulas_are_saved_as_they_were(demo: Saved) -> None:
    def ours(path: Path) -> dict[tuple[str, int, int], str]:
        return {
            # The one word that LibreOffice spells in its own way, outside our functions.
            place: formula.replace("FALSE()", "FALSE")
            for place, formula in formulas(path.read_bytes()).items()
            if any(f"{function.name}(" in formula for function in FUNCTIONS)
        }

    made = ours(demo.made)
    assert len(made) > 300
    assert ours(demo.path) == made


def test_the_saved_file_opened_again_is_python_s(office: Office, small: Saved, tmp_path: Path) -> None:
    office.calc(open=small.path, save=tmp_path / "again.xlsx")
    assert not small.wrong(tmp_path / "again.xlsx", ENGINE)


def test_without_the_add_in_the_twins_show_the_same(small: Saved, tmp_path: Path) -> None:
    (alone,) = libreoffice.recalculate([small.path], tmp_path)
    assert not small.wrong(alone, words()("engine_native"))


def test_a_component_that_cannot_be_loaded_leaves_the_twins(small: Saved, tmp_path: Path) -> None:
    broken = _with_component(tmp_path / "broken.oxt", lambda component: f"import nothing_of_this_name\n{component}")
    with libreoffice.opened(tmp_path, broken) as office:
        office(open=small.path, save=tmp_path / "saved.xlsx")
    assert not small.wrong(tmp_path / "saved.xlsx", words()("engine_native"))


def test_every_rule_of_the_tables_scores_as_in_python(office: Office, tmp_path: Path) -> None:
    cells: dict[str, CellContent] = {}
    # openpyxl makes an error cell of such a text, and an error never reaches a function.
    scored = [example for example in examples() if not {"#DIV/0!", "#N/A"} & {*example.actual, *example.target}]
    for row, example in enumerate(scored, start=1):
        actual = {f"{column}{row}": value for column, value in zip("ABC", example.actual, strict=False)}
        target = {f"{column}{row}": value for column, value in zip("DEF", example.target, strict=False)}
        cells |= {**actual, **target, f"G{row}": example.rule, f"H{row}": example.unit}
        ranges = [f"{min(part)}:{max(part)}" for part in (actual, target)]  # of one cell too: an empty one is empty
        cells[f"I{row}"] = f"=KPI_SCORE({','.join(ranges)},G{row},H{row})"
    write_cells(tmp_path / "rules.xlsx", cells)
    office.calc(open=tmp_path / "rules.xlsx", save=tmp_path / "saved.xlsx")
    shown = libreoffice.shown(tmp_path / "saved.xlsx", [f"I{row}" for row in range(1, len(scored) + 1)])
    assert not [
        (example.id, score, example.score)
        for example, score in zip(scored, shown, strict=True)
        if score != pytest.approx(example.score, abs=1e-9)
    ]


_CELLS: dict[str, CellContent] = {
    "A1": 0.12, "B1": 0.2, "C1": "每低5个百分点扣3分", "A2": 3.0, "B2": "=1/0", "A3": "三",
    "C2": "每次扣1分；「迟到」每次扣2分",
    "A4": "#KPI 数据待定", "C4": "broken", "A5": 2.0, "B5": 1.0, "A6": 1.0, "A7": True,
}  # fmt: skip

_SHOWN: dict[str, object] = {
    '=KPI_SCORE(A1,B1,C1,"%")': 97.0,
    "=KPI_SCORE(A1,B1,C1)": 97.0,
    '=KPI_SCORE(0.12,0.2,"every 5 pp short: -3")': 97.0,
    "=KPI_SCORE(A5:A6,B5:B6,C2)": 96.0,
    # An empty cell is seen as empty in a range; alone it comes as 0, so that whoever writes a formula guards it.
    "=KPI_SCORE(A5:A6,B5:B6,C2)&KPI_SCORE(A8:A9,B5:B6,C2)": "96",
    "=KPI_SCORE(A8,B1,C1)": 88.0,
    '=IF(A8="","",KPI_SCORE(A8,B1,C1))': "",
    # Texts of ours pass, what is no number is named, an error of the cells stays one.
    "=KPI_SCORE(A4,B1,C1)": "#KPI 数据待定",
    '=IFERROR(KPI_SCORE(A3,B1,C1),"twin")': "#KPI 实际完成须为数字",
    '=IFERROR(KPI_SCORE(A1,B2,C1),"twin")': "twin",
    '=IFERROR(WEIGHTED_TOTAL(B1:B2,A1:A2),"twin")': "twin",
    # A function that fails is an error too, so that the twin shows.
    '=IFERROR(KPI_SCORE(A1,B1,C4),"twin")': "twin",
    "=KPI_SCORE(A1,B1,C4)": "#VALUE!",
    "=STEP_DEDUCT(A1,B1,0.05,3)": 3.0,
    '=STEP_DEDUCT(A1,B1,0.05,3,"over")': 0.0,
    '=STEP_DEDUCT(A1,B1,0.05,3,,"relative")': 24.0,
    "=WEIGHTED_TOTAL(A5:A6,B5:B5)": "#KPI 得分与权重的单元格数目不同",
    "=WEIGHTED_TOTAL(A5:A8,A5:A8)": 1.5,  # TRUE comes as 1
    "=WEIGHTED_TOTAL(A8:A9,A5:A6)": "",
    "=WEIGHTED_TOTAL(A8:A9,A5:A6,TRUE)": "",
    "=KPI_GRADE(97)": "S 卓越",
    '=KPI_GRADE(97,"好≥95；差")': "好",
    "=KPI_EXPLAIN(A1,B1,C1)": "实际12%，目标20%，低8个百分点，计1档，扣3分，得97分",
    "=KPI_ENGINE()": ENGINE,
    "=KPI_ENGINE(COUNT(A1:A2))": ENGINE,
}


def test_cells_of_every_kind_arrive(office: Office, tmp_path: Path) -> None:
    formulas = {f"F{row}": formula for row, formula in enumerate(_SHOWN, start=1)}
    write_cells(tmp_path / "cells.xlsx", {**_CELLS, **formulas})
    office.calc(open=tmp_path / "cells.xlsx", save=tmp_path / "saved.xlsx")
    shown = libreoffice.shown(tmp_path / "saved.xlsx", formulas)
    assert dict(zip(_SHOWN, shown, strict=True)) == _SHOWN


def test_the_function_wizard_shows_the_table(office: Office) -> None:
    told = office.calc(describe=[function.name for function in FUNCTIONS], languages=list(LANGUAGES))
    for tag, language in LANGUAGES.items():
        for function in FUNCTIONS:
            assert told[tag][function.name] == {
                "names": [function.name, function.name],
                "help": function.help.told(language),
                "arguments": [[item.name, item.name, item.help.told(language)] for item in function.arguments],
            }
