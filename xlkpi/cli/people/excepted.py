"""What `collect` lists and asks of indicators that their rule did not score."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xlkpi.cli.people.presets import exemptions_in_use

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlkpi.collect.collection import Collection
    from xlkpi.form.issued import IssuedForm


def with_excepted(collection: Collection, issued: Sequence[IssuedForm]) -> Collection:
    """The collection with the indicators that did not count, held against HR's table and what was issued."""
    from xlkpi.collect.exceptions.held import against_hr, carried_changed, without_hr
    from xlkpi.collect.exceptions.listed import excepted
    from xlkpi.form.layout import EXCEPTIONS

    exemptions = exemptions_in_use(collection.catalogue, collection.quarter)
    forms = [form for ranked in collection.ranking for form in ranked.person.forms]
    found = list(exemptions.problems)
    if EXCEPTIONS in (blocks := collection.catalogue.company(None, collection.quarter).blocks):
        found += against_hr(collection.entries, exemptions, blocks)
        found += carried_changed(collection.entries, issued, blocks)
        found += without_hr(collection.entries, exemptions, blocks)
    return replace(collection, problems=(*collection.problems, *found), excepted=tuple(excepted(forms, exemptions)))
