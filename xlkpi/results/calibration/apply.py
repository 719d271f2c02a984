"""Puts calibrated grades into a collection: from a workbook that was read, or from the history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from xlkpi.appraisal.people import Calibration, Person
from xlkpi.collect.collection import Collection, Ranked
from xlkpi.i18n.numbers import is_number, same_number
from xlkpi.i18n.problems import WARNING, Place, Problem
from xlkpi.results.calibration.reading import KIND, Changes
from xlkpi.results.people import Result, results_of


def as_calibrated(collection: Collection, changes: Changes) -> Collection:
    """The collection with the calibrated grades; scores and ranks stay."""
    ranking = tuple(Ranked(ranked.rank, _changed(ranked.person, changes)) for ranked in collection.ranking)
    return replace(collection, ranking=ranking)


def _changed(person: Person, changes: Changes) -> Person:
    if (person.id, person.name) not in changes:
        return person
    grade, calibration = changes[person.id, person.name]
    return replace(person, grade=grade, calibration=calibration)


def changes_in(rows: pd.DataFrame, collection: Collection) -> Changes:
    """The calibrations in the history of the quarter that still hold: of people whose result has not changed since."""
    people = {(ranked.person.id, ranked.person.name): ranked.person for ranked in collection.ranking}
    return {
        result.who: (result.grade, Calibration(result.computed_grade, result.reason, result.approver))
        for result in _calibrated(rows, collection)
        if result.who in people and _holds(result, people[result.who])
    }


def _calibrated(rows: pd.DataFrame, collection: Collection) -> Iterator[Result]:
    # Of a large company they are few; an earlier version wrote no grade of the score.
    others = rows[(rows["person_grade"] != rows["computed_grade"]) & (rows["computed_grade"] != "")]
    return (result for result in results_of(others, collection.quarter) if result.calibrated)


def _holds(result: Result, person: Person) -> bool:
    final = person.final
    same = result.final is not None and is_number(final) and same_number(result.final, float(final))
    return same and result.computed_grade == person.computed_grade


def lost(rows: pd.DataFrame, collection: Collection) -> list[Problem]:
    """That people were calibrated when the quarter was collected before, and are not any more. rows: from then."""
    kept = {(ranked.person.id, ranked.person.name) for ranked in collection.ranking if ranked.person.calibration}
    here = {(ranked.person.id, ranked.person.name) for ranked in collection.ranking}
    names = tuple(result.name or result.id for result in _calibrated(rows, collection) if result.who in here - kept)
    return [Problem.at(Place(""), KIND, collection.language, WARNING, "calibration_lost", names=names)] if names else []
