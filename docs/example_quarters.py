"""Two quarters of an invented company of 48 people, for the pictures: python docs/example_quarters.py DIR."""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from click.testing import CliRunner

from xlkpi.calc.engine import recalculate
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.cli import main
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import Layout
from xlkpi.form.prefill import typed_cells
from xlkpi.i18n.numbers import Value, is_number
from xlkpi.intake.workbook import read
from xlkpi.xlsx.edit import fill

TEAMS = {
    "电商运营部": "ecommerce-operations", "客户服务部": "customer-service", "仓储物流部": "warehouse-specialist",
    "市场部": "brand-manager", "华东门店": "store-manager", "内容部": "web-editor",
}  # fmt: skip
PEOPLE = 48
NAMES = [family + given for given in ("一", "二", "三", "四") for family in "赵钱孙李周吴郑王冯陈褚卫"]
HEADS = [f"{family}主管" for family in "蒋沈韩杨朱秦尤许何吕施张"]
SHIPPED = Catalogue.shipped()
CHANCE = random.Random(18)


def run(*arguments: object) -> None:
    """Run a command of ours."""
    CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


def roster(path: Path) -> Path:
    """Write the roster."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["工号", "姓名", "部门", "岗位", "直接上级"])
        for number in range(PEOPLE):
            team = list(TEAMS)[number % len(TEAMS)]
            head = HEADS[number % len(HEADS)]
            rows.writerow([f"{number + 1:03}", NAMES[number], team, SHIPPED.role(TEAMS[team]).title, head])
    return path


def typed(role: str, level: float) -> Iterator[tuple[str, list[Value]]]:
    """The role's sample, every other number of it a little different; what comes from the quarter before stays."""
    for number, measure in enumerate(SHIPPED.role(role).measures):
        if measure.carried_from is None:
            factor = level + CHANCE.gauss(0, 0.06) if number % 2 else 1.0
            values = SHIPPED.samples()[role].measures[measure.id]
            yield measure.id, [round(v * factor) if is_number(v) and abs(v) >= 10 else v for v in values]


def filled(source: Path, target: Path, levels: dict[str, float], first: bool) -> None:
    """Type into every workbook; in the second quarter somebody changes a weight."""
    for path in sorted(source.glob("*.xlsx")):
        cells: dict[str, dict[str, Value]] = {}
        for form in read(path, SHIPPED).forms:
            role, id = form.appraisal.role, form.assignment.id if form.assignment else ""
            sample = SHIPPED.samples()[role.id]
            measures = dict(typed(role.id, levels[id]))
            if first:
                measures |= {m.id: list(sample.measures[m.id]) for m in role.measures if m.carried_from is not None}
            every = typed_cells(role, measures, None, sample.targets)
            cells[form.sheet] = {address: value for address, value in every.items() if value is not None}
            if id == "014" and not first:
                cells[form.sheet][Layout(role).address(f"i:{role.indicators[0].id}", "weight")] = 0.4
        target.mkdir(exist_ok=True, parents=True)
        (target / path.name).write_bytes(recalculate(fill(path.read_bytes(), cells)))


def build(folder: Path) -> None:
    """FOLDER/汇总.xlsx and FOLDER/概览.html."""
    before, now = Quarter(2026, 3), Quarter(2026, 4)
    levels = {f"{number + 1:03}": CHANCE.gauss(1.0, 0.08) for number in range(PEOPLE)}
    names = roster(folder / "名册.csv")
    run("new", before, "--roster", names, "-o", folder / "发出")
    filled(folder / "发出", folder / str(before), levels, first=True)
    run("collect", folder / str(before), "-o", folder / "上季.xlsx", "--roster", names)
    run("next", folder / str(before), "-o", folder / "下季", "--roster", names)
    filled(folder / "下季", folder / str(now), levels, first=False)
    next(iter(sorted((folder / str(now)).glob("*.xlsx")))).unlink()  # one superior has not sent anything
    run(
        *("collect", folder / str(now), "-o", folder / "汇总.xlsx", "--roster", names),
        *("--html", folder / "概览.html"),
    )


if __name__ == "__main__":
    build(Path(sys.argv[1]))
