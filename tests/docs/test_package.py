"""What is installed and what is packaged is what `pyproject.toml` says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def _wanted(extra: str) -> list[Requirement]:
    """What an extra installs, with the base and the extras that it names."""
    found = [Requirement(text) for text in [*PROJECT["dependencies"], *EXTRAS[extra]]]
    for own in [one for one in found if one.name == "xlkpi"]:
        found.remove(own)
        found += [one for name in own.extras for one in _wanted(name)]
    return found


def _locked(lock: str) -> dict[str, list[str]]:
    """Library → the versions that a lock has of it."""
    text = (ROOT / "requirements" / f"{lock}.lock").read_text("utf-8")
    locked: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE):
        locked.setdefault(canonicalize_name(name), []).append(version)
    return locked


@pytest.mark.parametrize(("lock", "extra"), [("run", "all"), ("dev", "dev")])
def test_locks_satisfy_the_project(lock: str, extra: str) -> None:
    locked = _locked(lock)
    build = [Requirement(line) for line in (ROOT / "requirements" / "build.in").read_text("utf-8").splitlines()[1:]]
    for wanted in [*_wanted(extra), *build]:
        versions = locked.get(canonicalize_name(wanted.name), [])
        assert versions, f"{wanted.name} is not locked: run make lock"
        assert all(wanted.specifier.contains(version) for version in versions), f"{wanted}: run make lock"


@pytest.mark.parametrize("lock", ["run", "dev"])
def test_locks_have_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.lock").read_text("utf-8")
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"://|--index|--find-links| @ ", text)


def test_the_licence_of_every_library_is_told() -> None:
    security = (ROOT / "SECURITY.md").read_text("utf-8")
    (table,) = re.findall(r"\| licence \| libraries \|\n(.*?)\n\n", security, re.DOTALL)
    told = [name for row in table.split("\n")[1:] for name in re.findall(r"[\w-]+", re.split(r"[|:]", row)[2])]
    assert sorted(told) == sorted(_locked("run")), "a library came or went: look at its licence"


def test_the_list_of_libraries_has_all_of_them(tmp_path: Path) -> None:
    pytest.importorskip("cyclonedx_py")
    (line,) = re.findall(r"cyclonedx-py (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    command = [sys.executable, "-m", "cyclonedx_py", *line.replace("dist/", f"{tmp_path}/").split()]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    parts = json.loads((tmp_path / "xlkpi.cdx.json").read_text("utf-8"))["components"]
    assert {part["name"] for part in parts} == set(_locked("run"))
    assert all(part["externalReferences"][0]["hashes"] for part in parts)


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    for kind in ("wheel", "sdist"):
        command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


def test_the_wheel_and_the_source_archive_are_in_order(dist: Path) -> None:
    files = sorted(map(str, dist.iterdir()))
    checks = (
        ["twine", "check", "--strict", *files],
        ["check_wheel_contents", *(f for f in files if f.endswith(".whl"))],
    )
    for check in checks:
        done = subprocess.run([sys.executable, "-m", *check], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_wheel_holds_every_file_of_the_packages(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    tracked = subprocess.run(
        ["git", "ls-files", "xlkpi", "udfs", "workbook_templates"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if tracked.returncode:
        pytest.skip("this is no checkout")
    assert held == set(tracked.stdout.split()) >= {"xlkpi/py.typed"}
