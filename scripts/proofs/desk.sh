#!/usr/bin/env bash
# What: with a million customers, a hundred thousand open cases and three hundred people in a tree of five levels, lists, board and Today answer within 100 ms at p95, to an administrator, a head and a salesperson; every list is the sum of its owners' parts and reminders of contracts are those of the file; the morning lists of three hundred owners are planned within 10 s; fifty people work one board for a minute, whoever saw an older version is told who was faster, and nothing is lost.
# Covers: crates/app crates/store crates/server/src/http
# LIUKE_CUSTOMERS names another size, LIUKE_PEOPLE, LIUKE_SECONDS (fifty people on one board) and LIUKE_BOUND_MS likewise.
# With 50,000 customers it takes some minutes.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
customers=${LIUKE_CUSTOMERS:-1000000}
people=${LIUKE_PEOPLE:-300}
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
python3 -m venv "$work/python" && "$work/python/bin/pip" -q install numpy pyarrow || exit 1
python=$work/python/bin/python
export PYTHONDONTWRITEBYTECODE=1 NO_COLOR=1

end=$(date +%F)
"$python" "$here/firm.py" "$work/facts.parquet" --customers "$customers" --owners "$people" --end "$end" || exit 1
begun=$SECONDS
"$LIUKE" --lang en import --data "$work/firm" --timezone Asia/Shanghai --as facts "$work/facts.parquet" || exit 1
rm "$work/facts.parquet"
printf '      imported in %d s\n' $((SECONDS - begun))

"$LIUKE" serve --json --data "$work/firm" --listen 127.0.0.1:0 >"$work/serve.json" 2>"$work/serve.log" &
server=$!
until grep -q '"setup"' "$work/serve.json" 2>/dev/null; do
  kill -0 "$server" 2>/dev/null || { cat "$work/serve.log"; exit 1; }
  sleep 0.2
done
said() { "$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$work/serve.json" "$1"; }
"$python" "$here/desk.py" "$(said address)" "$(said setup)" --customers "$customers" --people "$people" --end "$end" \
  --seconds "${LIUKE_SECONDS:-60}" --bound "${LIUKE_BOUND_MS:-100}" 2>&1 | tee "$work/desk"
printf '      peak memory of the server: %d MiB\n' $(($(awk '/VmHWM/ {print $2}' "/proc/$server/status") / 1024))
kill "$server"
wait "$server" 2>/dev/null
server=

# The morning of three hundred owners, on a virtual clock.
LIUKE_OWNERS=$people LIUKE_CASES=${LIUKE_CASES:-$((customers / 10))} cargo nextest run -p app --success-output final \
  -E 'test(the_lists_of_a_morning_are_planned_for_everybody)' 2>&1 | tee "$work/morning" |
  grep -E '^ *(PASS|FAIL|SLOW|TIMEOUT)|^ *proof:|Summary'
count() { grep -oE "[0-9]+ $1" <<<"$2" | grep -oE '^[0-9]+' || echo 0; }
last=$(tail -n 1 "$work/desk")
summary=$(grep -E '^ *Summary ' "$work/morning")
passed=$(($(count passed "$last") + $(count passed "$summary")))
failed=$(($(count failed "$last") + $(count failed "$summary") + $(count 'timed out' "$summary")))
grep -qE '^[0-9]+ passed, [0-9]+ failed$' <<<"$last" || failed=$((failed + 1))
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
