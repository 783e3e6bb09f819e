"""acks=all: what it costs and takes when each answer means that the data is on the disk."""

import os
import re
import shutil
import signal
import subprocess
import time

from load_client import load, run_load, throughput
from servers import program

BATCH_BYTES = (1024, 16384)
REQUESTS = {1: 2_000, 8: 8_000, 64: 30_000, 512: 60_000}  # a few seconds each
# Kafka that syncs each append takes ten times as long.
KAFKA_PART = 8
SYNC_CALLS = ("fsync", "fdatasync")


class SyncCounter:
    """Counts the fsyncs of a process by perf, where there is one and root may use it."""

    def __init__(self, server):
        self.perf = None
        if shutil.which("perf") is None or os.geteuid() != 0:
            return
        events = ",".join(f"syscalls:sys_enter_{call}" for call in SYNC_CALLS)
        command = ["perf", "stat", "-x", ",", "-e", events, "-p", str(server.pid)]
        self.perf = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
        time.sleep(0.5)  # until it is attached, of which it tells nobody

    def stop(self):
        """None if it can't be told."""
        if self.perf is None:
            return None
        self.perf.send_signal(signal.SIGINT)
        said = self.perf.communicate(timeout=20)[1].decode()
        counts = re.findall(r"^(\d+),.*sys_enter_f", said, re.M)
        return sum(map(int, counts)) if len(counts) == len(SYNC_CALLS) else None


def measure_size(server, size, connections, partitions):
    requests = REQUESTS[connections]
    options = dict(batch_bytes=size, records=max(size // 1024, 1), connections=connections)
    options |= dict(partitions=partitions, in_flight=1, acks=-1, floor=int(server.is_floor))
    figures = {}
    if server.name == "kafka":
        # Kafka answers before its data is on the disk unless a topic says otherwise.
        unsynced = dict(topic=f"unsynced{size}", warmup=requests, requests=requests)
        result = throughput(server, load("produce", server, **unsynced, **options))
        figures["unsynced_requests_per_s"] = result["requests"] / result["wall_s"]
        figures["unsynced_cpu_us"] = result["cpu_us_per_request"]
        options |= dict(topic_config="flush.messages=1")
        requests //= KAFKA_PART
    warmup = requests // 4
    options |= dict(topic=f"synced{size}", warmup=warmup, requests=requests)
    counter = SyncCounter(server)
    result = throughput(server, load("produce", server, **options))
    syncs = counter.stop()
    figures["requests_per_s"] = result["requests"] / result["wall_s"]
    figures["cpu_us"] = result["cpu_us_per_request"]
    for p in ("p50", "p99", "p999"):
        figures[f"{p}_us"] = result.get(f"latency_{p}_us")
    if syncs:
        figures["requests_per_sync"] = (warmup + requests) / syncs
        figures["syncs_per_s"] = figures["requests_per_s"] / figures["requests_per_sync"]
    return figures, result["peak_mib"]


def bare_disk(server, size):
    file = str(server.folder / "disk.data")
    command = [program("bench_load"), "disk", "--file", file, "--bytes", str(size)]
    return run_load("disk", command, timeout_s=120)["latency_p50_us"]


def measure(connections, partitions):
    def measure_both(server):
        all_figures = {}
        for size in BATCH_BYTES:
            figures, peak_mib = measure_size(server, size, connections, partitions)
            if server.is_floor and connections == 1:
                figures["disk_p50_us"] = bare_disk(server, size)
            all_figures |= {f"{size}_{key}": value for key, value in figures.items()}
            all_figures["peak_mib"] = peak_mib
        return all_figures

    return measure_both
