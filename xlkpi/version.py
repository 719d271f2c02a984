"""The version; asking the installed package for it would cost every start ten milliseconds."""

__version__ = "0.1.0"
