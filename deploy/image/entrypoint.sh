#!/bin/sh
# Our settings are read from files by themselves; Dagster's address of its storage is read from the environment alone.
set -eu
if [ -n "${DAGSTER_POSTGRES_URL_FILE:-}" ]; then
    DAGSTER_POSTGRES_URL=$(cat "$DAGSTER_POSTGRES_URL_FILE")
    export DAGSTER_POSTGRES_URL
    unset DAGSTER_POSTGRES_URL_FILE
fi
exec "$@"
