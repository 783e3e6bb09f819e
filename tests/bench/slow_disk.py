"""A disk at its limit: what others wait while writers wait for it.

The broker is put into a cgroup that may write a few MB a second, which needs root and the blkio (v1) or io (v2)
controller. FLUXMQ_BENCH_DIRTY_BYTES lowers vm.dirty_bytes for the run as well, so that the kernel makes writers to the page cache
wait: for the whole machine, hence only when asked for.
"""

import contextlib
import os
import pathlib
import time

from load_client import MIB, background_load, load
from servers import Skipped

WRITE_BYTES_PER_S = 10 * MIB
DIRTY_BYTES = pathlib.Path("/proc/sys/vm/dirty_bytes")
FLOODED_S = 3  # until what can be filled is full
QUICK = dict(topics=100, connections=1, in_flight=1, warmup=2000, requests=5000)
TAIL = dict(fetchers=8, batch_bytes=10_000, records=10, bytes_per_s=200_000, warmup_s=1, seconds=5)
ENOUGH = 1_000_000  # requests: the writers end with the row
# A few that want all of the memory for the newest records, some that sync, and so many that their requests are
# more than the broker has memory for.
WRITERS = (
    dict(topic="flood", batch_bytes=MIB, records=1024, connections=4, in_flight=2, acks=1),
    dict(topic="wide", batch_bytes=MIB, records=1024, connections=80, in_flight=1, acks=1),
    dict(topic="durable", batch_bytes=16384, records=16, connections=16, partitions=4, in_flight=1, acks=-1),
)


def disk_of(folder):
    """major:minor of the whole disk that a folder is on."""
    device = os.stat(folder).st_dev
    entry = pathlib.Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}")
    if not entry.exists():
        raise Skipped(f"{folder} is on no disk")
    if (entry / "partition").exists():
        entry = entry.resolve().parent
    return (entry / "dev").read_text().strip()


@contextlib.contextmanager
def throttled(server):
    name = f"fluxmq-bench-{os.getpid()}"
    limits = (
        ("/sys/fs/cgroup/blkio", "blkio.throttle.write_bps_device", f"{WRITE_BYTES_PER_S}"),
        ("/sys/fs/cgroup", "io.max", f"wbps={WRITE_BYTES_PER_S}"),
    )
    for root, file, limit in limits:
        group = pathlib.Path(root) / name
        try:
            group.mkdir()
        except OSError:
            continue
        if (group / file).exists():
            break
        group.rmdir()
    else:
        raise Skipped("no cgroup can limit what is written to the disk (root, blkio or io controller)")
    try:
        (group / file).write_text(f"{disk_of(server.folder)} {limit}\n")
        (group / "cgroup.procs").write_text(f"{server.pid}\n")
        yield
    finally:
        # Back to where everybody is, so that the end of the broker isn't throttled.
        (pathlib.Path(root) / "cgroup.procs").write_text(f"{server.pid}\n")
        group.rmdir()


@contextlib.contextmanager
def few_dirty_pages():
    wanted = os.environ.get("FLUXMQ_BENCH_DIRTY_BYTES")
    if wanted is None:
        yield
        return
    ratio = DIRTY_BYTES.with_name("dirty_ratio").read_text()
    before = DIRTY_BYTES.read_text()
    DIRTY_BYTES.write_text(wanted)
    try:
        yield
    finally:
        # Of the two the one that counts is not 0; writing one clears the other.
        if int(before) > 0:
            DIRTY_BYTES.write_text(before)
        else:
            DIRTY_BYTES.with_name("dirty_ratio").write_text(ratio)


def waits(server, prefix):
    quick = load("metadata", server, **QUICK)
    tail = load("fanout", server, **TAIL)
    return {
        f"{prefix}_metadata_p99_us": quick["latency_p99_us"],
        f"{prefix}_tail_p99_us": tail.get("latency_p99_us"),
        # What never arrived has no age.
        f"{prefix}_tail_delivered": tail["delivered_of_sent"],
    }


def measure(server):
    figures = waits(server, "free")
    with few_dirty_pages(), throttled(server), contextlib.ExitStack() as writers:
        for options in WRITERS:
            writers.enter_context(background_load("produce", server, requests=ENOUGH, **options))
        time.sleep(FLOODED_S)
        figures |= waits(server, "slow")
    return figures
