"""The rows of the benchmark: what each does to a server, and which figures it is judged by."""

import dataclasses
import json
import subprocess
from typing import Callable

from servers import Failed, Fluxmq, Kafka, Sink, program, proc_status_kib

GIB = 1 << 30
MIB = 1 << 20


@dataclasses.dataclass
class Figure:
    """One number of a row. The targets are ratios to the floor or to Kafka, or a bound of its own."""

    key: str
    label: str
    of_floor: float = None
    of_kafka: float = None
    kafka_key: str = None  # what of Kafka's to compare with, when not the same figure
    at_most: float = None
    more_is_better: bool = False


@dataclasses.dataclass
class Row:
    name: str
    title: str
    target: str  # in the words of the issue
    measure: Callable  # (server) -> {figure: number}
    figures: list
    floor: type = None
    kafka_rounds: int = None  # fewer than the others where Kafka takes too long

    def servers(self):
        return [Fluxmq, Kafka] + ([self.floor] if self.floor else [])


def load(mode, server, *, timeout_s=120, **options):
    """Runs the native client and returns its line of JSON."""
    command = [program("bench_load"), mode, "--port", str(server.port), "--pid", str(server.pid)]
    for name, value in options.items():
        command += ["--" + name.replace("_", "-"), str(value)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s)
    except subprocess.TimeoutExpired:
        raise Failed(f"{mode} took more than {timeout_s} s") from None
    if done.returncode != 0:
        raise Failed(f"{mode}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def peak_mib(server):
    return proc_status_kib(server.pid, "VmHWM") / 1024


def throughput(server, result):
    """What every row with a load reports, from the client's line."""
    return result | {
        "cpu_s_per_gib": result["cpu_s"] * GIB / result["bytes"],
        "cpu_us_per_request": result["cpu_s"] * 1e6 / result["requests"],
        "records_per_s": result["records"] / result["wall_s"],
        "mib_per_s": result["bytes"] / MIB / result["wall_s"],
        "peak_mib": peak_mib(server),
    }


PEAK = Figure("peak_mib", "peak memory, MiB", at_most=100)
WALL = Figure("wall_s", "wall, s")
RECORDS = Figure("records_per_s", "records/s", more_is_better=True)
CPU_PER_GIB = "CPU s per GiB"
CPU_PER_REQUEST = "CPU us per request (s per million)"


def percentiles(prefix="latency"):
    names = {"p50": "p50", "p99": "p99", "p999": "p99.9"}
    return [Figure(f"{prefix}_{p}_us", f"{prefix} {names[p]}, us") for p in names]


def produce(**options):
    def measure(server):
        floor = int(server.name == "sink")
        return throughput(server, load("produce", server, floor=floor, **options))

    return measure


ROWS = [
    Row(
        "produce_1m",
        "produce, 1 MiB batches of 1,024 records, 4 connections, acks=1",
        "CPU per GiB <= 1.2 x sink, <= 1/2 of Kafka",
        produce(batch_bytes=MIB, records=1024, in_flight=2, warmup=512, requests=2048),
        [Figure("cpu_s_per_gib", CPU_PER_GIB, of_floor=1.2, of_kafka=0.5)]
        + [WALL, RECORDS, PEAK]
        + percentiles(),
        floor=Sink,
    ),
    Row(
        "produce_1",
        "produce, one record of 100 B a request, 4 connections with 64 in flight each",
        "CPU per request <= 1/2 of the naive sink, <= 1/20 of Kafka",
        produce(batch_bytes=170, records=1, in_flight=64, warmup=150000, requests=400000),
        [Figure("cpu_us_per_request", CPU_PER_REQUEST, of_floor=0.5, of_kafka=0.05)]
        + [WALL, RECORDS, PEAK]
        + percentiles(),
        floor=Sink,
    ),
]
