"""E-commerce operations with changes as of 2027Q1."""

from __future__ import annotations

from pathlib import Path

from tests.support.catalogues import shipped_text, shipped_with
from xlkpi.catalogue.catalogue import Catalogue

_MADE_ANEW = """
[[indicators]]
id = "uv_growth"
label = "UV增长率"
group = "核心业绩/流量与转化"
weight = 10
unit = "%"
definition = "（本期UV－上期UV）÷ 上期UV"
actual = "(uv - uv_prev) / uv_prev"
target = 0.25
applies = "organic_uv / uv >= 0.6"
rule = "每低5个百分点扣4分"
effective_from = "2027Q1"

[[indicators]]
id = "pv_per_uv"
"""
_ADDED = """
[[indicators]]
id = "cases"
label = "案例"
group = "协作与成长/创新改进"
weight = 2
unit = "份"
definition = "本季与上一季的案例"
actual = "cases + cases_prev"
target = 2
rule = "按完成率得分；封顶100分"
effective_from = "2027Q1"

[[indicators]]
id = "compliance"
"""
_MEASURES = """
[[measures]]
id = "cases"
label = "案例数"
definition = "通过评审的案例"
unit = "份"
owner = "评审小组"
effective_from = "2027Q1"

[[measures]]
id = "cases_prev"
label = "上期案例数"
definition = "上一季度的案例"
unit = "份"
owner = "评审小组"
entry = "quarter"
previous = true
carried_from = "cases"
effective_from = "2027Q1"

# --- 指标 ---
"""


def changed(folder: Path) -> Catalogue:
    """From 2027Q1: another target and rule of uv_growth, knowledge gives way to cases."""
    text = shipped_text("roles/ecommerce-operations.toml")
    ended = 'effective_to = "2026Q4"\n'
    for old, new in (
        ('id = "uv_growth"\n', f'id = "uv_growth"\n{ended}'),
        ('\n[[indicators]]\nid = "pv_per_uv"\n', _MADE_ANEW),
        ('id = "knowledge"\n', f'id = "knowledge"\n{ended}'),
        ('id = "manuals"\n', f'id = "manuals"\n{ended}'),
        ('id = "manuals_prev"\n', f'id = "manuals_prev"\n{ended}'),
        ('\n[[indicators]]\nid = "compliance"\n', _ADDED),
        ("\n# --- 指标 ---\n", _MEASURES),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return shipped_with(folder, {"roles/ecommerce-operations.toml": text})
