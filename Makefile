# Bonin: `make run` to try it, `make test` to test it. `make` alone lists all targets.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

TARGET_DIR := $(abspath $(or $(CARGO_TARGET_DIR),target))

# The machine's libpq where it can be linked, which saves building it and OpenSSL; else both from source.
# BONIN_LIBPQ=bundled or BONIN_LIBPQ=system decides otherwise.
BONIN_LIBPQ ?= $(shell \
	libraries=$$(pg_config --libdir 2>/dev/null); \
	if [[ -e "$$libraries/libpq.so" || -e "$$libraries/libpq.dylib" ]] || pkg-config --exists libpq 2>/dev/null; \
	then echo system; else echo bundled; fi)

ifeq ($(BONIN_LIBPQ),system)
# One set of flags for every development target, so that nothing is compiled twice.
FEATURES := --no-default-features --features bonin-app/system-libpq
LIBPQ_TOOLS :=
LIBPQ_TEXT := linking this machine's libpq
else
FEATURES :=
LIBPQ_TOOLS := make perl
LIBPQ_TEXT := building libpq and OpenSSL from source (install libpq-dev for quicker builds)
endif

##@ Use
.PHONY: run
run: tools ## Build the server and run it, with nothing configured
	@echo "make: $(LIBPQ_TEXT)"
	cargo build --workspace --bins $(FEATURES)
	exec "$(TARGET_DIR)/debug/bonin" serve

.PHONY: release
release: FEATURES :=
release: LIBPQ_TOOLS := make perl
release: tools ## Build the binary to ship: libpq and its TLS inside, so that it starts anywhere
	cargo build --release -p bonin-app
	@if command -v ldd >/dev/null && ldd "$(TARGET_DIR)/release/bonin" | grep -E 'libpq|libssl|libcrypto|libsqlite'; then \
		echo "make: the binary needs these libraries of this machine, so it would not start anywhere"; exit 1; fi
	@echo "make: built $(TARGET_DIR)/release/bonin"

##@ Develop
.PHONY: check
check: tools ## Formatting, lints and docs; what CI runs first
	@echo "make: $(LIBPQ_TEXT)"
	cargo fmt --all -- --check
	cargo clippy --workspace --all-targets $(FEATURES) -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --workspace $(FEATURES)

# The server is built in the same go as the tests, so that the two share every dependency.
.PHONY: test
test: tools ## Every test, on SQLite and on a private Postgres
	@echo "make: $(LIBPQ_TEXT)"
	cargo build --workspace --bins --tests $(FEATURES)
	BONIN_TEST_BIN="$(TARGET_DIR)/debug/bonin" \
		tests/postgres.sh run -- cargo test --workspace --exclude bonin-browser-tests --no-fail-fast $(FEATURES)

# Two browsers at a time: each takes a processor.
.PHONY: test-browser
test-browser: tools browser ## The pages in a real browser; needs chromium and chromedriver
	@echo "make: $(LIBPQ_TEXT)"
	cargo build --workspace --bins --tests $(FEATURES)
	BONIN_TEST_BIN="$(TARGET_DIR)/debug/bonin" \
		cargo test --workspace --test browser --no-fail-fast $(FEATURES) -- --test-threads=2

.PHONY: screenshots
screenshots: export BONIN_SCREENSHOTS := $(abspath docs/images)
screenshots: test-browser ## The pictures of docs/images, taken by the browser tests

.PHONY: test-compat
test-compat: tools ## Published clients of the simulated providers; needs node, python3 and their registries
	@echo "make: $(LIBPQ_TEXT)"
	cargo build --workspace --bins $(FEATURES)
	BONIN_TEST_BIN="$(TARGET_DIR)/debug/bonin" tests/compat/run

.PHONY: bench
bench: tools ## Verifications per second beside pgbench, pages, times that must not tell; on SQLite and on Postgres
	@echo "make: $(LIBPQ_TEXT)"
	cargo build --profile bench -p bonin-app --bins -p bonin-persistence --example sqlite_floor $(FEATURES)
	BONIN_TEST_BIN="$(TARGET_DIR)/release/bonin" \
		tests/postgres.sh run -- cargo bench -p bonin-tests --bench verification --bench failover --bench uniform --bench console

.PHONY: fmt
fmt: tools ## Format all code
	cargo fmt --all

.PHONY: doc
doc: tools ## Build the crates' documentation
	cargo doc --no-deps --workspace $(FEATURES)
	@echo "make: built $(TARGET_DIR)/doc/bonin_app/index.html"

.PHONY: audit
audit: tools ## Licences, sources and banned crates of all dependencies
	@command -v cargo-deny >/dev/null || { \
		echo "make: cargo-deny is missing. Type: cargo install --locked cargo-deny"; exit 1; }
	cargo deny check bans licenses sources

.PHONY: help
help: ## List the targets
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo

.PHONY: browser
browser:
	@missing=; \
	for tool in chromium chromedriver; do command -v "$$tool" >/dev/null || missing+=" $$tool"; done; \
	if [[ -n "$$missing" ]]; then \
		echo "make: missing on this machine:$$missing"; \
		echo "make:   Debian: sudo apt-get install -y chromium chromium-driver fonts-noto-cjk"; exit 1; \
	fi

.PHONY: tools
tools:
	@missing=; \
	for tool in cargo cc $(LIBPQ_TOOLS); do \
		command -v "$$tool" >/dev/null || missing+=" $$tool"; \
	done; \
	if [[ -n "$$missing" ]]; then \
		echo "make: missing on this machine:$$missing"; \
		for tool in $$missing; do case "$$tool" in \
			cargo) echo "make:   cargo comes with Rust 1.95 or newer, see https://rustup.rs" ;; \
			cc) echo "make:   cc is the C compiler (Debian and Ubuntu: sudo apt-get install -y gcc libc6-dev)" ;; \
			make) echo "make:   make is wanted by OpenSSL's build (sudo apt-get install -y make)" ;; \
			perl) echo "make:   perl is wanted by OpenSSL's build (sudo apt-get install -y perl);" \
				"an installed libpq-dev spares it" ;; \
		esac; done; \
		exit 1; \
	fi
