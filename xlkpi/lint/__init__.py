"""What is wrong or risky in a role file: `run.lint`."""
