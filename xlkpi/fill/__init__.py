"""Brings numbers into forms: asks data owners for theirs, and reads what they send back, and tables of other programs.

Doors: `request.book.request_book` (what each data owner has to type), `run.fill_forms` (tables → filled forms, and a
receipt of every cell), `mapping.suggest.drafted` (what the columns of a table may be). What is in doubt is asked about
and not filled in; what somebody typed stays, unless it is to be replaced.
"""
