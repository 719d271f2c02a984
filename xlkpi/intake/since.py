"""What was changed in roles and settings after forms were made of them. They count as they were made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.i18n.problems import ADVICE, Place, Problem


def changed_since(catalogues: Iterable[Catalogue], language: str) -> Iterator[Problem]:
    """An advice for each role, and for the settings, that forms were made of as they were before.

    catalogues: those by which the forms were read.
    """
    told: set[str] = set()
    for catalogue in catalogues:
        made = catalogue.made
        if made is None:
            continue
        for id, _ in made.roles:
            if id not in told:
                told.add(id)
                title = catalogue.role(id, made.quarter, language).title
                yield Problem.at(Place(""), "changed_since", language, ADVICE, role=title, quarter=made.quarter)
        if made.company and "" not in told:
            told.add("")
            yield Problem.at(
                Place(""), "changed_since", language, ADVICE, "company_changed_since", quarter=made.quarter
            )
