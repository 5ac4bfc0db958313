#!/usr/bin/env bash
# The long form of what is promised: `proof.sh NAME…` runs scripts/proofs/NAME.sh; without a name, all of them. Each
# prints its lines and `N passed, N failed`, and writes docs/proofs/NAME.md: commit, date, command, what it covers,
# output. `cargo xtask proofs` says which of them are older than what they cover.
set -uo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
export LIUKE=${LIUKE:-$(realpath "$target/debug/liuke")}
mkdir -p docs/proofs
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  for script in scripts/proofs/*.sh; do names+=("$(basename "$script" .sh)"); done
fi

status=0
for name in "${names[@]}"; do
  script=scripts/proofs/$name.sh
  if [ ! -r "$script" ]; then
    printf 'there is no proof called %s; there are:%s\n' "$name" "$(printf ' %s' scripts/proofs/*.sh)" >&2
    exit 2
  fi
  output=$(mktemp)
  begun=$SECONDS
  printf '== %s\n' "$name"
  bash "$script" 2>&1 | sed -u "s|$PWD/||g; s|$PWD|.|g" | tee "$output"
  [ "${PIPESTATUS[0]}" -eq 0 ] || status=1
  # What proved nothing writes no page; what failed does, with what failed.
  if ! tail -n 1 "$output" | grep -qE '^[0-9]+ passed, [0-9]+ failed$' || tail -n 1 "$output" | grep -q '^0 passed, 0 '; then
    printf '%s proved nothing: docs/proofs/%s.md is left as it is\n' "$name" "$name" >&2
    rm -f "$output"
    status=1
    continue
  fi
  dirty=$(git status --porcelain --untracked-files=no | grep -qv '^.. docs/proofs/' && printf ' and changes not committed')
  {
    printf '# Proof: %s\n\n' "$name"
    sed -n 's/^# What: //p' "$script"
    printf '\n- commit: %s%s\n' "$(git rev-parse HEAD)" "$dirty"
    printf -- '- date: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
    printf -- '- machine: %s cores, %s GiB\n' "$(nproc)" "$(awk '/MemTotal/ {printf "%d", $2 / 1048576 + 0.5}' /proc/meminfo)"
    printf -- '- command: `make proof-%s` (%d s)\n' "$name" $((SECONDS - begun))
    printf -- '- covers: %s\n\n```text\n' "$(sed -n 's/^# Covers: //p' "$script")"
    cat "$output"
    printf '```\n'
  } >"docs/proofs/$name.md"
  rm -f "$output"
done
exit "$status"
