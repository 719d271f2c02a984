"""Reads a company's roles, company file, samples and translations: TOML files → frozen dataclasses.

Doors: `catalogue.Catalogue` (one company's files, by quarter and language), `role.Role` (what a role holds). May use
xlsx, scoring, rules, common and i18n.
"""
