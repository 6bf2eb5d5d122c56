"""Clusters that a queue or Kubernetes starts: their configuration, made with defaults that `--on` needs.

What a site has of its own (queue, project, image) stands in Dask's configuration, as its tools read it: a file in
`~/.config/dask/`, of which `standoff cluster slurm` and `standoff cluster kubernetes` print one to begin with.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from standoff._version import __version__
from standoff.ensemble.storing.manifest import RunError

__all__ = ["MANAGERS", "configuration", "start_managed"]

_SLURM = """\
# ~/.config/dask/standoff.yaml: what `standoff run … --on slurm` asks Slurm for.
# Each job is one worker; all of them and you must reach the folder of --out by the same path.
jobqueue:
  slurm:
    name: standoff
    queue: null              # the partition
    account: null            # who is charged
    cores: 16                # of a job: as many futures at once
    processes: 1             # one loads the kernel for all of its threads
    memory: 8GB              # a thread takes about 200 MB
    walltime: "01:00:00"     # a job that ends is replaced, and its shards are run elsewhere
    python: {python}
    death-timeout: 60
    interface: null          # such as ib0: never one that strangers reach
    job-extra-directives: []
    job-script-prologue:
      - export OMP_NUM_THREADS=1
standoff:
  jobs: [1, 64]              # at least and at most
"""
_KUBERNETES = """\
# ~/.config/dask/standoff.yaml: what `standoff run … --on kubernetes` asks Dask's operator for.
# The image has this Standoff: FROM ghcr.io/dask/dask, RUN pip install 'standoff[cluster]=={version}'
kubernetes:
  name: standoff
  namespace: null            # yours
  image: null                # of scheduler and workers; required
  n-workers: 1
  resources:
    requests: {{cpu: "4", memory: 2Gi}}
    limits: {{cpu: "4", memory: 4Gi}}
  worker-command: [dask-worker, --nthreads, "4"]
  env:
    OMP_NUM_THREADS: "1"
    STANDOFF_CACHE: /tmp/standoff
standoff:
  jobs: [1, 64]              # workers, at least and at most
"""
MANAGERS = {"slurm": (_SLURM, "dask-jobqueue"), "kubernetes": (_KUBERNETES, "dask-kubernetes")}


def configuration(manager: str) -> str:
    """The text of a configuration to begin with, for this version and this Python."""
    return MANAGERS[manager][0].format(python=sys.executable, version=__version__)


def start_managed(manager: str, say: Callable[[str], None]) -> Any:
    """A cluster that grows and shrinks with the work.

    Raises:
        RunError: Its library or its configuration is not there, or the manager refuses.
    """
    import dask  # noqa: PLC0415 - a second

    package = MANAGERS[manager][1]
    try:
        if manager == "slurm":
            from dask_jobqueue import SLURMCluster as Cluster  # noqa: PLC0415
        else:
            from dask_kubernetes.operator import KubeCluster as Cluster  # noqa: PLC0415
    except ImportError:
        raise RunError(f"`--on {manager}` needs {package}: pip install {package}") from None
    least, most = dask.config.get("standoff.jobs", (1, 64))
    try:
        cluster = Cluster(**_given(manager))
        cluster.adapt(minimum=least, maximum=most)
    except Exception as error:  # each manager's client has errors of its own
        raise RunError(
            f"{manager} started nothing ({type(error).__name__}: {error}); `standoff cluster {manager}` prints a "
            "configuration to begin with"
        ) from error
    say(f"asked {manager} for {least} to {most} workers")
    return cluster


def _given(manager: str) -> dict[str, Any]:
    """Arguments of a cluster's class beside what it reads itself."""
    import dask  # noqa: PLC0415

    if manager == "slurm":
        return {}
    known = dask.config.get("kubernetes", {})
    names = ("name", "namespace", "image", "n-workers", "resources", "worker-command", "env")
    return {name.replace("-", "_"): known[name] for name in names if known.get(name) is not None}
