"""The house of `ragtime_assets_tests/house.py`, as fixtures."""

from ragtime_assets_tests.house import bare_on_postgres, furnished, furnished_on_postgres, house, ready, samples

__all__ = ["bare_on_postgres", "furnished", "furnished_on_postgres", "house", "ready", "samples"]
