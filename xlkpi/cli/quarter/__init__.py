"""Commands about a quarter's returned forms: check, collect, trend, guide, next. Each module defines one command."""
