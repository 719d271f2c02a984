"""Commands for what is a company's own: its folder, its roles, its old tables."""
