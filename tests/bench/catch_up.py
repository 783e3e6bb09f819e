"""Consumers that read old data from the disk, beside producers: what these wait then.

The consumers take a fixed rate: without one they would take all of a small machine, and the producers
would wait for them, not for the broker. What they cost anyway is measured, too: the same consumers, with
the floor program in the broker's place.
"""

import contextlib
import os
import pathlib
import threading

from load_client import GIB, MIB, background_load, fill, load
from servers import source

OLD_BYTES = 2 * GIB
PACED = dict(topic="new", batch_bytes=16384, records=16, connections=4, in_flight=16, acks=1)
PACED |= dict(rate=1000, warmup=1000, requests=5000)
CONSUMERS = dict(topic="old", connections=4, max_bytes=MIB, rate=200, warmup_bytes=0)
CONSUMERS |= dict(bytes=1 << 40)  # they end with the row
EVICTED_EVERY_S = 0.5


def evict(server):
    """Takes the old topic's segments out of the page cache, where there is nothing to be written."""
    for file in pathlib.Path(server.folder / "data").glob("old-*/*.log"):
        with contextlib.suppress(OSError):
            fd = os.open(file, os.O_RDONLY)
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(fd)


@contextlib.contextmanager
def kept_cold(server):
    """As if the old segments were larger than memory: what was read of them is gone soon after."""
    enough = threading.Event()

    def keep_evicting():
        while not enough.wait(EVICTED_EVERY_S):
            evict(server)

    os.sync()
    evict(server)
    thread = threading.Thread(target=keep_evicting)
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()


@contextlib.contextmanager
def running(server):
    try:
        server.prepare()
        server.launch()
        server.wait_until_listening()
        yield server
    finally:
        server.remove()


def measure(server):
    fill(server, "old", OLD_BYTES, records=64)
    before = load("produce", server, **PACED)
    with running(source(MIB)()) as floor, background_load("fetch", floor, floor=1, **CONSUMERS):
        beside_floor = load("produce", server, **PACED)
    with kept_cold(server), background_load("fetch", server, **CONSUMERS):
        beside = load("produce", server, **PACED)
    return {
        "alone_p99_us": before["latency_p99_us"],
        "floor_p99_us": beside_floor["latency_p99_us"],
        "beside_p99_us": beside["latency_p99_us"],
        "ratio": beside["latency_p99_us"] / before["latency_p99_us"],
        "beside_p50_us": beside["latency_p50_us"],
    }
