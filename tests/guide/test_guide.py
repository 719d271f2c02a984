"""Improvement guides: what they say is what the forms say, on HTML and in Word, and nothing in it is evaluated."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import docx
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from tests.support.archives import zipped
from tests.support.catalogues import SHIPPED
from tests.support.forms import Shown, appraised, filled_form, layout, recalculated, role, sample_measures
from tests.support.hostile import bomb
from xlkpi import cli
from xlkpi.appraisal.appraise import appraise
from xlkpi.appraisal.filled import Event, FilledForm, Review
from xlkpi.appraisal.inputs import Inputs, Spare
from xlkpi.appraisal.people import people
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.blocks.review import TYPED_TEXT
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.guide import view as guide_view
from xlkpi.guide.content import Guide, guides
from xlkpi.guide.files import named
from xlkpi.guide.render import FORMATS, HTML, TEMPLATE_NAMES, WORD, TemplateFault, default_template, render
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS, LANGUAGES
from xlkpi.i18n.numbers import Value, is_number, round_half_up
from xlkpi.intake.workbook import read
from xlkpi.writer.styles import ACCENT, BAR, GROUND
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.edit import fill

QUARTER = Quarter(2026, 4)
OPERATIONS = "ecommerce-operations"
RATED = "web-editor"
_REPURCHASE = next(i.label for i in role().indicators if i.id == "repurchase")


def form(
    role_id: str = OPERATIONS, language: str = HANS, assignment: Assignment | None = None, **given: object
) -> FilledForm:
    """The sample of a role, in a language."""
    role, sample = SHIPPED.role(role_id, language=language), SHIPPED.samples(language)[role_id]
    preset = Inputs.preset(role, sample.measures)
    targets = dict(preset.targets) | {id: [value] for id, value in sample.targets.items()}
    inputs = replace(preset, targets=targets, person=sample.person, language=language)
    return FilledForm(role.title, appraise(role, replace(inputs, **given)), assignment)  # type: ignore[arg-type]


def guide(*forms: FilledForm, history: pd.DataFrame | None = None) -> Guide:
    (found,) = guides(people(forms, QUARTER), QUARTER, history)
    return found


class _Text(HTMLParser):
    """What a page shows, and the elements it has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.elements: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.elements.append(tag)

    def handle_data(self, data: str) -> None:
        self.shown.append(data)


def text_of(content: bytes, format: str) -> str:
    """All that a guide shows, a line for each cell or paragraph."""
    if format == HTML:
        return "\n".join(_Text(content.decode()).shown)
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@cache
def template(format: str) -> bytes:
    return default_template(format)


def rendered(guide: Guide, format: str) -> bytes:
    return render(guide, format, template(format), SHIPPED)


# --- what a guide knows -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role_id", sorted(SHIPPED.samples()))
def test_every_loss_is_listed_once_and_they_come_to_the_total(role_id: str) -> None:
    (told,) = guide(sample := form(role_id)).forms
    appraisal = sample.appraisal
    below = {r.id: r for r in appraisal.indicators if is_number(r.score) and r.score < 100 and r.weight > 0}  # type: ignore[operator]
    assert {loss.result.id: loss.result for loss in told.losses} == below
    assert len(told.losses) == len(below)
    assert [loss.place for loss in told.losses] == list(range(1, len(below) + 1))
    for loss in told.losses:
        assert loss.lost == pytest.approx((100 - loss.result.score) * loss.result.weight / 100)  # type: ignore[operator]
        assert loss.result.receipt
    lost = [loss.lost for loss in told.losses]
    assert lost == sorted(lost, reverse=True)  # type: ignore[type-var]
    assert told.lost == pytest.approx(sum(lost))  # type: ignore[arg-type]
    assert round_half_up(100 - told.lost + told.above) == appraisal.total
    assert not told.missing


def test_the_losses_are_those_of_the_form(tmp_path: Path) -> None:
    shown = Shown(recalculated(filled_form(sample_measures()), tmp_path / "表.xlsx"))
    (told,) = guide(form()).forms
    on_form = [(shown(f"r:{n}", "group"), shown(f"r:{n}", "definition")) for n in (1, 2, 3)]
    assert on_form == [(loss.result.label, round_half_up(loss.lost or 0)) for loss in told.losses[:3]]


def test_a_veto_stands_first_and_nothing_adds_up() -> None:
    added = Spare("+1", "质量事故", 0.1, 1, None, "满分100分；每次扣10分；实际>0一票否决", "次")
    (told,) = guide(form(spare=[added])).forms
    assert told.vetoed
    assert (told.losses[0].result.label, told.losses[0].lost) == ("质量事故", None)
    assert told.appraisal.final == 0
    assert told.steps
    assert {step.total for step in told.steps} == {None}
    shown = text_of(rendered(guide(form(spare=[added])), HTML), HTML)
    assert "一票否决，加权总分为0" in shown
    assert "= 加权总分" not in shown


STEPS = [
    # rule, unit, actual, target → more of the score, how the text begins
    ("每低5个百分点扣3分", "%", 0.12, 0.2, 3.0, ">15%，少扣3分"),
    ("每低5个百分点扣60分", "%", 0.05, 0.2, 40.0, ">10%，少扣40分"),
    ("每低1个百分点扣3分，最多扣10分", "%", 0.80, 0.95, 1.0, ">91%，少扣1分"),
    ("每偏离1个百分点扣2分", "%", 0.12, 0.10, 2.0, "偏离<2%，少扣2分"),
    ("每偏离1个百分点扣2分", "%", 0.08, 0.10, 2.0, "偏离<2%，少扣2分"),
    ("每超1个百分点扣2分", "%", 0.165, 0.15, 2.0, "<16%，少扣2分"),
    ("每低1个百分点扣1分；实际<85%得0分", "%", 0.80, 0.95, 90.0, "≥85%，不再是0分"),
    ("达到目标得100分，否则得0分", "", 90, 100, 100.0, "≥100，得100分"),
    ("实际≥3得100分；实际<3得60分", "", 2, None, 40.0, "≥3，得100分"),
    ("完成率≥120%得120分；80%≤完成率<120%按完成率得分；完成率<80%得0分", "", 60, 100, 80.0, "完成率≥80%，按完成率得分"),
    ("每低1分扣2分；每超1分加1分，最多加10分", "", 12, 10, 1.0, "≥13，多加1分"),
]


@pytest.mark.parametrize(("rule", "unit", "actual", "target", "more", "text"), STEPS)
def test_the_next_step_says_where_and_what_it_brings(
    rule: str, unit: str, actual: float, target: float | None, more: float, text: str
) -> None:
    (told,) = guide(form(spare=[Spare("+1", "自加指标", 0.25, actual, target, rule, unit)])).forms
    (step,) = [step for step in told.steps if step.label == "自加指标"]
    assert step.text.startswith(text)
    assert step.score == pytest.approx(more, abs=0.001)
    assert step.total == pytest.approx(more * 25 / 125, abs=0.001)  # the weights of the form sum to 125% then


def test_the_guide_says_how_far_the_next_step_is() -> None:
    told = {step.label: step for step in guide(form()).forms[0].steps}
    assert round_half_up(told["UV增长率"].total or 0) == 0.13  # 3 points × 4.44%
    assert told["库存周转率 · 滞销品占比"].text == "<7%，少扣2分"
    assert "协作满意度" not in told  # a ratio has no steps


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"sales": [1.0, None, None]}, [("销售额", "11月、12月")]),
        ({"uv_prev": [None]}, [("上季度UV", "季度值")]),
        ({"orders": ["很多", 1.0, 1.0]}, []),
    ],
)
def test_an_incomplete_form_says_what_is_missing(
    given: Mapping[str, list[Value]], missing: list[tuple[str, str]]
) -> None:
    found = guide(form(measures=sample_measures() | dict(given)))
    told = {(one.label, one.what) for one in found.forms[0].missing}
    labels = role().labels
    assert {(labels[id], what) for id, (_, what) in zip(given, missing, strict=False)} <= told
    if not missing:
        assert any(what.startswith("#KPI") for _, what in told)
    shown = text_of(rendered(found, HTML), HTML)
    assert "还缺少的内容" in shown
    assert "签名" not in shown
    assert all(label in shown and what in shown for label, what in told)


def test_a_month_out_of_post_is_not_missing() -> None:
    measures = {id: [None, *values[1:]] if len(values) == 3 else values for id, values in sample_measures().items()}
    (told,) = guide(form(measures=measures | {"sales": [None, None, 5.0]}, months=("m2", "m3"))).forms
    assert [(one.label, one.what) for one in told.missing] == [(role().labels["sales"], "11月")]


def test_two_posts_are_one_guide() -> None:
    middle = dt.date(2026, 11, 15)
    first = form(assignment=Assignment("7", "某人", "一部", OPERATIONS, "甲", "乙", None, middle))
    second = form(RATED, assignment=Assignment("7", "某人", "二部", RATED, "丙", "乙", middle + dt.timedelta(1), None))
    found = guide(second, first)
    finals = [float(one.appraisal.final) for one in (first, second)]  # type: ignore[arg-type]
    assert found.person.final == round_half_up((finals[0] * 46 + finals[1] * 46) / 92)
    for format in FORMATS:
        shown = text_of(rendered(found, format), format)
        for expected in (
            "电商运营",
            "网店文案编辑",
            "季初 ～ 2026-11-15 · 46天",
            "2026-11-16 ～ 季末 · 46天",
            "甲",
            "丙",
        ):
            assert expected in shown or expected == "网店文案编辑", (format, expected)
        assert SHIPPED.role(RATED).title in shown
        assert f"{found.person.final:.2f}" in shown


def history(*rows: tuple[str, str, str, str, float, float, str]) -> pd.DataFrame:
    names = ["quarter", "id", "role", "indicator", "score", "final", "grade"]
    return pd.DataFrame([[*row] for row in rows], columns=names)


def test_the_quarters_before_are_those_of_the_person_in_the_role() -> None:
    frame = history(
        ("2025Q2", "X0001", OPERATIONS, "uv_growth", 10.0, 10.0, "D"),
        *((f"2025Q{n}", "X0001", OPERATIONS, "uv_growth", 80.0 + n, 85.0 + n, "A") for n in (3, 4)),
        ("2026Q1", "X0001", OPERATIONS, "uv_growth", float("nan"), 86.5, "A"),
        ("2026Q3", "X0001", OPERATIONS, "gone", 50.0, 87.5, "A"),
        ("2026Q3", "X0002", OPERATIONS, "uv_growth", 1.0, 1.0, "D"),
        ("2026Q2", "X0001", RATED, "uv_growth", 2.0, 2.0, "D"),
        ("2026Q4", "X0001", OPERATIONS, "uv_growth", 3.0, 3.0, "D"),
        ("2027Q1", "X0001", OPERATIONS, "uv_growth", 4.0, 4.0, "D"),
    )
    found = guide(form(), history=frame)
    past = found.forms[0].past
    assert past is not None
    assert past.quarters == ("2025Q3", "2025Q4", "2026Q1", "2026Q3", "2026Q4")
    assert past.rows == (
        ("总分", (88.0, 89.0, 86.5, 87.5, 93.85)),
        ("等级", ("A", "A", "A", "A", "A 优秀")),
        ("UV增长率", (83.0, 84.0, None, None, 97.0)),
    )
    for format in FORMATS:
        shown = text_of(rendered(found, format), format)
        assert {"2025Q3", "83", "86.5"} <= set(shown.split("\n"))


@pytest.mark.parametrize("frame", [None, history(("2026Q3", "X0002", OPERATIONS, "uv_growth", 1.0, 1.0, "D"))])
def test_without_quarters_before_the_section_is_left_out(frame: pd.DataFrame | None) -> None:
    found = guide(form(), history=frame)
    assert found.forms[0].past is None
    for format in FORMATS:
        assert "以往各季度" not in text_of(rendered(found, format), format)


# --- on paper ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role_id", [OPERATIONS, RATED])
def test_a_guide_tells_every_loss_in_the_language_of_the_form(role_id: str, language: str, format: str) -> None:
    found = guide(form(role_id, language))
    content = rendered(found, format)
    shown, said = text_of(content, format), words(language)
    for loss in found.forms[0].losses:
        for told in (loss.result.label, loss.result.receipt, f"{round_half_up(loss.lost or 0):.2f}"):
            assert told is not None
            assert told in shown
    for step in found.forms[0].steps:
        assert step.text in shown
    for key in ("improvement_losses", "improvement_actions", "improvement_signatures", "signed_employee", "grade"):
        assert said(key) in shown
    for told in (found.person.name, f"{found.person.final:.2f}", found.person.grade, company_name(language)):
        assert told is not None
        assert told in shown
    indicators, dimensions = found.forms[0].appraisal.indicators, found.forms[0].dimensions
    expected = [one.score for one in (*indicators, *(dimensions if len(dimensions) > 1 else ()))]
    assert sorted(bars_of(content, format)) == sorted(points(score) for score in expected)


def points(score: Value) -> tuple[int, int]:
    """Whole points up to 100, and beyond up to 20."""
    whole = int(float(score or 0))
    return min(whole, 100), min(max(whole - 100, 0), 20)


def bars_of(content: bytes, format: str) -> list[tuple[int, int]]:
    """The points of every bar up to 100 and beyond, as they are drawn."""
    if format == HTML:
        page = content.decode()
        rows = re.findall(r"<tr[^>]*><td>[^<]*</td><td>(<i .*?)<span>", page)
        widths = [[float(width) for width in re.findall(r"width: ([\d.]+)%", row)] for row in rows]
        return [(int(full), round(sum(beyond) / 0.7)) for full, *beyond in widths]
    rows_of_runs = [
        [(run.text, run._r.xpath("string(w:rPr/w:shd/@w:fill)")) for run in row.cells[1].paragraphs[0].runs]
        for table in docx.Document(io.BytesIO(content)).tables
        for row in table.rows
        if len(row.cells) == 2
    ]
    drawn = []
    for runs in rows_of_runs:
        lengths = {fill: [len(text) for text, of in runs if of == fill] for fill in (ACCENT, BAR, GROUND)}
        full, *beyond = [*lengths[ACCENT], *lengths[BAR]] or [0]
        if lengths[GROUND] or full:
            assert full + sum(lengths[GROUND]) == 100
            drawn.append((full, sum(beyond)))
    return drawn


@pytest.mark.parametrize(
    ("score", "points", "rest", "beyond", "shown"),
    [
        (0, 0, 100, 0, "0"),
        (99.999, 99, 1, 0, "100"),
        (100, 100, 0, 0, "100"),
        (107.25, 100, 0, 7, "107.25"),
        (150, 100, 0, 20, "150"),
        ("一票否决", 0, 100, 0, "一票否决"),
        ("不适用", 0, 0, 0, "不适用"),
        (None, 0, 0, 0, "—"),
    ],
)
def test_a_bar_is_full_only_at_100(score: Value, points: int, rest: int, beyond: int, shown: str) -> None:
    told = guide(form()).forms[0]
    one = replace(told.dimensions[0].results[0], score=score)
    mean = replace(told.dimensions[0], results=(one,))
    (bar,) = guide_view.bars(replace(told, dimensions=(mean,)))
    assert (bar["points"], bar["rest"], bar["beyond"], bar["score"]) == (points, rest, beyond, shown)


def company_name(language: str) -> str:
    return SHIPPED.company(language).name


HOSTILE = [
    "{{7*7}}", "{{ t.score }}", "{% for x in forms %}", "{%p if x %}", "{# 注 #}", "{_{ }_}", "</w:t></w:r>", "]]>",
    "<script>alert(1)</script>", "&lt;b&gt; & \"'", "=1+1", "$\\frac{1}{2}$",
]  # fmt: skip


@pytest.mark.parametrize("format", FORMATS)
def test_what_people_type_is_text(format: str) -> None:
    everything = " ".join(HOSTILE)
    person = Assignment(everything, everything, everything, OPERATIONS, everything, everything)
    one = replace(
        form(assignment=person, spare=[Spare("+1", everything, 0.1, 1, 2, "按完成率得分", "")]),
        events=tuple(Event(typed, typed, typed) for typed in HOSTILE),
        reviews=tuple(Review(1, typed, typed) for typed in HOSTILE),
    )
    content = rendered(guide(one), format)
    shown = text_of(content, format)
    # number, name, department, two superiors; the spare row as a loss and on the line of each review
    assert shown.count(everything) >= 6 + len(HOSTILE)
    lines = shown.split("\n")
    assert {typed: lines.count(typed) for typed in HOSTILE} == dict.fromkeys(HOSTILE, 5)
    if format == HTML:
        assert "script" not in _Text(content.decode()).elements


def test_control_characters_are_left_out() -> None:
    person = Assignment("1", "某\x00\x07\ufffe\u202e人", "", OPERATIONS)
    one = replace(form(assignment=person), reviews=(Review(1, "第一行\n第二行\x07", ""),))
    for format in FORMATS:
        shown = text_of(rendered(guide(one), format), format)
        assert "某人" in shown
        assert "第一行\n第二行" in shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ nobody }}", "nobody"),
        ("第一行\n{% if %}", "第2行"),
        ("{{ t.no_such_word }}", "no_such_word"),
        ("{{ ().__class__.__bases__[0] }}", "__class__"),
    ],
)
def test_a_template_that_cannot_be_used_is_told(text: str, said: str) -> None:
    with pytest.raises(TemplateFault, match=said):
        render(guide(form()), HTML, text.encode(), SHIPPED)


@pytest.mark.parametrize("content", [b"no document", zipped({"word/document.xml": b"<x"}), bomb("x.xml", 10**8)])
def test_a_word_template_that_is_none_is_told(content: bytes) -> None:
    with pytest.raises(TemplateFault, match=TEMPLATE_NAMES[WORD]):
        render(guide(form()), WORD, content, SHIPPED)


def test_a_word_template_runs_in_the_sandbox_too() -> None:
    document, buffer = docx.Document(), io.BytesIO()
    document.add_paragraph("{{ ().__class__.__bases__[0].__subclasses__() }}")
    document.save(buffer)
    with pytest.raises(TemplateFault, match="__class__"):
        render(guide(form()), WORD, buffer.getvalue(), SHIPPED)


# --- from the workbook, by the command --------------------------------------------------------------------------------


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(cli.main, ["guide", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One person complete, with an event and what was agreed; one not."""
    at = layout().address
    agreed: dict[str, Value] = {
        at("b:2", TYPED_TEXT["event"]): "提案获奖",
        at("b:2", TYPED_TEXT["evidence"]): "会议纪要",
        at("b:2", "score"): 2,
        at("r:2", TYPED_TEXT["actions"]): "{{7*7}}每月两份提案",
        at("r:2", TYPED_TEXT["due"]): "某人 / 2027-01-31",
        at("r:3", TYPED_TEXT["actions"]): "回访老客户",
        at("r:3", TYPED_TEXT["about"]): _REPURCHASE,
    }
    full = typed_cells(role(), sample_measures(), {"name": "甲/乙", "employee_id": "001"}) | agreed
    begun = typed_cells(role(), {"sales": [1.0, None, None]}, {"name": "丙"})
    content = uncalculated([PlannedSheet("一", role()), PlannedSheet("二", role())], SHIPPED, QUARTER)
    path = tmp_path_factory.mktemp("forms") / "收回" / "表.xlsx"
    path.parent.mkdir()
    path.write_bytes(fill(content, {"一": full, "二": begun}))
    return path


def test_what_was_typed_beside_the_scores_is_read(workbook: Path) -> None:
    first, second = read(workbook, SHIPPED).forms
    assert first.events == (Event("提案获奖", "会议纪要", 2),)
    agreed = Review(2, "{{7*7}}每月两份提案", "某人 / 2027-01-31"), Review(3, "回访老客户", "", _REPURCHASE)
    assert first.reviews == agreed
    assert (second.events, second.reviews) == ((), ())


@pytest.mark.parametrize("of_folder", [False, True])
def test_every_person_gets_one_guide_of_all_posts(workbook: Path, tmp_path: Path, of_folder: bool) -> None:
    result = run(workbook.parent if of_folder else workbook, "-o", tmp_path)
    assert result.exit_code == 1  # somebody's form is not complete
    assert "2人的改进指南，其中1人的表没有填完" in result.output
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {f"{who}.{ending}" for who in ("甲 乙", "丙") for ending in ("html", "docx")}
    for format in FORMATS:
        shown = text_of((tmp_path / f"甲 乙.{format}").read_bytes(), format)
        for told in ("甲/乙", "95.85", "提案获奖", "会议纪要", "合计+2分，计入总分+2分", "{{7*7}}每月两份提案"):
            assert told in shown
        assert "运营优化提案（没有选指标，按现在的排列）" in shown


def test_guides_lie_in_a_folder_for_each_superior() -> None:
    def of(id: str, name: str, superior: str) -> Guide:
        whole = guide(form())
        return replace(whole, person=replace(whole.person, id=id, name=name, superior=superior))

    told = [
        of("1", "刘芳", "李婷"),
        of("2", "刘芳", "李婷"),
        of("3", "刘芳", "王/强"),
        of("4", "刘芳", "王?强"),
        of("5", "刘芳", ""),
    ]
    paths = [path for path, _ in named(told)]
    assert paths == ["李婷/刘芳", "李婷/刘芳 2", "王 强/刘芳", "王 强 2/刘芳", "刘芳"]
    assert [path for path, _ in named(told, by_superior=False)] == ["刘芳", "刘芳 2", "刘芳 3", "刘芳 4", "刘芳 5"]
    without = [of("6", "", "李婷"), of("", "../../家", "李婷"), of("", "CON", "..")]
    assert [path for path, _ in named(without)] == ["李婷/6", "李婷/家", "2/_CON"]


def test_actions_stay_with_their_indicator_when_the_losses_change_places(workbook: Path) -> None:
    (first, *_) = read(workbook, SHIPPED).forms
    for measures in (sample_measures(), {**sample_measures(), "sales": [1.0, 1.0, 1.0]}):
        scored = replace(first, appraisal=appraised(measures))
        assert guide(scored).forms[0].reviews[1] == (_REPURCHASE, Review(3, "回访老客户", "", _REPURCHASE))


def test_existing_files_stay_unless_asked(workbook: Path, tmp_path: Path) -> None:
    there = tmp_path / "丙.html"
    there.write_text("原有", "utf-8")
    result = run(workbook, "-o", tmp_path, "--format", "html")
    assert (result.exit_code, [path.name for path in tmp_path.iterdir()]) == (2, [there.name])
    assert "--overwrite" in result.output
    assert run(workbook, "-o", tmp_path, "--format", "html", "--overwrite").exit_code == 1
    assert "原有" not in there.read_text("utf-8")
    assert len(list(tmp_path.iterdir())) == 2


def test_a_company_may_edit_the_templates(workbook: Path, tmp_path: Path) -> None:
    own, out = tmp_path / "模板", tmp_path / "指南"
    assert "模板已写到" in run(workbook, "-o", out, "--template-dir", own).output
    assert {path.name for path in own.iterdir()} == set(TEMPLATE_NAMES.values())
    document = docx.Document(str(own / TEMPLATE_NAMES[WORD]))
    document.add_paragraph("本公司的附注：{{ name }}")
    document.save(str(own / TEMPLATE_NAMES[WORD]))
    (own / TEMPLATE_NAMES[HTML]).write_text("<p>{{ name }}的附注", "utf-8")
    assert "模板已写到" not in run(workbook, "-o", out, "--template-dir", own, "--overwrite").output
    assert "本公司的附注：甲/乙" in text_of((out / "甲 乙.docx").read_bytes(), WORD)
    assert (out / "甲 乙.html").read_text("utf-8") == "<p>甲/乙的附注"
    (own / TEMPLATE_NAMES[HTML]).write_text("{{ nobody }}", "utf-8")
    result = run(workbook, "-o", out, "--template-dir", own, "--overwrite")
    assert result.exit_code == 1
    assert "模板 guide.html.j2" in result.output


@pytest.mark.parametrize("source", ["没有.xlsx", "."])
def test_with_nothing_to_read_no_guide_is_written(source: str, tmp_path: Path) -> None:
    result = run(tmp_path / source, "-o", tmp_path / "指南")
    assert result.exit_code in (1, 2)
    assert not (tmp_path / "指南").exists()


def test_every_role_has_a_sample() -> None:
    assert set(SHIPPED.samples()) == set(SHIPPED.roles())
