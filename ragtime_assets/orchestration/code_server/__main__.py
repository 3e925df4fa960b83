"""`python -m ragtime_assets.orchestration.code_server SOCKET MODULE LOCATION`: serve until SIGTERM."""

import sys

from ragtime_assets.orchestration.code_server.server import serve

serve(*sys.argv[1:])
