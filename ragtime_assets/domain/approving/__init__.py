"""When a person has to say yes, what an episode may cost, and what was decided: pure rules and values."""
