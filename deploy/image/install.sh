#!/bin/sh
# What the image installs, in two steps so that the long one is kept while only our code changes:
#   sh install.sh dependencies VENV    what requirements.lock names, each file by its hash
#   sh install.sh package VENV         ragtime-assets itself, from the folder that it is started in
set -eu
venv=$2
case $1 in
dependencies)
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
    ;;
package)
    "$venv/bin/python" -m pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation .
    ;;
esac
