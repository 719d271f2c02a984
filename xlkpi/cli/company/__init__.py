"""The commands about a company's own folder and roles."""
