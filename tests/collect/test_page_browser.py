"""The page of the overview in a real browser: filters, sorting, receipts by keyboard, print, phone, both schemes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.engines import browser as engine
from tests.support.overviews import EAST, GONE, PEOPLE, WEST, collection, facts, problem
from xlkpi.appraisal.filled import Event
from xlkpi.collect.overview.page.files import department_pages, whole_page
from xlkpi.i18n.languages import EN, HANS
from xlkpi.i18n.problems import ERROR, WARNING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOSTILE = "<img src=x onerror=alert(1)>"
DESK, PHONE = (1200, 900), (390, 844)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The page in two languages, and that of a department. One person is called like an attack."""
    folder = tmp_path_factory.mktemp("pages")
    event = Event("<b>加分</b>", "</td>", 2.0)
    people = (*PEOPLE[:3], replace(PEOPLE[3], name=HOSTILE, receipts=("<i>依据</i>", ""), events=(event,)), *PEOPLE[4:])
    made = collection(people, (problem("01", ERROR), problem("04", WARNING, message="<u>改过</u>")))
    pages = {HANS: whole_page(made, facts(made), HANS), EN: whole_page(made, facts(made, language=EN), EN)}
    pages[EAST] = dict(department_pages(made, facts(made), HANS))[f"2026Q4-{EAST}.html"]
    for name, content in pages.items():
        (folder / f"{name}.html").write_bytes(content)
    return {name: folder / f"{name}.html" for name in pages}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    engine.require()
    with engine.browser() as launched:
        yield launched


class Opened:
    """A page in the browser, which must not ask for anything but its own file, and must not complain."""

    def __init__(self, chromium: Browser, path: Path, size: tuple[int, int] = DESK, **given: Any) -> None:
        self.context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, **given)
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.address = path.as_uri()
        self.page.goto(self.address)

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()
        assert self.complaints == []
        assert set(self.requests) == {self.address}

    def shown(self, selector: str) -> list[str]:
        """The texts of the elements that can be seen."""
        return [each.inner_text().strip() for each in self.page.locator(selector).all() if each.is_visible()]

    def names(self) -> list[str]:
        return self.shown(".ranking .who")

    @property
    def tiles(self) -> list[str]:
        return self.shown(".tiles b")


@pytest.fixture
def opened(chromium: Browser, files: dict[str, Path]) -> Iterator[Opened]:
    with Opened(chromium, files[HANS]) as page:
        yield page


def test_a_department_and_a_superior_are_chosen(opened: Opened) -> None:
    assert opened.tiles[:4] == ["7", "7/8", "65.00", "75.00"]
    opened.page.select_option("#department", label=EAST)
    assert opened.tiles[:4] == ["4", "4/4", "80.00", "80.00"]
    assert opened.names() == ["赵一", "钱二", "孙三", "郑七"]
    assert opened.page.locator("#superior option").all_inner_texts() == ["全部", "周上级", "孙上级"]
    opened.page.select_option("#superior", label="周上级")
    assert opened.tiles[:3] == ["2", "2/2", "70.00"]
    assert opened.shown("#shown") == ["2人，共7人"]
    assert opened.shown("#unranked") == []
    opened.page.select_option("#department", label=WEST)
    assert opened.page.input_value("#superior") == ""
    assert opened.tiles[:2] == ["3", "3/4"]
    assert opened.shown("#unranked tbody th") == [GONE.name]
    opened.page.select_option("#department", label="全部")
    assert len(opened.names()) == 7


def test_somebody_is_found_by_name_or_number(opened: Opened) -> None:
    opened.page.fill("#search", "周")
    assert opened.names() == ["周五"]
    opened.page.fill("#search", "04")
    assert opened.names() == [HOSTILE]
    opened.page.fill("#search", "谁")
    assert opened.names() == []
    assert opened.shown("#nobody") == ["没有符合的人。"]


@pytest.mark.parametrize(
    ("key", "first", "second"),
    [
        ("final", [HOSTILE, "赵一"], ["吴六", "周五"]),
        ("rank", ["吴六", "周五"], [HOSTILE, "赵一"]),
        ("id", ["赵一", "钱二"], ["郑七", "吴六"]),
        ("mark", ["赵一", HOSTILE], [HOSTILE, "赵一"]),
        ("grade", [HOSTILE, "赵一"], ["周五", "吴六"]),
    ],
)
def test_the_ranking_is_sorted_both_ways(opened: Opened, key: str, first: list[str], second: list[str]) -> None:
    """Who has no final score comes last either way."""
    button = opened.page.locator(f'.sort[data-key="{key}"]')
    for expected in (first, second):
        button.click()
        assert opened.names()[:2] == expected
    if key in ("final", "rank"):
        assert opened.names()[-1] == "郑七"
    assert opened.page.locator("[aria-sort]").count() == 1


def test_receipts_open_by_keyboard(opened: Opened) -> None:
    button = opened.page.locator(".who button").nth(0)
    button.focus()
    opened.page.keyboard.press("Enter")
    assert button.get_attribute("aria-expanded") == "true"
    receipts = opened.shown("tr.detail")[0]
    for told in ("<i>依据</i>", "<u>改过</u>", "<b>加分</b>", "</td>", "100", "评分标准"):
        assert told in receipts
    opened.page.keyboard.press("Space")
    assert button.get_attribute("aria-expanded") == "false"
    assert opened.shown("tr.detail") == []
    opened.page.keyboard.press("Tab")
    opened.page.keyboard.press("Enter")
    assert "6.00" in opened.shown("tr.detail")[0]
    assert "错误 · J10 · 须为数字。请填数字" in opened.shown("tr.detail")[0]


def test_receipts_stay_with_their_person(opened: Opened) -> None:
    opened.page.locator(".who button").nth(1).click()
    opened.page.locator('.sort[data-key="rank"]').click()
    after = opened.page.evaluate("document.querySelector('tr.detail').previousElementSibling.innerText")
    assert "赵一" in after
    opened.page.fill("#search", "钱二")
    assert opened.shown("tr.detail") == []


def test_the_keyboard_reaches_everything_in_order(opened: Opened) -> None:
    reached = []
    for _ in range(6):
        opened.page.keyboard.press("Tab")
        reached.append(opened.page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert reached == ["skip", "department", "superior", "search", "print", "sort"]
    assert opened.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_it_prints_on_a4_without_controls(opened: Opened, tmp_path: Path) -> None:
    opened.page.locator(".who button").nth(1).click()
    opened.page.emulate_media(media="print", color_scheme="dark")
    assert opened.shown("#filters") == []
    assert opened.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    content = opened.page.pdf(prefer_css_page_size=True)
    assert b"/MediaBox [0 0 594" in content or b"/MediaBox [0 0 595" in content
    assert "6.00" in opened.shown("tr.detail")[0]


@pytest.mark.parametrize("name", [HANS, EN, EAST])
def test_a_phone_needs_no_scrolling_sideways(chromium: Browser, files: dict[str, Path], name: str) -> None:
    with Opened(chromium, files[name], PHONE, has_touch=True) as opened:
        opened.page.locator(".who button").nth(0).tap()
        opened.page.locator(".who button").nth(1).tap()
        width = "Math.max(...[...document.querySelectorAll('body *')].map(e => e.getBoundingClientRect().right))"
        assert opened.page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
        assert opened.page.evaluate(width) <= PHONE[0]
        assert opened.names()


def test_what_keeps_people_out_is_found(chromium: Browser, files: dict[str, Path]) -> None:
    with Opened(chromium, files[EAST]) as opened:
        opened.page.evaluate("document.querySelector('#superior').closest('label').replaceWith(superior)")
        opened.page.evaluate("document.querySelector('h1').style.color = '#2a6ab0'")
        assert [found.split(":")[0] for found in engine.violations(opened.page)] == ["color-contrast", "select-name"]


@pytest.mark.parametrize(("name", "scheme"), [(HANS, "light"), (HANS, "dark"), (EN, "dark")])
def test_everybody_can_use_it(chromium: Browser, files: dict[str, Path], name: str, scheme: Any) -> None:
    with Opened(chromium, files[name], color_scheme=scheme) as opened:
        opened.page.locator(".who button").nth(0).click()
        opened.page.locator(".who button").nth(1).click()
        assert engine.violations(opened.page) == []
    with Opened(chromium, files[name], PHONE, color_scheme=scheme) as opened:
        assert engine.violations(opened.page) == []


def test_without_scripts_the_figures_and_the_ranking_are_there(chromium: Browser, files: dict[str, Path]) -> None:
    with Opened(chromium, files[HANS], java_script_enabled=False) as opened:
        assert len(opened.names()) == 7
        assert opened.tiles[:2] == ["7", "7/8"]
        assert opened.shown("#filters") == []
        assert any("脚本" in text for text in opened.shown("noscript p"))


def test_the_page_of_a_department_has_its_people_only(chromium: Browser, files: dict[str, Path]) -> None:
    with Opened(chromium, files[EAST]) as opened:
        assert opened.names() == ["赵一", "钱二", "孙三", "郑七"]
        assert opened.page.locator("#department").count() == 0
        opened.page.select_option("#superior", label="孙上级")
        assert opened.tiles[:3] == ["2", "2/2", "85.00"]
