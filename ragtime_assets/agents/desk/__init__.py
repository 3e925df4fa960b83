"""How a model is called: prompts, providers, budgets, journal, throttle, traces."""
