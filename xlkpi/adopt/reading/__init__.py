"""Reads the texts of a table: targets, units, weights, rules; and asks what they leave open."""
