"""Appraising filled forms: inputs → scores, total, grade; the forms of a quarter → people.

Doors: `appraise.appraise` (one form), `people.people` (everybody in a quarter). Pure: nothing is read or written here.
May use catalogue, scoring, rules, common and i18n.
"""
