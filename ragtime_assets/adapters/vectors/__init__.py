"""The embedder and the vector index."""
