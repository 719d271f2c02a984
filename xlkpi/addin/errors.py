"""Why an add-in cannot be built, read or installed."""

from __future__ import annotations


class AddinError(ValueError):
    """Why an add-in cannot be built or read, in words."""
