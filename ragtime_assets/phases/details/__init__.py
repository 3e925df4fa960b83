"""What `episode_details` needs beside its own module."""
