#!/usr/bin/env bash
# Every suite; one that fails does not stop the others. The screens' own tests ask nothing of the rest: they run while it is
# compiled, which leaves a core idle wherever one crate waits for another. Then the Rust tests, which fill the machine, then the
# stories, which wait for a browser and a server by turns, beside everything else. `LIUKE_SLOWEST=15` adds what took longest.
# The last line is `N passed, N failed`.
set -uo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
logs=$target/suites
rm -rf "$logs"
mkdir -p "$logs"
case $target in /*) ;; *) target=$PWD/$target ;; esac
export CARGO_TERM_COLOR=never NO_COLOR=1 LIUKE=$target/debug/liuke
# The browser that scripts/setup.sh found, wherever it is.
CHROMIUM=$(command -v "${CHROMIUM:-chromium}") && export CHROMIUM
# Numbers before a word, added up over the lines that close a suite.
count() { grep -E "$2" "$logs/$1.log" | sed 's/\x1b\[[0-9;]*m//g' | grep -oE "[0-9]+ ($3)" | awk '{sum += $1} END {print sum + 0}'; }

suite() { # name, what its closing lines look like, command…
  local name=$1 closes=$2 begun=$SECONDS status good bad
  shift 2
  printf '\n== %s: %s\n' "$name" "$*"
  "$@" </dev/null 2>&1 | tee "$logs/$name.log"
  status=${PIPESTATUS[0]}
  good=$(count "$name" "$closes" 'passed')
  bad=$(count "$name" "$closes" 'failed|timed out|exec failed')
  # A suite that ends badly without counting a failure has failed as a whole; one that counts nothing has not run.
  if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$good" -eq 0 ]; }; then bad=1; fi
  printf '%-8s %5d passed %4d failed  %4d s\n' "$name" "$good" "$bad" $((SECONDS - begun)) >"$logs/$name.closing"
}

slowest() { # name
  case $1 in
    rust) sed -nE 's/.*<testcase name="([^"]*)" classname="([^"]*)".* time="([0-9.]+)".*/\3 s  \2 \1/p' target/nextest/default/junit.xml ;;
    *) sed 's/\x1b\[[0-9;]*m//g' "$logs/$1.log" | sed -nE 's/^( {4,}✓|  ok) +(.*[^ (]) +\(?([0-9]+) ?ms\)?$/\3 ms  \2/p' ;;
  esac | sort -rn | head -n "$LIUKE_SLOWEST"
}

in_web() { (cd web && ../scripts/npm.sh run --silent "$@"); }

# Kept beside what is built, and not optimised: it waits for what it runs.
tools=${LIUKE_CACHE:-$HOME/.cache/liuke}/tools
export PATH=$PATH:$tools/bin
if ! cargo nextest --version >/dev/null 2>&1 && [ "${LIUKE_NEXTEST:-yes}" = yes ]; then
  printf 'cargo-nextest is missing; trying to install it (LIUKE_NEXTEST=no does without)\n'
  env -u CARGO_TARGET_DIR timeout 1800 cargo install --locked --quiet --debug --root "$tools" cargo-nextest || true
fi
suite web '^ *Tests ' in_web test &
printf '\n== build\n'
if ! cargo build --workspace --bin liuke; then
  printf 'build        0 passed    1 failed: what asks for it was not run\n' >"$logs/build.closing"
else
  if cargo nextest --version >/dev/null 2>&1; then
    suite rust '^ *Summary ' cargo nextest run --workspace --no-fail-fast --status-level fail --final-status-level fail
  else
    suite rust '^test result:' cargo test --workspace --lib --bins --tests --no-fail-fast --quiet
  fi
  {
    suite doc '^test result:' cargo test --workspace --doc --no-fail-fast --quiet
    suite clients '^[0-9]+ passed, ' node clients/run.mjs
    suite sql '^[0-9]+ passed, ' scripts/sql.sh
    suite api '^[0-9]+ passed, ' scripts/api.sh
  } &
  suite stories '^[0-9]+ passed, ' in_web stories
fi
wait

for name in rust web stories; do
  [ -z "${LIUKE_SLOWEST:-}" ] || [ ! -e "$logs/$name.log" ] || { printf '\n-- the slowest of %s\n' "$name" && slowest "$name"; }
done
{
  for name in build rust doc web stories clients sql api; do [ ! -e "$logs/$name.closing" ] || cat "$logs/$name.closing"; done
  cat "$logs"/*.closing | awk '{passed += $2; failed += $4} END {printf "%d passed, %d failed\n", passed, failed}'
} >"$logs/closing"
printf '\n'
cat "$logs/closing"
tail -n 1 "$logs/closing" | grep -q ', 0 failed$'
