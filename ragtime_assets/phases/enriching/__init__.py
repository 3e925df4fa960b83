"""What is looked up about entities in the background, after the episodes that name them are done."""
