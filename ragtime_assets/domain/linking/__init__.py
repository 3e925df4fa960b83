"""What a name may mean, and how that is decided: pure rules, no database, no web."""
