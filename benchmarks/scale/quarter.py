"""A quarter of a large company with the commands: `new`, filling in, `collect`, `guide`; by one process, two, Dask."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

from benchmarks.scale.people import A_BOOK, CORE, QUARTER, fill_in, roster
from benchmarks.scale.running import Cluster, Cost, dask_cluster, measured

ONE, TWO, DASK = "one process", "two processes", "Dask, two workers"
SHARES = (4, 2, 1)
"""One process does this part of the company first: a fourth, a half, all."""
WHOLE = A_BOOK * SHARES[0]
"""A multiple of this can be divided so."""
GUIDES = 1000
"""People of the sample that gets guides."""


@dataclass(frozen=True)
class Stage:
    """A command that was run. people: forms that it made or read. workers: `ONE`, `TWO` or `DASK`."""

    command: str
    people: int
    workers: str
    cost: Cost


def stages(folder: Path, people: int) -> Iterator[Stage]:
    """Run everything in a folder. Raises ValueError where workers have made other files than one process."""
    returned, sample = folder / "returned", folder / "sample"
    folder.mkdir(parents=True, exist_ok=True)
    with dask_cluster(folder) as cluster:
        made: dict[str, str] = {}
        for workers, share in _runs():
            yield _new(folder, people // share, workers, cluster)
            if share == 1:
                made[workers] = _digest(folder / "forms")
        _same("new", made)
        fill_in(folder / "forms", returned, SHARES[0])
        shutil.rmtree(folder / "forms")
        for workers, share in _runs():
            parts = [returned / str(part) for part in range(SHARES[0] // share)]
            yield _stage("collect", people // share, workers, cluster, *parts, "-o", folder / "summary.xlsx")
            if share == 1:
                made[workers] = sha256((folder / "summary.xlsx").read_bytes()).hexdigest()
        _same("collect", made)
        sample.mkdir()
        for file in sorted((returned / "0").iterdir())[: GUIDES // A_BOOK]:
            file.rename(sample / file.name)
        guided = len(list(sample.iterdir())) * A_BOOK
        for workers in (ONE, TWO, DASK):
            yield _stage("guide", guided, workers, cluster, sample, "-o", folder / "guides")


def _runs() -> list[tuple[str, int]]:
    return [*((ONE, share) for share in SHARES), (TWO, 1), (DASK, 1)]


def _new(folder: Path, people: int, workers: str, cluster: Cluster) -> Stage:
    shutil.rmtree(folder / "forms", ignore_errors=True)
    roster(folder / "roster.csv", people)
    return _stage("new", people, workers, cluster, QUARTER, "--roster", folder / "roster.csv", "-o", folder / "forms")


def _stage(command: str, people: int, workers: str, cluster: Cluster, *arguments: object) -> Stage:
    options = {ONE: ("--jobs", 1), TWO: ("--jobs", 2), DASK: ("--dask", cluster.address)}[workers]
    cost = measured(command, *arguments, *options, "--overwrite", cluster=cluster if workers == DASK else None)
    print(f"{command}, {people:,} people, {workers}: {cost}", file=sys.stderr)
    return Stage(command, people, workers, cost)


def _digest(folder: Path) -> str:
    """A digest of the workbooks of a folder, but for the times at which they were made."""
    digest = sha256()
    for path in sorted(folder.iterdir()):
        with ZipFile(path) as book:
            parts = [(part.filename, part.CRC) for part in book.infolist() if part.filename != CORE]
        digest.update(repr((path.name, parts)).encode())
    return digest.hexdigest()


def _same(command: str, made: Mapping[str, str]) -> None:
    if len({*made.values()}) > 1:
        raise ValueError(f"{command}: {made}")
