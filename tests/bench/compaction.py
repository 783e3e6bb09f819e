"""Compaction: the same keyed records to each broker, then the CPU that it takes to compact them."""

import time

from load_client import MIB, load
from servers import Failed, cpu_seconds

SEGMENT_BYTES = 32 * MIB
KEYS = 100_000
# Both look for logs to be compacted that often.
CONFIG = ("log.cleaner.backoff.ms=500",)
WRITING = f"cleanup.policy=delete,segment.bytes={SEGMENT_BYTES},min.cleanable.dirty.ratio=0.01"
PATIENCE_S = 100


def segments(server, topic):
    return sorted((server.folder / "data" / f"{topic}-0").glob("*.log"))


def clean_offset(server, topic):
    """Up to where the log is compacted, as both brokers write it down after each cleaning."""
    checkpoint = server.folder / "data" / "cleaner-offset-checkpoint"
    for line in checkpoint.read_text().splitlines() if checkpoint.exists() else []:
        words = line.split()
        if words[:2] == [topic, "0"]:
            return int(words[2])
    return 0


def compact(server, topic, requests):
    """Returns the MiB that were compacted, those that are left of them, and the CPU s for it."""
    load("keyed", server, topic=topic, topic_config=WRITING, keys=KEYS, requests=requests)
    *closed, active = segments(server, topic)
    before = sum(file.stat().st_size for file in closed)
    cpu = cpu_seconds(server.pid)
    load("alter", server, topic=topic, topic_config="cleanup.policy=compact")
    deadline = time.monotonic() + PATIENCE_S
    while clean_offset(server, topic) < int(active.stem):
        if time.monotonic() > deadline:
            raise Failed(f"{topic} was not compacted within {PATIENCE_S} s")
        time.sleep(0.02)
    cpu = cpu_seconds(server.pid) - cpu
    left = sum(file.stat().st_size for file in segments(server, topic)[:-1])
    return before / MIB, left / MIB, cpu


def measure(server):
    compact(server, "warm", requests=15_000)
    mib, left, cpu = compact(server, "keyed", requests=50_000)
    return {"mib_per_cpu_s": mib / cpu, "cpu_s": cpu, "compacted_mib": mib, "left_mib": left}
