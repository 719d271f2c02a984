"""The site of the documents is built, all links and anchors hold, and no page loads anything from the network."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from xlkpi import __all__ as library
from xlkpi.cli import main
from xlkpi.functions import FUNCTIONS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site") / "site"
    command = [sys.executable, ROOT / "docs" / "site" / "build.py", target]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


def test_every_document_is_a_page(site: Path) -> None:
    for document in (ROOT / "docs").glob("*.md"):
        assert (site / "docs" / document.with_suffix(".html").name).is_file()
    first = (site / "index.html").read_text("utf-8")
    assert '<html lang="zh"' in first, "the site opens in Chinese"
    assert "overview.html" in first, "and has its English beside"


def test_every_command_and_function_is_explained(site: Path) -> None:
    commands = (site / "docs" / "commands.html").read_text("utf-8")
    assert all(f'id="xlkpi-{name}"' in commands for name in main.modules)
    assert (collect := main.get_command(click.Context(main), "collect"))
    assert collect.get_short_help_str(20)[:10] in commands
    api = (site / "docs" / "api.html").read_text("utf-8")
    assert all(f'id="{function.name.lower()}"' in api for function in FUNCTIONS)
    assert all(f".{name}" in api for name in library)
    rooms = {path.parent.name for path in (ROOT / "xlkpi").glob("*/__init__.py")}
    assert all(f'id="xlkpi{room}"' in api for room in rooms)


@pytest.mark.parametrize("asked", ["评分标准", "名册", "加载项"])
def test_what_people_look_for_in_chinese_is_in_the_index(site: Path, asked: str) -> None:
    index = json.loads((site / "search.json").read_text("utf-8"))
    assert index["config"]["lang"] == ["zh"]
    assert any(asked in item["title"] for item in index["items"])
