"""`python -m benchmarks.scale PEOPLE FOLDER`: runs it all in a new folder, which it deletes, and writes SCALE.md."""

from __future__ import annotations

import shutil
import signal
import sys
from pathlib import Path

import psutil

from benchmarks.scale import history, page, quarter

_A_PERSON = 100_000
"""Bytes of disk that a person takes at most: forms, those filled in, and the summary."""


def main(people: int, folder: Path) -> None:
    """people: of the quarter. Ends with a message where that cannot be, the folder is there, or the disk too small."""
    if people <= 0 or people % quarter.WHOLE:
        sys.exit(f"{people:,} people: must be a multiple of {quarter.WHOLE}.")
    if folder.exists():
        sys.exit(f"{folder} is there already: delete it, or name another one.")
    folder.mkdir(parents=True)
    try:
        free, needed = shutil.disk_usage(folder).free, people * _A_PERSON + history.BYTES
        print(f"{folder} has {free / 1e9:.0f} GB free; {needed / 1e9:.1f} GB are needed.", file=sys.stderr)
        if free < needed:
            sys.exit("Too little: choose fewer people, or another folder.")
        of_quarter = list(quarter.stages(folder / "quarter", people))
        of_history = list(history.stages(folder / "history"))
        own = psutil.Process().memory_info().rss / 1e6
        page.write(people, of_quarter, of_history, own)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))  # so that the folder is deleted
    main(int(sys.argv[1]), Path(sys.argv[2]))
