"""The public podcast indexes, one per file; each is a `PodcastIndex`.

What they share, checking what they answer, is in `answers.py`; how well an episode fits, in
`domain/episode/matching.py`.
"""
