"""Workbooks for xlwings Lite: what they carry, and that every command reads and keeps them.

Neither Excel nor xlwings Lite can run here: the parts are held against what the format asks for, the code runs in
Python, the twins in formualizer and LibreOffice.
"""

from __future__ import annotations

import inspect
import json
import posixpath
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result
from lxml import etree
from openpyxl.worksheet.formula import ArrayFormula
from packaging.requirements import Requirement

from tests.check.test_check import POST, Q4, SHEET, good_form, graver
from tests.support.archives import parts_of
from tests.support.catalogues import SHIPPED
from tests.support.forms import Shown, appraised, differences, empty_form, formulas, layout, role, sample_measures
from tests.support.paths import ROOT
from xlkpi.calc.engine import evaluate, recalculate
from xlkpi.check.refresh import refresh
from xlkpi.check.run import check
from xlkpi.cli import main
from xlkpi.form.layout import part_id
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.functions import FUNCTIONS
from xlkpi.intake.workbook import FilledWorkbook, open_workbook, read
from xlkpi.writer.lite import PACKAGE, main_py, with_lite_code
from xlkpi.writer.workbook import sheets_of_roles, uncalculated
from xlkpi.xlsx.annotate import mark, marks_of
from xlkpi.xlsx.edit import fill, patch
from xlkpi.xlsx.function_names import Spelling, called_functions, merged_addresses, with_bare_names
from xlkpi.xlsx.markup import CELL, FORMULA
from xlkpi.xlsx.package import OFFICE, Package

CONTENT_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
WORDINGS = "评分标准写法"
PARTS = {"xl/metadata.xml", "xl/webextensions/webextension1.xml", "xl/webextensions/taskpanes.xml"}


@cache
def lite_form() -> bytes:
    """The good form of the tests of checking, for xlwings Lite."""
    content = uncalculated([PlannedSheet(SHEET, role(), POST)], SHIPPED, Q4, lite=PACKAGE)
    return with_lite_code(recalculate(fill(content, {SHEET: typed_cells(role(), sample_measures())})))


@cache
def linked_form() -> bytes:
    """The good form as Excel saves it against an installed .xlam: constructed, since there is no Excel here."""
    workbook = Package(good_form())
    for part, _ in workbook.sheets:
        for cell in workbook.open(part).iter(CELL):
            if called_functions(formula := cell.findtext(FORMULA) or ""):
                Spelling("[1]!").write(cell, formula)
    link = "xl/externalLinks/externalLink1.xml"
    names = "".join(f'<definedName name="{function.name}"/>' for function in FUNCTIONS)
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    external = f'<externalLink xmlns="{space}" xmlns:r="{OFFICE}"><externalBook r:id="xlkpi1"><definedNames>{names}'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"
    workbook.add(link, etree.fromstring(f"{external}</definedNames></externalBook></externalLink>"), kind)
    workbook.relate(link, f"{OFFICE}/externalLinkPath", "xlkpi.xlam")
    (path,) = workbook.open("xl/externalLinks/_rels/externalLink1.xml.rels")
    path.set("Target", r"file:///C:\Users\me\AppData\Roaming\Microsoft\AddIns\xlkpi.xlam")
    path.set("TargetMode", "External")
    id = workbook.relate("xl/workbook.xml", f"{OFFICE}/externalLink", link)
    references = etree.Element(f"{{{space}}}externalReferences")
    etree.SubElement(references, f"{{{space}}}externalReference").set(f"{{{OFFICE}}}id", id)
    sheets = workbook.open("xl/workbook.xml").find(f"{{{space}}}sheets")
    assert sheets is not None
    sheets.addnext(references)
    return workbook.written()


FORMS = pytest.mark.parametrize("form", [lite_form, linked_form], ids=["lite", "linked"])


def as_stored(content: bytes) -> dict[tuple[str, str], tuple[str, bool]]:
    """(part, address) → formula as it stands in the file, and whether its cell is a dynamic array of one cell."""
    workbook = Package(content)
    found: dict[tuple[str, str], tuple[str, bool]] = {}
    for part, _ in workbook.sheets:
        for cell in workbook.peek(part).iter(CELL):
            formula = cell.find(FORMULA)
            if formula is not None:
                place = cell.get("r", "")
                dynamic = (cell.get("cm"), formula.get("t"), formula.get("ref")) == ("1", "array", place)
                assert dynamic or (cell.get("cm"), formula.get("t")) == (None, None)
                found[part, place] = formula.text or "", dynamic
    return found


def file(content: bytes, folder: Path) -> Path:
    path = folder / "表.xlsx"
    path.write_bytes(content)
    return path


def intake(content: bytes, folder: Path) -> FilledWorkbook:
    return read(file(content, folder), SHIPPED)


def code(content: bytes) -> dict[str, str]:
    """The properties of the web extension, read as Office.js does."""
    root = etree.fromstring(parts_of(content)["xl/webextensions/webextension1.xml"])
    return {one.get("name", ""): json.loads(one.get("value", "")) for one in root.iter("{*}property")}


# --- the parts ------------------------------------------------------------------------------------------------------


def test_every_part_is_declared_and_every_relationship_leads_to_one() -> None:
    found = parts_of(lite_form())
    types = etree.fromstring(found["[Content_Types].xml"])
    declared = {one.get("PartName", "")[1:] for one in types.iter(f"{CONTENT_TYPES}Override")}
    assert declared >= PARTS
    assert declared <= found.keys()
    led: dict[str, str] = {}
    for name in (name for name in found if name.endswith(".rels")):
        folder = posixpath.dirname(posixpath.dirname(name))
        for one in etree.fromstring(found[name]):
            target = one.get("Target", "")
            led[target[1:] if target[0] == "/" else posixpath.normpath(posixpath.join(folder, target))] = name
    assert led.keys() <= found.keys()
    assert {part: led[part] for part in PARTS} == {
        "xl/metadata.xml": "xl/_rels/workbook.xml.rels",
        "xl/webextensions/webextension1.xml": "xl/webextensions/_rels/taskpanes.xml.rels",
        "xl/webextensions/taskpanes.xml": "_rels/.rels",
    }
    pane = etree.fromstring(found["xl/webextensions/taskpanes.xml"])
    (relation,) = etree.fromstring(found["xl/webextensions/_rels/taskpanes.xml.rels"])
    assert [one.get(f"{{{OFFICE}}}id") for one in pane.iter("{*}webextensionref")] == [relation.get("Id")]
    assert [one.get("visibility") for one in pane] == ["0"], "a form opens as a form"
    (reference,) = etree.fromstring(found["xl/webextensions/webextension1.xml"]).findall("{*}reference")
    assert dict(reference.attrib) == {
        "id": "wa200008175", "version": "1.0.0.0", "store": "en-US", "storeType": "OMEX",
    }  # fmt: skip


def test_the_metadata_is_that_of_a_dynamic_array() -> None:
    """One record of type XLDAPR, first of its kind, and a cell's metadata that means it: what `cm="1"` refers to."""
    root = etree.fromstring(parts_of(lite_form())["xl/metadata.xml"])
    assert [etree.QName(child).localname for child in root] == ["metadataTypes", "futureMetadata", "cellMetadata"]
    assert all(child.get("count") == str(len(child)) == "1" for child in root)
    (kind,), future, (block,) = root
    assert kind.get("name") == future.get("name") == "XLDAPR"
    assert kind.get("cellMeta") == "1"
    (properties,) = root.iter("{http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray}*")
    assert dict(properties.attrib) == {"fDynamic": "1", "fCollapsed": "0"}
    assert [dict(record.attrib) for record in block] == [{"t": "1", "v": "0"}]


def test_every_call_of_python_is_one_of_lite() -> None:
    before, after = as_stored(good_form()), as_stored(lite_form())
    assert before.keys() == after.keys()
    called = {place for place, (formula, _) in before.items() if called_functions(formula)}
    assert {name for place in called for name in called_functions(before[place][0])} == {
        "KPI_SCORE", "STEP_DEDUCT", "WEIGHTED_TOTAL", "KPI_GRADE", "KPI_ENGINE",
    }  # fmt: skip
    workbook = Package(lite_form())
    broad = {(part, address) for part, _ in workbook.sheets for address in merged_addresses(workbook.peek(part))}
    assert len(called & broad) == 2, "grade and engine"
    for place, (formula, dynamic) in after.items():
        plain, _ = before[place]
        assert with_bare_names(formula) == plain
        assert formula.count("_xldudf_") == len(called_functions(plain))
        assert dynamic == (place in called - broad), place


def test_values_are_those_of_the_workbook_with_bare_names(tmp_path: Path) -> None:
    assert differences(Shown(file(lite_form(), tmp_path), SHEET), appraised(sample_measures())) == []


def test_other_programs_open_a_workbook_for_lite(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(file(lite_form(), tmp_path))[SHEET]
    score = sheet[layout().address("total", "score")].value
    assert isinstance(score, ArrayFormula)
    assert "_xldudf_WEIGHTED_TOTAL(" in str(score.text)


def test_libreoffice_shows_the_twins(recalculate: Callable[[Sequence[Path], Path], list[Path]], tmp_path: Path) -> None:
    (saved,) = recalculate([file(lite_form(), tmp_path)], tmp_path / "libreoffice")
    shown = Shown(saved, SHEET)
    assert shown("engine", "score") == "内置公式"
    assert differences(shown, appraised(sample_measures())) == []
    (one,) = check([saved], SHIPPED, Q4)
    assert graver(one) == [], "it writes the names in small letters"


# --- the code -------------------------------------------------------------------------------------------------------


def test_the_code_comes_back_as_it_was_written() -> None:
    english = with_lite_code(good_form(), "https://example.com/xlkpi-0.1.0-py3-none-any.whl", "en")
    assert code(english) == {
        "main.py": main_py("en"),
        "requirements.txt": "xlwings\nhttps://example.com/xlkpi-0.1.0-py3-none-any.whl\n",
    }
    assert code(lite_form())["requirements.txt"] == f"xlwings\n{PACKAGE}\n"
    assert "The score by a scoring rule" in main_py("en")
    assert "按評分標準" in main_py("zh-Hant")


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_the_code_defines_the_functions_of_the_table(language: str) -> None:
    module: dict[str, Any] = {"__name__": "main"}
    exec(compile(main_py(language), "main.py", "exec"), module)
    defined = {name: value for name, value in module.items() if inspect.isfunction(value) and name.isupper()}
    assert defined.keys() == {function.name for function in FUNCTIONS}
    for function in FUNCTIONS:
        made = defined[function.name]
        assert made.__module__ == "main", "they stand in main.py itself"
        assert inspect.getdoc(made) == function.help.told(language)
        arguments = inspect.signature(made).parameters.values()
        assert [one.name for one in arguments] == [one.name for one in function.arguments]
        assert [one.default is None for one in arguments] == [one.optional for one in function.arguments]
    assert defined["KPI_SCORE"]([[0.12]], [[0.2]], "每低5个百分点扣3分", "%") == 97


IN_THE_BROWSER = """
import importlib.abc, sys, types
class Nothing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in {*sys.stdlib_module_names, "xlkpi", "workbook_templates"}:
            raise ImportError(name)
told = {}
def arg(name, **options):
    def decorate(function):
        told.setdefault(function.__name__, {})[name] = options
        return function
    return decorate
sys.modules["xlwings"] = types.SimpleNamespace(arg=arg, func=lambda function: function)
sys.meta_path.insert(0, Nothing())
module = {}
exec(sys.argv[1], module)
print(module["KPI_SCORE"]([[0.12]], [[0.2]], "每低5个百分點扣3分", "%"), module["KPI_GRADE"](97.0))
print(sorted((f, a, o["ndim"]) for f, arguments in told.items() for a, o in arguments.items() if "ndim" in o))
print(all(o["err_to_str"] and o["doc"] for arguments in told.values() for o in arguments.values()))
"""


def test_the_code_needs_no_other_library() -> None:
    """As in the browser, where xlwings Lite brings xlwings: here one that only notes what the decorators are told."""
    command = [sys.executable, "-c", IN_THE_BROWSER, main_py()]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, check=False)
    assert run.stderr == ""
    scored, ranges, told = run.stdout.splitlines()
    assert scored == "97.0 S 卓越"
    assert ranges == str(sorted((f.name, a.name, 2) for f in FUNCTIONS for a in f.arguments if a.range))
    assert told == "True"


def test_in_the_browser_nothing_else_is_installed() -> None:
    """micropip leaves out what the markers of a requirement leave out."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = [Requirement(text) for text in project["dependencies"]]
    in_browser = {"sys_platform": "emscripten"}
    assert [one.name for one in needed if one.marker is None or one.marker.evaluate(in_browser)] == []
    assert all(one.marker is None or one.marker.evaluate({"sys_platform": "win32"}) for one in needed)


# --- what reads and writes workbooks --------------------------------------------------------------------------------


@FORMS
def test_intake_reads_a_workbook_for_lite_as_any_other(form: Callable[[], bytes], tmp_path: Path) -> None:
    filled = intake(form(), tmp_path)
    assert filled.forms
    assert replace(filled, lite=False) == intake(good_form(), tmp_path)
    assert filled.lite is (form is lite_form)


@FORMS
def test_checking_gives_no_false_alarm(form: Callable[[], bytes], tmp_path: Path) -> None:
    (one,) = check([file(form(), tmp_path)], SHIPPED, Q4)
    assert graver(one) == []
    book, usual = open_workbook(form(), "", SHIPPED).book, open_workbook(good_form(), "", SHIPPED).book
    assert book.stored(SHEET).formulas == usual.stored(SHEET).formulas


def test_a_changed_formula_is_found(tmp_path: Path) -> None:
    workbook = Package(lite_form())
    address = layout().address(part_id("sales_achievement"), "score")
    for cell in workbook.open(workbook.sheets[0][0]).iter(CELL):
        if cell.get("r") == address:
            formula = cell.find(FORMULA)
            assert formula is not None
            formula.text = (formula.text or "").replace("_xldudf_KPI_SCORE(", "99+_xldudf_KPI_SCORE(")
    (one,) = check([file(workbook.written(), tmp_path)], SHIPPED, Q4)
    assert [(problem.kind, problem.cell) for problem in graver(one)] == [("formula", address)]


@FORMS
def test_recalculation_changes_values_only(form: Callable[[], bytes], tmp_path: Path) -> None:
    stale = patch(form(), lambda *_: 12345.0)
    after = recalculate(stale)
    assert differences(Shown(file(after, tmp_path), SHEET), appraised(sample_measures())) == []
    assert as_stored(after) == as_stored(form())
    values = evaluate(form(), functions=False)
    assert Shown(file(patch(stale, values), tmp_path), SHEET)("total", "score") == 93.85
    assert {name: data for name, data in parts_of(after).items() if "worksheets/sheet" not in name} == {
        name: data for name, data in parts_of(form()).items() if "worksheets/sheet" not in name
    }


@FORMS
def test_a_refresh_writes_formulas_as_the_file_has_them(form: Callable[[], bytes], tmp_path: Path) -> None:
    sentence = layout().address(part_id("pv_per_uv"), "rule")
    scored = "完成率≥100%得100分；90%≤完成率<100%得70分；完成率<90%得0分"  # only deducting before
    other = layout().address(part_id("sales_achievement"), "rule")
    deducting = "每低于目标值10%扣5分"  # and the other way round
    typed = {SHEET: {sentence: scored, other: deducting}}
    results = {made: refresh(fill(made(), typed), "表.xlsx", SHIPPED) for made in (form, good_form)}
    assert len(results[form].changes) == 2
    assert results[form].changes == results[good_form].changes
    after, usual = as_stored(results[form].content), as_stored(results[good_form].content)
    assert {place: with_bare_names(formula) for place, (formula, _) in after.items()} == {
        place: formula for place, (formula, _) in usual.items()
    }
    prefix = {formula[: formula.index("STEP_DEDUCT")][-8:] for formula, _ in after.values() if "STEP_DEDUCT" in formula}
    assert {one.rpartition("(")[2] for one in prefix} == {"_xldudf_" if form is lite_form else "[1]!"}
    deducted = "xl/worksheets/sheet1.xml", layout().address(part_id("sales_achievement"), "deducted")
    assert after[deducted][1] == (form is lite_form)
    assert not any(dynamic and not called_functions(formula) for formula, dynamic in after.values())
    assert parts_of(results[form].content).keys() == parts_of(form()).keys()
    shown = [Shown(file(one.content, tmp_path), SHEET)("total", "score") for one in results.values()]
    assert shown[0] == shown[1] != 93.85


@FORMS
def test_marking_keeps_every_part(form: Callable[[], bytes], tmp_path: Path) -> None:
    emptied = fill(form(), {SHEET: {layout().address("m:uv", "m1"): None}})
    (one,) = check([file(emptied, tmp_path)], SHIPPED, Q4)
    assert graver(one)
    after = mark(emptied, marks_of(one.problems))
    assert as_stored(after) == as_stored(form())
    touched = ("worksheets/sheet", "comment", "drawing", "styles", "Content_Types")
    kept = {name: data for name, data in parts_of(form()).items() if not any(part in name for part in touched)}
    assert kept.items() <= parts_of(after).items()
    types = etree.fromstring(parts_of(after)["[Content_Types].xml"])
    assert {one.get("PartName") for one in etree.fromstring(parts_of(form())["[Content_Types].xml"])} <= {
        one.get("PartName") for one in types
    }


def test_a_function_named_in_a_text_is_no_call() -> None:
    formula = (
        'IF(A1="_xldudf_KPI_SCORE(1)","[1]!KPI_SCORE(",[1]!KPI_SCORE(A1)+[2]!_xldudf_KPI_GRADE(B1)+MY_KPI_SCORE(1))'
    )
    assert (
        with_bare_names(formula)
        == 'IF(A1="_xldudf_KPI_SCORE(1)","[1]!KPI_SCORE(",KPI_SCORE(A1)+KPI_GRADE(B1)+MY_KPI_SCORE(1))'
    )
    assert called_functions(formula) == ["KPI_SCORE", "KPI_GRADE"]


# --- empty cells ----------------------------------------------------------------------------------------------------


def _zero(value: Any) -> Any:
    if isinstance(value, list):
        return [_zero(one) for one in value]
    return 0.0 if value is None else value


def _where_zero_matters(content: bytes, monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Cells that show something else where functions get 0 from an empty cell."""
    usual = evaluate(content)
    with monkeypatch.context() as patched:
        zeroing = [replace(f, call=lambda *given, f=f: f.call(*map(_zero, given))) for f in FUNCTIONS]
        patched.setattr("xlkpi.calc.engine.FUNCTIONS", zeroing)
        zeroed = evaluate(content)
    cells = formulas(content)
    assert cells
    both = ((*cell, usual(*cell), zeroed(*cell)) for cell in cells)
    return [one for one in both if one[-1] != one[-2]]


def test_an_empty_cell_that_arrives_as_zero_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some hosts of Office.js, and LibreOffice, hand over 0 for an empty cell: the formulas must guard it."""
    assert (
        _where_zero_matters(uncalculated(sheets_of_roles(SHIPPED.roles().values(), SHIPPED), SHIPPED, Q4), monkeypatch)
        == []
    )


def test_a_target_that_is_not_given_is_no_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a rule was typed, of which nobody knew whether it reads the target."""
    targets = (layout().address(part_id(i.id, n), "target") for i in role().indicators for n in range(len(i.parts)))
    typed = typed_cells(role(), sample_measures()) | dict.fromkeys(targets)
    spare = {"label": "直播场次", "weight": 0.1, "rule": "每低1扣5分", "actual": -3.0}
    typed |= {layout().address(part_id("+1"), column): value for column, value in spare.items()}
    # The score of the sentence of one's own is the one that waits for the sentence.
    (trial,) = (
        row
        for (sheet, row, _), formula in formulas(empty_form()).items()
        if sheet == WORDINGS and f"IFERROR(LEN(C{row})=0,0)" in formula and "KPI_SCORE(" in formula
    )
    half = fill(empty_form(), {SHEET: typed, WORDINGS: {f"C{trial}": "每低1扣5分", f"E{trial}": -3.0}})
    assert _where_zero_matters(half, monkeypatch) == []


# --- the command line -----------------------------------------------------------------------------------------------


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_next_quarters_forms_keep_their_functions(tmp_path: Path) -> None:
    wheel = "https://example.com/xlkpi-0.1.0-py3-none-any.whl"
    people = tmp_path / "名册.csv"
    people.write_text("工号,姓名,岗位,直接上级\n1,张三,ecommerce-operations,王五\n", "utf-8")
    made = run(
        "new", "2026Q4", "--roster", people, "-o", tmp_path / "Q4", "--functions", "lite", "--lite-package", wheel
    )
    assert made.exit_code == 0, made.output
    assert PACKAGE not in made.stderr
    (sent,) = (tmp_path / "Q4").glob("*.xlsx")
    assert code(sent.read_bytes())["requirements.txt"] == f"xlwings\n{wheel}\n"
    for number, (options, package) in enumerate([((), PACKAGE), (("--lite-package", "xlkpi==9.9"), "xlkpi==9.9")]):
        folder = tmp_path / str(number)
        result = run("next", tmp_path / "Q4", "-o", folder, *options)
        assert (result.exit_code, "不是公司的地址" in result.output) == (1, True), "company.toml does not name it"
        (book,) = folder.glob("*.xlsx")
        assert code(book.read_bytes())["requirements.txt"] == f"xlwings\n{package}\n"
        assert any(dynamic for _, dynamic in as_stored(book.read_bytes()).values())


def test_new_writes_forms_of_a_role_for_lite(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    arguments = ("new", "2026Q4", "--role", role().id, "--lang", "en", "-o", path)
    assert run(*arguments).exit_code == 0
    assert not PARTS & parts_of(path.read_bytes()).keys(), "nobody asked for it"
    made = run(*arguments, "--functions", "lite", "--overwrite")
    assert made.exit_code == 0
    assert f"安装 {PACKAGE}" in made.stderr, "whoever publishes that name decides the scores"
    assert code(path.read_bytes()) == {"main.py": main_py("en"), "requirements.txt": f"xlwings\n{PACKAGE}\n"}
    assert read(path, SHIPPED).lite


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--lite-package", PACKAGE), "--functions lite"),
        (("--functions", "lite", "--lite-package", "=1+1"), "须为 xlkpi==版本"),
        (("--functions", "lite", "--lite-package", "https://a/b.whl\nevil"), "须为 xlkpi==版本"),
    ],
)
def test_what_lite_installs_is_looked_at(options: tuple[str, ...], said: str, tmp_path: Path) -> None:
    result = run("new", "2026Q4", "--role", role().id, "-o", tmp_path / "表.xlsx", *options)
    assert result.exit_code == 2
    assert said in re.sub(r"\s+", " ", result.output)
    assert not list(tmp_path.iterdir())
