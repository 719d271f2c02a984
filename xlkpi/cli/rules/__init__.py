"""Commands about roles and their scoring rules: roles, lint, explain."""
