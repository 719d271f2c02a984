"""Ratings by several people: the list, the workbooks, what they come to, and what nobody may see."""
