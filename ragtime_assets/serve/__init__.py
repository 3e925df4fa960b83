"""The corpus for readers: pages, the same as JSON, audio and artifacts, on one small server.

It reads the corpus, and writes submissions, requests and decisions as the commands do; no work is done here.
A page is a handler in `pages/`, a pure function in `views/` from what the corpus tells to what is shown, and a
template. A page and its JSON come from the same view.
"""
