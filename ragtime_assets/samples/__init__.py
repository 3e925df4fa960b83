"""The bundled sample show: its files as data, and a small server that publishes them.

What belongs here: the show and what serves it. How it is made is `benchmarks/make_samples.py`.
"""
