"""The rooms of xlkpi/results."""
