"""Roles and settings that a company keeps in Excel: its workbooks, read into the same data as TOML files."""
