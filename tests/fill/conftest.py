from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the roles of the cases; forms are made from them once."""
    return tmp_path_factory.mktemp("company")
