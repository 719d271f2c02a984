"""Temporary files and folders that name their process, so that a later one removes what a killed one left behind."""

from __future__ import annotations

import os
import platform
import re
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

_NAME = re.compile(r"(?:\.xlkpi\.|xlkpi-)([0-9a-f]{8})-(\d+)-\w+(?:\.tmp)?")
_CLOCKS_DIFFER = 3600
"""Seconds by which the clock of a network drive may differ from ours."""


def prefix() -> str:
    """How the names of this process's temporary files begin, with its machine and its number."""
    return f".xlkpi.{_machine()}-{os.getpid()}-"


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder for files that are needed for a moment."""
    clear(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=f"xlkpi-{_machine()}-{os.getpid()}-") as name:
        yield Path(name)


@cache
def clear(folder: Path) -> None:
    """Remove from a folder what processes of this machine left that are no more; each process looks once."""
    with suppress(OSError):
        for path in list(folder.iterdir()):
            match = _NAME.fullmatch(path.name)
            if match and match[1] == _machine() and _is_gone(int(match[2]), path):
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


@cache
def _machine() -> str:
    """The name of this machine, as eight digits: on a network drive lie files of other machines' processes."""
    return f"{zlib.crc32(platform.node().encode()):08x}"


def _is_gone(process: int, path: Path) -> bool:
    """Whether the process has ended; a younger one may have its number."""
    import psutil  # here, since there is nearly never anything left

    try:
        return bool(psutil.Process(process).create_time() > path.stat().st_mtime + _CLOCKS_DIFFER)
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False
