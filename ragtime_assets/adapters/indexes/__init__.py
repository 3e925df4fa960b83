"""The public podcast indexes, one per file; each is a `PodcastIndex`.

What they share, checking what they answer, is in `answers.py`. How well an episode fits is `phases/matching.py`'s.
"""
