"""What follows from the results of a quarter, in its summary: columns of the ranking, and who is rewarded."""
