"""Writes role workbooks (岗位/*.xlsx), from drafts or existing roles, and checks those that people have edited.

Door: `book.role_book`, `draft.draft_of`, `check.check_book`. `catalogue/workbooks` reads what is written here.
"""
