"""One quarter in forms of three languages: read back alike, and shown alike by every engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.support.catalogues import SHIPPED
from tests.support.engines import libreoffice
from tests.support.forms import ROLE_ID, Measures, Shown, differences
from xlkpi.appraisal.appraise import Appraisal
from xlkpi.calc.engine import evaluate, recalculate
from xlkpi.catalogue.sample import Sample
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import LETTER, PERSON_ROW, Layout, part_id
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import EN, HANS, HANT, LANGUAGES
from xlkpi.i18n.numbers import Value
from xlkpi.intake.workbook import FilledWorkbook, read
from xlkpi.scoring.grades import grade_scale
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.edit import fill, patch


@dataclass(frozen=True)
class Case:
    """One form: the sample of a role with some measures and cells otherwise."""

    role: str = ROLE_ID
    measures: Measures = field(default_factory=dict)
    yes: str | None = None
    """The language whose word for yes says that the person is new in post."""

    def sample(self, language: str) -> Sample:
        sample = SHIPPED.samples(language)[self.role]
        said_yes = {"newcomer": words(self.yes)("yes")} if self.yes else {}
        return Sample(
            self.role,
            sample.quarter,
            {**sample.person, **said_yes},
            {**sample.measures, **{id: list(values) for id, values in self.measures.items()}},
            sample.targets,
        )


_GONE: Mapping[str, list[Value]] = {id: [None] for id in ("uv_prev", "sales_prev", "orders_prev", "manuals_prev")}
CASES = {
    "sample": Case(),
    "months missing": Case(measures={"sales": [3_000_000, None, 2_900_000], "violations": [None, 0, 0]}),
    "text": Case(measures={"sales": [3_000_000, "x", 2_900_000], "buyers": ["7％"]}),
    "divided by 0": Case(measures={"buyers": [0], "stock_open": [0], "stock_close": [0], "orders_prev": [0]}),
    "half a violation": Case(measures={"violations": [0.5, 0, 0], "late_responses": [-1, 0, 0]}),
    "condition not met": Case(measures={"organic_uv": [400_000, 600_000, 300_000]}),
    "new": Case(measures=_GONE, yes=HANS),
    "new, said in English": Case(measures=_GONE, yes=EN),
    "red line": Case(measures={"severe_violations": [0, 1, 0], "sales": [2_700_000, 4_100_000, 4_600_000]}),
    "levels": Case("admin-supervisor"),
    "levels and numbers": Case("operations-investment"),
    "inverse": Case("store-manager"),
    "growth": Case("operations-growth"),
}


def _workbook(language: str) -> bytes:
    sheets = [PlannedSheet(name, SHIPPED.role(case.role)) for name, case in CASES.items()]
    content = uncalculated(sheets, SHIPPED, Quarter(2026, 4), language)
    samples = {name: case.sample(language) for name, case in CASES.items()}
    typed = {
        sheet.title: typed_cells(sheet.role, sample.measures, sample.person, sample.targets)
        for sheet in sheets
        for sample in [samples[sheet.title]]
    }
    return fill(content, typed)


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Path]]:
    """Language → engine → the workbook as that engine calculates it."""
    folder = tmp_path_factory.mktemp("languages")
    paths: dict[str, dict[str, Path]] = {}
    for language in LANGUAGES:
        content = _workbook(language)
        paths[language] = {name: folder / f"{language}-{name}.xlsx" for name in ("source", "python", "twins")}
        paths[language]["source"].write_bytes(content)
        paths[language]["python"].write_bytes(recalculate(content))
        paths[language]["twins"].write_bytes(patch(content, evaluate(content, functions=False)))
    if not libreoffice.lacking():
        sources = [paths[language]["source"] for language in LANGUAGES]
        results = libreoffice.recalculate(sources, folder / "libreoffice")
        for language, result in zip(LANGUAGES, results, strict=True):
            paths[language]["libreoffice"] = result
    return paths


@pytest.fixture(scope="module")
def filled(engines: dict[str, dict[str, Path]]) -> dict[str, FilledWorkbook]:
    return {language: read(paths["python"], SHIPPED) for language, paths in engines.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_engine_shows_what_python_reads_back(
    engines: dict[str, dict[str, Path]], filled: dict[str, FilledWorkbook], language: str
) -> None:
    libreoffice.require()
    for engine, path in engines[language].items():
        if engine == "source":
            continue
        book = CalamineWorkbook.from_path(str(path))
        for form in filled[language].forms:
            assert differences(Shown(book, form.sheet), form.appraisal) == [], (engine, form.sheet)


def test_the_same_quarter_has_the_same_result_in_every_language(filled: dict[str, FilledWorkbook]) -> None:
    for forms in zip(*(filled[language].forms for language in LANGUAGES), strict=True):
        results = [_told(form.appraisal) for form in forms]
        assert results[0] == results[1] == results[2], forms[0].sheet


def _told(appraisal: Appraisal) -> object:
    """What does not depend on the language: numbers as they are, texts by their kind."""

    def kind(value: Value) -> object:
        return value if not isinstance(value, str) else value[:4] if value.startswith("#KPI") else "text"

    indicators = [
        (r.id, r.applies, r.weight, kind(r.score), r.deducted, r.receipt is None) for r in appraisal.indicators
    ]
    return kind(appraisal.total), kind(appraisal.final), indicators, [id for id, _ in appraisal.alerts]


def test_grades_are_those_of_the_scale_of_each_language(filled: dict[str, FilledWorkbook]) -> None:
    for language in LANGUAGES:
        for form in filled[language].forms:
            names = [grade.name for grade in grade_scale(form.appraisal.inputs.grade_scale)]
            grade = form.appraisal.grade
            assert grade is None or grade in names, (language, form.sheet)
    places = [
        [grade_scale(f.appraisal.inputs.grade_scale)[_place(f.appraisal)].at_least for f in filled[language].forms]
        for language in LANGUAGES
    ]
    assert places[0] == places[2]  # one scale in two languages
    red = {language: _form(filled[language], "red line").grade for language in LANGUAGES}
    assert red == {HANS: "B 良好", HANT: "乙", EN: "B Good"}


def _place(appraisal: Appraisal) -> int:
    names = [grade.name for grade in grade_scale(appraisal.inputs.grade_scale)]
    return names.index(appraisal.grade) if appraisal.grade else -1


def _form(filled: FilledWorkbook, sheet: str) -> Appraisal:
    return next(form.appraisal for form in filled.forms if form.sheet == sheet)


@pytest.mark.parametrize(
    ("language", "sheet", "row", "column", "text"),
    [
        (HANT, "text", "i:sales_achievement", "score", "#KPI “銷售額”須為數字"),
        (EN, "sample", "m:sales", "weighted", "✓"),
        (EN, "months missing", "m:sales", "weighted", "Missing 1"),
        (HANT, "months missing", "m:sales", "weighted", "待填1格"),
        (EN, "condition not met", "i:uv_growth", "score", "n/a"),
        (HANT, "condition not met", "i:uv_growth", "score", "不適用"),
        (HANT, "condition not met", "i:uv_growth", "receipt", "條件未符合，權重分給同組其他指標"),
        (EN, "sample", "i:uv_growth", "receipt", "actual 13.6%, target 20%, short by 6.4 pp, deducted 3, score 97"),
        (HANT, "sample", "i:uv_growth", "receipt", "實際13.6%，目標20%，低6.4個百分點，扣3分，得97分"),
        (EN, "sample", "i:sales_achievement", "receipt", "actual 11.4M, target 12M, achievement 95%, score 95"),
    ],
)
def test_what_the_form_says_is_in_its_language(
    engines: dict[str, dict[str, Path]], language: str, sheet: str, row: str, column: str, text: str
) -> None:
    for engine, path in engines[language].items():
        if engine != "source":
            assert Shown(path, sheet)(row, column) == text, engine


@cache
def _sample_form(language: str) -> bytes:
    sample = SHIPPED.samples(language)["web-editor"]
    role = SHIPPED.role("web-editor")
    content = uncalculated([PlannedSheet("A", role)], SHIPPED, Quarter(2026, 4), language)
    return fill(content, {"A": typed_cells(role, sample.measures, sample.person, sample.targets)})


def test_a_newcomer_says_yes_in_any_language(tmp_path: Path) -> None:
    for language, word in ((HANS, "yes"), (EN, "是"), (HANT, "YES"), (EN, "Yes"), (EN, "No"), (HANS, "否"), (EN, "y")):
        content = fill(_sample_form(language), {"A": {f"{LETTER['newcomer']}{PERSON_ROW}": word}})
        (tmp_path / "a.xlsx").write_bytes(content)
        (form,) = read(tmp_path / "a.xlsx", SHIPPED).forms
        assert form.appraisal.inputs.newcomer == (word.lower() in ("yes", "是")), word


def _level_cells() -> Iterator[tuple[str, str]]:
    role = SHIPPED.role("web-editor")
    for indicator in role.indicators:
        layout = Layout(role)
        measure = indicator.parts[0].actual.operands[0].measure
        yield layout.address(part_id(indicator.id), "rule"), layout.address(f"m:{measure}", "quarter")


def test_the_words_of_a_level_are_those_of_the_rule_in_the_form(tmp_path: Path) -> None:
    (rule, typed), (_, other) = _level_cells()
    cells: dict[str, Value] = {rule: "great: 100; poor: 0", typed: "great", other: "great"}
    (tmp_path / "a.xlsx").write_bytes(fill(_sample_form(EN), {"A": cells}))
    filled = read(tmp_path / "a.xlsx", SHIPPED)
    assert filled.forms[0].appraisal.indicators[0].score == 100
    assert [(problem.kind, problem.cell) for problem in filled.problems] == [("level", other)]
    assert "excellent" in filled.problems[0].message
