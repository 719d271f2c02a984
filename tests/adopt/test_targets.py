"""Targets as people write them, and what a form needs of them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlkpi.adopt.reading.targets import HIGHER, LOWER, MONTH, QUARTER, YEAR, Target, read_target

READ = {
    "≥95%": Target(Decimal(95), True, "%", HIGHER),
    "95%以上": Target(Decimal(95), True, "%", HIGHER),
    "＞95％": Target(Decimal(95), True, "%", HIGHER, strict=True),
    "60万/月": Target(Decimal(600_000), period=MONTH),
    "每月5家": Target(Decimal(5), unit="家", period=MONTH),
    "月均60万": Target(Decimal(600_000), period=MONTH),
    "6000单/季": Target(Decimal(6000), unit="单", period=QUARTER),
    "2次/季度": Target(Decimal(2), unit="次", period=QUARTER),
    "年度1200万": Target(Decimal(12_000_000), period=YEAR),
    "不低于3.0": Target(Decimal("3.0"), side=HIGHER),
    "2小时内": Target(Decimal(2), unit="小时", side=LOWER),
    "1个工作日内": Target(Decimal(1), unit="天", side=LOWER),
    "控制在2%以内": Target(Decimal(2), True, "%", LOWER),
    "15%以内": Target(Decimal(15), True, "%", LOWER),
    "≤3次": Target(Decimal(3), unit="次", side=LOWER),
    "<3次": Target(Decimal(3), unit="次", side=LOWER, strict=True),
    "0起": Target(Decimal(0), unit="起"),
    "3起以内": Target(Decimal(3), unit="起", side=LOWER),
    "1.2亿": Target(Decimal(120_000_000)),
    "1,200元": Target(Decimal(1200), unit="元"),
    "±5%以内": Target(Decimal(5), True, "%", LOWER, tolerance=True),
    "正负3天": Target(Decimal(3), unit="天", tolerance=True),
    "+/-2%": Target(Decimal(2), True, "%", tolerance=True),
    "+-2%": Target(Decimal(2), True, "%", tolerance=True),
    "误差±2": Target(Decimal(2), rest="误差", tolerance=True),
    "-2%": Target(Decimal(-2), True, "%"),
    "￥5000": Target(Decimal(5000), unit="元"),
    "12w": Target(Decimal(120_000)),
    "100%完成": Target(Decimal(100), True, "%"),
    "完成100%": Target(Decimal(100), True, "%"),
    "不少於20場": Target(Decimal(20), unit="场", side=HIGHER),
    "销售额不低于60万元": Target(Decimal(600_000), unit="元", side=HIGHER, rest="销售额"),
}


@pytest.mark.parametrize("text", READ)
def test_a_target_is_read(text: str) -> None:
    assert read_target(text) == READ[text]


@pytest.mark.parametrize(
    "text", ["90%-95%", "按计划", "—", "", "基本80万，挑战100万", "无", "2026年底前", "第3季度5次", "10月底前"]
)
def test_what_is_no_single_number_is_not_read(text: str) -> None:
    assert read_target(text) is None


@given(
    st.decimals(0, 10**9, places=2),
    st.sampled_from(["", "%", "元", "次", "小时", "单"]),
    st.sampled_from([("≥", ""), ("≤", ""), ("", "以上"), ("", "以内"), ("不低于", ""), ("", "")]),
    st.sampled_from(["", "/月", "/季"]),
)
def test_what_is_written_is_read_back(number: Decimal, unit: str, side: tuple[str, str], period: str) -> None:
    read = read_target(f"{side[0]}{number}{unit}{side[1]}{period}")
    assert read is not None
    assert (read.number, read.unit, read.percent) == (number, unit, unit == "%")
    wanted = {"≥": HIGHER, "以上": HIGHER, "不低于": HIGHER, "≤": LOWER, "以内": LOWER}
    assert read.side == wanted.get(side[0] or side[1], "")
    assert read.period == {"": "", "/月": MONTH, "/季": QUARTER}[period]
    assert not read.rest


@given(st.text(max_size=40))
def test_any_text_is_read_or_not_but_never_fails(text: str) -> None:
    read_target(text)
