#!/bin/sh
# For Dagster's own commands, which read the address of its storage from the environment alone; `ragtime` reads the file.
set -eu
if [ -n "${DAGSTER_POSTGRES_URL_FILE:-}" ]; then
    DAGSTER_POSTGRES_URL=$(cat "$DAGSTER_POSTGRES_URL_FILE")
    export DAGSTER_POSTGRES_URL
    unset DAGSTER_POSTGRES_URL_FILE
fi
exec "$@"
