"""The house of `ragtime_assets_tests/house.py`, as fixtures."""

from ragtime_assets_tests.house import house, samples

__all__ = ["house", "samples"]
