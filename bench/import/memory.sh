#!/usr/bin/env bash
# Peak memory of an import at 10 MB, 100 MB and 1 GB (or the megabytes named): it must not grow with the file.
#   bench/import/memory.sh LIUKE [MEGABYTES…]
set -euo pipefail
liuke=$1
shift
here=$(dirname "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
[ $# -gt 0 ] || set -- 10 100 1000
for megabytes in "$@"; do
  python3 "$here/lines.py" $((megabytes * 1000000 / 57)) "$folder/lines.csv"
  begun=$(date +%s%N)
  /usr/bin/env python3 - "$liuke" "$folder" <<'PY'
import os, subprocess, sys
process = subprocess.Popen([sys.argv[1], "import", "--json", "--data", sys.argv[2] + "/data", "--as", "orders",
                            sys.argv[2] + "/lines.csv"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
open(sys.argv[2] + "/peak", "w").write(str(usage.ru_maxrss // 1024))
sys.exit(os.waitstatus_to_exitcode(status))
PY
  printf '%6s MB  %6s ms  peak %s MiB\n' "$(($(stat -c %s "$folder/lines.csv") / 1000000))" \
    $((($(date +%s%N) - begun) / 1000000)) "$(cat "$folder/peak")"
  rm -rf "$folder/data" "$folder/lines.csv"
done
