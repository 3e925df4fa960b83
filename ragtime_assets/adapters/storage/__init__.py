"""Files: artifacts, blobs, locks."""
