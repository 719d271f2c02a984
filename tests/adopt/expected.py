"""Compares the drafts of a case with the roles that it expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from xlkpi.adopt.adoption import Adopted, Adoption
from xlkpi.catalogue.workbooks.draft import RoleDraft

FIELDS = "group label weight target unit rule owner asked".split()
NO_GROUP = "考核指标"


def expected_rows(role: Mapping[str, Any]) -> list[dict[str, str]]:
    lines = [line for line in role["rows"].strip("\n").split("\n") if line.strip()]
    rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [dict(zip(FIELDS, [*row, *[""] * len(FIELDS)], strict=False)) for row in rows]


def shares(data: Mapping[str, Any]) -> dict[str, float]:
    """The share of each indicator in the total, in per cent, as the role file computes it."""
    groups = {entry["path"]: Fraction(str(entry.get("weight", 0))) for entry in data["groups"]}
    siblings: dict[str, Fraction] = {}
    weights = [(f"{i['group']}/", Fraction(str(i.get("weight", 0)))) for i in data["indicators"]]
    for path, weight in [*groups.items(), *weights]:
        parent = path.rpartition("/")[0]
        siblings[parent] = siblings.get(parent, Fraction(0)) + weight

    def share(path: str) -> Fraction:
        parent = path.rpartition("/")[0]
        return groups[path] / siblings[parent] * (share(parent) if parent else 1) if siblings[parent] else Fraction(0)

    return {
        i["id"]: round(
            float(share(i["group"]) * Fraction(str(i.get("weight", 0))) / (siblings[i["group"]] or 1)) * 100, 2
        )
        for i in data["indicators"]
    }


def found_rows(draft: RoleDraft) -> list[dict[str, str]]:
    """What the draft has, in the form in which cases expect it."""
    weights = shares(draft.data)
    owners = {measure["id"]: measure.get("owner", "") for measure in draft.data["measures"]}
    rows = []
    for entry in draft.data["indicators"]:
        asked = [
            q.key.rpartition(".")[2]
            for q in draft.questions
            if f"[{entry['id']}]." in q.key and not q.key.endswith(".owner")
        ]
        rule = entry.get("rule", "")
        named = [name for name, text in draft.originals[entry["id"]].items() if rule and text == rule]
        rows.append(
            {
                "group": "" if entry["group"] == NO_GROUP else entry["group"],
                "label": entry["label"],
                "weight": f"{weights[entry['id']]:g}" if "weight" in entry else "",
                "target": f"{entry['target']:.12g}" if "target" in entry else "",
                "unit": entry.get("unit", ""),
                "rule": f"={named[0]}" if named else rule,
                "owner": owners[entry["id"]],
                "asked": " ".join(asked),
            }
        )
    return rows


def differences(case: Mapping[str, Any], adoption: Adoption) -> Iterator[str]:
    """What differs from the expected roles, in words; nothing where all is as expected."""
    if len(adoption.tables) != len(case["roles"]):
        yield f"{len(adoption.tables)} tables, expected {len(case['roles'])}: {[t.headings for t in adoption.tables]}"
    for role, adopted in zip(case["roles"], adoption.tables, strict=False):
        yield from _role(role, adopted)


def cells(case: Mapping[str, Any], adoption: Adoption) -> tuple[int, int]:
    """(right, all) cells of the expected rows, questions aside."""
    right = every = 0
    tables = [*adoption.tables, *[None] * len(case["roles"])]
    for role, adopted in zip(case["roles"], tables, strict=False):
        found = found_rows(adopted.draft) if adopted else []
        for wanted, row in zip(expected_rows(role), [*found, *[{}] * 99], strict=False):
            for name in FIELDS[:-1]:
                every += 1
                right += _same(name, wanted[name], row.get(name))
    return right, every


def _same(name: str, wanted: str, found: str | None) -> bool:
    if name in ("weight", "target") and wanted and found:
        return abs(float(wanted) - float(found)) < 0.006 * (1 if name == "weight" else 1e-6)
    return wanted.replace("⏎", "\n") == found


def _role(role: Mapping[str, Any], adopted: Adopted) -> Iterator[str]:
    draft, where = adopted.draft, f"{adopted.sheet} {adopted.headings}"
    if "sheet" in role and role["sheet"] != adopted.sheet:
        yield f"{where}: expected on {role['sheet']}"
    for name in ("title", "effective_from"):
        if name in role and draft.data[name] != role[name]:
            yield f"{where}: {name} is {draft.data[name]}, expected {role[name]}"
    wanted, found = expected_rows(role), found_rows(draft)
    if len(wanted) != len(found):
        yield f"{where}: {len(found)} rows, expected {len(wanted)}: {[row['label'] for row in found]}"
    for expected, row in zip(wanted, found, strict=False):
        for name in FIELDS:
            if not _same(name, expected[name], row[name]):
                yield f"{where} {expected['label']}: {name} is {row[name]!r}, expected {expected[name]!r}"
    general = [q.text for q in draft.questions if q.key in ("", "title") or q.key.endswith(".owner")]
    asks = role.get("asks", [])
    for part in asks:
        if not any(part in text for text in general):
            yield f"{where}: not asked: {part}; asked: {general}"
    if len(general) != len(asks):
        yield f"{where}: {len(general)} general questions, expected {len(asks)}: {general}"
    for part in role.get("left", []):
        if not any(part in text for text in draft.left):
            yield f"{where}: not left: {part}; left: {draft.left}"
    for label, part in role.get("unread", {}).items():
        ids = [entry["id"] for entry in draft.data["indicators"] if entry["label"] == label]
        if not ids or part not in draft.unread.get(ids[0], ""):
            yield f"{where} {label}: not among what was not understood: {part}; there: {dict(draft.unread)}"
    yield from _offers(role, draft)


def _offers(role: Mapping[str, Any], draft: RoleDraft) -> Iterator[str]:
    """What is offered to copy, and what questions have to say (`says`), where a case lists them for a label."""
    ids = {entry["label"]: entry["id"] for entry in draft.data["indicators"]}
    for label, wanted in role.get("choices", {}).items():
        found = [choice for q in draft.questions if f"[{ids[label]}]." in q.key for choice in q.choices]
        if found != [choice.replace("⏎", "\n") for choice in wanted]:
            yield f"{label}: offered {found}, expected {wanted}"
    for label, part in role.get("says", {}).items():
        texts = [q.text for q in draft.questions if f"[{ids[label]}]." in q.key]
        if not any(part in text for text in texts):
            yield f"{label}: no question says {part}: {texts}"
    for label, wanted in role.get("months", {}).items():
        entry = next(measure for measure in draft.data["measures"] if measure["id"] == ids[label])
        found_months = entry.get("entry") or entry.get("aggregate", "sum")
        if found_months != wanted:
            yield f"{label}: months are {found_months}, expected {wanted}"
