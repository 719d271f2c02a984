"""`xlkpi explain`: the boundary preview, the pictures, and what the command prints."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.cli.test_cli import FINE, PROBLEMS, USAGE, run
from tests.support.strategies import TARGETS, rules
from xlkpi import explain, kpi_score
from xlkpi.analysis import plot, preview
from xlkpi.analysis.explanation import display_width, typed_value
from xlkpi.analysis.preview import MOST_ROWS, Panel, PreviewRow, Terms, panels
from xlkpi.i18n.languages import EN, LANGUAGES
from xlkpi.i18n.numbers import Value
from xlkpi.rules.model import Levels, Linear, RuleError
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.rule import Rule, conditions_of
from xlkpi.scoring.reasons import VETO
from xlkpi.scoring.scorer import ScoreError
from xlkpi.scoring.scores import appraise

BANDS = "完成率≥120%得120分；80%≤完成率<120%按完成率得分；完成率<80%得0分"
TWO = "每低于目标值10%扣5分；「滞销品占比」每超1个百分点扣2分"


# --- the preview: properties ------------------------------------------------------------------------------------------


@given(rules(), st.lists(st.sampled_from([t for t in TARGETS if t > 0]), min_size=3, max_size=3))
@settings(max_examples=150, deadline=None)
def test_every_row_is_what_the_rule_gives(rule: Rule, targets: list[Value]) -> None:
    found = panels(rule, (), targets[: rule.measures])
    assert len(found) == rule.measures
    for panel in found:
        rows = preview.rows(panel)
        actuals = [row.actual for row in rows]
        assert len(rows) >= 1
        assert len(set(actuals)) == len(actuals)
        for row in rows:
            filled = [row.actual if m == panel.measure else value for m, value in enumerate(panel.actuals)]
            assert row.outcome == appraise(filled, targets[: rule.measures], rule)
            assert row.note
        if not panel.levels:
            assert actuals == sorted(actuals)  # type: ignore[type-var]
            edges = _stated(rule, panel)
            assert edges <= set(actuals)
            assert len(rows) <= max(MOST_ROWS, len(edges))


def _stated(rule: Rule, panel: Panel) -> set[float]:
    """The bounds that the rule writes, and the target; reckoned without the preview's own means."""
    aim = Decimal(1)
    origin = rule.origin(panel.measure)
    edges = set()
    if origin or rule.reads_target(panel.measure):
        aim = origin.value if origin else Decimal(str(panel.targets[panel.measure]))
        edges.add(aim)
    amounts = [
        (c.subject, amount)
        for c in conditions_of(rule)
        if c.measure == panel.measure
        for amount in (c.low, c.high)
        if amount
    ]
    if isinstance(rule.base, Linear) and rule.base.measure == panel.measure:
        amounts += [(rule.base.subject, amount) for amount, _ in rule.base.points]
    edges |= {subject.back(amount.value, aim) for subject, amount in amounts}
    return {float(edge) for edge in edges if panel.admits(edge)}


@given(rules())
@settings(max_examples=100, deadline=None)
def test_without_targets_a_preview_is_in_terms_that_need_none(rule: Rule) -> None:
    found = panels(rule)
    read = [m for m in range(rule.measures) if rule.reads_target(m)]
    for panel in found:
        assert (panel.terms is Terms.ACTUAL) is (panel.measure not in read)
        for row in preview.rows(panel):
            # Scaled, or moved, to a target of 8 the score is the same.
            if rule.measures == 1 and panel.terms is not Terms.ACTUAL and isinstance(row.actual, float):
                actual = row.actual * 8 if panel.terms is Terms.ACHIEVEMENT else row.actual + 8
                score = kpi_score(actual, 8.0, rule)
                assert score == pytest.approx(row.outcome.score) or score == row.outcome.score
    if not found:
        assert read, "a rule without targets can always be shown"


@given(rules(), st.lists(st.sampled_from(TARGETS), min_size=3, max_size=3))
@settings(max_examples=100, deadline=None)
def test_targets_that_cannot_be_used_are_refused_as_in_a_cell(rule: Rule, targets: list[Value]) -> None:
    for panel in panels(rule, (), targets[: rule.measures]):
        try:
            preview.rows(panel)
        except ScoreError:
            filled = list(panel.actuals)
            filled[panel.measure] = 1.0
            with pytest.raises(ScoreError):
                kpi_score(filled, targets, rule)


# --- the preview: cases -----------------------------------------------------------------------------------------------


def _shown(text: str, target: Value = None, unit: str | None = None, actual: Value = None) -> dict[Value, PreviewRow]:
    (panel,) = panels(parse(text, unit), [actual], [target], unit)
    return {row.actual: row for row in preview.rows(panel)}


@pytest.mark.parametrize(
    ("text", "unit", "target", "expected"),
    [
        # step: at, one unit either side; 1 pp beside steps of 5, 0.1 pp beside steps of 1
        ("每低5%扣3分", "%", 0.2, {0.15: (97, "第1档"), 0.16: (100, "略高于“第1档”"), 0.14: (97, "略低于“第1档”")}),
        ("每低1%扣3分", "%", 0.2, {0.19: (97, "第1档"), 0.191: (100, "略高于“第1档”"), 0.2: (100, "目标")}),
        # the floor, beyond the first steps
        ("每超1个百分点扣2分", "%", 0.15, {0.65: (0, "最低0分"), 0.649: (2, "略低于“最低0分”")}),
        ("每超1个百分点扣2分；最低60分", "%", 0.15, {0.35: (60, "最低60分"), 0.349: (62, "略低于“最低60分”")}),
        ("每超1个百分点扣2分，不足一档按一档", "%", 0.15, {0.15: (100, "目标"), 0.151: (98, "略高于“目标”")}),
        # limits
        ("每低5个百分点扣3分，最多扣12分", "%", 0.9, {0.7: (88, "扣满12分"), 0.69: (88, "略低于“扣满12分”")}),
        ("每超1个百分点加1分，最多加10分", "%", 0.8, {0.9: (110, "加满10分"), 0.899: (109, "略低于“加满10分”")}),
        # bands of achievement in the measure's own numbers
        (BANDS, "元", 12e6, {9.6e6: (80, "完成率80%"), 9.5e6: (0, "略低于“完成率80%”"), 14.4e6: (120, "完成率120%")}),
        ("按完成率得分；封顶120分；最低20分", "元", 50.0, {60.0: (120, "封顶120分"), 10.0: (20, "最低20分")}),
        # a dead band has two edges; own base instead of the target; cliff
        ("偏差5%以内不扣，之后每偏离1%扣2分", "%", 0.5, {0.45: (100, "免扣范围的边界"), 0.55: (100, "免扣范围的边界")}),
        ("以95%为基准，每低1%扣1分；实际<85%得0分", "%", 0.9, {0.95: (100, "基准"), 0.85: (90, "实际85%")}),
        ("线性：完成率80%得60分，100%得100分", "%", 0.5, {0.4: (60, "完成率80%"), 0.5: (100, "目标、完成率100%")}),
        ("达到目标得100分，否则得0分", "次", 8.0, {7.0: (0, "略低于“目标”"), 8.0: (100, "目标")}),
        # counts: whole numbers only
        ("允许2次，之后每次扣5分", "次", None, {0.0: (100, "0次"), 2.0: (100, "允许2次"), 3.0: (95, "计1次")}),
        ("每次扣1分，累计3次共扣5分", "次", None, {3.0: (95, "累计3次、计3次"), 98.0: (0, "最低0分")}),
        ("实际>0一票否决", "次", None, {0.0: (100, "实际0"), 1.0: (VETO, "略高于“实际0”")}),
        ("优秀得100分；良好得80分", None, None, {"优秀": (100, "等级"), "良好": (80, "等级")}),
        # without a target: its difference from it, its share of it
        ("每低5个百分点扣3分", "%", None, {-0.05: (97, "第1档"), 0.0: (100, "目标")}),
        (BANDS, "元", None, {0.8: (80, "完成率80%"), 1.0: (100, "目标")}),
    ],
)  # fmt: skip
def test_a_preview_shows_score_and_reason_at_every_edge(
    text: str, unit: str | None, target: Value, expected: dict[Value, tuple[float | str, str]]
) -> None:
    shown = _shown(text, target, unit)
    assert {actual: (shown[actual].outcome.score, shown[actual].note) for actual in expected} == expected


def test_counts_are_shown_as_whole_numbers() -> None:
    assert all(float(actual).is_integer() and actual >= 0 for actual in _shown("允许2次，之后每次扣5分"))  # type: ignore[operator,arg-type]


def test_what_was_given_is_among_the_rows() -> None:
    assert _shown("每低5%扣3分", 0.2, "%", 0.123)[0.123].note == "实际"
    assert _shown("每低5%扣3分", 0.2, "%", 0.15)[0.15].note == "实际、第1档"


def test_rates_below_nothing_are_left_out_unless_the_inputs_are() -> None:
    assert min(_shown("每低于目标值10%扣5分", 4.0)) == 2.79  # type: ignore[type-var]
    assert min(_shown("每低于目标值10%扣5分", 4.0, actual=-1.0)) < -4  # type: ignore[type-var,operator]


def test_other_measures_are_held_where_nothing_decides() -> None:
    first, second = panels(parse("每低1扣1分；「合格率」实际<85%一票否决"), (), [8.0])
    assert {row.outcome.score for row in preview.rows(first)} > {100.0, 99.0}
    assert second.actuals == (8.0, None)
    assert preview.fixed_values(first) == "合格率保持85%"
    assert preview.fixed_values(second) == "第1个数据项保持8"


def test_other_measures_are_held_at_what_was_given() -> None:
    first, _ = panels(parse(TWO), [3.6, 0.07], [4.0, 0.05])
    assert {row.actual: row.outcome.score for row in preview.rows(first)}[4.0] == 96


@pytest.mark.parametrize("target", [1e300, 1e30, 1e-9, 1e-300])
@pytest.mark.parametrize("text", [BANDS, "每低0.001扣1分", "每低于目标值10%扣5分", "按目标值÷实际值得分；封顶120分"])
def test_targets_that_nobody_has_are_shown_too(text: str, target: float) -> None:
    assert target in _shown(text, target, "元")


def test_a_count_beside_a_target_needs_it() -> None:
    assert panels(parse("每低5扣3分；每次扣1分")) == ()


# --- pictures ---------------------------------------------------------------------------------------------------------


def _size(content: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(content)) as image:
        assert image.format == "PNG"
        assert len(image.convert("RGB").getcolors(1 << 24) or []) > 10, "something is drawn"
        return image.size


@pytest.mark.parametrize("font", [True, False], ids=["Chinese font", "no Chinese font"])
@pytest.mark.filterwarnings("error:Glyph")
def test_a_picture_has_a_panel_for_each_measure_with_or_without_a_font(
    font: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not font:
        monkeypatch.setattr(plot, "FONTS", ())
    one = _size(plot.picture(panels(parse("每低5%扣3分", "%"), [0.12], [0.2], "%"), "每低5%扣3分"))
    two = _size(plot.picture(panels(parse(TWO), (), [4.0, 0.05]), TWO))
    levels = "优秀得100分；良好得80分；「迟到」每次扣5分，最多扣20分"
    counted = _size(plot.picture(panels(parse(levels), ["良好", 1.0], []), levels))
    assert one[0] == two[0]
    assert two[1] > one[1] * 1.5
    assert counted[1] == two[1]


@given(rules())
@settings(max_examples=6, deadline=None)
def test_any_rule_can_be_drawn(rule: Rule) -> None:
    _size(plot.picture(panels(rule, (), [4.0] * rule.measures), phrase(rule)))


@pytest.mark.parametrize(
    ("text", "left", "right", "jump"),
    [
        (BANDS, 78.0, 82.0, (80.0, 0.0, 80.0)),
        (BANDS, 118.0, 122.0, None),  # a kink is no jump
        (BANDS, 90.0, 100.0, None),
        ("每低5扣3分", 94.0, 96.0, (95.0, 97.0, 100.0)),
    ],
)
def test_jumps_are_found_where_they_are(
    text: str, left: float, right: float, jump: tuple[float, float, float] | None
) -> None:
    (panel,) = panels(parse(text, "元"), (), [100.0])
    before, after = (panel.outcome(x).score for x in (left, right))
    assert isinstance(before, float)
    assert isinstance(after, float)
    found = plot._jump(panel, left, right, before, after)
    assert (found is None and jump is None) or found == pytest.approx(jump, abs=1e-6)


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12%", 0.12), ("0.12", 0.12), ("1,000", 1000.0), ("１２％", 0.12), (" 8.7% ", 0.087), ("-5%", -0.05),
        (".5", 0.5), ("1,234,567.5", 1234567.5), ("-", None), ("", None), ("—", None),
        ("良好", "良好"), ("1,00", "1,00"), ("nan", "nan"), ("%", "%"), ("1e5", "1e5"),
    ],
)  # fmt: skip
def test_values_as_people_type_them(typed: str, value: Value) -> None:
    assert typed_value(typed) == value


def test_a_level_may_look_like_a_number() -> None:
    assert typed_value("5", Rule(base=Levels((("5", Decimal(100)), ("4", Decimal(80)))))) == "5"


def test_explain_prints_all_of_it() -> None:
    result = run("explain", "每低5%扣3分", "--actual", "12%", "--target", "20%", "--unit", "%")
    assert (result.exit_code, result.stderr) == (FINE, "")
    receipt = explain(0.12, 0.2, "每低5%扣3分", "%")
    for words in (
        receipt,
        "得分 97",
        "每低5个百分点扣3分",
        "J9 是实际完成，G9 是目标值",
        "=IF(IFERROR(LEN(J9)=0,0)",
        "略高于“第1档”",
    ):
        assert str(words) in result.stdout


def test_explain_without_an_actual_prints_all_but_the_score() -> None:
    result = run("explain", BANDS)
    assert result.exit_code == FINE
    assert "得分 " not in result.stdout.split("各分界")[0]
    assert "│    80% │" in result.stdout


def test_explain_says_where_a_target_is_needed() -> None:
    result = run("explain", "每低1扣1分；实际<85得0分")
    assert result.exit_code == FINE
    assert "请用 --target" in result.stdout


def test_the_json_of_an_explanation_keeps_its_shape() -> None:
    result = run("explain", TWO, "--actual=3.6", "--actual=7%", "--target=4", "--target=5%", "--json")
    assert (result.exit_code, result.stderr) == (FINE, "")
    told = json.loads(result.stdout)
    assert list(told) == ["score", "deducted", "veto", "receipt", "rule", "reading", "native", "cells", "preview"]
    assert (told["score"], told["deducted"], told["veto"]) == (91, 9, False)
    assert told["receipt"] == explain([3.6, 0.07], [4, 0.05], TWO)
    assert tuple(told["rule"]) == LANGUAGES
    assert told["native"].startswith("=IF(IFERROR(LEN(J9)=0,0)+IFERROR(LEN(J10)=0,0)+IFERROR(LEN(G9)=0,0)")
    assert told["cells"] == {"actual": ["J9", "J10"], "target": ["G9", "G10"]}
    assert {row["measure"] for row in told["preview"]} == {1, 2}
    first = next(row for row in told["preview"] if row["actual"] == 4)
    assert first == {
        "actual": 4, "score": 96, "deducted": 4, "veto": False, "note": "目标", "measure": 1, "terms": "actual",
    }  # fmt: skip


def test_the_phrases_are_the_rule_in_three_languages() -> None:
    """Fails until `phrase` knows all three languages."""
    told = json.loads(run("explain", BANDS, "--json").stdout)
    assert len(set(told["rule"].values())) == 3
    assert all(parse(sentence) == parse(BANDS) for sentence in told["rule"].values())
    assert told["rule"][EN].isascii()


def test_a_veto_as_json_is_score_0() -> None:
    told = json.loads(run("explain", "实际>0一票否决", "--actual", "1", "--json").stdout)
    assert (told["score"], told["veto"]) == (0, True)
    assert {(row["actual"], row["score"], row["veto"]) for row in told["preview"]} == {(0, 100, False), (1, 0, True)}


def test_a_refused_rule_is_told_as_json_with_its_position() -> None:
    result = run("explain", "优秀得100分；与业绩挂钩", "--json")
    assert result.exit_code == USAGE
    with pytest.raises(RuleError) as caught:
        parse("优秀得100分；与业绩挂钩")
    error = caught.value
    assert json.loads(result.stdout) == {
        "error": {
            "message": error.message,
            "position": 8,
            "suggestions": list(error.suggestions),
            "example": None,
            "readings": [],
        }
    }


def test_a_sentence_of_two_readings_is_shown_with_the_edges_of_each() -> None:
    sentence, given = "≥95%得100分；≥90%得80分；<90%得0分", ("--unit=%", "--target=10%", "--actual=9.7%")
    text = run("explain", sentence, *given)
    assert text.exit_code == USAGE
    for expected in ("读法：实际≥95%得100分", "得分 0", "读法：完成率≥95%得100分", "得分 100", "略低于“完成率95%”"):
        assert expected in text.stdout
    assert "实际10%、目标10%时：0分，还是100分？" in text.stderr
    told = json.loads(run("explain", sentence, *given, "--json").stdout)["error"]
    assert [reading["score"] for reading in told["readings"]] == [0, 100]
    assert [reading["sentence"] for reading in told["readings"]] == told["suggestions"]
    assert told["example"] == "实际10%、目标10%时：0分，还是100分？"
    at_edge = [[row["score"] for row in one["preview"] if row["note"].endswith("95%")] for one in told["readings"]]
    assert at_edge == [[100], [100]]


def test_a_sentence_in_other_words_is_shown_as_it_is_read() -> None:
    shown = run("explain", "每低5%扣3分", "--unit=%", "--target=20%", "--actual=12%")
    assert "读作  每低5个百分点扣3分" in shown.stdout
    told = json.loads(run("explain", "每低5个百分点扣3分", "--json").stdout)
    assert told["reading"] is None


def test_a_refusal_points_at_the_place() -> None:
    result = run("explain", "每低5个百分点扣3分，A级；与业绩挂钩")
    assert (result.exit_code, result.stdout) == (USAGE, "")
    sentence, caret, question = result.stderr.splitlines()
    assert sentence == "每低5个百分点扣3分，A级；与业绩挂钩"
    place = caret.index("^")
    assert display_width(sentence[: sentence.index("A级")]) <= place
    assert question


@pytest.mark.parametrize(
    ("text", "columns"), [("", 0), ("abc", 3), ("每低5%", 6), ("「a」；", 7), ("ａ", 2), ("e\u0301", 1), ("\u200b", 0)]
)
def test_chinese_takes_two_columns_of_a_terminal(text: str, columns: int) -> None:
    assert display_width(text) == columns


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("按完成率得分", "--actual", "5", "--target", "0"), "目标值须大于0"),
        (("按完成率得分", "--actual", "五", "--target", "1"), "实际完成须为数字"),
        (("按完成率得分", "--target", "0"), "目标值须大于0"),
        (("每次扣1分", "--actual", "0.5"), "次数须为不小于0的整数"),
        (("优秀得100分；良好得80分", "--actual", "差"), "等级"),
    ],
)
def test_inputs_that_cannot_be_scored(arguments: tuple[str, ...], words: str) -> None:
    result = run("explain", *arguments)
    assert (result.exit_code, result.stdout) == (PROBLEMS, "")
    assert words in result.stderr
    told = json.loads(run("explain", *arguments, "--json").stdout)
    assert words in told["error"]["message"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("按完成率得分", "--actual", "5"), "--target"),
        (("按完成率得分", "--actual", "5", "--actual", "6", "--target", "1"), "1个数据项"),
        (("按完成率得分", "--target", "5", "--target", "6"), "1个数据项"),
        ((TWO, "--actual", "5", "--target", "6"), "2个数据项"),
        (("按完成率得分", "--plot", "图.jpg"), ".png"),
        (("每低1扣1分；实际<85得0分", "--plot", "图.png"), "--target"),
    ],
)
def test_explain_called_wrongly_says_what_to_write(arguments: tuple[str, ...], words: str) -> None:
    result = run("explain", *arguments)
    assert result.exit_code == USAGE
    assert words in result.stderr


def test_the_picture_is_written_and_never_over_another(tmp_path: Path) -> None:
    path = tmp_path / "图.png"
    assert run("explain", "达到目标得100分，否则得0分", "--plot", path).exit_code == FINE
    written = path.read_bytes()
    _size(written)
    path.write_bytes(b"mine")
    assert run("explain", "达到目标得100分，否则得0分", "--plot", path).exit_code == USAGE
    assert path.read_bytes() == b"mine"
    assert run("explain", "达到目标得100分，否则得0分", "--plot", path, "--overwrite").exit_code == FINE
    assert path.read_bytes() == written
