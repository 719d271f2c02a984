"""The picture of an improvement guide: a bar for every dimension and indicator, and a line at 100."""

from __future__ import annotations

import io
from threading import Lock
from typing import Any

from xlkpi.generate.styles import ACCENT, BAR, MUTED, TEXT
from xlkpi.guide import FormGuide
from xlkpi.plot import chinese_font, font_settings
from xlkpi.rules.phrase import plain
from xlkpi.scoring import Value, is_number, round_half_up

_WIDTH, _ROW, _MARGINS = 6.9, 0.185, 0.4
"""Inches: the picture's width, the height of a bar's row, and what stands above and below the rows."""
_LONGEST_LABEL = 36
"""In halves of a Chinese character."""
_DRAWING = Lock()  # matplotlib's settings are those of all threads


def picture(guide: FormGuide) -> bytes | None:
    """The scores as a PNG; None where no font is installed that has their words."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    if not drawable(guide):
        return None
    bars = _bars(guide)
    with _DRAWING, rc_context(font_settings(chinese_font())):
        figure = Figure(figsize=(_WIDTH, _MARGINS + _ROW * len(bars)), layout="constrained")
        _draw(figure.subplots(), bars)
        content = io.BytesIO()
        figure.savefig(content, format="png", dpi=200)
    return content.getvalue()


def drawable(guide: FormGuide) -> bool:
    """Whether the words can be written: Chinese ones need a font that is installed."""
    return chinese_font() is not None or all(label.isascii() for label, _, _ in _bars(guide))


def _bars(guide: FormGuide) -> list[tuple[str, Value, bool]]:
    """(label, score or what stands in its place, whether it is a dimension's mean)."""
    bars: list[tuple[str, Value, bool]] = []
    for dimension in guide.dimensions:
        if len(guide.dimensions) > 1:
            bars.append((dimension.label, dimension.score, True))
        bars += [(result.label, result.score, False) for result in dimension.results]
    return bars


def _draw(axes: Any, bars: list[tuple[str, Value, bool]]) -> None:
    places = range(len(bars))
    widths = [max(0.0, float(score)) if is_number(score) else 0.0 for _, score, _ in bars]  # type: ignore[arg-type]
    # Two tones that stay apart in black and white; the frame up to 100 shows what is missing.
    colours = [f"#{ACCENT if mean else BAR}" for _, _, mean in bars]
    axes.barh(places, [100] * len(bars), height=0.66, color="none", edgecolor="#D5DAE1", linewidth=0.6)
    axes.barh(places, widths, height=0.66, color=colours)
    axes.axvline(100, color=f"#{TEXT}", linewidth=0.9, linestyle=(0, (4, 3)))
    for place, width, (_, score, mean) in zip(places, widths, bars, strict=True):
        shown = plain(round_half_up(float(score))) if is_number(score) else str(score or "—")  # type: ignore[arg-type]
        weight = "bold" if mean else "normal"
        axes.text(
            max(width, 100) + 1.5, place, shown,
            va="center", fontsize=7.5, color=f"#{TEXT}", fontweight=weight, parse_math=False,
        )  # fmt: skip
    axes.set_yticks(places, [_shortened(label) for label, _, _ in bars], fontsize=8)
    for tick, (_, _, mean) in zip(axes.get_yticklabels(), bars, strict=True):
        tick.set_parse_math(False)  # a $ in a name is no formula
        tick.set_fontweight("bold" if mean else "normal")
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.set_xlim(0, max(112.0, *widths) + 8)
    axes.set_xticks([0, 20, 40, 60, 80, 100])
    axes.tick_params(axis="x", labelsize=7, colors=f"#{MUTED}", length=2)
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color("#C9CED6")


def _shortened(text: str) -> str:
    """The text on one line, as much of it as has room."""
    kept, room = "", _LONGEST_LABEL
    for char in " ".join(text.split()):
        room -= 1 if char.isascii() else 2
        if room < 0:
            return f"{kept}…"
        kept += char
    return kept
