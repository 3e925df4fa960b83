"""What the asset checks ask about an artifact."""
