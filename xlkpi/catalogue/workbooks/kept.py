"""What the forms of a quarter were made of, kept in the company's history: roles and settings as they were then.

A form names its role's digest and that of the settings; so it is scored as it was made, however they change later.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from xlkpi.catalogue.toml import LARGEST_FILE
from xlkpi.common.company_folder import HISTORY
from xlkpi.common.files import write_whole
from xlkpi.common.quarter import Quarter

DEFINITIONS = "定义"
"""The folder in the history."""
COMPANY = "公司"
"""What stands in the place of a role's id for the settings."""

Key = tuple[str, str, str]
"""Quarter, id of the role or `COMPANY`, digest."""


def keep(company: Path, quarter: Quarter, definitions: Iterable[tuple[str, str, Mapping[str, Any]]]) -> None:
    """Keep definitions (id, digest, data) that forms of a quarter were made of. Raises OSError."""
    for id, digest, data in definitions:
        path = company / HISTORY / DEFINITIONS / f"{quarter} {id} {digest}.json"
        if not path.exists():
            write_whole(path, json.dumps(data, ensure_ascii=False, indent=1).encode())


def kept_files(folder: Traversable | Path) -> Iterator[tuple[Key, Traversable | Path]]:
    """The kept definitions of a company's folder, each by its key."""
    definitions = folder / HISTORY / DEFINITIONS
    for path in definitions.iterdir() if definitions.is_dir() else ():
        quarter, _, rest = path.name.removesuffix(".json").partition(" ")
        id, _, digest = rest.rpartition(" ")
        if path.name.endswith(".json") and id:
            yield (quarter, id, digest), path


@dataclass(frozen=True)
class Issued:
    """A role of which forms were given out: its title and id then, and the last quarter of it."""

    title: str
    id: str
    quarter: str


def issued_roles(folder: Path) -> list[Issued]:
    """The roles of which a company has given out forms, each title and id once."""
    last: dict[tuple[str, str], str] = {}
    for (quarter, id, _), path in kept_files(folder):
        data = read_kept(path) if id != COMPANY else None
        if data is not None:
            key = str(data.get("title", "")), id
            last[key] = max(quarter, last.get(key, ""))
    return [Issued(title, id, quarter) for (title, id), quarter in sorted(last.items())]


def read_kept(path: Traversable | Path) -> dict[str, Any] | None:
    """The data of a definition; None where the file is damaged, which then is as if nothing had been kept."""
    try:
        with path.open("rb") as file:
            data = json.loads(file.read(LARGEST_FILE))
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None
