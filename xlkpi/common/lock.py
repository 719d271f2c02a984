"""A lock between processes: while one holds a folder, another one that wants it waits.

The system's own lock on a file, not a file that says so: whoever is killed holds nothing any more.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from xlkpi.common.files import make_folder

NAME = ".xlkpi.lock"
"""The file in the folder; it is there while somebody holds the folder."""
SECONDS = 60
"""How long to wait for another process: writing the results of 100,000 people takes half of that."""
_POLL = 0.1


class BusyError(Exception):
    """Another process holds the folder, and does not let go."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder, which is made where it is missing. Raises BusyError, OSError."""
    make_folder(folder)
    path = folder / NAME
    latest = time.monotonic() + SECONDS
    while (handle := _held(path)) is None:
        if time.monotonic() > latest:
            raise BusyError(folder)
        time.sleep(_POLL)
    try:
        yield
    finally:
        if os.name != "nt":  # Windows removes no open file
            path.unlink(missing_ok=True)
        os.close(handle)
        if os.name == "nt":
            with suppress(OSError):  # somebody else has it open
                path.unlink()


def _held(path: Path) -> int | None:
    """The lock file, open and locked; None where another process has it."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:  # it names the lock file, which the user does not know
        raise type(error)(error.errno, error.strerror, str(path.parent)) from None
    try:
        _lock(handle)
        # Whoever held it before may have removed it meanwhile: then a third process may lock a new one.
        if path.stat().st_ino == os.fstat(handle).st_ino:
            return handle
    except (BlockingIOError, FileNotFoundError):
        pass
    except OSError:  # a file system without locks, such as some network drives
        return handle
    os.close(handle)
    return None


def _lock(handle: int) -> None:
    """Raises BlockingIOError where somebody else has the lock."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            raise BlockingIOError from None
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
