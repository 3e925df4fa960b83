"""HTTP to addresses that came from outside, and files of this machine."""
