"""The page for the browser: one HTML file that loads nothing, for the whole company or for one department.

Every figure on it is computed by `overview.figures`, for everyone and for each choice of the filters; the page's script
only shows and hides, sorts, and lays out a person's receipts. Charts are SVG that the template draws: bars and ranges
need no library, which would weigh more than the page and want scripts that the page's own policy forbids.
"""
