#!/usr/bin/env bash
# What a machine must have. `setup.sh build`: compilers. `setup.sh test`: also a browser, Chinese fonts, PostgreSQL, MariaDB, an SFTP server.
# Missing system packages are installed where root or a password-free sudo is at hand, else listed. What only some suites ask
# for is wished: without it they are left out, loudly. Nothing here waits for a network for good.
set -euo pipefail

need=${1:-build}
missing=()
wishes=()
wanted() { # a package, and a test that says whether what it brings is there
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
wished() { # the same for what can be done without
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || wishes+=("$package")
}
has() { command -v "$1"; }
has_postgres() { has initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' || [ -n "${LIUKE_POSTGRES_BIN:-}" ]; }
has_chinese_font() { fc-list :lang=zh family | grep -q . || compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*'; }
has_mariadb() { has mariadbd && has mariadb-install-db; }
has_chromium() { has "${CHROMIUM:-chromium}"; }
has_venv() { python3 -c 'import ensurepip, venv'; }

wanted make has make
wanted gcc has cc
wanted libc6-dev test -e /usr/include/stdio.h
if [ "$need" = test ]; then
  wanted chromium has_chromium
  wanted fonts-noto-cjk has_chinese_font
  wanted postgresql has_postgres
  wanted mariadb-server has_mariadb
  wanted openssl has openssl
  wanted openssh-client has sftp
  wanted openssh-server test -x /usr/sbin/sshd
  wished python3-venv has_venv
  wished curl has curl
fi

say_what_is_missing() {
  printf 'Missing system packages. Please run:\n\n  sudo apt-get install -y --no-install-recommends %s\n\n' "${missing[*]} ${wishes[*]}" >&2
  [ ${#missing[@]} -eq 0 ] || exit 1
}

# Whoever else installs is waited for, and so is a slow mirror; neither for good.
apt() { # arguments of apt-get
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive timeout 1800 apt-get -q \
    -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 -o Acquire::http::Timeout=60 -o Acquire::https::Timeout=60 "$@" </dev/null
}

if [ ${#missing[@]} -gt 0 ] || [ ${#wishes[@]} -gt 0 ]; then
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
  if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
    say_what_is_missing
  else
    printf 'Installing %s\n' "${missing[*]} ${wishes[*]}"
    # Packages may be at hand though a list of packages is not: what could not be installed says so itself.
    apt update || true
    [ ${#missing[@]} -eq 0 ] || apt install -y --no-install-recommends "${missing[@]}" || say_what_is_missing
    for package in "${wishes[@]}"; do
      apt install -y --no-install-recommends "$package" ||
        printf '*** %s could not be installed: what asks for it is left out of the tests. ***\n' "$package" >&2
    done
  fi
fi

# Tools with a version of their own, that nobody installs behind one's back.
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }
rust=$(rustc --version 2>/dev/null | awk '{print $2}')
node=$(node --version 2>/dev/null | tr -d v)
problems=()
[ -n "$rust" ] && at_least 1.95.0 "$rust" || problems+=("Rust 1.95 or newer (found: ${rust:-none}); see https://rustup.rs")
[ -n "$node" ] && at_least 20.19.0 "$node" || problems+=("Node 20.19 or newer (found: ${node:-none}); see https://nodejs.org")
if [ ${#problems[@]} -gt 0 ]; then
  printf 'Please install first:\n' >&2
  printf '  %s\n' "${problems[@]}" >&2
  exit 1
fi

# The stock clients and the prober of the API that `make test` runs. Without them their suites are left out, loudly.
python_packages() { # folder below target, list of packages
  local home=${CARGO_TARGET_DIR:-target}/$1 list=$2
  [ -e "$home/list" ] && cmp -s "$list" "$home/list" && return
  python3 -m venv "$home" &&
    timeout 900 "$home/bin/pip" install --quiet --disable-pip-version-check --no-input -r "$list" && cp "$list" "$home/list"
}
if [ "$need" = test ]; then
  cd "$(dirname "$0")/.."
  python_packages clients-python clients/requirements.txt ||
    printf '*** The Python clients could not be installed: they are left out of the tests. ***\n' >&2
  python_packages api-python scripts/api-requirements.txt ||
    printf '*** schemathesis could not be installed: it is left out of the tests. ***\n' >&2
  python_packages sql-python scripts/sql-requirements.txt ||
    printf '*** DuckDB could not be installed: indicators as SQL are left out of the tests. ***\n' >&2
  if ! cmp -s clients/package-lock.json clients/node_modules/.lock-installed; then
    { timeout 900 scripts/npm.sh ci --silent --no-audit --no-fund --prefix clients && cp clients/package-lock.json clients/node_modules/.lock-installed; } ||
      printf '*** The npm clients could not be installed: they are left out of the tests. ***\n' >&2
  fi
fi
