"""Chooses who does the work of a command: this process, several processes, or a Dask cluster."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import USAGE, fail
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor

    from distributed import Client

    Begin = Callable[[], object]

_TIMEOUT = 10
"""Seconds that the scheduler of a cluster may take to answer."""

jobs_option = click.option("--jobs", type=click.IntRange(min=1), help="同时用几个进程；不写由程序决定。")
dask_option = click.option(
    "--dask", "cluster", metavar="tcp://…", help="交给 Dask 集群，写它的调度器的地址；要先安装 xlkpi[cluster]。"
)


@contextmanager
def workers(
    jobs: int | None, cluster: str | None, *, many: bool, kit: Callable[[], Begin] | None = None
) -> Iterator[Executor | None]:
    """The executor that the options ask for; None for this process.

    jobs: processes; None for all cores if there is `many` to do, else this process. cluster: a scheduler's address.
    kit: makes what every process calls first, so that none makes again what this one can send it. The workers of a
    cluster stay, and have it from the time before.
    Exits with a message where a cluster cannot be used, or where every worker dies on the same input.
    """
    from xlkpi.common.parallel import LostError

    try:
        with _workers(jobs, cluster, many, kit) as executor:
            yield executor
    except LostError as error:
        fail(COMMANDS("lost", what=error))


@contextmanager
def _workers(
    jobs: int | None, cluster: str | None, many: bool, kit: Callable[[], Begin] | None
) -> Iterator[Executor | None]:
    if cluster:
        if jobs:
            fail(COMMANDS("jobs_and_cluster"), USAGE)
        with _connected(cluster) as client:
            # pure=False: comparing inputs with earlier ones would cost more than it saves.
            yield client.get_executor(pure=False)
        return
    jobs = jobs or (os.cpu_count() or 1 if many else 1)
    if jobs == 1:
        yield None
    else:
        from xlkpi.common.parallel import processes

        with processes(jobs, kit and kit()) as executor:
            yield executor


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    from xlkpi.i18n.extras import CLUSTER, need

    need(CLUSTER)
    from distributed import Client

    try:
        client = Client(address, timeout=_TIMEOUT, set_as_default=False)
    except (OSError, ValueError) as error:
        fail(COMMANDS("no_scheduler", address=address, error=error))
    with client:
        _agree(client, address)
        yield client


def _agree(client: Client, address: str) -> None:
    """Exit unless the scheduler can pass the work on, and every worker would give the same results as this machine."""
    from xlkpi.common.fingerprint import fingerprint

    try:
        client.run_on_scheduler(fingerprint)
    except Exception as error:  # it unpacks every item that it passes on; without xlkpi all of them would fail there
        fail(COMMANDS("scheduler_without_xlkpi", address=address, error=error))
    fingerprints = client.run(fingerprint, on_error="return")
    if not fingerprints:
        fail(COMMANDS("no_workers", address=address))
    for worker, theirs in fingerprints.items():
        if isinstance(theirs, BaseException):
            fail(COMMANDS("worker_without_xlkpi", address=address, worker=worker, error=theirs))
        if theirs != fingerprint():
            fail(COMMANDS("worker_differs", address=address, worker=worker))
