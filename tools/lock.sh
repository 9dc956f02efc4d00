#!/bin/sh
# Renews requirements/*.txt from the *.in files: every pin with its hashes, for every Python from 3.11 on.
set -eu
cd "$(dirname "$0")/../requirements"
uv=$(command -v ../.venv/bin/uv || command -v uv) || { echo "uv is needed to renew the locks" >&2; exit 1; }
for name in base dev build node; do
    case $name in build | node) constraint="-c dev.txt" ;; *) constraint="" ;; esac
    # shellcheck disable=SC2086
    "$uv" pip compile --quiet --universal --no-header --generate-hashes --python-version 3.11 \
        $constraint "$name.in" -o "$name.txt" "$@"
done
