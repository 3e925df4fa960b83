"""What each phase does: one pure module per asset, from inputs and ports to an artifact.

No phase knows Dagster, SQL or a file layout; whatever it needs from outside is a port.
"""
