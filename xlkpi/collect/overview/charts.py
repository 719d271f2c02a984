"""Native charts of the sheet 概览: grades beside the expected shares, departments from worst to best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.marker import Marker
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import Element

from xlkpi.collect.overview.figures import Spread
from xlkpi.form.layout import Span
from xlkpi.writer import styles

MOST_TEAMS = 24
"""Departments whose names can be read below one chart."""


def grades_chart(page: Worksheet, names: int, shares: list[int], rows: Span) -> BarChart:
    """Columns of shares. names, shares: the columns of the sheet, from 1; the headers stand above `rows`."""
    chart = BarChart()
    chart.type = "col"
    for column, colour in zip(shares, (styles.ACCENT, styles.BAR), strict=False):
        data = Reference(page, min_col=column, min_row=rows.first - 1, max_row=rows.last)
        chart.add_data(data, titles_from_data=True)
        chart.series[-1].graphicalProperties.solidFill = colour
    chart.set_categories(Reference(page, min_col=names, min_row=rows.first, max_row=rows.last))
    chart.y_axis.number_format, chart.y_axis.scaling.min = "0%", 0
    _calm(chart)
    if len(shares) == 1:
        chart.legend = None
    else:
        chart.legend.position = "b"
    chart.gapWidth = 70
    return chart


def teams_chart(
    page: Worksheet, names: int, mean: int, steps: Sequence[int], rows: Span, spreads: Sequence[Spread]
) -> BarChart:
    """Boxes of the departments: the range from worst to best, darker where the middle half is, a dot at the mean.

    names, mean, steps: columns of the sheet, from 1; the steps are the lowest score and the differences up from there.
    spreads: of the departments in `rows`.
    """
    boxes, dots = BarChart(), LineChart()
    boxes.type, boxes.grouping, boxes.overlap = "col", "stacked", 100
    for column, colour in zip(steps, (None, styles.ACCENT_PALE, styles.BAR, styles.ACCENT_PALE), strict=True):
        boxes.add_data(
            Reference(page, min_col=column, min_row=rows.first - 1, max_row=rows.last), titles_from_data=True
        )
        look = boxes.series[-1].graphicalProperties
        look.line.noFill = True
        if colour is None:
            look.noFill = True
        else:
            look.solidFill = colour
    dots.add_data(Reference(page, min_col=mean, min_row=rows.first - 1, max_row=rows.last), titles_from_data=True)
    fill = GraphicalProperties(solidFill=styles.ACCENT)
    fill.line.solidFill = styles.ACCENT
    dots.series[0].marker = Marker("circle", size=8, spPr=fill)
    dots.series[0].graphicalProperties.line.noFill = True
    boxes.set_categories(Reference(page, min_col=names, min_row=rows.first, max_row=rows.last))
    boxes.legend = None
    boxes.gapWidth = 120
    boxes.visible_cells_only = False  # the steps stand in hidden columns
    lowest = min(spread.low for spread in spreads)
    boxes.y_axis.scaling.min = max(0, int(lowest // 10) * 10)
    boxes.y_axis.number_format = "0"
    _calm(boxes)
    boxes += dots
    return boxes


def _calm(chart: BarChart) -> None:
    """Light lines of the grid, both axes shown, no title: the heading of the block says what it is."""
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=LineProperties(solidFill=styles.LINE)))
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.majorTickMark = chart.x_axis.majorTickMark = "none"
    _without_title(chart)
    for axis in (chart.x_axis, chart.y_axis):
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=styles.LINE))


def _without_title(chart: Any) -> None:
    """Say in the file that there is no title: otherwise Excel takes the name of a single series for one."""
    write = chart._write

    def untitled() -> Any:
        tree = write()
        tree.find("chart").insert(0, Element("autoTitleDeleted", {"val": "1"}))
        return tree

    chart._write = untitled
