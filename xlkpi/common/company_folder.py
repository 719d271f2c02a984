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
HISTORY = "历史"


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
        return self.path / "名册.xlsx"

    @property
    def titles(self) -> Path:
        """Which role each title of the roster is."""
        return self.path / "岗位对应.xlsx"

    @property
    def mappings(self) -> Path:
        """What the columns of other tables are, for `fill`."""
        return self.path / "数据对应.xlsx"

    @property
    def history(self) -> Path:
        return self.path / HISTORY

    def quarter(self, quarter: Quarter) -> Path:
        """The folder of a quarter: below it are 发出, 收回, 汇总 and 指南."""
        return self.path / "考核" / str(quarter)

    def issued(self, quarter: Quarter) -> Path:
        return self.quarter(quarter) / "发出"

    def returned(self, quarter: Quarter) -> Path:
        return self.quarter(quarter) / "收回"

    def summary(self, quarter: Quarter) -> Path:
        return self.quarter(quarter) / "汇总"

    def guides(self, quarter: Quarter) -> Path:
        return self.quarter(quarter) / "指南"


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
