"""Quarters of e-commerce operations whose indicators come out as asked for.

Every indicator's actual can be set by itself: sales, orders and visitors stay, the other measures follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from random import Random

from xlkpi.i18n.numbers import Value

SALES, ORDERS, UV, COGS = 1_000_000.0, 5_000.0, 250_000.0, 600_000.0

# Per indicator: where its rule turns, and one unit of what a form would show there. Achievements for bands, actuals
# for steps; conversion as a share of its target.
EDGES: dict[str, tuple[list[float], float]] = {
    "sales_achievement": ([0.0, 0.5, 0.8, 0.9, 1.0, 1.199, 1.2, 1.5], 0.0001),
    "uv_growth": ([0.2 - 0.05 * k for k in range(36)], 0.0001),
    "pv_per_uv": ([3 - 0.15 * k for k in range(20)] + [3.3], 0.001),
    "conversion": ([1 - 0.02 * k for k in range(23)] + [1.3], 0.0001),
    "basket_growth": ([0.05 - 0.02 * k for k in range(23)], 0.0001),
    "silent_share": ([0.2 - 0.02 * k for k in range(11)], 0.0001),
    "repurchase": ([0.3 - 0.02 * k for k in range(16)], 0.0001),
    "new_share": ([0.4 - 0.02 * k for k in range(21)], 0.0001),
    "stock_turnover": ([4 - 0.4 * k for k in range(10)] + [5.0], 0.001),
    "slow_stock": ([0.05 + 0.01 * k for k in range(30)] + [0.0], 0.0001),
    "promotion_ratio": ([0.15 + 0.01 * k for k in range(52)], 0.0001),
    "after_sales_ratio": ([0.03 + 0.01 * k for k in range(52)], 0.0001),
    "response_timeliness": ([float(k) for k in range(10)] + [99.0, 100.0, 101.0], 0),
    "resolution_timeliness": ([float(k) for k in range(10)] + [99.0, 100.0, 101.0], 0),
    "collaboration": ([0.0, 4.0, 7.9, 8.0, 8.1, 10.0], 0.1),
    "resources": ([0.95 - 0.05 * k for k in range(20)] + [1.0], 0.0001),
    "proposals": ([0.0, 1.0, 2.0, 3.0], 0),
    "knowledge": ([0.0, 1.0, 2.0], 0),
    "violations": ([0.0, 1.0, 5.0, 10.0, 11.0], 0),
    "severe": ([0.0, 1.0, 2.0, 3.0], 0),
    "data": ([0.0, 1.0, 4.0, 5.0], 0),
    "organic_share": ([0.6, 0.5, 0.7, 0.0, 1.0], 0.0001),
}


def measures(actuals: Mapping[str, float]) -> dict[str, list[Value]]:
    """The measures under which the indicators have these actuals."""
    sales_prev_per_order = SALES / ORDERS / (1 + actuals["basket_growth"])
    turnover = actuals["stock_turnover"]
    stock = COGS / turnover if turnover else 0.0  # without a stock the turnover is a division by 0
    achievement = actuals["sales_achievement"]
    monthly: dict[str, float] = {
        "sales": SALES if achievement else 0.0,
        "sales_target": SALES / achievement if achievement else SALES,
        "uv": UV,
        "organic_uv": UV * actuals["organic_share"],
        "pv": UV * actuals["pv_per_uv"],
        "orders": ORDERS,
        "silent_orders": ORDERS * actuals["silent_share"],
        "new_sales": SALES * actuals["new_share"],
        "cogs": COGS,
        "promotion_cost": SALES * actuals["promotion_ratio"],
        "after_sales_cost": SALES * actuals["after_sales_ratio"],
        "late_responses": actuals["response_timeliness"],
        "late_resolutions": actuals["resolution_timeliness"],
        "resources_ready": 200 * actuals["resources"],
        "resources_needed": 200.0,
        "proposals": actuals["proposals"],
        "manuals": actuals["knowledge"],
        "violations": actuals["violations"],
        "severe_violations": actuals["severe"],
        "data_violations": actuals["data"],
    }
    once: dict[str, float] = {
        "uv_prev": UV / (1 + actuals["uv_growth"]) if actuals["uv_growth"] > -1 else 0.0,
        "industry_conversion": ORDERS / UV / 1.05 / actuals["conversion"],
        "sales_prev": sales_prev_per_order * 4_000,
        "orders_prev": 4_000.0,
        "repeat_buyers": 30_000 * actuals["repurchase"],
        "buyers": 30_000.0,
        "stock_open": stock * 1.25,
        "stock_close": stock * 0.75,
        "slow_stock_share": actuals["slow_stock"],
        "rating_design": actuals["collaboration"],
        "rating_service": actuals["collaboration"],
        "rating_logistics": actuals["collaboration"],
        "manuals_prev": 0.0,
        "sales_last_month_prev": 70.0,
        "target_last_month_prev": 100.0,
    }
    return {id: [value, 0.0, 0.0] for id, value in monthly.items()} | {id: [value] for id, value in once.items()}


def every_edge() -> Iterator[dict[str, list[Value]]]:
    """As few quarters as hold every edge of every indicator: at it, one unit below, one above."""
    around = {
        id: [value for edge in edges for value in ([edge - unit, edge, edge + unit] if unit else [edge])]
        for id, (edges, unit) in EDGES.items()
    }
    for row in zip_longest(*around.values()):
        # Where one indicator has fewer edges than another, its first one is tried again.
        chosen = (
            value if value is not None else edges[0] for value, (edges, _) in zip(row, EDGES.values(), strict=True)
        )
        yield measures(dict(zip(around, chosen, strict=True)))


def _near(chosen: Random, edges: list[float], unit: float) -> float:
    """Anywhere between the first and the last edge, but most often at one or beside one."""
    if unit and chosen.random() < 0.3:
        return round(chosen.uniform(min(edges), max(edges)), 6)
    return chosen.choice(edges) + chosen.choice([0, 0, *range(-5, 6)]) * unit


def random_quarter(chosen: Random) -> dict[str, list[Value]]:
    """A quarter's measures; in two of five one or two of them are empty, text, zero or negative."""
    drawn = measures({id: _near(chosen, *edges) for id, edges in EDGES.items()})
    for _ in range(chosen.choice([0, 0, 0, 1, 2])):
        values = drawn[chosen.choice(sorted(drawn))]
        values[chosen.randrange(len(values))] = chosen.choice([None, "无", 0.0, -1.0, 0.5])
    return drawn
