"""What strangers wrote, made safe to use: every function is total, and gives something harmless or None."""
