"""What is looked for in transcripts: types, names and rules, as data beside the code that reads it."""
