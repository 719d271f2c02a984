"""The contract between writing and reading a form: where everything stands, and under which ids programs find it.

Doors: `layout.Layout` (row and column ids → addresses), `grid.Grid` (the cells of a returned sheet by ids),
`register.registered_forms` (the hidden sheet `_xlkpi`), `names.SheetNames`. May use catalogue, xlsx, scoring, rules,
common and i18n.
"""
