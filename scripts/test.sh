#!/usr/bin/env bash
# Every test there is, on the wheel as users would get it. As root on Debian, also those that need other programs.
. "$(dirname "$0")/lib.sh"

started=$SECONDS
scripts/setup.sh

say "Style"
.venv/bin/ruff check .
.venv/bin/ruff format --check .

say "Types"
.venv/bin/mypy -p rackwright.dsl -p rackwright.compiler -p rackwright.backends
.venv/bin/mypy tests

say "Floors"
PYTHONPATH=.venv/ns .venv/bin/lint-imports

say "Wheel"
environment .venv-wheel
rm -rf dist .build
pip_in .venv wheel -qq --no-deps -w dist .
pip_in .venv-wheel uninstall -qq -y rackwright 2>/dev/null || true
pip_in .venv-wheel install -qq --no-deps dist/rackwright-*.whl

# Programs that the artifacts are given to, where they can be installed.
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    wanted=()
    [ -x /usr/lib/frr/bgpd ] || wanted+=(frr)
    command -v ip >/dev/null || wanted+=(iproute2)
    command -v ping >/dev/null || wanted+=(iputils-ping)
    command -v sysctl >/dev/null || wanted+=(procps)
    command -v git >/dev/null || wanted+=(git)
    command -v opensm >/dev/null || wanted+=(opensm)
    command -v ibsim >/dev/null || wanted+=(ibsim-utils)
    command -v ibnetdiscover >/dev/null || wanted+=(infiniband-diags)
    command -v g++ >/dev/null || wanted+=(g++)
    command -v make >/dev/null || wanted+=(make)
    [ "$(command -v python3)" != /usr/bin/python3 ] || [ -f /usr/include/python3.11/Python.h ] || wanted+=(python3-dev)
    command -v kea-dhcp4 >/dev/null || wanted+=(kea-dhcp4-server)
    command -v mpirun >/dev/null || wanted+=(openmpi-bin)
    command -v slurmctld >/dev/null || wanted+=(slurmctld slurm-client)
    command -v promtool >/dev/null || wanted+=(prometheus)
    command -v named-checkzone >/dev/null || wanted+=(bind9-utils)
    command -v chromium >/dev/null || wanted+=(chromium)
    command -v chromedriver >/dev/null || wanted+=(chromium-driver)
    if [ ${#wanted[@]} -gt 0 ]; then
        say "Debian packages: ${wanted[*]}"
        install_packages "${wanted[@]}" || printf 'not installed; their tests will be skipped or fail\n'
    fi
    find_ns3 || printf 'no ns-3; its tests will be skipped\n'
    find_yanglint || printf 'no yanglint; its tests will be skipped\n'
fi

say "Tests"
rm -f .coverage .coverage.*
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
status=0
# -P: what is imported is the wheel, never the folder that this runs in.
.venv-wheel/bin/python -P -m pytest -n 2 --dist loadfile -m "not real" --cov --cov-report= \
    --junit-xml="$results/all.xml" || status=1

say "Tests with real programs"
.venv-wheel/bin/python -P -m pytest -m real --cov --cov-append --cov-report= \
    --junit-xml="$results/real.xml" || status=1

say "Coverage"
.venv-wheel/bin/coverage report || status=1

.venv-wheel/bin/python -P scripts/closing_line.py "$results" "$((SECONDS - started))" || status=1
exit $status
