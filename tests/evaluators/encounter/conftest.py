"""Fixtures of the encounter tests."""

from driving import start

__all__ = ["start"]
