#!/usr/bin/env bash
# npm 11, which the web build wants: the machine's own, or one kept in the cache.
set -euo pipefail

version=$(npm --version 2>/dev/null || echo 0)
if [ "${version%%.*}" -ge 11 ]; then
  exec npm "$@"
fi
home=${LIUKE_CACHE:-$HOME/.cache/liuke}/npm11
if [ ! -x "$home/node_modules/.bin/npm" ]; then
  mkdir -p "$home"
  npm install --silent --no-audit --no-fund --prefix "$home" npm@11
fi
export PATH="$home/node_modules/.bin:$PATH"
exec npm "$@"
