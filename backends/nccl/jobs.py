"""Hosts and ranks of a workload for torchrun, mpirun and srun, in the order of its ranks.

- `hostfile`, `slots=` for each host: Open MPI's `--map-by slot` for ranks server by server, `--map-by node` for those
  by rail (mpirun(1) of 4.1).
- `ranks.txt`, a host a line for each rank: Slurm's `--distribution=arbitrary` with SLURM_HOSTFILE (srun(1)), whatever
  the order. A rankfile of Open MPI would have to bind each rank to cores, which a design does not know.
- `torchrun.sh`: torchrun numbers ranks server by server, in the order of --node-rank.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from ...compiler.plant import Ints, Plant
from ...compiler.simulation import Placed
from .._kit.columns import device_names
from .._kit.csv import write

PORT = 29500
"""torchrun's default port of the first server (torch.distributed.run, --master-port)."""


@dataclass(frozen=True)
class Job:
    """`hosts` are device ids of servers in the order in which ranks meet them, each with `slots` ranks. `by_server`
    says that the ranks of each server follow one another."""

    placed: Placed
    hosts: Ints
    slots: Ints
    by_server: bool

    @property
    def even(self) -> bool:
        return len(np.unique(self.slots)) == 1


def find_job(placed: Placed) -> Job:
    """The hosts of ranks."""
    device = placed.device
    hosts, first, count = np.unique(device, return_index=True, return_counts=True)
    order = np.argsort(first)
    changes = int((device[1:] != device[:-1]).sum()) + 1
    return Job(placed, hosts[order], count[order], changes == len(hosts))


def ranks_txt(plant: Plant, job: Job) -> bytes:
    return _column(device_names(plant).gather(job.placed.device))


def hosts_txt(plant: Plant, job: Job) -> bytes:
    return _column(device_names(plant).gather(job.hosts))


def hostfile(plant: Plant, job: Job) -> bytes:
    slots = pl.Series(job.slots).cast(pl.String)
    return _column(
        pl.select(pl.concat_str(device_names(plant).gather(job.hosts), pl.lit(" slots="), slots)).to_series()
    )


def ranks_csv(plant: Plant, job: Job) -> bytes:
    """Which accelerator each rank is."""
    table = {
        "rank": np.arange(len(job.placed.device)),
        "host": device_names(plant).gather(job.placed.device),
        "accelerator": job.placed.slot,
    }
    return write([pl.DataFrame(table)])


def torchrun(plant: Plant, job: Job) -> str:
    """A script that every server runs. Host names have no character that a shell reads."""
    first = plant.devices.names[int(job.hosts[0])]
    dotted = device_names(plant).gather(job.hosts).str.contains(".", literal=True).any()
    short = "" if dotted else " -s"  # which cuts a name at its first dot
    return (
        "#!/bin/sh\n"
        "# Run on every server of hosts.txt, which lies beside this file: torchrun.sh SCRIPT [ARGUMENT...]\n"
        "set -eu\n"
        'here=$(cd -- "$(dirname -- "$0")" && pwd)\n'
        f'name="${{RACKWRIGHT_HOST:-$(hostname{short})}}"\n'
        'line=$(grep -nxF -- "$name" "$here/hosts.txt") || { echo "$name is not in hosts.txt" >&2; exit 1; }\n'
        f"exec torchrun --nnodes={len(job.hosts)} --nproc-per-node={int(job.slots[0])} "
        f'--node-rank="$(( ${{line%%:*}} - 1 ))" \\\n'
        f'    --master-addr={first} --master-port="${{MASTER_PORT:-{PORT}}}" "$@"\n'
    )


def _column(words: pl.Series) -> bytes:
    return "".join(f"{word}\n" for word in words.to_list()).encode()
