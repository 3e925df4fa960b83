"""Engines that listen: Whisper on this machine, or an endpoint that speaks like OpenAI's."""
