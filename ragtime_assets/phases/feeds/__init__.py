"""What the job `poll_feeds` does with one feed."""
