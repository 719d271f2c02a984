"""The folder that is a company's own: its settings, roles and roster, its quarters and its history.

Here are only the names of what lies in it, and how it is found.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from xlkpi.common.quarter import Quarter

VARIABLE = "XLKPI_COMPANY"
"""The environment variable that may name the folder."""
SETTINGS = "公司.xlsx"
"""Its settings; the folder that has this file is a company's."""
ROLES = "岗位"
"""The folder of its role workbooks."""
ROSTER = "名册.xlsx"
RATERS = "评价人.xlsx"
EXEMPTIONS = "不计分.xlsx"
TITLES = "岗位对应.xlsx"
MAPPINGS = "数据对应.xlsx"
QUARTERS = "考核"
"""The folder of the quarters, and below one of them the places of its files."""
PARTS = ("发出", "收回", "汇总", "指南", "数据")
RATINGS, APPEALS, ARCHIVE = "评价", "申诉", "归档"
"""Places of a quarter that only companies have which use them."""
HISTORY = "历史"
"""The folder of the history; without a company's folder it lies beside the summary, the forms or their folder."""


@dataclass(frozen=True)
class CompanyFolder:
    """A company's folder and what is in it. Nothing needs to exist but its settings."""

    path: Path

    @property
    def settings(self) -> Path:
        return self.path / SETTINGS

    @property
    def roles(self) -> Path:
        return self.path / ROLES

    @property
    def roster(self) -> Path:
        return self.path / ROSTER

    @property
    def titles(self) -> Path:
        """Which role each title of the roster is."""
        return self.path / TITLES

    @property
    def raters(self) -> Path:
        """Who rates whom."""
        return self.path / RATERS

    @property
    def exemptions(self) -> Path:
        """The indicators that HR has approved not to count for somebody."""
        return self.path / EXEMPTIONS

    @property
    def mappings(self) -> Path:
        """What the columns of other tables are, for `fill`."""
        return self.path / MAPPINGS

    @property
    def history(self) -> Path:
        return self.path / HISTORY

    def quarter(self, quarter: Quarter) -> Path:
        """The folder of a quarter, in which its `PARTS` lie."""
        return self.path / QUARTERS / str(quarter)

    def issued(self, quarter: Quarter) -> Path:
        return self.quarter(quarter) / PARTS[0]

    def returned(self, quarter: Quarter) -> Path:
        return self.quarter(quarter) / PARTS[1]

    def summary(self, quarter: Quarter) -> Path:
        return self.quarter(quarter) / PARTS[2]

    def guides(self, quarter: Quarter) -> Path:
        return self.quarter(quarter) / PARTS[3]

    def numbers(self, quarter: Quarter) -> Path:
        """Where the workbooks lie with which data owners bring in numbers."""
        return self.quarter(quarter) / PARTS[4]

    def ratings(self, quarter: Quarter) -> Path:
        """Where the workbooks of the raters lie, sent and returned."""
        return self.quarter(quarter) / RATINGS

    def appeals(self, quarter: Quarter) -> Path:
        return self.quarter(quarter) / APPEALS

    def archive(self, quarter: Quarter) -> Path:
        """What was final when the quarter was closed."""
        return self.quarter(quarter) / ARCHIVE


def find_company(start: Path) -> CompanyFolder | None:
    """The company folder that is `start` or lies above it; None where there is none."""
    start = start.absolute()
    for folder in (start, *start.parents):
        if (folder / SETTINGS).is_file():
            return CompanyFolder(folder)
    return None


def named_company() -> Path | None:
    """The folder that the environment names; None where it names none."""
    name = os.environ.get(VARIABLE)
    return Path(name) if name else None
