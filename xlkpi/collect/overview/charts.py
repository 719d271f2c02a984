"""Native charts of the sheet 概览: grades beside the expected shares, departments from worst to best."""

from __future__ import annotations

from openpyxl.chart import BarChart, Reference, StockChart
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import NumData, NumVal
from openpyxl.chart.marker import Marker
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.collect.overview.figures import Team
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
    page: Worksheet, names: int, columns: tuple[int, int, int], teams: list[Team], first: int
) -> StockChart:
    """A line from the worst to the best of each department, and a dot at the mean.

    columns: of best, worst and mean. teams: those with scores, in the rows from `first` on.
    """
    chart, last = StockChart(), first + len(teams) - 1
    for column in columns:
        chart.add_data(Reference(page, min_col=column, min_row=first - 1, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(page, min_col=names, min_row=first, max_row=last))
    spreads = [team.spread for team in teams if team.spread]
    for series, value in zip(chart.series, ("high", "low", "mean"), strict=True):
        series.graphicalProperties.line.noFill = True
        series.marker = Marker("none")
        # Excel draws the lines between high and low only where the file has the values beside the reference.
        kept = [NumVal(idx=number, v=str(getattr(spread, value))) for number, spread in enumerate(spreads)]
        series.val.numRef.numCache = NumData(formatCode="0.00", ptCount=len(kept), pt=kept)
    fill = GraphicalProperties(solidFill=styles.ACCENT)
    fill.line.solidFill = styles.ACCENT
    chart.series[-1].marker = Marker("circle", size=8, spPr=fill)
    chart.hiLowLines = ChartLines(GraphicalProperties(ln=LineProperties(solidFill=styles.BAR, w=38000)))
    chart.legend = None
    lowest = min(spread.low for spread in spreads)
    chart.y_axis.scaling.min = max(0, int(lowest // 10) * 10)
    chart.y_axis.number_format = "0"
    _calm(chart)
    return chart


def _calm(chart: BarChart | StockChart) -> None:
    """Light lines of the grid, both axes shown, no title: the heading of the block says what it is."""
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=LineProperties(solidFill=styles.LINE)))
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.majorTickMark = chart.x_axis.majorTickMark = "none"
    for axis in (chart.x_axis, chart.y_axis):
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=styles.LINE))
