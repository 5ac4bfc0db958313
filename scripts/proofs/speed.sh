#!/usr/bin/env bash
# What: what the README promises about time and memory, measured on the development binary.
# Covers: crates/facts crates/ingest crates/indicators crates/scores crates/app crates/sim
# Each line says the figure, the bound, and whether it held; the last line is `N passed, N failed`.
set -uo pipefail

liuke=$LIUKE
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$folder"' EXIT
passed=0
failed=0

held() { # what, figure, bound: the figure is at most the bound
  if [ "$2" -le "$3" ]; then
    passed=$((passed + 1))
    printf 'ok    %-60s %9s (at most %s)\n' "$1" "$2" "$3"
  else
    failed=$((failed + 1))
    printf 'FAIL  %-60s %9s (at most %s)\n' "$1" "$2" "$3"
  fi
}
same() { if cmp -s "$2" "$3"; then held "$1: bytes that differ" 0 0; else held "$1: bytes that differ" 1 0; fi; }
peak_kib() { awk '/VmHWM/ {print $2}' "/proc/$1/status"; }
number() { grep -oE "\"$1\": *[0-9]+" "$2" | head -n 1 | grep -oE '[0-9]+$'; }
GIB=1048576

# From the start of the server to the first scored customer, and what it takes.
begun=$SECONDS
"$liuke" demo --listen 127.0.0.1:0 --json --data "$folder/demo" >"$folder/demo.json" 2>"$folder/demo.log" &
server=$!
url=
until [ -n "$url" ] && curl -fsS -o /dev/null "$url/readyz" 2>/dev/null; do
  url=$(grep -oE 'http://[0-9.:]+' "$folder/demo.json" | head -n 1)
  if ! kill -0 "$server" 2>/dev/null || [ $((SECONDS - begun)) -gt 900 ]; then
    cat "$folder/demo.log"
    break
  fi
  sleep 0.2
done
curl -fsS -c "$folder/cookies" -o /dev/null "$url/"
curl -fsS -b "$folder/cookies" -o "$folder/today.json" "$url/api/today"
held 'seconds from start to the first scored customer' $((SECONDS - begun)) 60
held 'customers missing from Today (of one)' "$(grep -q '"health":[0-9]' "$folder/today.json" && echo 0 || echo 1)" 0
held 'peak memory of the demo, KiB' "$(peak_kib "$server")" $GIB
# Beside whoever looks around a model is learnt and put in service.
serves() { curl -fsS -b "$folder/cookies" "$url/api/models" 2>/dev/null | grep -q '"state":"champion"'; }
until serves || [ $((SECONDS - begun)) -gt 900 ]; do sleep 1; done
held 'models missing from service (of one)' "$(serves && echo 0 || echo 1)" 0
held 'peak memory of the demo with its model, KiB' "$(peak_kib "$server")" $GIB
kill "$server"
wait "$server" 2>/dev/null
server=

# A real shop's export.
retail=${LIUKE_DATA:-../shared/data}/online_retail/online_retail_to_2011-08.csv.gz
if [ -r "$retail" ]; then
  for round in first second; do
    begun=$(date +%s%N)
    "$liuke" import --json --data "$folder/retail" --as orders "$retail" >"$folder/$round.json" 2>/dev/null &
    running=$!
    peak=0
    while kill -0 "$running" 2>/dev/null; do
      now=$(peak_kib "$running" 2>/dev/null)
      peak=${now:-$peak}
      sleep 0.1
    done
    wait "$running"
    took=$((($(date +%s%N) - begun) / 1000000))
    held "$round import of Online Retail, ms" "$took" 20000
    held "$round import of Online Retail, peak KiB" "$peak" $GIB
    report=$folder/$round.json
    sum=$(($(number accepted "$report") + $(number duplicates "$report") + $(number rejected "$report")))
    held "$round import: rows unaccounted for" $(($(number received "$report") - sum)) 0
  done
  held 'facts added by the second import' "$(number facts "$folder/second.json")" 0
  for round in one two; do
    "$liuke" score --data "$folder/retail" --as-of 2011-06-01 --scorecard ecommerce --out "$folder/$round.csv" >/dev/null 2>&1
  done
  same 'the same scores twice' "$folder/one.csv" "$folder/two.csv"
else
  printf 'skip  Online Retail is not there (LIUKE_DATA)\n'
fi

for round in one two; do
  "$liuke" sim --template saas --customers 300 --days 200 --seed 7 --out "$folder/world-$round" >/dev/null
done
same 'the same world twice' "$folder/world-one/facts.parquet" "$folder/world-two/facts.parquet"

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
