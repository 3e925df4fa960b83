"""What is shown on each page: a model, and the pure function that makes it from what the corpus tells."""
