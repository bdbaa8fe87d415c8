#!/bin/sh
# Compile the hash-pinned requirement files from pyproject.toml (needs uv; run by `make requirements`).
# No index address is written, so that the files hold on any mirror.
set -eu
cd "$(dirname "$0")/.."
FLAGS="-q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header"
uv pip compile $FLAGS pyproject.toml -o requirements/runtime.txt
uv pip compile $FLAGS -c requirements/runtime.txt requirements/build.in -o requirements/build.txt
uv pip compile $FLAGS -c requirements/runtime.txt --extra test pyproject.toml -o requirements/test.txt
uv pip compile $FLAGS -c requirements/runtime.txt --extra docs pyproject.toml -o requirements/docs.txt
uv pip compile $FLAGS -c requirements/runtime.txt --extra bench pyproject.toml -o requirements/bench.txt
