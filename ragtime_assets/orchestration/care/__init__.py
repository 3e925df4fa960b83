"""What looks after runs and processes: liveness, missing reports, whether anybody looks, and gaps of Dagster's.

Nothing in here makes an asset. What patches Dagster is in `dagster_gaps.py` and nowhere else.
"""
