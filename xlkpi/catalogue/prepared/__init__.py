"""What is read of the shipped catalogue when the program is built, not when it runs.

Doors: `build.main` (`make prepared`), `shipped.prepared_versions`.
"""
