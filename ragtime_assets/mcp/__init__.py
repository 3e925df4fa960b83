"""The corpus for agents: a server of the Model Context Protocol, over stdio or HTTP.

It reads the corpus, and writes submissions where it is told that it may; no work is done here. Only `ragtime mcp`
imports this package, and nothing else imports the library.
"""
