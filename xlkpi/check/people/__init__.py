"""Checks of the blocks in which several people have their say, and of what the history has of them."""
