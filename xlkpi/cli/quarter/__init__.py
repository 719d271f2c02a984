"""Commands about the forms that came back in a quarter: check, collect, trend, guide, next."""
