"""The contract between writing and reading: where everything stands on a form."""
