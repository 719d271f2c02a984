"""Roles, company, translations: TOML → dataclasses."""
