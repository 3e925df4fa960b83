"""What an answer may say: its citations, held against the passages they name, and what is kept of it for later."""
