"""Runs a command and measures it: time by the clock, time of the processor, and memory, of all of its processes."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from time import perf_counter, sleep

import psutil

_EVERY = 0.1
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Cost:
    """What a command took.

    clock, processor: seconds; processor of the command and its workers together. memory, workers: the most that the
    command's own process, and all of its workers together, held at a time, in MB.
    """

    clock: float
    processor: float
    memory: float
    workers: float


@dataclass(frozen=True)
class Cluster:
    """A Dask cluster of two workers on this machine."""

    address: str
    processes: Sequence[psutil.Process]

    @property
    def processor(self) -> float:
        return sum(sum(process.cpu_times()[:2]) for process in self.processes)


def measured(*arguments: object, cluster: Cluster | None = None) -> Cost:
    """Run `xlkpi` with arguments. Its exit code may tell of problems in forms. Raises RuntimeError where it fails."""
    command = [sys.executable, "-m", "xlkpi", *map(str, arguments)]
    others = [] if cluster is None else cluster.processes
    before, started = _processor(cluster), perf_counter()
    memory = workers = 0.0
    with TemporaryFile() as told, subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=told) as process:
        try:
            own = psutil.Process(process.pid)
            while process.poll() is None:
                memory = max(memory, _held([own]))
                workers = max(workers, _held([*_below(own), *others]))
                sleep(_EVERY)
        except BaseException:
            process.terminate()
            raise
        told.seek(0)
        said = told.read().decode()
    if process.returncode not in (0, 1) or "Traceback" in said:
        raise RuntimeError(f"{' '.join(command)}: {process.returncode}\n{said}")
    return Cost(perf_counter() - started, _processor(cluster) - before, memory, workers)


def _processor(cluster: Cluster | None) -> float:
    """The seconds so far of all commands that have ended, and of a cluster."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime + (0.0 if cluster is None else cluster.processor)


def _below(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _held(processes: Sequence[psutil.Process]) -> float:
    """The memory of processes, in MB; nothing for those that have ended."""
    held = 0
    for process in processes:
        try:
            held += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return held / 1e6


@contextmanager
def dask_cluster(folder: Path) -> Iterator[Cluster]:
    """Start a scheduler and two workers, as README says, and end them."""
    from distributed import Client

    file = folder / "scheduler.json"
    told, dask = ["--scheduler-file", str(file)], str(Path(sys.executable).with_name("dask"))
    options = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    started: list[subprocess.Popen[bytes]] = []
    try:
        started.append(subprocess.Popen([dask, "scheduler", "--host", "127.0.0.1", "--port", "0", *told], **options))
        while not (file.exists() and file.read_text()):
            sleep(_EVERY)
        started.append(subprocess.Popen([dask, "worker", *told, "--nworkers", "2", "--nthreads", "1"], **options))
        address = json.loads(file.read_text())["address"]
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(2)
        all_processes = [psutil.Process(process.pid) for process in started]
        yield Cluster(address, [one for process in all_processes for one in [process, *_below(process)]])
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait()
