"""`python -m ragtime_assets.orchestration.launching QUEUES AT_ONCE MODULE`: take runs from the broker until SIGTERM."""

import sys

from ragtime_assets.orchestration.launching.serving import serve

serve(sys.argv[1].split(","), int(sys.argv[2]), sys.argv[3])
