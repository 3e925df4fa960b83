"""`python -m ragtime_assets` is `ragtime`."""

from ragtime_assets.cli import main

main()
