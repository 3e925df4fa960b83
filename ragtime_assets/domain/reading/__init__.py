"""What rules and models that read go by: parts of a transcript, where a name stands, faults of a summary."""
