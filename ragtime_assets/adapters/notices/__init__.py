"""Ways to tell people of failures: a webhook, a mail, a command."""
