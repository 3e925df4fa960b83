"""The Dagster layer: partitions, resources, assets, checks, sensors, jobs. The only package that imports dagster.

What a phase does is in `phases/`; here is only how it is run, shown and started.
"""
