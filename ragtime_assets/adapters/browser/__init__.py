"""A real Chromium that opens one page, finds its audio and gives up what that costs to fetch.

What belongs here: everything that knows Playwright. What does not: downloading (`http.py`), and a model's decisions
about what to press (`agents/`).
"""
