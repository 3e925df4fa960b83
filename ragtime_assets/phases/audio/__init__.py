"""What `audio_file` needs beside its own module: the first tiers, and who owns an episode."""
