# What the scripts share. Sourced, not run; leaves the shell in the root of the repository.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Debian packages, if they can be had: install PACKAGE…
install_packages() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

suitable() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# A Python of at least 3.11 that can make environments: prints its name.
find_python() {
    local name
    for name in ${PYTHON:-} python3 python3.11 python3.12 python3.13; do
        suitable "$name" && "$name" -c 'import ensurepip, venv' 2>/dev/null && { echo "$name"; return; }
    done
    # Debian ships Python without the part that makes environments.
    install_packages python3 python3-venv >&2 || true
    suitable python3 && python3 -c 'import ensurepip, venv' 2>/dev/null && { echo python3; return; }
    fail "Python 3.11 or later with its venv module is needed (Debian: apt-get install python3-venv)"
}

# An environment with what requirements-dev.txt pins, made anew when the pins change: environment DIR
environment() {
    local dir=$1 python stamp
    stamp="$dir/pins"
    if [ -x "$dir/bin/python" ] && cmp -s requirements-dev.txt "$stamp"; then
        return
    fi
    python=$(find_python)
    say "Python environment in $dir ($("$python" -V))"
    rm -rf "$dir"
    "$python" -m venv "$dir"
    pip_in "$dir" install -qq -r requirements-dev.txt
    cp requirements-dev.txt "$stamp"
}

# pip of an environment, without its remarks on itself: pip_in DIR ARGUMENT…
pip_in() {
    local dir=$1
    shift
    "$dir/bin/python" -m pip --disable-pip-version-check --no-input "$@"
}

# A yanglint of libyang 3, for the YANG models of SONiC and OpenConfig where there are any. libyang 2, which Debian 12 has, does not come to
# an end on them, so a Debian 13 in a folder runs it. Sets RACKWRIGHT_YANGLINT.
find_yanglint() {
    local root=$PWD/.judges/trixie
    [ -z "${RACKWRIGHT_YANGLINT:-}" ] || return 0
    [ -d "${RACKWRIGHT_SONIC_YANG:-../shared/data/sonic-yang}" ] || [ -d "${RACKWRIGHT_OPENCONFIG_YANG:-}" ] || return 0
    case $(yanglint --version 2>/dev/null) in "yanglint "[0-2].* | "") ;; *) return 0 ;; esac
    if [ ! -x "$root/usr/bin/yanglint" ]; then
        say "yanglint of Debian 13 in $root"
        command -v debootstrap >/dev/null || install_packages debootstrap || return 1
        rm -rf "$root"
        mkdir -p "$root"
        debootstrap --variant=minbase trixie "$root" http://deb.debian.org/debian >"$root.log" 2>&1 || return 1
        chroot "$root" apt-get install -y -qq --no-install-recommends libyang3-tools >>"$root.log" 2>&1 || return 1
    fi
    RACKWRIGHT_YANGLINT=$(printf 'chroot %q yanglint' "$root")
    export RACKWRIGHT_YANGLINT
}

# A Python 3.11 with ns-3, which measures round trips through our networks. Sets RACKWRIGHT_NS3.
find_ns3() {
    local dir=$PWD/.judges/ns3 python
    [ -z "${RACKWRIGHT_NS3:-}" ] || return 0
    if ! cmp -s requirements-ns3.txt "$dir/pins"; then
        python=$(find_python)
        # Its wheel is for this Python only, and the bindings need a compiler and Python's headers.
        "$python" -c 'import os, sys, sysconfig; sys.exit(sys.version_info[:2] != (3, 11)
            or not os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h")))' || return 1
        command -v g++ >/dev/null || return 1
        say "ns-3 in $dir, compiled for some minutes"
        rm -rf "$dir"
        mkdir -p "$PWD/.judges"
        "$python" -m venv "$dir" && pip_in "$dir" install -qq -r requirements-ns3.txt || return 1
        cp requirements-ns3.txt "$dir/pins"
    fi
    RACKWRIGHT_NS3=$dir/bin/python
    export RACKWRIGHT_NS3
}
