"""Indicators that did not count as their rule says (不计分事项): which, why, who approved it; against HR's table."""
