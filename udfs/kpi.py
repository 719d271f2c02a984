"""The cell functions for xlwings. Each has one line, which calls the function in `xlkpi.functions`.

The Python names are the names in Excel and in every workbook, so they are never renamed. The help texts come from
`xlkpi.functions.FUNCTIONS`; a test compares its arguments with these signatures.
"""

# ruff: noqa: N802
from __future__ import annotations

from typing import Any

from xlwings import arg, func

from xlkpi import functions
from xlkpi.functions import FUNCTIONS

_HELP = {function.name: {argument.name: argument.help.zh for argument in function.arguments} for function in FUNCTIONS}


def _argument(function: str, name: str, **options: Any) -> Any:
    # Without err_to_str an error cell arrives as None, like an empty one.
    return arg(name, doc=_HELP[function][name], err_to_str=True, **options)


@func
@_argument("KPI_SCORE", "actual", ndim=2)
@_argument("KPI_SCORE", "target", ndim=2)
@_argument("KPI_SCORE", "rule")
@_argument("KPI_SCORE", "unit")
def KPI_SCORE(actual, target, rule, unit=None):  # type: ignore[no-untyped-def]
    """按评分标准计分（百分制）"""
    return functions.kpi_score(actual, target, rule, unit)


@func
@_argument("STEP_DEDUCT", "actual", ndim=2)
@_argument("STEP_DEDUCT", "target", ndim=2)
@_argument("STEP_DEDUCT", "step")
@_argument("STEP_DEDUCT", "points")
@_argument("STEP_DEDUCT", "side")
@_argument("STEP_DEDUCT", "basis")
def STEP_DEDUCT(actual, target, step, points=None, side=None, basis=None):  # type: ignore[no-untyped-def]
    """每差一档扣几分：应扣的分数（不小于0）"""
    return functions.step_deduct(actual, target, step, points, side, basis)


@func
@_argument("WEIGHTED_TOTAL", "scores", ndim=2)
@_argument("WEIGHTED_TOTAL", "weights", ndim=2)
@_argument("WEIGHTED_TOTAL", "partial")
def WEIGHTED_TOTAL(scores, weights, partial=None):  # type: ignore[no-untyped-def]
    """加权总分，四舍五入到两位小数"""
    return functions.weighted_total(scores, weights, partial)


@func
@_argument("KPI_GRADE", "total")
@_argument("KPI_GRADE", "scale")
def KPI_GRADE(total, scale=None):  # type: ignore[no-untyped-def]
    """总分对应的等级"""
    return functions.kpi_grade(total, scale)


@func
@_argument("KPI_EXPLAIN", "actual", ndim=2)
@_argument("KPI_EXPLAIN", "target", ndim=2)
@_argument("KPI_EXPLAIN", "rule")
@_argument("KPI_EXPLAIN", "unit")
def KPI_EXPLAIN(actual, target, rule, unit=None):  # type: ignore[no-untyped-def]
    """得分是怎样算出来的"""
    return functions.kpi_explain(actual, target, rule, unit)


@func
@_argument("KPI_ENGINE", "anything")
def KPI_ENGINE(anything=None):  # type: ignore[no-untyped-def]
    """正在计分的程序"""
    return functions.kpi_engine(anything)
