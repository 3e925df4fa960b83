"""The queues of the broker."""

DEFAULT_QUEUE = "ragtime/default"
SPEECH_QUEUE = "ragtime/speech"
"""Of the runs that listen: for machines with processors to spare, or a GPU."""
QUEUES = (DEFAULT_QUEUE, SPEECH_QUEUE)
