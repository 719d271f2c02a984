"""The formulas of the record of the meeting: which indicators scored below the company's line."""

from __future__ import annotations

from xlkpi.form.blocks.meeting import CAUSES, LOW, TEXT_COLUMN, text_id
from xlkpi.form.layout import SPARE, part_id
from xlkpi.i18n.numbers import plain
from xlkpi.scoring.formula import text_literal
from xlkpi.scoring.reasons import VETOES
from xlkpi.writer.formulas.sheet import SheetFormulas

_VETO_COLUMNS = ("effective", "check", "applies")
"""Of the row that names the indicators: the words for a veto, one a language, that its formula compares with."""
_MOST = 2000
"""Characters of all names together."""


def veto_words() -> dict[str, str]:
    """Column id → what stands there, in the row that names the indicators."""
    return dict(zip(_VETO_COLUMNS, VETOES, strict=True))


def low_names(formulas: SheetFormulas, line: float) -> str:
    """The names of the indicators that scored less than `line` points, a separator before each; a veto counts as 0."""
    layout, separator = formulas.layout, text_literal(formulas.labels("list_separator"))
    own = layout.rows[LOW]
    vetoes = [formulas.fixed(column, own) for column in _VETO_COLUMNS]
    names = []
    for row in (layout.rows[part_id(id)] for id in (*(i.id for i in layout.role.indicators), *SPARE)):
        score, weight, label = (formulas.at(column, row) for column in ("score", "effective", "label"))
        vetoed = f"OR({','.join(f'{score}={veto}' for veto in vetoes)})"
        low = f"IF(ISNUMBER({score}),ROUND({score}-{plain(line)},9)<0,{vetoed})"
        names.append(f'IF({weight}>0,IF({low},{separator}&{label},""),"")')
    return "=" + "&".join(names)


def low_line(formulas: SheetFormulas, line: float) -> str:
    """The line that people read: the names, and that causes are missing; that there is none, once there is a score."""
    layout, labels = formulas.layout, formulas.labels
    names = formulas.at("native", layout.rows[LOW])
    causes = layout.address(text_id(CAUSES), TEXT_COLUMN)
    none = text_literal(labels("low_none", line=plain(line)))
    missing = text_literal(labels("low_causes_missing"))
    shown = f"MID({names},{len(labels('list_separator')) + 1},{_MOST})"
    nothing = f'IF(COUNT({layout.address("final", "score")})=0,"",{none})'
    return f'=IF(LEN({names})=0,{nothing},{shown}&IF(LEN({causes})=0,{missing},""))'


def causes_missing(formulas: SheetFormulas) -> str:
    """The condition (without =) that an indicator is below the line and no cause is written."""
    names = formulas.fixed("native", formulas.layout.rows[LOW])
    return f"AND(LEN({names})>0,LEN({formulas.layout.address(text_id(CAUSES), TEXT_COLUMN)})=0)"
