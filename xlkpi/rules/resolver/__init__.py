"""Meanings of clauses → rule: what only the whole sentence settles, one way at a time (`build.build`).

Which measure a clause is of (`labels`), on which scale its points are (`scales`), which step or count a limit is of
(`riders`), and what the conditions of a measure come to (room `conditions`). Where a sentence leaves one of these open,
`deciding.Open.pick` is asked, and all ways are followed.
"""
