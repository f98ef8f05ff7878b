#!/bin/sh
# Finds a Python that is new enough and lets packaging/env.py do the rest.
set -eu
cd "$(dirname "$0")/.."

new_enough() {
    "$1" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] and sys.implementation.name == "cpython"))' \
        >/dev/null 2>&1
}

for python in ${PYTHON:-} .venv/bin/python python3 python3.13 python3.12 python3.11 python3.14 python; do
    if new_enough "$python"; then
        exec "$python" packaging/env.py
    fi
done
echo "Quartet needs Python 3.11 or newer, and none was found." >&2
echo "Install one (Debian, Ubuntu: apt-get install python3 python3-venv), or name it: make env PYTHON=/path/to/python3" >&2
exit 1
