"""Catalogues for the tests: the program's own, the same with other files in it, roles of single files."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Role
from xlkpi.catalogue.role_file import read_versions

SHIPPED = Catalogue.shipped()
TEMPLATES = ROOT / "workbook_templates"


def shipped_with(folder: Path, texts: Mapping[str, str]) -> Catalogue:
    """The program's catalogue with these files in it, by their path in its folder, such as roles/web-editor.toml."""
    copy = folder / "catalogue"
    shutil.copytree(TEMPLATES, copy, dirs_exist_ok=True)
    for name, text in texts.items():
        (copy / name).write_text(text, "utf-8")
    return Catalogue.of(copy)


def shipped_text(name: str) -> str:
    """A file of the program's catalogue."""
    return (TEMPLATES / name).read_text("utf-8")


def use(monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue) -> None:
    """Let commands and buttons work by a catalogue, for the rest of the test."""
    monkeypatch.setattr(Catalogue, "shipped", staticmethod(lambda: catalogue))


def role_in(path: Path) -> Role:
    """The newest version of a role file."""
    return read_versions(path)[-1].role
