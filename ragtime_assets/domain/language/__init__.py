"""Rules about words and sentences that phases and adapters share; no library, no port."""
