"""The documents say what is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from xlkpi.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def _examples() -> list[tuple[str, str]]:
    """(expression, what the comment behind it says)."""
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    return re.findall(r"^(\w+\(.*\)) +# (.+)$", block, re.MULTILINE)


@pytest.mark.parametrize(("expression", "said"), _examples())
def test_readme_examples_give_what_they_say(expression: str, said: str) -> None:
    import xlkpi

    assert str(eval(expression, vars(xlkpi))) == said


def test_readme_names_every_command_and_no_other() -> None:
    named = set(re.findall(r"^\| `xlkpi (\w+)", README, re.MULTILINE))
    assert named == set(main.commands)


def test_links_and_pictures_exist() -> None:
    for document in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), (document.name, target)


def test_readme_quotes_the_demo() -> None:
    quoted = re.findall(r"^│ (\S+) +│.*│ (实际\S+) +│$", README, re.MULTILINE)
    assert len(quoted) == 3
    worked = (ROOT / "docs" / "demo.zh.md").read_text("utf-8")
    assert all(label in worked for label, _ in quoted)
