"""What is asked of the corpus for each page, and which view and template show it."""
