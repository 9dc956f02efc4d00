#!/bin/sh
# Runs tests/firebase against the real Firebase Auth emulator. Its 600 packages are kept by their lock's hash.
set -eu
cd "$(dirname "$0")/.."
. tools/node.sh

lock=$(sha256sum tests/firebase/package-lock.json | cut -c1-16)
kept="${XDG_CACHE_HOME:-$HOME/.cache}/vox-urbis/firebase-$lock"
if [ ! -f "$kept/.complete" ]; then
    echo "==> Fetching the Firebase Auth emulator into $kept (some minutes, once)"
    mkdir -p "$kept"
    cp tests/firebase/package.json tests/firebase/package-lock.json "$kept"
    (cd "$kept" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    touch "$kept/.complete"
fi

echo "==> Testing sign-in against the Firebase Auth emulator"
pytest="$PWD/.venv/bin/pytest"
export CI=true FIREBASE_CLI_DISABLE_UPDATE_CHECK=true
# Outside the project's folder the emulator writes its own log there, not here.
config=$(mktemp -d)
trap 'rm -rf "$config"' EXIT
.venv/bin/python - "$config/firebase.json" <<'PORTS'
import json, socket, sys
probes = [socket.socket() for _ in range(4)]
for probe in probes:
    probe.bind(("127.0.0.1", 0))
auth, hub, logging, websocket = (probe.getsockname()[1] for probe in probes)
here = {"host": "127.0.0.1"}
emulators = {"auth": here | {"port": auth}, "hub": here | {"port": hub}, "ui": {"enabled": False},
             "logging": here | {"port": logging, "websocketPort": websocket}, "singleProjectMode": True}
json.dump({"emulators": emulators}, open(sys.argv[1], "w"))
PORTS
root=$PWD
cd "$config"
"$kept/node_modules/.bin/firebase" emulators:exec --only auth --project demo-vox \
    "cd '$root' && '$pytest' -m firebase tests/firebase -p no:xdist -p no:cacheprovider"
