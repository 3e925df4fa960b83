"""What `transcript` needs beside its own module: captions, trust in them, published words, renderings."""
