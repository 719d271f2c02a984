"""Two companies in one process through a quarter: neither one's roles, grades, name or words get into the other's."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support.catalogues import SHIPPED
from tests.support.paths import CASES
from xlkpi.calc.engine import recalculate
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.check.run import check, check_workbook
from xlkpi.collect import history, trend
from xlkpi.collect.collection import Collection, collect
from xlkpi.collect.workbook import build
from xlkpi.common.quarter import Quarter
from xlkpi.form.prefill import typed_cells
from xlkpi.guide.content import guides
from xlkpi.guide.files import named, rendered
from xlkpi.guide.render import HTML, templates
from xlkpi.i18n.languages import EN, HANS
from xlkpi.i18n.numbers import Value
from xlkpi.i18n.problems import ADVICE
from xlkpi.intake.received import find_files, receive_all
from xlkpi.intake.workbook import read
from xlkpi.next_quarter.plan import NextQuarter, following
from xlkpi.next_quarter.report import changes_text
from xlkpi.roster.grouping import grouped
from xlkpi.roster.reader import read_roster
from xlkpi.writer.sheets.roster import roster_book
from xlkpi.writer.workbook import workbook, workbooks
from xlkpi.xlsx.edit import fill

Q4, Q1 = Quarter(2026, 4), Quarter(2027, 1)
TEA = CASES / "companies" / "tea"
TYPED: Mapping[str, Mapping[str, Sequence[Value]]] = {
    # 810,000 of 900,000: 90; growth 8% of 10%: 96; two complaints: 80. 0.5 × 90 + 0.2 × 96 + 0.3 × 80 = 88.2
    "store-manager": {"tea_sales": [270_000] * 3, "tea_sales_prev": [750_000], "complaints": [1, 0, 1]},
    "tea-picker": {"picked": [100, 100, 115]},  # 105% of 300
}


@dataclass
class Company:
    """One company's quarter: where its files lie, and who works by which catalogue."""

    catalogue: Catalogue
    folder: Path
    roster: tuple[tuple[str, str, str], ...]

    @property
    def received(self) -> Path:
        return self.folder / "2026Q4"

    def new(self, language: str = HANS) -> None:
        """The roster's forms."""
        self.received.mkdir(parents=True)
        (self.folder / "r.csv").write_text(
            "\n".join(["工号,姓名,岗位,直接上级", *(f"{id},{name},{post},何总" for id, name, post in self.roster)]),
            "utf-8",
        )
        roster = read_roster(self.folder / "r.csv", self.catalogue, Q4)
        assert roster.problems == ()
        groups = grouped(roster.assignments, Q4, "person", language)
        for name, content in workbooks(groups, self.catalogue, Q4, language):
            (self.received / name).write_bytes(content)

    def fill(self) -> None:
        """What managers type, calculated as a spreadsheet does."""
        for path in self.received.iterdir():
            (form,) = read(path, self.catalogue).forms
            role = form.appraisal.role
            typed = typed_cells(role, TYPED[role.id] if self.catalogue is not SHIPPED else _sample(role.id))
            path.write_bytes(recalculate(fill(path.read_bytes(), {form.sheet: typed})))

    def collected(self) -> Collection:
        found = receive_all(find_files([self.received]), self.catalogue, check=check_workbook)
        return collect([*found], Q4, self.catalogue)

    def next(self) -> NextQuarter:
        return following([path for _, path in find_files([self.received])], self.catalogue, None, HANS)


def _sample(role: str) -> Mapping[str, Sequence[Value]]:
    return SHIPPED.samples()[role].measures


@pytest.fixture(scope="module")
def companies(tmp_path_factory: pytest.TempPathFactory) -> tuple[Company, Company]:
    """Both companies have a role store-manager and a person 001; every step is done for one, then for the other."""
    folder = tmp_path_factory.mktemp("companies")
    own = shutil.copytree(TEA, folder / "catalogue")
    spruce = Company(SHIPPED, folder / "spruce", (("001", "赵一", "店长"), ("002", "钱二", "网店文案编辑")))
    tea = Company(Catalogue.of(own), folder / "tea", (("001", "孙茶", "茶庄店长"), ("002", "李茶", "采茶员")))
    for step in (Company.new, Company.fill):
        for company in (spruce, tea):
            step(company)
    return spruce, tea


def _texts(content: bytes) -> str:
    book = load_workbook(BytesIO(content))
    return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value)


def _unmixed(spruce: str, tea: str) -> None:
    """Each says its own name and grades, and nothing of the other's."""
    assert "云杉电商" in spruce
    assert "青峦茶业" in tea
    assert not [word for word in ("青峦", "茶庄", "采茶", "孙茶") if word in spruce]
    assert not [word for word in ("云杉", "卓越", "网店文案编辑", "赵一") if word in tea]


def test_forms(companies: tuple[Company, Company]) -> None:
    spruce, tea = ("".join(_texts(path.read_bytes()) for path in sorted(c.received.iterdir())) for c in companies)
    _unmixed(spruce, tea)
    assert "甲≥90；乙≥75；丙≥60；丁" in tea
    assert "S 卓越≥95" in spruce


def test_the_list_of_posts_in_an_empty_roster(companies: tuple[Company, Company]) -> None:
    spruce, tea = (_texts(roster_book(company.catalogue, HANS)) for company in companies)
    assert ("茶庄店长" in tea, "网店文案编辑" in tea) == (True, False)
    assert ("茶庄店长" in spruce, "网店文案编辑" in spruce) == (False, True)
    assert (
        "没有岗位“网店文案编辑”"
        in read_roster(companies[0].folder / "r.csv", companies[1].catalogue, Q4).problems[-1].message
    )


def test_check_knows_each_company_s_forms(companies: tuple[Company, Company]) -> None:
    for company in companies:
        for one in check([*company.received.iterdir()], company.catalogue):
            assert [problem for problem in one.problems if problem.severity != ADVICE] == []


def test_a_form_checked_by_another_company_is_told(companies: tuple[Company, Company]) -> None:
    spruce, tea = companies
    manager, picker = (next(tea.received.glob(f"*{name}*")) for name in ("孙茶", "李茶"))
    wrong, unknown = check([manager, picker], spruce.catalogue)
    assert not wrong.fine
    assert not unknown.fine
    assert {problem.kind for problem in unknown.problems} == {"role", "setting"}
    assert any("没有岗位“tea-picker”" in problem.message for problem in unknown.problems)


def test_collect(companies: tuple[Company, Company], tmp_path: Path) -> None:
    spruce, tea = (company.collected() for company in companies)
    assert [(one.person.name, one.person.final, one.person.grade) for one in tea.ranking] == [
        ("李茶", 105, "甲"),
        ("孙茶", 88.2, "乙"),
    ]
    assert {one.person.grade for one in spruce.ranking} <= {grade.name for grade in SHIPPED.company().grades}
    assert [len(collection.ranking) for collection in (spruce, tea)] == [2, 2]
    _unmixed(_texts(build(spruce, tmp_path)), _texts(build(tea, tmp_path)))
    english = _texts(build(tea, tmp_path, EN))
    assert all(text in english for text in ("Green Ridge Tea", "Tea house manager", "First"))


def test_a_trend_over_both_histories(companies: tuple[Company, Company], tmp_path: Path) -> None:
    texts = []
    for company in companies:
        history.write(company.folder / "历史", Q4, history.frame(company.collected()))
        texts.append(_texts(trend.build(history.load(company.folder / "历史"), company.catalogue)))
    _unmixed(*texts)
    assert ("店长" in texts[0], "茶庄店长" in texts[1]) == (True, True)


def test_guides(companies: tuple[Company, Company]) -> None:
    texts = []
    for company in companies:
        people = [ranked.person for ranked in company.collected().ranking]
        files = named(guides(people, Q4))
        made = rendered(files, templates((HTML,), None)[0], company.catalogue)
        texts.append("".join(content.decode() for pages in made for _, content in pages))
    _unmixed(*texts)


def test_next(companies: tuple[Company, Company]) -> None:
    spruce, tea = (company.next() for company in companies)
    assert [changes for role in spruce.roles for changes in role.changes] == []
    assert {role.id: role.changes for role in tea.roles} == {
        "store-manager": (
            "“茶叶销售额”的评分标准：按完成率得分；封顶120分 → 按完成率得分；封顶110分",
            "“茶叶销售额”的目标值：90万 → 100万",
        ),
        "tea-picker": (),
    }
    assert not [word for word in ("茶", "孙") if word in changes_text(spruce)]
    (manager,) = (book for book in tea.books if book.sheets[0].role.id == "store-manager")
    assert manager.sheets[0].presets["m:tea_sales_prev", "quarter"].value == 810_000
    written = [
        "".join(_texts(workbook(book.sheets, company.catalogue, Q1, book.language)) for book in made.books)
        for company, made in zip(companies, (spruce, tea), strict=True)
    ]
    _unmixed(*written)


def test_workers_do_the_same_for_a_company_whose_folder_they_do_not_have(
    companies: tuple[Company, Company], tmp_path: Path
) -> None:
    tea = companies[1]
    here = tea.collected()
    moved = shutil.copytree(TEA, tmp_path / "catalogue")
    catalogue = Catalogue.of(moved)
    shutil.rmtree(moved)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        work = partial(receive_all, find_files([tea.received]), executor=executor, check=check_workbook)
        received = {catalogue: [*work(catalogue=catalogue)] for catalogue in (catalogue, SHIPPED, catalogue)}
    there = collect(received[catalogue], Q4, catalogue)
    assert [(one.person.name, one.person.final) for one in there.ranking] == [
        (one.person.name, one.person.final) for one in here.ranking
    ]
    assert there.problems == here.problems
    assert "没有岗位“tea-picker”" in str(collect(received[SHIPPED], Q4, SHIPPED).problems)
