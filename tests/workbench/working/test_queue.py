"""Runs of the queue: worked on apart, stopped without loss, gone on with."""

import time

from standoff.ensemble.study import load, open_run
from standoff.workbench.keeping.database import Database
from standoff.workbench.keeping.jobs import Asked, Jobs
from standoff.workbench.working.queue import Queue
from standoff.workbench.working.worker import RUN, work


def queued(folder, **asked):
    queue = Queue(Jobs(Database(folder / "kept.sqlite")), folder / "runs")
    texts = load("rivals").model.written.files.texts()
    return queue, queue.add("rivals", "Rivals", Asked(brief=False, **asked), texts)


def until(queue, name, *states):
    for _ in range(600):
        queue.step()
        state = queue.jobs.job(name).state
        if state in states:
            return state
        time.sleep(0.1)
    raise AssertionError(queue.jobs.job(name))


def test_a_run_is_the_one_of_the_shell_and_tells_what_it_knows(tmp_path):
    queue, name = queued(tmp_path, worlds=32, replications=2)
    work(queue.jobs, name, queue.folder / name)
    kept = open_run(queue.folder / name / RUN)
    assert kept.digest == load("rivals").run(32, 2).digest
    assert queue.jobs.job(name).state == "done"
    assert [told.title for told in queue.jobs.told(name)] == [
        "Ranking, by mean payoff", "What holds up?", "What does it hinge on?",
    ]  # fmt: skip


def test_a_worker_that_is_killed_is_begun_again_and_one_that_is_stopped_is_not(tmp_path):
    queue, name = queued(tmp_path, worlds=64, replications=2)
    try:
        until(queue, name, "running")
        queue._worker[1].kill()
        queue._worker[1].wait()
        assert until(queue, name, "waiting") == "waiting"
        until(queue, name, "running")
        queue.jobs.stop(name)
        assert until(queue, name, "stopped", "done") == "stopped"
        queue.step()
        assert queue.jobs.job(name).state == "stopped"
    finally:
        queue.end()


def test_what_a_dead_server_was_working_on_is_gone_on_with(tmp_path):
    queue, name = queued(tmp_path)
    queue.jobs.change(name, "running")
    again = Queue(queue.jobs, queue.folder)
    again.begin()
    again.end()
    assert queue.jobs.job(name).state in ("waiting", "running")


def test_a_run_of_a_study_that_fails_says_why(tmp_path):
    queue, name = queued(tmp_path, held={"fear": "nonsense"})
    try:
        until(queue, name, "running")
        assert until(queue, name, "failed") == "failed"
        assert "fear" in queue.jobs.job(name).said
    finally:
        queue.end()
