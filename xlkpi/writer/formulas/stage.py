"""The stage of a form whose targets are agreed, in the place of 已填: 目标商定 → 填报 → 待评分 → 待确认 → 已确认."""

from __future__ import annotations

from xlkpi.form.layout import LETTER, RATINGS, SIGNED, Layout, part_id
from xlkpi.i18n.labels import Labels
from xlkpi.scoring.formula import empty, text_literal

_BOTH = (SIGNED["employee"], SIGNED["superior"])


def stage_formula(layout: Layout, labels: Labels, typed: str, required: int) -> str:
    """The formula of the stage, with =.

    typed: the expression of how many required cells are filled, of `required`. The stages follow from what is filled
    in and signed; a total that cannot be computed keeps a form at filling in.
    """
    targets = target_cells(layout)
    final = f"{LETTER['score']}{layout.rows['final']}"
    filling = _told(labels, "stage_fill", f"({typed})", str(required))
    rating = text_literal(labels("stage_rate")) if RATINGS in layout.blocks else filling
    unscored = f"IF({empty(final)},{rating},{filling})"
    done = f"IF({_unsigned(layout, 'result')},{_text(labels, 'stage_confirm')},{_text(labels, 'stage_confirmed')})"
    after = f"IF({typed}<{required},{filling},IF(COUNT({final})=0,{unscored},{done}))"
    unsigned = _told(labels, "stage_sign_targets", f"({typed})", str(required))
    signed = f"IF({_unsigned(layout, 'targets')},{unsigned},{after})"
    if not targets:
        return f"={signed}"
    missing = f"{len(targets)}-COUNTA({','.join(targets)})"
    open_targets = _told(labels, "stage_targets", f"({missing})")
    return f"=IF({missing}>0,{open_targets},{signed})"


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
