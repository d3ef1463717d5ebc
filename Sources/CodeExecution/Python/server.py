"""The warm interpreter: waits for jobs of the host, and forks a judge for each."""

# What programs commonly import; loaded once, shared by every fork.
import base64
import bisect  # noqa: F401
import collections  # noqa: F401
import copy  # noqa: F401
import datetime  # noqa: F401
import functools  # noqa: F401
import gc
import hashlib  # noqa: F401
import heapq  # noqa: F401
import itertools  # noqa: F401
import operator  # noqa: F401
import random  # noqa: F401
import re  # noqa: F401
import statistics  # noqa: F401
import string  # noqa: F401
import typing  # noqa: F401


def serve_jobs():
    hello = receive(0)
    filters = {key: base64.b64decode(text) for key, text in hello["filters"].items()}
    sys.setrecursionlimit(1000)
    gc.collect()
    gc.freeze()
    send(1, {"ready": True, "version": sys.version.split()[0]})
    while True:
        try:
            job = receive(0, limit=64 << 20)
        except Ended:
            os._exit(0)
        run_job(job, filters["many" if job["limits"]["processes"] > 1 else "one"])


def run_job(job, instructions):
    process = os.fork()
    if process == 0:
        try:
            outcome = judged(job, instructions, lambda: receive(0, limit=64 << 20))
        except BaseException as error:
            outcome = {"outcome": "harness", "reason": "%s: %s" % (type(error).__name__, error)}
        try:
            send(1, outcome)
        finally:
            os._exit(0)
    # Orphans of the namespace come here too.
    while True:
        ended, status = os.waitpid(-1, 0)
        if ended == process:
            break
    if status != 0:
        send(1, {"outcome": "harness", "reason": "the judge was ended by status %d" % status})


serve_jobs()
