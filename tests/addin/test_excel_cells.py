"""The VBA of the add-in for Excel, calculating cells in LibreOffice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.engines import libreoffice, vba
from tests.support.paths import ROOT
from xlkpi.addin.excel import SETTINGS, build, texts
from xlkpi.functions import ENGINE
from xlkpi.i18n.languages import EN, LANGUAGES

CELLS = {
    "I1": "0.12", "I2": "0.2", "I3": "每低5个百分点扣3分", "I4": "%", "I5": "3", "I6": "0.1",
    "I7": "每低于目标值10%扣5分；「滞销品占比」每超1个百分点扣2分", "I8": "2.4", "I9": "0.12",
}  # fmt: skip
FORMULAS: dict[str, tuple[str, float | str]] = {
    "J1": ("=KPI_SCORE(I1;I2;I3;I4)", 97.0),
    "J2": ("=KPI_SCORE(I8:I9;I5:I6;I7)", 86.0),
    "J3": ("=STEP_DEDUCT(I1;I2;0.05;3)", 3.0),
    "J4": ("=STEP_DEDUCT(I1;I2;I3;I4)", 3.0),
    "J5": ("=WEIGHTED_TOTAL(J1:J2;I5:I6)", 96.65),
    "J6": ("=KPI_GRADE(92)", "A 优秀"),
    "J7": ("=KPI_EXPLAIN(I1;I2;I3;I4)", "实际12%，目标20%，低8个百分点，计1档，扣3分，得97分"),
    "J8": ("=KPI_ENGINE()", ENGINE),
    "J9": ('=KPI_SCORE("一";I2;I3;I4)', "#KPI 实际完成须为数字"),
    "J10": ('=IFERROR(KPI_SCORE("一";I2;I3);"twin")', "#KPI 实际完成须为数字"),
}


NAMES = {
    "%CMDCMDLINE%&calc&.xlsx": True, "KPI=2026.xlsx": True, "Go!.xlsx": True, 'a".xlsx': True,
    "2026Q4-R&D (一) ^1.xlsx": False, "Book1": False,
}  # fmt: skip


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Any]]:
    """What the add-in's VBA gives in LibreOffice, step by step.

    The one module that reaches Python through COM is replaced; everything else is the add-in as built. A VBA error is
    silent in LibreOffice: every value is looked at.
    """
    libreoffice.require()
    folder = tmp_path_factory.mktemp("excel")
    vba.with_test_bridge(build(), folder / "xlkpi.xlam")
    vba.write_server(folder / "server.oxt")
    (folder / "xlkpi.conf").write_text('"INTERPRETER_WIN","%HOMEDRIVE%\\python.exe"\n"UDF MODULES","evil"\n')
    (folder / "python.exe").touch()
    (folder / "lib").mkdir()
    environment = {
        "PYTHONPATH": f"{ROOT}:{folder / 'lib'}", "XLKPI_CONF": str(folder / "xlkpi.conf"),
        "XLKPI_DRIVE": str(folder),
    }  # fmt: skip
    profile = folder / "profile"
    profile.mkdir()
    steps = [
        CELLS | {address: formula for address, (formula, _) in FORMULAS.items()},
        ["XlkpiSettings", "TextColumn", []],
        ["XlkpiSettings", "Said", ["recalculate"]],
        ["XlkpiSettings", "Said", ["KPI_SCORE.rule"]],
        ["XlkpiSettings", "GetConfig", ["interpreter_win", ""]],
        ["XlkpiSettings", "GetConfig", ["UDF MODULES", ""]],
        ["XlkpiSettings", "GetConfig", ["CONDA ENV", "none"]],
        ["XlkpiRibbon", "ButtonCommand", ["check"]],
        ["XlkpiRibbon", "Hindrance", []],
        ["XlkpiStart", "Macro", ["BindNow"]],
        {"Z1": "broken", "J1": FORMULAS["J1"][0]},
        {"Z1": "mended", "J1": FORMULAS["J1"][0]},
        ["XlkpiFunctions", "TryPythonAgain", []],
        {"J1": FORMULAS["J1"][0]},
        {"Z1": "gone", "J1": FORMULAS["J1"][0]},
        ["XlkpiRibbon", "Hindrance", []],
        {"Z1": "relative", "J1": FORMULAS["J1"][0]},
        *(["XlkpiRibbon", "IsBadName", [name]] for name in NAMES),
    ]
    with libreoffice.opened(profile, folder / "server.oxt", environment) as office:
        yield office(program=str(folder / "xlkpi.xlam"), steps=steps)["answers"]


def test_cells_call_through_vba_into_python(answers: list[Any]) -> None:
    typed = [float(text) if re.fullmatch(r"[\d.]+", text) else text for text in CELLS.values()]
    assert answers[0] == [*typed, *(value for _, value in FORMULAS.values())]


def test_texts_are_read_from_the_sheet(answers: list[Any]) -> None:
    """LibreOffice has no `LanguageSettings`: the language is then English."""
    assert answers[1] == LANGUAGES.index(EN) + 1
    assert answers[2:4] == [texts()["recalculate"][-1], texts()["KPI_SCORE.rule"][-1]]


def test_the_users_file_fills_in_what_the_sheet_leaves_open(answers: list[Any]) -> None:
    assert answers[4:7] == ["C:\\python.exe", SETTINGS["UDF MODULES"], "none"]


def test_buttons_say_what_hinders_them(answers: list[Any]) -> None:
    assert answers[7] == "import udfs.ribbon; udfs.ribbon.check()"
    assert answers[8] == ""
    assert answers[9] == "'xlkpi.xlam'!XlkpiStart.BindNow"
    assert answers[15] == f"{texts()['no_python'][-1]}\n\nC:\\python.exe"


def test_names_that_a_command_line_reads_are_refused(answers: list[Any]) -> None:
    assert dict(zip(NAMES, map(bool, answers[17:]), strict=True)) == NAMES


def test_without_the_python_of_the_settings_nothing_is_started(answers: list[Any]) -> None:
    assert answers[14] == ["gone", "Error 2015"]
    assert answers[16] == ["relative", "Error 2015"]  # one that is where Excel happens to be


def test_where_python_does_not_start_the_cell_is_an_error_until_it_is_tried_again(answers: list[Any]) -> None:
    """`CVErr(xlErrValue)`, which Excel documents as #VALUE!; LibreOffice shows it in words of its own."""
    assert answers[10] == ["broken", "Error 2015"]
    assert answers[11] == ["mended", "Error 2015"]  # for a minute nothing is tried
    assert answers[13] == [97.0]
