#!/usr/bin/env bash
# Runs a command beside a private, throw-away Postgres:
#
#     tests/postgres.sh run -- COMMAND [ARGUMENT]...
#
# The cluster lives in a temporary directory, listens on a free port of 127.0.0.1 alone, keeps Postgres's
# durable defaults and is gone when COMMAND ends, however it ends. COMMAND finds it through
#
#     BONIN_TEST_POSTGRES_URL   postgres://postgres@127.0.0.1:PORT/postgres
#     BONIN_TEST_PSQL           full path of psql; pg_dump lies beside it
#     BONIN_TEST_PGBENCH        full path of pgbench
#
# Where Postgres is missing it is installed (root, with apt-get); elsewhere the one command to type is said.
set -euo pipefail

readonly programs=(initdb pg_ctl postgres psql pg_dump pgbench)
readonly open_files=8192

directory=
bin=
user=
child=

say() { printf 'postgres.sh: %s\n' "$*" >&2; }
fail() {
    say "$*"
    exit 1
}

has_all_programs() {
    local program
    for program in "${programs[@]}"; do
        [[ -x $1/$program ]] || return 1
    done
}

# Sets $bin to the folder of the newest complete set of Postgres programs.
find_bin() {
    local candidate
    local candidates=()
    while IFS= read -r candidate; do
        candidates+=("$candidate")
    done < <(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin | sort -rV)
    if command -v pg_config >/dev/null; then
        candidates+=("$(pg_config --bindir)")
    fi
    if command -v initdb >/dev/null; then
        candidates+=("$(dirname -- "$(command -v initdb)")")
    fi
    for candidate in "${candidates[@]}"; do
        if has_all_programs "$candidate"; then
            bin=$candidate
            return 0
        fi
    done
    return 1
}

# Debian starts a cluster of its own when Postgres is installed, unless it is told not to.
install_with_apt() {
    local quiet=/etc/postgresql-common/createcluster.d/bonin-no-main-cluster.conf
    export DEBIAN_FRONTEND=noninteractive
    say "Postgres is missing: apt-get update"
    apt-get update -q >&2
    say "apt-get install postgresql-common"
    apt-get install -yq --no-install-recommends postgresql-common >&2
    say "no cluster but the private one: writing $quiet for the time of the installation"
    mkdir -p -- "${quiet%/*}"
    printf 'create_main_cluster = false\n' >"$quiet"
    say "apt-get install postgresql postgresql-contrib"
    local status=0
    apt-get install -yq --no-install-recommends postgresql postgresql-contrib >&2 || status=$?
    rm -f -- "$quiet"
    return "$status"
}

say_how_to_install() {
    local command="install PostgreSQL 14 or newer, with initdb, psql, pg_dump and pgbench on the PATH"
    if command -v apt-get >/dev/null; then
        command="sudo apt-get install -y postgresql postgresql-contrib"
    elif command -v dnf >/dev/null; then
        command="sudo dnf install -y postgresql-server postgresql-contrib"
    elif command -v apk >/dev/null; then
        command="sudo apk add postgresql postgresql-contrib"
    elif command -v pacman >/dev/null; then
        command="sudo pacman -S --needed postgresql"
    elif command -v brew >/dev/null; then
        command="brew install postgresql@17"
    fi
    fail "Postgres is missing, and half of the tests run on it. Type: $command"
}

find_or_install_bin() {
    find_bin && return 0
    if [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; then
        install_with_apt || fail "the installation failed, see above"
        find_bin || fail "the installed Postgres lacks one of: ${programs[*]}"
    else
        say_how_to_install
    fi
}

# Postgres refuses to run as root.
choose_user() {
    [[ $(id -u) -eq 0 ]] || return 0
    for user in postgres nobody; do
        if id -u "$user" >/dev/null 2>&1; then
            return 0
        fi
    done
    fail "root may not run Postgres, and there is neither a user postgres nor nobody"
}

# Runs a Postgres program as the cluster's owner, from a folder that this owner may enter.
as_owner() (
    cd -- "$directory"
    if [[ -z $user ]]; then
        "$@"
    elif command -v runuser >/dev/null; then
        runuser -u "$user" -- "$@"
    else
        su -s /bin/sh "$user" -c 'exec "$0" "$@"' -- "$@"
    fi
)

create_cluster() {
    directory=$(mktemp -d "${TMPDIR:-/tmp}/bonin-pg.XXXXXX")
    chmod 700 "$directory"
    [[ -z $user ]] || chown "$user" "$directory"
    say "creating a cluster of $("$bin/postgres" --version) in $directory${user:+, owned by $user}"
    as_owner mkdir -m 700 "$directory/socket"
    as_owner "$bin/initdb" --pgdata="$directory/data" --username=postgres --auth=reject \
        --encoding=UTF8 --locale=C >"$directory/initdb.log" 2>&1 || {
        cat -- "$directory/initdb.log" >&2
        fail "initdb failed"
    }
    # Nobody but this machine's own loopback, and no other way in.
    printf 'host all all 127.0.0.1/32 trust\n' >"$directory/data/pg_hba.conf"
    cat >>"$directory/data/postgresql.conf" <<CONFIGURATION
listen_addresses = '127.0.0.1'
unix_socket_directories = '$directory/socket'
max_connections = 200
fsync = on
synchronous_commit = on
full_page_writes = on
timezone = 'UTC'
log_timezone = 'UTC'
CONFIGURATION
}

# A port is only known to be free once Postgres holds it, so it is tried, below the range of outgoing ones.
start_cluster() {
    local try port
    for try in {1..20}; do
        port=$((20000 + RANDOM % 12000))
        if as_owner "$bin/pg_ctl" start --wait --silent --pgdata="$directory/data" --log="$directory/postgres.log" \
            --options="-p $port" >/dev/null 2>&1; then
            export BONIN_TEST_POSTGRES_URL="postgres://postgres@127.0.0.1:$port/postgres"
            export BONIN_TEST_PSQL="$bin/psql"
            export BONIN_TEST_PGBENCH="$bin/pgbench"
            say "running at $BONIN_TEST_POSTGRES_URL"
            return 0
        fi
        if ! grep -q 'Address already in use' "$directory/postgres.log"; then
            break
        fi
        say "port $port is taken (try $try)"
        : >"$directory/postgres.log"
    done
    cat -- "$directory/postgres.log" >&2 || true
    fail "Postgres did not start"
}

remove_cluster() {
    local status=$?
    trap - EXIT
    trap '' INT TERM HUP
    if [[ -n $directory ]]; then
        if [[ -f $directory/data/postmaster.pid ]]; then
            say "stopping the cluster"
            as_owner "$bin/pg_ctl" stop --wait --silent --mode=immediate --pgdata="$directory/data" >/dev/null ||
                say "it did not stop, see $directory/postgres.log"
        fi
        if [[ -f $directory/data/postmaster.pid ]]; then
            exit 1
        fi
        rm -rf -- "$directory"
        say "removed $directory"
    fi
    exit "$status"
}

# Passes a signal on to the command and all it started, and waits for its end.
pass_on() {
    local signal=$1 code=$2
    if [[ -n $child ]]; then
        say "passing SIG$signal on"
        kill -s "$signal" -- "-$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    fi
    exit "$code"
}

raise_open_files() {
    local hard
    hard=$(ulimit -Hn)
    if [[ $(ulimit -Sn) != unlimited ]] && (($(ulimit -Sn) < open_files)); then
        if [[ $hard == unlimited ]] || ((hard >= open_files)); then
            ulimit -Sn "$open_files"
        else
            ulimit -Sn "$hard"
        fi
        say "raised the limit of open files to $(ulimit -Sn)"
    fi
}

run() {
    find_or_install_bin
    choose_user
    trap remove_cluster EXIT
    trap 'pass_on INT 130' INT
    trap 'pass_on TERM 143' TERM
    trap 'pass_on HUP 129' HUP
    create_cluster
    start_cluster
    raise_open_files

    # A process group of its own, so that a signal reaches all that the command started and nothing else.
    local status=0
    set -m
    "$@" </dev/null &
    child=$!
    set +m
    wait "$child" || status=$?
    child=
    exit "$status"
}

if [[ ${1:-} != run || ${2:-} != -- || $# -lt 3 ]]; then
    printf 'usage: %s run -- COMMAND [ARGUMENT]...\n' "$0" >&2
    exit 2
fi
shift 2
run "$@"
