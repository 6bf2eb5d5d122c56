"""Configurations of clusters that others start, read by those who read them."""

from __future__ import annotations

import inspect
import sys
from typing import Any

import dask
import pytest
import yaml

from standoff.ensemble.cluster.managers import MANAGERS, configuration


def as_dask_reads(manager: str) -> Any:
    """What Dask knows once this stands in its folder: it is laid over what the libraries ask for themselves."""
    return dask.config.merge(dask.config.config, yaml.safe_load(configuration(manager)))


@pytest.mark.parametrize("manager", MANAGERS)
def test_a_configuration_is_yaml_and_bounds_the_jobs(manager: str) -> None:
    assert yaml.safe_load(configuration(manager))["standoff"]["jobs"] == [1, 64]


def test_slurm_is_asked_by_a_script_that_starts_this_python() -> None:
    slurm: Any = pytest.importorskip("dask_jobqueue.slurm")
    with dask.config.set(as_dask_reads("slurm")):
        script = slurm.SLURMJob("tcp://127.0.0.1:8786", name="standoff").job_script().splitlines()
    for line in ("#SBATCH -J standoff", "#SBATCH --cpus-per-task=16", "#SBATCH --mem=8G", "#SBATCH -t 01:00:00"):
        assert line in script
    assert "export OMP_NUM_THREADS=1" in script
    assert script[-1].startswith(f"{sys.executable} -m distributed.cli.dask_worker tcp://127.0.0.1:")
    assert not [line for line in script if line.startswith(("#SBATCH -p", "#SBATCH -A"))]


def test_kubernetes_takes_what_it_is_given() -> None:
    operator: Any = pytest.importorskip("dask_kubernetes.operator")
    from standoff.ensemble.cluster import managers  # noqa: PLC0415

    with dask.config.set(as_dask_reads("kubernetes")):
        given = managers._given("kubernetes")
    assert set(given) <= set(inspect.signature(operator.KubeCluster.__init__).parameters)
    made = operator.make_cluster_spec(**given, image="registry/standoff")
    (worker,) = made["spec"]["worker"]["spec"]["containers"]
    assert worker["resources"]["limits"] == {"cpu": "4", "memory": "4Gi"}
    assert {"name": "OMP_NUM_THREADS", "value": "1"} in worker["env"]
