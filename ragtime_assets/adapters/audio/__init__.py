"""Audio files through PyAV: probed, decoded, encoded."""
