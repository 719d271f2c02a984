"""What tells one version of a role from another."""
