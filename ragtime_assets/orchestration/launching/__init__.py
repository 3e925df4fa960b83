"""How a run becomes a task of celery's and is worked on by another machine: launcher, broker, worker, code versions.

Nothing here is a queue or a scheduler: Dagster queues, the broker carries, celery's workers take.
"""
