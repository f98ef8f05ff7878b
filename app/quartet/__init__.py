"""Quartet: draw AI agents, see which pattern they form and where it will fail, run the drawing, keep it as JSON."""

__version__ = "0.1.0"
