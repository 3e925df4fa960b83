"""What each phase does: one pure module per asset, from inputs and ports to an artifact.

No phase knows Dagster, SQL or a file layout; whatever it needs from outside is a port. A folder holds what a phase
needs beside its own module: `details/` and `audio/` for fetching, `listening/` for the transcript, `reading/` for
summary and entities, `checking/` for warnings about any artifact, `feeds/` for polls that submit episodes.
"""
