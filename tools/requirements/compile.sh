#!/usr/bin/env bash
# Rewrites the lock files from the .in files: as few versions as possible for Python 3.10 to 3.13 on every system.
set -euo pipefail
cd "$(dirname "$0")"
uv=../../.venv/bin/uv
[ -x "$uv" ] || uv=uv
for name in app dev pure-dev; do  # in this order: each constrains the next
  "$uv" pip compile --quiet --universal --fork-strategy fewest --python-version 3.10 \
    --no-emit-index-url --no-header "$name.in" --output-file "$name.txt" "$@"
done
