"""Rules about languages, words and sentences, in any script; no port.

`tags` tells languages apart, `words` counts, cuts and compares, `tokens` finds words with their places, and
`sentence_ends` says where speech is cut. `spelling`, `repetition` and `stitching` work on timed words.
"""
