"""Commands about roles and their scoring rules: roles, lint, explain. Each module defines the command of its name."""
