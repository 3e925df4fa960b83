"""Podcast feeds and lists of them."""
