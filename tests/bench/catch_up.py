"""Consumers that read old data from the disk, beside producers: what these wait then."""

import contextlib
import os
import pathlib
import threading

from load_client import GIB, background_load, fill, load

OLD_BYTES = 2 * GIB
PACED = dict(topic="new", batch_bytes=16384, records=16, connections=4, in_flight=16, acks=1)
PACED |= dict(rate=1000, warmup=1000, requests=5000)
ENOUGH = 1 << 40  # bytes: the consumers end with the row
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


def measure(server):
    fill(server, "old", OLD_BYTES, records=64)
    before = load("produce", server, **PACED)
    with kept_cold(server):
        options = dict(topic="old", connections=4, warmup_bytes=0, bytes=ENOUGH)
        with background_load("fetch", server, **options):
            beside = load("produce", server, **PACED)
    return {
        "alone_p99_us": before["latency_p99_us"],
        "beside_p99_us": beside["latency_p99_us"],
        "ratio": beside["latency_p99_us"] / before["latency_p99_us"],
        "beside_p50_us": beside["latency_p50_us"],
    }
