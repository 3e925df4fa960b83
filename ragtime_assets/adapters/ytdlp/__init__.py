"""yt-dlp as a way to the audio of a page: optional, off unless it is switched on, and guarded."""
