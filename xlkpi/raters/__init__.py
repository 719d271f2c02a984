"""Ratings by several people: who rates whom, the workbook of each rater, and what all ratings come to.

Doors: `assigned` (who rates whom), `book` (a rater's workbook), `returned`, `combined`.
May use everything below its floor.
"""
