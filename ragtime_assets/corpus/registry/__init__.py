"""The entity registry: whom and what the corpus knows, and what each name was decided to mean.

`reading` reads, the rules of `domain/linking/` decide, `committing` writes; `people` is what people may change.
"""
