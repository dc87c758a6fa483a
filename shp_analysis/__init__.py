"""Analysis of community safety for a partnership: from published files to a paper that a board can trust."""

__version__ = "0.1.0"
