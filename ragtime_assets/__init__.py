"""Turns podcast episodes into a corpus that is searched, questioned and cited to the second."""

__version__ = "0.1.0"
