"""One company as one object: its folder, what travels to workers, what is told of faulty files, whose translations."""

from __future__ import annotations

import ast
import pickle
import shutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from tests.cli.test_cli import FINE, run
from tests.support.catalogues import SHIPPED, TEMPLATES, use
from tests.support.paths import CASES, ROOT
from xlkpi.catalogue.catalogue import Catalogue, UnknownRoleError
from xlkpi.catalogue.role import Role
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.languages import EN, HANS, HANT

TEA = CASES / "companies" / "tea"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(TEA, tmp_path / "tea")


# --- a folder ---------------------------------------------------------------------------------------------------------


def test_a_folder_is_a_company_of_its_own() -> None:
    tea = Catalogue.of(TEA)
    assert tea.role_ids == tuple(tea.roles()) == ("store-manager", "tea-picker")
    assert (tea.role("store-manager").title, SHIPPED.role("store-manager").title) == ("茶庄店长", "店长")
    assert tea.role("store-manager", Quarter(2026, 4)).indicators[0].parts[0].target == 900_000
    assert tea.company().grade_scale == "甲≥90；乙≥75；丙≥60；丁"
    assert tea.samples() == {}
    with pytest.raises(
        UnknownRoleError, match=r"没有岗位“ecommerce-operations”；已有的岗位：store-manager、tea-picker$"
    ):
        tea.role("ecommerce-operations")


def test_the_program_s_own_read_as_a_folder_is_the_same() -> None:
    copy = Catalogue.of(TEMPLATES)
    assert copy is not SHIPPED
    assert copy.roles() == SHIPPED.roles()
    for language in (HANS, HANT, EN):
        assert copy.roles(language=language) == SHIPPED.roles(language=language)
        assert copy.company(language) == SHIPPED.company(language)
        assert copy.samples(language) == SHIPPED.samples(language)


def test_a_folder_gives_the_same_roles_each_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    one, other = Catalogue.of(folder), Catalogue.of(Path("tea"))
    assert one is other
    for language in (None, HANS, HANT, EN):
        assert one.role("tea-picker", language=language) is other.role("tea-picker", language=language)
        assert one.company(language) is other.company(language)
    assert one.role("tea-picker", Quarter(2030, 1)) is one.role("tea-picker")


def test_a_changed_folder_is_another_catalogue(folder: Path) -> None:
    before, path = Catalogue.of(folder), folder / "roles" / "tea-picker.toml"
    path.write_text(path.read_text("utf-8").replace("采茶员", "炒茶师"), "utf-8")
    after = Catalogue.of(folder)
    assert [catalogue.role("tea-picker").title for catalogue in (before, after)] == ["采茶员", "炒茶师"]


def test_what_is_read_later_is_as_it_was(folder: Path) -> None:
    """Half of the old files and half of the new ones would be nobody's rules."""
    catalogue = Catalogue.of(folder)
    shutil.rmtree(folder)
    assert catalogue.role("tea-picker").title == "采茶员"
    assert catalogue.company(EN).name == "Green Ridge Tea"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Catalogue.of(tmp_path / "nowhere")


# --- faults -----------------------------------------------------------------------------------------------------------


def test_a_broken_role_keeps_only_itself_from_being_used(folder: Path) -> None:
    path = folder / "roles" / "tea-picker.toml"
    path.write_text(path.read_text("utf-8").replace("weight = 100\nunit", "weight = 0\nunit"), "utf-8")
    catalogue = Catalogue.of(folder)
    assert catalogue.role("store-manager").title == "茶庄店长"
    assert catalogue.role_ids == ("store-manager", "tea-picker")
    for _ in range(2):  # it is told again, not remembered as something else
        with pytest.raises(CatalogueError) as caught:
            catalogue.role("tea-picker")
        assert str(caught.value) == "tea-picker.toml：indicators[picked].weight = 0：须大于0"
    assert [*catalogue.roles()] == ["store-manager"]
    assert [str(fault) for fault in catalogue.faults()] == [str(caught.value)]


def test_new_makes_the_forms_of_a_role_beside_a_broken_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "roles" / "tea-picker.toml").write_text("id = 采茶员", "utf-8")
    use(monkeypatch, Catalogue.of(folder))
    made = run("new", "2026Q4", "--role", "store-manager", "-o", folder / "a.xlsx")
    assert (made.exit_code, (folder / "a.xlsx").exists()) == (FINE, True)
    failed = run("new", "2026Q4", "-o", folder / "b.xlsx")
    assert failed.exit_code == 1
    assert "tea-picker.toml：第1行第6个字：不是有效的TOML" in failed.stderr


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("company.toml", None, "company.toml：没有这个文件"),
        ("company.toml", 'name = ""\n[[grades]]\nname = "甲"\n', "company.toml：name = ''：不能缺少，请写文字"),
        ("company.toml", "name = 青峦", "company.toml：第1行第8个字：不是有效的TOML"),
        ("translations/en/common.toml", '"茶" = 1\n', "common.toml：茶 = 1：须为文字"),
        ("translations/en/common.toml", '"茶" = ""\n', "common.toml：茶 = ''：不能缺少，请写文字"),
    ],
)
def test_a_faulty_company_is_told_when_it_is_asked_for(folder: Path, name: str, text: str | None, said: str) -> None:
    (folder / name).unlink(missing_ok=True)
    if text is not None:
        (folder / name).write_text(text, "utf-8")
    catalogue = Catalogue.of(folder)
    assert catalogue.role("tea-picker").title == "采茶员"
    with pytest.raises(CatalogueError) as caught:
        catalogue.company(EN)
    assert str(caught.value).startswith(said)


def test_a_file_too_large_is_told(folder: Path) -> None:
    (folder / "company.toml").write_bytes(b"#" * 2_000_001)
    with pytest.raises(CatalogueError, match=r"company\.toml：文件超过 2 MB"):
        Catalogue.of(folder).company()


# --- workers ----------------------------------------------------------------------------------------------------------


def _twice(catalogue: Catalogue) -> tuple[Role, bool]:
    again = pickle.loads(pickle.dumps(catalogue))
    return catalogue.role("tea-picker"), again is catalogue


def test_a_catalogue_travels_without_its_folder(folder: Path) -> None:
    catalogue = Catalogue.of(folder)
    shutil.rmtree(folder)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        role, same = executor.submit(_twice, catalogue).result()
    assert role == catalogue.role("tea-picker")
    assert same


def test_a_catalogue_is_light_to_send() -> None:
    """It goes with every workbook, which takes 100,000 bytes and more."""
    assert len(pickle.dumps(SHIPPED)) < 100, "it lies at the worker"
    assert len(pickle.dumps(Catalogue.of(TEMPLATES))) < 200_000, "24 roles"
    assert pickle.loads(pickle.dumps(SHIPPED)) is SHIPPED


# --- languages --------------------------------------------------------------------------------------------------------


def test_a_company_s_own_words_stand_above_the_program_s(folder: Path) -> None:
    (folder / "translations" / "zh-Hant.toml").write_text('[terms]\n"采茶员" = "茶藝師"\n"数据" = "數字"\n', "utf-8")
    (folder / "translations" / "en" / "common.toml").write_text('"元" = "dollars"\n', "utf-8")
    catalogue = Catalogue.of(folder)
    said, shipped = catalogue.translator(HANT), SHIPPED.translator(HANT)
    assert [said(text) for text in ("采茶员", "数据", "渠道")] == ["茶藝師", "數字", shipped("渠道")]
    assert (shipped("采茶员"), shipped("数据")) == ("採茶員", "資料")
    assert catalogue.role("store-manager", language=EN).measures[0].unit == "dollars"
    assert SHIPPED.translator(EN)("元") == "CNY"


def test_what_roles_share_is_translated_for_every_company_and_no_role_s_own_words() -> None:
    tea = Catalogue.of(TEA).role("store-manager", language=EN)
    assert (tea.title, tea.measures[0].label) == ("Tea house manager", "Tea sales")
    assert (tea.measures[0].unit, tea.measures[0].owner) == ("CNY", "Finance")
    own = SHIPPED.role("store-manager").duties[0].heading
    assert SHIPPED.role("store-manager", language=EN).duties[0].heading != own
    assert Catalogue.of(TEA).translator(EN, "store-manager")(own) == own, "that is another company's store manager"


# --- the house --------------------------------------------------------------------------------------------------------


def test_only_commands_and_buttons_take_the_program_s_own() -> None:
    """Below them the catalogue is handed down: another company's forms are never scored by it."""
    taking = set()
    for path in (ROOT / "xlkpi").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Attribute)
                and node.attr in ("shipped", "of", "of_company")
                and ast.unparse(node.value) == "Catalogue"
            ):
                taking.add(path.relative_to(ROOT / "xlkpi").as_posix())
    assert taking == {
        "catalogue/catalogue.py",
        "cli/app.py",
        "cli/company/init.py",
        "cli/company/roles.py",
        "cli/forms/demo.py",
    }
