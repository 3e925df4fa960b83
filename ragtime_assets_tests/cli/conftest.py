"""The house of `ragtime_assets_tests/house.py`, as fixtures."""

from ragtime_assets_tests.house import furnished, house, ready, samples

__all__ = ["furnished", "house", "ready", "samples"]
