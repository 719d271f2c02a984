"""Draws a rule: the score over the actual, one panel per measure.

A jump between neighbouring points is located, and the line is broken there.
"""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from xlkpi.analysis.preview import AXES, GIVEN, NTH, Panel, PreviewRow, Terms, fixed_values, rows, shown_number
from xlkpi.i18n.extras import PLOT, need
from xlkpi.i18n.languages import EN, HANS
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.rule import Rule
from xlkpi.scoring.scorer import ScoreError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FONTS = (
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Noto Sans CJK JP",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Microsoft JhengHei",
    "Arial Unicode MS",
)
"""Fonts with Chinese characters; the first installed one is used, and without any the picture is in English."""

TITLE = "plot_title"
SCORE, VETOED = "plot_score", "plot_veto"
TARGET_LINE, OWN_LINE, GIVEN_LINE = "plot_target", "plot_base", "plot_actual"

_LINE, _AIM, _GIVEN, _QUIET, _VETO = "#1F5FA8", "#7A7A7A", "#C2410C", "#B9C7D8", "#F9DAD7"
_LEGEND: Any = {"loc": "lower left", "bbox_to_anchor": (0, 1), "ncols": 3, "frameon": False, "borderaxespad": 0.2}
_SAMPLES = 800
_MOST_MARKED_JUMPS = 14
"""Beyond so many jumps their dots would hide the line."""


def picture(panels: Sequence[Panel], sentence: str) -> bytes:
    """A PNG of a rule's panels, titled with its sentence.

    Raises `ScoreError` where nothing can be scored, `MissingExtraError` without matplotlib.
    """
    need(PLOT)
    # Imported here: slow to load, and scoring does not need it.
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    font = chinese_font()
    language = HANS if font else EN
    title = sentence if font or sentence.isascii() else _english_title(panels[0].rule)
    with rc_context(font_settings(font)):
        lines = textwrap.wrap(title, 44 if font else 80)
        figure = Figure(figsize=(9, 1.2 + 3.8 * len(panels) + 0.25 * len(lines)), layout="constrained")
        figure.suptitle("\n".join(lines), fontsize=13, color="#222222")
        for panel, (axes,) in zip(panels, figure.subplots(len(panels), squeeze=False), strict=True):
            _draw(axes, panel, language, chinese=bool(font))
        content = io.BytesIO()
        figure.savefig(content, format="png", dpi=150)
    return content.getvalue()


def chinese_font() -> str | None:
    """The first font of `FONTS` that is installed; None where there is none."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return next((name for name in FONTS if name in installed), None)


def font_settings(font: str | None) -> Any:
    """matplotlib's settings for a picture in that font."""
    return {"font.family": [font, "DejaVu Sans"] if font else ["DejaVu Sans"], "axes.unicode_minus": True}


def _english_title(rule: Rule) -> str:
    """The rule in English without Chinese characters; just “scoring rule” where it has Chinese levels."""
    names = [label if label.isascii() else COMMANDS(NTH, EN, nth=n) for n, label in enumerate(rule.labels, 1)]
    sentence = phrase(replace(rule, labels=tuple(names)), EN)
    return sentence if sentence.isascii() else COMMANDS(TITLE, EN)


def _draw(axes: Axes, panel: Panel, language: str, *, chinese: bool) -> None:
    """Draw one panel; chinese: whether the font has Chinese characters."""
    preview = rows(panel, language)
    label = panel.rule.labels[panel.measure]
    if label and not chinese and not label.isascii():
        label = COMMANDS(NTH, language, nth=panel.measure + 1)
    name = COMMANDS(AXES[panel.terms], language)
    others = fixed_values(panel, language) if chinese or all(map(str.isascii, panel.rule.labels)) else ""
    axes.set_xlabel("　".join(filter(None, (f"{label} · {name}" if label else name, others))))
    axes.set_ylabel(COMMANDS(SCORE, language))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#E6E6E6", linewidth=0.8)
    axes.set_axisbelow(True)
    if panel.levels:
        _draw_levels(axes, panel, preview, language, chinese=chinese)
        return
    axes.xaxis.set_major_formatter(lambda number, _: shown_number(float(number), panel.percent))
    low, high = _span(panel, [float(row.actual) for row in preview])
    if panel.rule.counted(panel.measure):
        _draw_counts(axes, panel, int(high))
    else:
        _draw_line(axes, panel, low, high)
    edges = [row for row in preview if row.main and not isinstance(row.outcome.score, str)]
    axes.plot(
        [float(row.actual) for row in edges], [_height(row) for row in edges],
        "o", color=_LINE, markersize=5, zorder=4,
    )  # fmt: skip
    _draw_marks(axes, panel, language)
    heights = [_height(row) for row in preview]
    lowest, highest = min(*heights, 0.0), max(*heights, 100.0)
    room = (highest - lowest) * 0.06
    axes.set_ylim(lowest - room, highest + room)


def _span(panel: Panel, numbers: Sequence[float]) -> tuple[float, float]:
    """The ends of the horizontal axis: all rows of the preview, but not far into improbable negative rates."""
    low, high = min(numbers), max(numbers)
    stated = [float(edge.value) for edge in panel.candidates() if edge.main]
    stated += [panel.given] if isinstance(panel.given, int | float) else []
    if panel.percent and min(stated, default=0.0) >= 0:
        low = max(low, -max(high, 0.2))
    if panel.rule.counted(panel.measure):
        return 0, high + 1
    margin = max((high - low) * 0.06, 0.1 * max(abs(low), abs(high)) - (high - low)) or 1.0
    return low - margin, high + margin


def _height(row: PreviewRow) -> float:
    """The score of a row; 0 for a veto, as in the total."""
    return 0.0 if isinstance(row.outcome.score, str) else row.outcome.score


def _score(panel: Panel, actual: float) -> float:
    """The score for drawing; NaN where there is none, or a veto."""
    try:
        score = panel.outcome(actual).score
    except ScoreError:
        return math.nan
    return math.nan if isinstance(score, str) else score


def _vetoed(panel: Panel, actual: float) -> bool:
    try:
        return isinstance(panel.outcome(actual).score, str)
    except ScoreError:
        return False


def _draw_levels(axes: Axes, panel: Panel, preview: Sequence[PreviewRow], language: str, *, chinese: bool) -> None:
    names = [str(row.actual) if chinese or str(row.actual).isascii() else f"{n + 1}" for n, row in enumerate(preview)]
    colours = [_GIVEN if str(panel.given).lower() == str(row.actual).lower() else _LINE for row in preview]
    bars = axes.bar(range(len(names)), [_height(row) for row in preview], color=colours, width=0.55)
    axes.bar_label(bars, fmt="{:g}", padding=3)
    axes.set_xticks(range(len(names)), names)
    given_bars = [n for n, colour in enumerate(colours) if colour == _GIVEN]
    if given_bars:
        axes.legend([bars[given_bars[0]]], [COMMANDS(GIVEN, language)], **_LEGEND)
    axes.margins(y=0.15)
    axes.axhline(0, color="#444444", linewidth=0.8)


def _draw_counts(axes: Axes, panel: Panel, high: int) -> None:
    """Draw a dot for each number of occurrences: only whole numbers have a score."""
    from matplotlib.ticker import MaxNLocator

    numbers = range(0, high + 1, max(1, high // _SAMPLES))
    scores = [_score(panel, float(number)) for number in numbers]
    axes.vlines(numbers, 0, scores, color=_QUIET, linewidth=min(6.0, 260 / len(numbers)), zorder=2)
    axes.plot(numbers, scores, "o", color=_LINE, markersize=5 if len(numbers) < 40 else 2, zorder=3)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlim(-0.6, high + 0.6)


def _draw_line(axes: Axes, panel: Panel, low: float, high: float) -> None:
    xs = [low + (high - low) * n / _SAMPLES for n in range(_SAMPLES + 1)]
    ys = [_score(panel, x) for x in xs]
    line_x, line_y = [xs[0]], [ys[0]]
    jumps: list[tuple[float, float, float]] = []
    for left, right, before, after in zip(xs, xs[1:], ys, ys[1:], strict=False):
        jump = _jump(panel, left, right, before, after)
        if jump:
            at, lower, upper = jump
            line_x += [at, at, at]
            line_y += [lower, math.nan, upper]
            jumps.append(jump)
        line_x.append(right)
        line_y.append(after)
    axes.plot(line_x, line_y, color=_LINE, linewidth=2, solid_capstyle="butt", zorder=3)
    for at, before, after in jumps:
        if not math.isnan(before + after):
            axes.plot([at, at], [before, after], color=_LINE, linewidth=0.9, linestyle=":", zorder=2)
    axes.set_xlim(low, high)
    if len(jumps) <= _MOST_MARKED_JUMPS:
        for at, before, after in jumps:
            there = _score(panel, round(at, 9))
            for end in (before, after):
                if not math.isnan(end):
                    filled = _LINE if end == there else "white"
                    axes.plot([at], [end], "o", color=_LINE, markerfacecolor=filled, markersize=5, zorder=5)


def _jump(panel: Panel, left: float, right: float, before: float, after: float) -> tuple[float, float, float] | None:
    """(actual, score before, score after) of a jump between two points; None where the score only slopes."""
    if before == after or (math.isnan(before) and math.isnan(after)):
        return None
    first = abs(after - before)
    for _ in range(40):
        middle = (left + right) / 2
        score = _score(panel, middle)
        if _difference(before, score) >= _difference(score, after):
            right, after = middle, score
        else:
            left, before = middle, score
        if abs(after - before) < first * 1e-3:
            return None
    still = abs(after - before)
    return (right, before, after) if math.isnan(still) or still > 1e-6 else None


def _difference(first: float, second: float) -> float:
    """The difference of two scores; a veto is infinitely far from a score."""
    if math.isnan(first) or math.isnan(second):
        return 0.0 if math.isnan(first) and math.isnan(second) else math.inf
    return abs(first - second)


def _draw_marks(axes: Axes, panel: Panel, language: str) -> None:
    """Draw the target, the given actual, and where a veto holds."""
    if panel.rule.vetoes:
        low, high = axes.get_xlim()
        xs = [low + (high - low) * n / _SAMPLES for n in range(_SAMPLES + 1)]
        whole = panel.rule.counted(panel.measure)
        vetoed = [_vetoed(panel, float(round(x)) if whole else x) for x in xs]
        if any(vetoed):
            label, across = COMMANDS(VETOED, language), axes.get_xaxis_transform()
            axes.fill_between(xs, 0, 1, where=vetoed, transform=across, color=_VETO, linewidth=0, label=label)
    if panel.aim is not None and panel.terms is Terms.ACTUAL:
        line = OWN_LINE if panel.rule.origin(panel.measure) else TARGET_LINE
        label = COMMANDS(line, language, value=shown_number(float(panel.aim), panel.percent))
        axes.axvline(float(panel.aim), color=_AIM, linewidth=1.2, linestyle="--", zorder=1, label=label)
    if isinstance(panel.given, int | float):
        label = COMMANDS(GIVEN_LINE, language, value=shown_number(panel.given, panel.percent))
        axes.axvline(panel.given, color=_GIVEN, linewidth=1.4, linestyle="-.", zorder=1, label=label)
    if axes.get_legend_handles_labels()[1]:
        axes.legend(**_LEGEND)
