"""Libraries that tell languages and sentences apart."""
