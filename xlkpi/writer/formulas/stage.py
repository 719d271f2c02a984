"""The stage of a form whose targets are agreed, in the place of 已填: 目标商定 → 填报 → 待评分 → 待确认 → 已确认."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlkpi.form.blocks.agreement import SIGNED
from xlkpi.form.layout import LETTER, RATINGS, Layout, part_id
from xlkpi.i18n.labels import Labels
from xlkpi.scoring.formula import empty, text_literal

_BOTH = (SIGNED["employee"], SIGNED["superior"])


@dataclass(frozen=True)
class Filled:
    """How far a form is filled in. counted: formulas that together count the filled cells, of so many needed ones."""

    counted: Sequence[str]
    needed: int

    @property
    def count(self) -> str:
        return f"({'+'.join(self.counted) or '0'})"


def stage_formula(layout: Layout, labels: Labels, data: Filled, ratings: Filled) -> str:
    """The formula of the stage, with =: it follows from what is filled in and signed.

    A total that cannot be computed keeps a form at filling in; where ratings of others are missing, at rating.
    """
    targets = target_cells(layout)
    final = f"{LETTER['score']}{layout.rows['final']}"
    shown = (data.count, str(data.needed))
    filling, rating = _told(labels, "stage_fill", *shown), _text(labels, "stage_rate")
    unscored = f"IF({empty(final)},{rating},{filling})" if RATINGS in layout.blocks else filling
    done = f"IF({_unsigned(layout, 'result')},{_text(labels, 'stage_confirm')},{_text(labels, 'stage_confirmed')})"
    after = f"IF(COUNT({final})=0,{unscored},{done})"
    if ratings.needed:
        after = f"IF({ratings.count}<{ratings.needed},{rating},{after})"
    after = f"IF({data.count}<{data.needed},{filling},{after})"
    signed = f"IF({_unsigned(layout, 'targets')},{_told(labels, 'stage_sign_targets', *shown)},{after})"
    if not targets:
        return f"={signed}"
    missing = f"({len(targets)}-COUNTA({','.join(targets)}))"
    return f"=IF({missing}>0,{_told(labels, 'stage_targets', missing)},{signed})"


def target_cells(layout: Layout) -> list[str]:
    """The cells of all targets that people agree: typed ones that a rule reads."""
    return [
        layout.address(part_id(indicator.id, number), "target")
        for indicator in layout.role.indicators
        for number, part in enumerate(indicator.parts)
        if part.target_formula is None and indicator.rule.reads_target(number)
    ]


def _unsigned(layout: Layout, what: str) -> str:
    row = layout.rows[f"c:{what}"]
    return f"COUNTA({','.join(f'{LETTER[column]}{row}' for column in _BOTH)})<{len(_BOTH)}"


def _text(labels: Labels, key: str) -> str:
    return text_literal(labels(key))


def _told(labels: Labels, key: str, *numbers: str) -> str:
    """A label with expressions in the places of its {…}, in their order."""
    texts = [text_literal(text) for text in labels.around(key)]
    pieces = [texts[0]]
    for number, text in zip(numbers, texts[1:], strict=True):
        pieces += [number, text]
    return "&".join(piece for piece in pieces if piece != '""')
