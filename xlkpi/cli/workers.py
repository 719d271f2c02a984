"""Who does the work of a command: this process, several on this machine, or a Dask cluster."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import USAGE, fail

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor

    from distributed import Client

_PATIENCE = 10
"""Seconds that the scheduler of a cluster may take to answer."""

jobs_option = click.option("--jobs", type=click.IntRange(min=1), help="同时用几个进程；不写由程序决定。")
dask_option = click.option(
    "--dask", "cluster", metavar="tcp://…", help="交给 Dask 集群，写它的调度器的地址；要先安装 xlkpi[cluster]。"
)


@contextmanager
def workers(jobs: int | None, cluster: str | None, *, many: bool) -> Iterator[Executor | None]:
    """The workers that a user asks for; None for this process. Without a wish all cores, where there is `many` to do.

    Ends the program where a cluster cannot be used, or where the workers die of something.
    """
    from xlkpi.common.parallel import LostError

    try:
        with _workers(jobs, cluster, many=many) as executor:
            yield executor
    except LostError as error:
        fail(f"{error}：做它的进程每次都中断，没有做成；它以前的都已写好。请看内存够不够，再试一次。")


@contextmanager
def _workers(jobs: int | None, cluster: str | None, *, many: bool) -> Iterator[Executor | None]:
    if cluster:
        if jobs:
            fail("--jobs 与 --dask 不能一起用：集群有几个进程由集群决定。", USAGE)
        with _connected(cluster) as client:
            # What is sent is not compared with what was sent before: reading it for that costs more than it saves.
            yield client.get_executor(pure=False)
        return
    jobs = jobs or (os.cpu_count() or 1 if many else 1)
    if jobs == 1:
        yield None
    else:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        # Forking beside the thread that draws the progress could lock up.
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as executor:
            yield executor


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    from xlkpi.i18n.extras import CLUSTER, need

    need(CLUSTER)
    from distributed import Client

    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        fail(f"{address}：连不上 Dask 的调度器：{error}")
    with client:
        _agree(client, address)
        yield client


def _agree(client: Client, address: str) -> None:
    """End the program unless every worker would come to what we come to."""
    from xlkpi.common.fingerprint import fingerprint

    found = client.run(fingerprint, on_error="return")
    if not found:
        fail(f"{address}：集群里没有工作进程。请先在各台机器上运行 dask worker {address}。")
    for worker, theirs in found.items():
        if isinstance(theirs, BaseException):
            fail(f"{address}：{worker} 上的 xlkpi 不能用：{theirs}。请在那台机器上安装同一版本的 xlkpi。")
        if theirs != fingerprint():
            fail(f"{address}：{worker} 上的 xlkpi 或岗位、公司文件与本机的不同。请装成一样的再试。")
