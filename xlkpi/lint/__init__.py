"""Finds what is wrong or risky in role files before anybody fills in a form.

Door: `run.lint` (roles → findings). A check is a function `RoleCase → findings` or `IndicatorCase → findings` that
`run` lists. May use catalogue, scoring, rules, common and i18n.
"""
