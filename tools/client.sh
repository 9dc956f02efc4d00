#!/bin/sh
# Builds the browser's part: script, styles and fonts, named by their content.
set -eu
cd "$(dirname "$0")/.."
. tools/node.sh

echo "==> Building the browser's part with Node $(node --version)"
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --no-audit --no-fund --loglevel=error
    touch node_modules/.package-lock.json
fi
node build.mjs
# A build that changed nothing still counts as done: make compares times.
touch backend/core/pages/static/dist/manifest.json
