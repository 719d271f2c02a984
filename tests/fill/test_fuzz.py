"""Whatever stands in a table or a mapping workbook: it is read or told, and nothing breaks or is made up."""

from __future__ import annotations

import csv
import io
from math import isfinite
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import filling as support

HEADERS = st.sampled_from(
    ["工号", "姓名", "店铺", "日期", "月份", "数据项", "单位", "数值", "销售额", "销售额（万元）", "退款率", "10月",
     "11月销售额",
     "季度值", "岗位", "备注", "", "粉丝数", "态度"]
)  # fmt: skip
CELLS = st.one_of(
    st.sampled_from(
        ["001", "0012", "A3", "005", "赵一", "王六", "甲店", "2026-10-01", "2026-10", "10月", "2026Q4",
         "2026-10-26~2026-11-01", "销售额", "退款率", "态度", "良好", "万元", "%", "合计", "-", "#N/A", "12%", "0.12",
         "12", "62万", "1e400", "9" * 400, "", "主播", "客服", "\x00", "=1+1", "[red]x[/red]"]
    ),
    st.text(max_size=6),
    st.integers(-(10**6), 10**6).map(str),
)  # fmt: skip
TABLES = st.integers(1, 6).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=6)
)
WORDS = st.sampled_from(
    ["x", "工号", "月份", "日期", "数据", "数值", "数据项名", "某月的数", "不用", "销售额", "万", "%", "合计", ""]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(headers=st.lists(HEADERS, min_size=1, max_size=6), rows=TABLES)
def test_any_table_is_read_or_told(headers: list[str], rows: list[list[str]], company: Path, tmp_path: Path) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([headers, *rows])
    path = tmp_path / "x.csv"
    path.write_text(buffer.getvalue(), "utf-8", errors="replace")
    found = support.filled(company, support.issued(company), [path])
    for one in found.placing.placed:
        assert isinstance(one.value, str) or isfinite(one.value)
    assert all(finding.message and "{" not in finding.message.split("“")[0] for finding in found.findings)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    columns=st.lists(st.tuples(WORDS, HEADERS, *[WORDS] * 6), max_size=6),
    shops=st.lists(st.tuples(CELLS, CELLS), max_size=3),
)
def test_any_mapping_is_read_or_told(
    columns: list[tuple[str, ...]], shops: list[tuple[str, str]], company: Path, tmp_path: Path
) -> None:
    clean = [tuple("".join(char for char in text if char.isprintable()) for text in pair) for pair in shops]
    plain = [tuple(text.lstrip("=") for text in pair) for pair in clean]
    mapping = support.mapping_of(tmp_path, columns, plain)
    path = tmp_path / "x.csv"
    path.write_text("工号,月份,销售额,退款率\n001,10月,5,3%\n", "utf-8")
    found = support.filled(company, support.issued(company), [path], mapping)
    assert set(support.cells_of(found, "filled")) <= {"001 sales m1", "001 refund_rate m1"}
    assert [finding.message for finding in found.findings if not finding.message] == []
