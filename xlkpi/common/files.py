"""Files written whole or not at all, their names and errors as text, and entries of archives that never vary."""

from __future__ import annotations

import errno
import os
import tempfile
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from itertools import chain, count
from pathlib import Path

from xlkpi.common.leftovers import clear, prefix
from xlkpi.i18n.message_files import PROBLEMS, Message
from xlkpi.i18n.resources import printable

SIDE_FILES = ("~$", "._", ".~", ".xlkpi.")
"""How the names begin of files that programs put beside a workbook: Excel, macOS, WPS and LibreOffice, ourselves."""


def shown_name(path: Path) -> str:
    """The name of a file for a message: characters that cannot be printed are spelled out."""
    return printable(path.name)


def write_whole(path: Path, content: bytes, *, overwrite: bool = False) -> None:
    """Write through a temporary file beside the target, flushed to disk and renamed.

    Raises FileExistsError where the file exists, unless `overwrite`; OSError, which names the file, where it cannot be
    written.
    """
    if path.exists() and not overwrite:
        raise FileExistsError(path)
    make_folder(path.parent)
    clear(path.parent)
    try:
        _write(path, content, overwrite=overwrite)
    except FileExistsError:
        raise
    except OSError as error:  # it names no file, or the temporary one, which the user does not know
        raise type(error)(error.errno, error.strerror, str(path)) from None


def _write(path: Path, content: bytes, *, overwrite: bool) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=prefix(), suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        if overwrite:
            temporary.replace(path)
        else:
            _rename_to_new(temporary, path)
    except BaseException:
        with suppress(OSError):  # the error that is on its way says more
            temporary.unlink(missing_ok=True)
        raise


_REASONS = {
    errno.ENOENT: "reason_no_file",
    errno.ENOTDIR: "reason_no_folder",
    errno.EISDIR: "reason_folder",
    errno.ENOSPC: "reason_full",
    errno.EROFS: "reason_read_only",
    errno.ENAMETOOLONG: "reason_long_name",
    errno.EINVAL: "reason_bad_name",
    errno.EACCES: "reason_no_access",
}


def reason(error: OSError) -> Message:
    """Why a file cannot be read or written; in the words of the system where the reason is no common one."""
    return PROBLEMS.message(_REASONS.get(error.errno or 0, "reason_other"), error=error.strerror or str(error))


def zip_entry(name: str) -> zipfile.ZipInfo:
    """An entry of an archive with fixed date (1980-01-01) and system, so that equal contents give equal bytes."""
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, 0o644 << 16
    return entry


def free_path(path: Path, taken: Iterable[str] = ()) -> Path:
    """The path, or the first of `name 2`, `name 3`, … where no file exists and whose name is not among `taken`."""
    names = {name.casefold() for name in taken}
    numbered = (path.with_name(f"{path.stem} {number}{path.suffix}") for number in count(2))
    candidates = chain([path], numbered)
    return next(free for free in candidates if not free.exists() and free.name.casefold() not in names)


def is_folder(path: Path) -> bool:
    """Whether a path is a folder; `Path.is_dir` raises where a folder on the way is closed."""
    return os.path.isdir(path)  # noqa: PTH112


def make_folder(folder: Path) -> None:
    """Make a folder, and those that it lies in. Raises OSError, which names it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:  # the message would say that the file itself exists
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder)) from None


def _rename_to_new(temporary: Path, path: Path) -> None:
    """Rename without overwriting: a link fails where the name was taken meanwhile, a rename would replace the file."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise FileExistsError(path) from None
    except OSError:  # a file system without links: a memory stick, some network drives
        if path.exists():
            raise FileExistsError(path) from None
        temporary.replace(path)
    else:
        temporary.unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
