"""The documents say what is true."""

from __future__ import annotations

import doctest
import re
import tomllib
from pathlib import Path

import click
import pytest

from tests.support import rules_page
from tests.support.catalogues import SHIPPED, role_in
from tests.support.paths import ROOT
from xlkpi import kpi_score
from xlkpi.analysis.preview import panels, rows
from xlkpi.catalogue.company import ADDED_BLOCKS, BLOCKS
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.cli import main
from xlkpi.i18n.messages import say
from xlkpi.i18n.numbers import Value
from xlkpi.i18n.problems import ADVICE, ERROR, WARNING
from xlkpi.lint.run import lint
from xlkpi.rules.model import RuleError
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.printer.phrase import phrase
from xlkpi.scoring import reasons

README = (ROOT / "README.md").read_text("utf-8")
README_ZH = (ROOT / "README.zh.md").read_text("utf-8")
GUIDE = (ROOT / "docs" / "hr-guide.zh.md").read_text("utf-8")


def _examples() -> list[tuple[str, str]]:
    """(expression, what the comment behind it says)."""
    blocks = [block for text in (README, README_ZH) for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL)]
    assert len(blocks) == 2
    return [example for block in blocks for example in re.findall(r"^(\w+\(.*\)) +# (.+)$", block, re.MULTILINE)]


@pytest.mark.parametrize(("expression", "said"), _examples())
def test_readme_examples_give_what_they_say(expression: str, said: str) -> None:
    import xlkpi

    library = {name: getattr(xlkpi, name) for name in xlkpi.__all__}
    assert str(eval(expression, library)) == said


@pytest.mark.parametrize("readme", [README, README_ZH], ids=["en", "zh"])
def test_readme_sessions_show_what_they_say(readme: str) -> None:
    (session,) = re.findall(r"```pycon\n(.*?)```", readme, re.DOTALL)
    test = doctest.DocTestParser().get_doctest(session, {}, "README", None, 0)
    told: list[str] = []
    assert doctest.DocTestRunner().run(test, out=told.append) == (0, 5), "".join(told)


@pytest.mark.parametrize("readme", [README, README_ZH], ids=["en", "zh"])
def test_readme_names_every_command_and_no_other(readme: str) -> None:
    named = re.findall(r"^\| `xlkpi ([\w-]+)", readme, re.MULTILINE)
    assert sorted(named) == sorted(main.modules)
    assert set(re.findall(r"`xlkpi ([\w-]+)", readme)) == set(named)


@pytest.mark.parametrize("readme", [README, README_ZH], ids=["en", "zh"])
def test_readme_names_every_command_about_addins(readme: str) -> None:
    group = main.get_command(click.Context(main), "addin")
    assert isinstance(group, click.Group)
    (row,) = re.findall(r"^\| `xlkpi addin (.+?) \| ", readme, re.MULTILINE)
    assert re.findall(r"(?:^|`)([a-z]+)", row) == list(group.commands)


def test_links_and_pictures_exist() -> None:
    for document in [*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md")]:
        text = document.read_text("utf-8")
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", text):
            assert (document.parent / target).exists(), (document.name, target)
        headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
        anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
        assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors, document.name


def test_readme_quotes_the_demo() -> None:
    worked = (ROOT / "docs" / "demo.zh.md").read_text("utf-8")
    quotes = [re.findall(r"^│ (\S+) +│.*│ (实际\S+) +│$", readme, re.MULTILINE) for readme in (README, README_ZH)]
    assert quotes[0] == quotes[1]
    assert len(quotes[0]) == 3
    assert all(label in worked for label, _ in quotes[0])


def test_every_table_of_the_results_has_its_part() -> None:
    from benchmarks.run import PARTS, RESULTS

    assert re.findall("^## (.+)$", RESULTS.read_text("utf-8"), re.MULTILINE) == [part.TITLE for part in PARTS]


def test_the_page_of_the_rule_language_is_current() -> None:
    assert rules_page.PAGE.read_text("utf-8") == rules_page.page(), "run make docs"


# --- the guide for HR -----------------------------------------------------------------------------------------------


def _table(*headings: str) -> list[list[str]]:
    """The cells of the guide's one table with these headings, without back quotes."""
    header = re.escape(f"| {' | '.join(headings)} |")
    (rows,) = re.findall(rf"^{header}\n\|[ |-]+\|\n((?:\|.+\|\n)+)", GUIDE, re.MULTILINE)
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows.splitlines()]


def _values(cell: str) -> list[Value]:
    """95, 12%, 良好, or several between ；; — is nothing."""
    return [_value(text) for text in cell.split("；")]


def _value(text: str) -> Value:
    if text == "—":
        return None
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        return text


@pytest.mark.parametrize(("rule", "actual", "target", "score"), _table("评分标准", "实际", "目标", "得分"))
def test_guide_rules_score_what_it_says(rule: str, actual: str, target: str, score: str) -> None:
    (expected,) = _values(score)
    assert kpi_score(_values(actual), _values(target), rule) == pytest.approx(expected)
    assert phrase(parse(rule)) == rule


@pytest.mark.parametrize(("wording", "unit", "rule"), _table("这样写", "指标的单位", "读作"))
def test_guide_wordings_read_as_it_says(wording: str, unit: str, rule: str) -> None:
    assert phrase(parse(wording, unit)) == rule


@pytest.mark.parametrize(("wording", "answer", "better"), _table("不能这样写", "程序的回答", "可以改成"))
def test_guide_refusals_ask_what_it_says(wording: str, answer: str, better: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse(wording, "%")
    assert caught.value.message == answer
    assert phrase(parse(better, "%")) == better


@pytest.mark.parametrize(
    ("rule", "target", "edge", "score", "note"), _table("试的句子", "目标", "分界", "得分", "是什么")
)
def test_guide_previews_are_as_it_says(rule: str, target: str, edge: str, score: str, note: str) -> None:
    (panel,) = panels(parse(rule), (), _values(target))
    shown = {row.actual: (row.outcome.score, row.note) for row in rows(panel)}
    ((actual,), (expected,)) = _values(edge), _values(score)
    assert shown[actual] == (expected, note)  # type: ignore[index]


def _example_role() -> str:
    (role,) = (block for block in _toml_blocks() if "\nid = " in block and "title = " in block)
    return role


def _toml_blocks() -> list[str]:
    return re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)


def test_guide_example_is_a_whole_role(tmp_path: Path) -> None:
    path = tmp_path / "live-host.toml"
    path.write_text(_example_role(), "utf-8")
    role = role_in(path)
    assert role.id in GUIDE
    assert role.levels, "the example shows a rated indicator too"


def test_guide_fragments_are_toml() -> None:
    assert all(tomllib.loads(block) for block in _toml_blocks())


@pytest.mark.parametrize(("right", "wrong", "answer"), _table("原来", "错写成", "程序的回答"))
def test_guide_faults_are_told_as_it_says(tmp_path: Path, right: str, wrong: str, answer: str) -> None:
    assert right in _example_role()
    path = tmp_path / "live-host.toml"
    path.write_text(_example_role().replace(right, wrong, 1), "utf-8")
    with pytest.raises(CatalogueError) as caught:
        role_in(path)
    assert answer in [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(("rule", "level", "answer"), _table("`rule` 写成", "级别", "程序的回答"))
def test_guide_findings_are_those_of_lint(tmp_path: Path, rule: str, level: str, answer: str) -> None:
    path = tmp_path / "live-host.toml"
    path.write_text(_example_role(), "utf-8")
    assert lint(SHIPPED, [path]) == []
    path.write_text(_example_role().replace("按完成率得分；封顶120分", rule, 1), "utf-8")
    severity = {"错误": ERROR, "警告": WARNING, "建议": ADVICE}[level]
    assert (severity, answer) in [(finding.severity, finding.message) for finding in lint(SHIPPED, [path])]


def test_guide_names_every_setting_of_the_company() -> None:
    company = tomllib.loads((ROOT / "workbook_templates" / "company.toml").read_text("utf-8"))
    settings = dict(_table("写法", "意思"))
    assert settings.keys() == company.keys()
    assert {key for grade in company["grades"] for key in grade} <= set(re.findall(r"`(\w+)`", settings["grades"]))
    assert set(re.findall(r"`(\w+)`", settings["blocks"])) == {*BLOCKS, *ADDED_BLOCKS}


def test_guide_names_commands_that_exist() -> None:
    assert set(re.findall(r"\bxlkpi ([a-z-]+)", GUIDE)) <= set(main.modules)


@pytest.mark.parametrize("seen", [cells[0] for cells in _table("看到的", "怎么办")])
def test_guide_explains_reasons_that_exist(seen: str) -> None:
    known = {reasons.RULE_CHANGED, reasons.EVENT_NOT_NUMBER, *reasons.NEED.values()}
    known |= {reasons.SELF_LEVEL, reasons.LEAD_LEVEL, say(reasons.OTHERS_POINTS, best=100, nobody="无")}
    reason = seen.removeprefix(f"{reasons.PREFIX} ")
    assert reason in known or re.fullmatch("“.+”须为数字|除数为0：.+", reason)
