# Liuke: `make demo` to look at it, `make test` for every suite. Each does its own set-up.

SHELL := bash
export PATH := $(HOME)/.cargo/bin:$(PATH)
export LIUKE_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/liuke

# A runner clones anew each time: what is built and fetched stays outside the clone.
ifdef CI
export CARGO_TARGET_DIR ?= $(LIUKE_CACHE)/target
export npm_config_cache ?= $(LIUKE_CACHE)/npm
endif

TARGET := $(or $(CARGO_TARGET_DIR),target)
LIUKE := $(TARGET)/debug/liuke
NPM := ../scripts/npm.sh
PAGES := $(shell find web/src web/public web/index.html web/vite.config.ts web/tsconfig.json -type f 2>/dev/null)

PROOFS := $(patsubst scripts/proofs/%.sh,proof-%,$(wildcard scripts/proofs/*.sh))

.PHONY: help demo test dev lint fmt bench dist web proof $(PROOFS) setup-build setup-test

help:
	@printf '%s\n' \
	  'make demo   build, and start a sample company with 18 months of history (ARGS="--listen 0.0.0.0:7070" adds arguments)' \
	  'make test   every suite: Rust, web, browser stories, SQLite and PostgreSQL' \
	  'make dev    the sample company with screens that reload as they are edited' \
	  'make lint   formatting, clippy, types, and what the house checks about itself' \
	  'make fmt    format the Rust code' \
	  'make web    the screens, into web/dist' \
	  'make dist   the stripped binary with the screens inside: target/dist/liuke' \
	  'make bench  how fast it is, with the bench profile' \
	  'make proof  the long form of what is promised; each writes docs/proofs/NAME.md: $(PROOFS)'

demo: setup-build web
	cargo build --workspace --bin liuke
	$(LIUKE) demo $(ARGS)

test: setup-test web
	scripts/test.sh

dev: setup-build web
	cargo build --workspace --bin liuke
	scripts/dev.sh $(LIUKE)

lint: setup-build web/node_modules/.package-lock.json
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cd web && $(NPM) run lint
	cargo xtask check

fmt:
	cargo fmt --all

web: web/dist/index.html

web/dist/index.html: web/node_modules/.package-lock.json $(PAGES)
	cd web && $(NPM) run build
	@touch $@

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && $(NPM) ci --prefer-offline
	@touch $@

dist: setup-build web
	cargo build --profile bench --workspace --bin liuke
	mkdir -p target/dist
	strip -o target/dist/liuke $(TARGET)/release/liuke
	@ls -l target/dist/liuke

bench: setup-build
	cargo build --profile bench --workspace --bin liuke
	scripts/bench.sh $(TARGET)/release/liuke

proof: setup-test web
	cargo build --workspace --bin liuke
	scripts/proof.sh

$(PROOFS): proof-%: setup-test web
	cargo build --workspace --bin liuke
	scripts/proof.sh $*

setup-build:
	@scripts/setup.sh build

setup-test:
	@scripts/setup.sh test
