"""A company whose raters' workbooks are made, made once and copied for every test that changes it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support import raters
from xlkpi.common.company_folder import CompanyFolder


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With forms and raters' workbooks sent, and all of the latter back."""
    path = tmp_path_factory.mktemp("raters") / "公司"
    company = raters.ratings_company(path)
    raters.list_raters(company, raters.ALL_PAIRS)
    assert raters.run(company, "raters", "make", raters.QUARTER).exit_code == 0
    assert raters.run(company, "new", raters.QUARTER, "--roster", str(company.roster)).exit_code == 0
    for rater in raters.sent(company):
        raters.answer(company, rater, raters.usual(rater))
    return path


@pytest.fixture
def company(prepared: Path, tmp_path: Path) -> CompanyFolder:
    """A copy that a test may change."""
    shutil.copytree(prepared, tmp_path / "公司")
    return CompanyFolder(tmp_path / "公司")
