"""The page of the overview as bytes: it is one file that loads nothing, texts stay texts, and a department is alone."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tests.support.company import DEPARTMENTS, Filled, assignments, put, workbook
from tests.support.overviews import BEFORE, EAST, GONE, PEOPLE, WEST, Given, collection, facts, problem
from xlkpi.appraisal.filled import Event
from xlkpi.cli import main
from xlkpi.collect.overview.page.files import department_pages, whole_page
from xlkpi.collect.overview.page.parts import whole
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS, LANGUAGES
from xlkpi.i18n.problems import ERROR, WARNING

HOSTILE = (
    "<b>粗</b>",
    "</script><script>alert(1)</script>",
    "\"'&`${1}{{ 7*7 }}{% raw %}",
    "=cmd|'/c calc'!A1",
    "a\u2028b\u202ec\x00d\ud800",
    "<!--<script>",
)


class Reader(HTMLParser):
    """The elements, their attributes, and the texts outside of scripts and styles."""

    def __init__(self, content: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self._inside = ""
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in self.raw:
            self.raw[self._inside].append(data)
        elif data.strip():
            self.texts.append(data.strip())

    @property
    def data(self) -> dict[str, Any]:
        return json.loads(self.raw["script"][0])


def page(people: tuple[Given, ...] = PEOPLE, problems: Any = (), language: str = HANS) -> bytes:
    made = collection(people, problems)
    return whole_page(made, facts(made, language=language), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_loads_nothing(language: str) -> None:
    read = Reader(page(language=language))
    addresses = {name: value for _, attributes in read.elements for name, value in attributes.items() if name in LINKS}
    assert addresses == {"href": "#ranking"}
    assert not re.search(r"url\(|@import|https?:", "".join([*read.raw["style"], *read.raw["script"][1:]]))
    assert not any(tag in ("img", "iframe", "object", "embed", "link", "base") for tag, _ in read.elements)
    assert not any(name.startswith("on") or name == "style" for _, each in read.elements for name in each)


LINKS = ("src", "href", "srcset", "action", "formaction", "data", "poster", "xlink:href", "background")


def test_the_policy_allows_this_style_and_this_script_and_nothing_else() -> None:
    read = Reader(page())
    (policy,) = [a["content"] for tag, a in read.elements if a.get("http-equiv") == "Content-Security-Policy"]

    def allowed(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    (style,), (_, script) = read.raw["style"], read.raw["script"]
    assert policy == (
        f"default-src 'none'; style-src {allowed(style)}; script-src {allowed(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def test_every_number_is_on_it() -> None:
    read = Reader(page(problems=(problem("01", ERROR), problem("02", WARNING))))
    text = "\n".join(read.texts)
    for shown in (
        "7/8",
        "65.00",
        "-7.40",
        "-1.67",
        "62.00",
        "48.00",
        "56.4%",
        "⚠ 错误1",
        "⚠ 警告1",
        GONE.name,
        "✗ 未交",
    ):
        assert shown in text, shown
    rows = read.data["people"][1]["forms"][0]["rows"]
    assert read.data["people"][1]["marks"] == [["错误", "J10", "须为数字", "请填数字"]]
    assert [row[2:5] for row in rows] == [["90", "6.00", "实际95，目标100"], ["90", "4.00", "实际0.1，目标0.2"]]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_type_stays_text(text: str) -> None:
    person = replace(
        PEOPLE[0], name=text, department=text, superior=text, receipts=(text, text), events=(Event(text, text, text),)
    )
    content = page((person, *PEOPLE[1:]), (problem("01", ERROR, message=text),))
    read, harmless = Reader(content), Reader(page(problems=(problem("01", ERROR),)))
    assert {tag for tag, _ in read.elements} == {tag for tag, _ in harmless.elements}
    assert len(read.raw["script"]) == 2
    assert read.raw["script"][1] == harmless.raw["script"][1]
    kept = " ".join(re.sub("[\x00\ud800\u202e]", "", text).split())
    assert kept in read.texts
    assert read.data["people"][1]["forms"][0]["rows"][0][4] == kept


@given(st.text(min_size=1, max_size=20))
def test_any_text_can_be_read_back(text: str) -> None:
    content = page((replace(PEOPLE[0], receipts=(f"A{text}Z", "")),))
    receipt = Reader(content).data["people"][0]["forms"][0]["rows"][0][4]
    assert receipt.startswith("A")
    assert receipt.endswith("Z")
    assert b"</script" not in content.split(b'id="data">')[1].split(b"</script>")[0]


@pytest.mark.parametrize(("superiors", "scopes"), [(1, 3), (597, 599), (598, 600), (599, 2)])
def test_a_page_of_very_many_superiors_stays_a_page(superiors: int, scopes: int) -> None:
    """The whole company and its department have figures; the superiors, too, up to 600 choices in all."""
    people = [replace(PEOPLE[0], id=str(n), superior=f"上级{n}") for n in range(superiors)]
    made = collection(people, gone=())
    part = whole(facts(made, ()))
    assert len(part.superiors) == superiors
    assert len(part.scopes) == scopes


# --- one department -------------------------------------------------------------------------------------------------


def _alone() -> dict[str, bytes]:
    about_others = (
        problem("01", WARNING, "alike", f"与{PEOPLE[3].name}的数字相同"),
        problem("02", WARNING, "alike", f"与{PEOPLE[0].name}的数字相同"),
    )
    made = collection(problems=about_others)
    return dict(department_pages(made, facts(made), HANS))


def test_a_page_for_each_department() -> None:
    assert list(_alone()) == [f"2026Q4-{EAST}.html", f"2026Q4-{WEST}.html"]


@pytest.mark.parametrize(("department", "other"), [(EAST, WEST), (WEST, EAST)])
def test_on_a_departments_page_is_nobody_else(department: str, other: str) -> None:
    content = _alone()[f"2026Q4-{department}.html"].decode()
    people = [(given.id, given.name, given.department, given.superior) for given in PEOPLE]
    people += [(GONE.id, GONE.name, GONE.department, GONE.superior)]
    people += [(one.id, one.name, "", "") for one in BEFORE if one.name == "冯九"]
    own = {text for each in people if each[2] == department for text in each}
    for id, name, where, superior in people:
        if where == department:
            assert f">{name}<" in content
        else:
            assert f'"{id}"' not in content
            assert f">{id}<" not in content
            assert all(text in own or text not in content for text in (name, superior) if text)
    assert other not in content
    assert ("与赵一的数字相同" in content) is (department == EAST)
    assert (words()("page_of_others") in content) is (department == EAST)


def test_ranks_are_those_of_the_department() -> None:
    read = Reader(_alone()[f"2026Q4-{WEST}.html"])
    assert [person["sort"][0] for person in read.data["people"]] == [1, 2, 3]
    assert words()("page_of_department", department=WEST) in read.texts


# --- the command ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("received")
    put(folder / "in" / "全部.xlsx", workbook([Filled(one, 0.9) for one in assignments()]))
    return folder


def _run(received: Path, output: Path, *options: object) -> tuple[int, str]:
    arguments = ["collect", received / "in", "-o", output / "汇总.xlsx", "--history", output / "历史", *options]
    result = CliRunner().invoke(main, list(map(str, arguments)))
    return result.exit_code, result.output


def test_the_command_writes_the_page_beside_the_summary(received: Path, tmp_path: Path) -> None:
    code, output = _run(received, tmp_path, "--html", tmp_path / "概览.html")
    assert code == 1  # the forms of these people hold the same numbers
    assert "概览.html" in output
    content = (tmp_path / "概览.html").read_bytes()
    assert all(one.name in content.decode() for one in assignments())
    _run(received, tmp_path, "--html", tmp_path / "概览.html", "--overwrite")
    assert (tmp_path / "概览.html").read_bytes() == content


def test_the_command_writes_a_folder_of_departments(received: Path, tmp_path: Path) -> None:
    code, output = _run(received, tmp_path, "--html", tmp_path / "网页", "--by", "department")
    assert code == 1
    assert f"共{len(DEPARTMENTS)}个" in output
    for path in (tmp_path / "网页").iterdir():
        content = path.read_text("utf-8")
        assert [one.name for one in assignments() if f">{one.name}<" in content] == [
            one.name for one in assignments() if path.stem == f"2026Q4-{one.department}"
        ]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--by", "department"), "--html"),
        (("--html", "网页"), "网页文件"),
        (("--html", "."), "网页文件"),
        (("--html", "in/全部.xlsx", "--by", "department"), "文件夹"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_read(
    received: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(received)
    code, output = _run(received, tmp_path, *options)
    assert code == 2
    assert told in output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("by", [(), ("--by", "department")])
def test_a_page_is_not_overwritten_unasked(received: Path, tmp_path: Path, by: tuple[str, ...]) -> None:
    there = tmp_path / "网页" / f"2026Q4-{DEPARTMENTS[0]}.html"
    there.parent.mkdir()
    there.write_text("mine", "utf-8")
    code, output = _run(received, tmp_path, "--html", there.parent if by else there, *by)
    assert code != 0
    assert "--overwrite" in output
    assert there.read_text("utf-8") == "mine"
    assert not (tmp_path / "汇总.xlsx").exists()
