"""The layout of a form with the usual blocks, to say where a cell stands in a form that is not at hand."""

from __future__ import annotations

from xlkpi.catalogue.company import BLOCKS
from xlkpi.catalogue.role import Role
from xlkpi.form.layout import RATINGS, Layout


def usual_layout(role: Role, *, rated: bool) -> Layout:
    """The layout. rated: whether the form has ratings, which stand above the scores and move them down."""
    return Layout(role, (*BLOCKS, RATINGS) if rated else BLOCKS)
