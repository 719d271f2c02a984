"""The error of this room, in a module that imports nothing, so that commands can catch it without xlwings."""

from __future__ import annotations


class AddinError(ValueError):
    """An add-in cannot be built or read; the text says why."""
