"""Sheets as spreadsheet programs usually write them, read in one pass; all others are left to `cells` and calamine."""
