"""Titles, groups and labels of tables."""

from __future__ import annotations

import pytest

from xlkpi.adopt.names import cleaner_name, group_name, label_name, name_of, names_a_month, quarter_in, title_in
from xlkpi.adopt.words import kind_of, unit_in_label

TITLES = {
    "抖音主播绩效考核表（2026年第三季度）": ("抖音主播", "2026Q3", False),
    "客服主管KPI考核表": ("客服主管", None, False),
    "仓储主管月度绩效考核评分表": ("仓储主管", None, True),
    "店长季度考核": ("店长", None, False),
    "一、行政专员绩效考核表": ("行政专员", None, False),
    "云帆科技有限公司2026年销售代表岗位绩效考核表": ("销售代表", "2026Q1", False),
    "2026年9月客服专员考核评分表": ("客服专员", "2026Q3", True),
    "绩效考核表（财务经理）": ("财务经理", None, False),
    "绩效考核表-出纳": ("出纳", None, False),
    "物流专员绩效考核表（2026年度）": ("物流专员", "2026Q1", False),
    "員工績效考核表": ("", None, False),
    "門市店長績效考核表（2026年第四季度）": ("門市店長", "2026Q4", False),
    "研发工程师关键绩效指标（KPI）考核表": ("研发工程师", None, False),
    "销售部经理目标责任书": ("销售部经理", None, False),
    "运营岗位KPI指标表": ("运营", None, False),
    "财务经理2026年第四季度绩效合约": ("财务经理", "2026Q4", False),
    "附件1：会计岗位考核标准": ("会计", None, False),
    "采购员月度/季度绩效考核表": ("采购员", None, True),
    "采购员月度／季度绩效考核表": ("采购员", None, True),
    "客服年度、季度KPI考核表": ("客服", None, False),
    "销售月/季度考核表": ("销售", None, False),
    "运营季度年度考核表": ("运营", None, False),
    "采购员月度及季度绩效考核表": ("采购员", None, True),
    "采购员每月绩效考核表": ("采购员", None, False),
    "采购员上半年绩效考核表": ("采购员", None, False),
    "绩效考核表（采购员月度）": ("采购员", None, True),
    "季度考核表-采购员/月度": ("采购员", None, True),
    "月度采购员考核表": ("采购员", None, True),
    "季度/年度采购员考核表": ("采购员", None, False),
    "年度预算专员考核表": ("年度预算专员", None, False),
    "采购/仓库主管绩效考核表": ("采购/仓库主管", None, False),
    "月嫂季度考核表": ("月嫂", None, False),
    "考核期：2026年7月—9月": ("", "2026Q3", False),
}


@pytest.mark.parametrize("text", TITLES)
def test_titles_name_roles_and_quarters(text: str) -> None:
    quarter = quarter_in([text])
    assert (title_in(text), str(quarter) if quarter else None, names_a_month([text])) == TITLES[text]


def test_sheets_are_called_after_roles_or_not() -> None:
    assert [name_of(text) for text in ("Sheet1", "工作表2", "客服主管", "客服考核表", "2026", "绩效考核表")] == [
        *("", "", "客服主管", "客服", "", ""),
    ]


@pytest.mark.parametrize(
    ("title", "sheet", "name"),
    [
        ("采购员（试行）", "采购员", "采购员"), ("《采购员2026", "采购员", "采购员"), ("采购员A", "采购员", "采购员A"),
        ("华东采购员", "采购员", "华东采购员"), ("采购员", "Sheet1", "采购员"), ("采购员", "采购员主管", "采购员"),
        ("采购员/月度", "采购员月度", "采购员"),
    ],
)  # fmt: skip
def test_the_name_of_a_sheet_counts_where_it_is_the_title_without_more(title: str, sheet: str, name: str) -> None:
    assert cleaner_name(title, sheet) == name


def test_groups_and_labels_lose_their_numbers_and_weights() -> None:
    groups = ["一、业绩指标（60%）", "业绩\n60%", "1.质量", "（二）能力 20分", "财务/收入", "KPI指标70%"]
    assert [group_name(text) for text in groups] == ["业绩指标", "业绩", "质量", "能力", "财务、收入", "KPI指标"]
    labels = ["1、销售额", "3分钟回复率", "①GMV", "30天复购率", "1.5倍速", "2. 客单价", "平均\n响应"]
    assert [label_name(text) for text in labels] == [
        *("销售额", "3分钟回复率", "GMV", "30天复购率", "1.5倍速", "客单价", "平均响应")
    ]


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("KPI", "label"), ("考核\n指标", "label"), ("考核项目", "item"), ("考核内容", "content"), ("权 重", "weight"),
        ("权重（%）", "weight"), ("分值", "points"), ("评分標準", "rule"), ("扣分标准", "rule"), ("扣分", "result"),
        ("上级评分", "result"), ("自评得分", "result"), ("目标值(万元)", "target"), ("數據來源", "owner"),
        ("指标定义/公式", "definition"), ("计算公式", "formula"), ("考核周期", "period"), ("维度权重", "group_weight"),
        ("序号", "number"), ("备注", "result"), ("挑战值", "further"), ("冲刺目标", "further"), ("基本值", "target"),
        ("卓越（120分）", "level"), ("", ""), ("每低1%扣2分，扣完为止，最多扣二十分", ""),
    ],
)  # fmt: skip
def test_headings_have_kinds(heading: str, kind: str) -> None:
    assert kind_of(heading) == kind


def test_labels_say_units() -> None:
    labels = "退货率 推广费占比 GMV 毛利 毛利率 千川ROI 库存周转率 违规次数 响应时长 营业额 汇率损失".split()
    assert [unit_in_label(label) for label in labels] == ["%", "%", "元", "元", "%", "倍", "", "次", "", "元", ""]
