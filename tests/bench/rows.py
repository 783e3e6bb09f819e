"""The rows of the benchmark: what each does to a server, and which figures it is judged by."""

import dataclasses
import re
import subprocess
import time
from typing import Callable

import catch_up
import compaction
import durability
import many_partitions
import old_formats
import slow_disk
from load_client import GIB, MIB, fill, load, peak_mib, start, throughput
from servers import KAFKA, Commit, Failed, Fluxmq, Kafka, Sink
from servers import cpu_seconds, proc_status_kib, source, wakeups


@dataclasses.dataclass
class Figure:
    """One number of a row. The targets are ratios to the floor or to Kafka, or a bound of its own."""

    key: str
    label: str
    of_floor: float = None
    of_kafka: float = None
    kafka_key: str = None  # what of Kafka's to compare with, when not the same figure
    floor_key: str = None  # likewise of the floor's
    at_most: float = None
    at_least: float = None
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
    kafka_config: tuple = ()
    started: bool = True  # whether `measure` gets a server that runs
    with_kafka: bool = True
    config: tuple = ()  # key=value, for FluxMQ
    skipped: bool = False  # the machine doesn't allow it
    # Touched before each run: the host takes freed pages back within seconds, so that whoever starts slowest
    # would pay for fresh ones.
    memory_gib: int = 0

    def servers(self):
        peers = [Kafka] if self.with_kafka else []
        return [Fluxmq] + peers + ([self.floor] if self.floor else [])


PEAK = Figure("peak_mib", "peak memory, MiB", at_most=100)
WALL = Figure("wall_s", "wall, s")
MIB_PER_S = Figure("mib_per_s", "MiB/s", more_is_better=True)
RECORDS = Figure("records_per_s", "records/s", more_is_better=True)
CPU_PER_GIB = "CPU s per GiB"
CPU_PER_REQUEST = "CPU us per request (s per million)"


def percentiles(prefix="latency"):
    names = {"p50": "p50", "p99": "p99", "p999": "p99.9"}
    return [Figure(f"{prefix}_{p}_us", f"{prefix} {names[p]}, us") for p in names]


def produce(**options):
    def measure(server):
        floor = int(server.is_floor)
        return throughput(server, load("produce", server, floor=floor, **options))

    return measure


LATENCIES = [(acks, size) for acks in (1, -1) for size in (1024, 16384)]


def latency_name(acks, size):
    return f"{'acks=all' if acks < 0 else 'acks=1'} {size // 1024} KB"


def produce_slowly(server):
    result = {}
    for acks, size in LATENCIES:
        topic = f"slow{acks}-{size}"
        options = dict(batch_bytes=size, records=1, connections=1, in_flight=64, rate=500)
        line = load("produce", server, topic=topic, acks=acks, warmup=500, requests=1500, **options)
        for p in ("p50", "p99", "p999"):
            result[f"{latency_name(acks, size)}_{p}_us"] = line.get(f"latency_{p}_us")
    return result | {"peak_mib": peak_mib(server)}


def fetch(max_bytes):
    def measure(server):
        floor = int(server.is_floor)
        if not floor:
            fill(server, "bench", GIB, records=64)
        # Two passes warm up, four are measured.
        options = dict(max_bytes=max_bytes, warmup_bytes=2 * GIB, bytes=4 * GIB, floor=floor)
        result = load("fetch", server, **options)
        return throughput(server, result | {"records": result["bytes"] // 1024})

    return measure


def fan_out(batch_bytes):
    def measure(server):
        options = dict(batch_bytes=batch_bytes, records=batch_bytes // 1000)
        load("produce", server, topic="warm", in_flight=4, requests=4000, **options)
        load("fetch", server, topic="warm", warmup_bytes=0, bytes=GIB)
        result = load("fanout", server, **options)
        return result | {"cores": result["cpu_s"] / result["wall_s"], "peak_mib": peak_mib(server)}

    return measure


FAN_OUT_FIGURES = [
    Figure("cores", "CPU, cores", of_kafka=1 / 3),
    Figure("latency_p99_us", "p99 against Kafka's p50, us", of_kafka=1, kafka_key="latency_p50_us"),
    Figure("produced_of_due", "produced, of what was due", more_is_better=True),
    Figure("delivered_of_sent", "delivered, of what was produced", more_is_better=True),
    PEAK,
] + percentiles()


def metadata(server):
    result = load("metadata", server)
    return result | {
        "cpu_us_per_request": result["cpu_s"] * 1e6 / result["requests"],
        "requests_per_s": result["requests"] / result["wall_s"],
        "peak_mib": peak_mib(server),
    }


def connect(server):
    return load("connect", server) | {"peak_mib": peak_mib(server)}


def create_topics(server):
    created = load("topics", server)
    peak = peak_mib(server)
    server.halt()
    restarted = start(server, expect_partitions=created["partitions"])
    return created | {
        "peak_mib": max(peak, restarted["start_peak_mib"]),
        "restart_s": restarted["served_s"],
        "restart_cpu_s": restarted["start_cpu_s"],
    }


IDLE_S = 5


def watch_idle(server, prefix):
    cpu, switches = cpu_seconds(server.pid), wakeups(server.pid)
    time.sleep(IDLE_S)
    return {
        f"{prefix}_cpu_percent": 100 * (cpu_seconds(server.pid) - cpu) / IDLE_S,
        f"{prefix}_wakeups_per_s": (wakeups(server.pid) - switches) / IDLE_S,
        f"{prefix}_mib": proc_status_kib(server.pid, "VmRSS") / 1024,
    }


def idle(server):
    time.sleep(2)  # what a start leaves to do is not idleness
    fresh = watch_idle(server, "fresh")
    load("produce", server, batch_bytes=16384, records=16, requests=5000)
    time.sleep(2)
    return fresh | watch_idle(server, "used")


def java_topic(server, name):
    load("topics", server, prefix=name, topics=1, partitions=4)


def java_tools(server, commands):
    """Runs Kafka's own tools side by side; their output, and the broker's CPU meanwhile."""
    before = cpu_seconds(server.pid)
    begun = time.monotonic()
    running = [
        subprocess.Popen([str(KAFKA)] + command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for command in commands
    ]
    try:
        outputs = [process.communicate(timeout=100)[0].decode() for process in running]
    except subprocess.TimeoutExpired:
        raise Failed(f"{commands[0][0]} took more than 100 s") from None
    finally:
        for process in running:
            if process.poll() is None:
                process.kill()
    for process, output in zip(running, outputs):
        if process.returncode != 0:
            raise Failed(f"{commands[0][0]}: {output[-300:]}")
    figures = {"wall_s": time.monotonic() - begun, "cpu_s": cpu_seconds(server.pid) - before}
    return outputs, figures | {"peak_mib": peak_mib(server)}


def java_producers(producers, records, record_bytes, *properties):
    def measure(server):
        load("produce", server, topic="warm", batch_bytes=16384, records=100, acks=-1, requests=5000)
        java_topic(server, "java")
        command = ["producer-perf", "--topic", "java", "--num-records", str(records)]
        command += ["--record-size", str(record_bytes), "--throughput", "-1"]
        command += ["--bootstrap-server", f"127.0.0.1:{server.port}"]
        command += ["--command-property", "client.id=perf", *properties]
        outputs, figures = java_tools(server, [command] * producers)
        rates = []
        for output in outputs:
            # The last line sums up; percentiles stand in it and in no interim line.
            said = re.findall(r"^(\d+) records sent, ([\d.]+) records/sec .* 99th", output, re.M)
            if not said or int(said[-1][0]) != records:
                raise Failed(f"producer-perf said: {output[-300:]}")
            rates.append(float(said[-1][1]))
        return figures | {"records_per_s": sum(rates)}

    return measure


def java_consumer(server):
    per_batch = 611  # of about 100 B
    records = GIB // 2 // 65536 * per_batch
    fill(server, "java", GIB // 2, per_batch)
    load("fetch", server, topic="java", warmup_bytes=0, bytes=2 * GIB)
    command = ["consumer-perf", "--topic", "java", "--num-records", str(records)]
    command += ["--bootstrap-server", f"127.0.0.1:{server.port}", "--timeout", "60000"]
    outputs, figures = java_tools(server, [command])
    # start, end, MB, MB/s, records, records/s, rebalance ms, fetch ms, MB/s fetching, records/s fetching
    fields = outputs[0].strip().splitlines()[-1].split(",")
    if len(fields) != 10 or int(fields[4]) < records:
        raise Failed(f"consumer-perf said: {outputs[0][-300:]}")
    return figures | {"records_per_s": float(fields[9]), "rebalance_ms": float(fields[6])}


JAVA_FIGURES = [
    Figure("records_per_s", "records/s", of_kafka=1, more_is_better=True),
    Figure("cpu_s", "broker CPU, s", of_kafka=0.25),
    Figure("wall_s", "wall with the start of the JVM, s"),
    PEAK,
]
JAVA_TARGET = "records/s >= Kafka's, broker CPU <= 1/4 of Kafka"



def acks_all_figures(**targets):
    """For batches of each size; `targets` are those of the figures that have one."""
    figures = []
    for size in durability.BATCH_BYTES:
        name = f"{size // 1024} KB"
        for key, label, more in (
            ("requests_per_s", "requests/s", True),
            ("p50_us", "p50, us", False),
            ("p99_us", "p99, us", False),
            ("p999_us", "p99.9, us", False),
            ("cpu_us", "CPU us per request", False),
            ("requests_per_sync", "requests per fsync", True),
            ("syncs_per_s", "fsyncs/s", False),
        ):
            target = targets.get(key, {})
            figures.append(Figure(f"{size}_{key}", f"{name} {label}", more_is_better=more, **target))
        if "disk_p50_us" in targets:
            label = f"{name} p50 against a bare fdatasync, us"
            floor_key = f"{size}_disk_p50_us"
            target = targets["disk_p50_us"]
            figures.append(Figure(f"{size}_p50_us", label, floor_key=floor_key, **target))
        figures.append(Figure(f"{size}_unsynced_requests_per_s", f"{name} requests/s, Kafka without fsync"))
        figures.append(Figure(f"{size}_unsynced_cpu_us", f"{name} CPU us, Kafka without fsync"))
    return figures + [PEAK]


def acks_all_row(connections):
    targets = {
        1: ("p50 <= 1.3 x a bare fdatasync", dict(disk_p50_us=dict(of_floor=1.3))),
        8: ("none", {}),
        64: (
            ">= 25,000 requests/s, p50 <= 2.5 ms, <= 30 us CPU each",
            dict(
                requests_per_s=dict(at_least=25_000),
                p50_us=dict(at_most=2500),
                cpu_us=dict(at_most=30),
            ),
        ),
        512: ("requests/s >= those of the floor / 1.5", dict(requests_per_s=dict(of_floor=1 / 1.5))),
    }
    words, figures = targets[connections]
    partitions = min(connections, 8)
    return Row(
        f"acks_all_{connections}",
        f"produce, acks=all on the disk, {connections} connections with one request in flight each, "
        f"{partitions} partitions; Kafka with flush.messages=1",
        words,
        durability.measure(connections=connections, partitions=partitions),
        acks_all_figures(**figures),
        floor=Commit,
        kafka_rounds=1,
    )


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
        memory_gib=4,
    ),
    Row(
        "produce_1",
        "produce, one record of 100 B a request, 4 connections with 64 in flight each, acks=1",
        "CPU per request <= 1/2 of the naive sink, <= 1/20 of Kafka",
        produce(batch_bytes=170, records=1, in_flight=64, warmup=120000, requests=250000),
        [Figure("cpu_us_per_request", CPU_PER_REQUEST, of_floor=0.5, of_kafka=0.05)]
        + [WALL, RECORDS, PEAK]
        + percentiles(),
        floor=Sink,
    ),
    *(acks_all_row(connections) for connections in (1, 8, 64, 512)),
    Row(
        "acks_all_logs",
        "produce, acks=all on the disk, from 64 connections with a partition each, so with 64 files to sync",
        "none",
        durability.measure(connections=64, partitions=64),
        acks_all_figures(),
        kafka_rounds=1,
    ),
    Row(
        "latency",
        "produce, 500 requests/s of one record on one connection",
        "none; for comparison, Kafka answers acks=all before its data is on the disk",
        produce_slowly,
        [
            figure
            for acks, size in LATENCIES
            for figure in percentiles(latency_name(acks, size))
        ]
        + [PEAK],
        kafka_rounds=2,
    ),
    Row(
        "fetch_1m",
        "fetch, 1 MiB a request, 4 connections, hot",
        "CPU per GiB <= 1.15 x source",
        fetch(MIB),
        [Figure("cpu_s_per_gib", CPU_PER_GIB, of_floor=1.15), WALL, MIB_PER_S, PEAK] + percentiles(),
        floor=source(MIB),
    ),
    Row(
        "fetch_8m",
        "fetch, 8 MiB a request, 4 connections, hot",
        "CPU per GiB <= 1.15 x source",
        fetch(8 * MIB),
        [Figure("cpu_s_per_gib", CPU_PER_GIB, of_floor=1.15), WALL, MIB_PER_S, PEAK] + percentiles(),
        floor=source(8 * MIB),
    ),
    Row(
        "fanout_100k",
        "fan-out, 10 MB/s in 100 KB batches to 32 long-polling fetchers of one partition",
        "CPU <= 1/3 of Kafka, p99 end to end <= Kafka's p50",
        fan_out(100_000),
        FAN_OUT_FIGURES,
        kafka_rounds=2,
    ),
    Row(
        "fanout_10k",
        "fan-out, 10 MB/s in 10 KB batches to 32 long-polling fetchers of one partition",
        "CPU <= 1/3 of Kafka, p99 end to end <= Kafka's p50",
        fan_out(10_000),
        FAN_OUT_FIGURES,
        kafka_rounds=2,
    ),
    Row(
        "metadata",
        "Metadata of one topic among 1,000, 4 connections with 16 in flight each",
        "CPU per request <= 1/10 of Kafka",
        metadata,
        [
            Figure("cpu_us_per_request", CPU_PER_REQUEST, of_kafka=0.1),
            Figure("requests_per_s", "requests/s", more_is_better=True),
            PEAK,
        ]
        + percentiles(),
    ),
    Row(
        "old_formats",
        "Produce 2 and Fetch 2: message sets of 1,000 messages of 100 B, converted (KAFKA_VERSION=3.9.2)",
        "none; records converted per CPU second beside Kafka 3.9.2, the last that does it",
        old_formats.measure,
        [
            Figure("produced_per_cpu_s", "produced plain, records per CPU s", more_is_better=True),
            Figure("gzip_per_cpu_s", "produced gzipped, records per CPU s", more_is_better=True),
            Figure("fetched_per_cpu_s", "fetched, records per CPU s", more_is_better=True),
        ],
        kafka_rounds=1,
    ),
    Row(
        "start",
        "start to the first answer, empty",
        "<= 15 ms; resident <= 14 MB idle",
        start,
        [
            Figure("first_answer_ms", "first answer, ms", at_most=15),
            Figure("idle_mib", "memory when idle, MiB", at_most=14e6 / MIB),
            Figure("start_cpu_s", "CPU until then, s"),
        ],
        started=False,
    ),
    Row(
        "connect",
        "5,000 idle connections (Kafka with a backlog of 5,000)",
        "<= 1.5 KiB of user memory each, <= 2 KiB once used; 5,000 connects <= 1 s",
        connect,
        [
            Figure("idle_bytes_each", "memory each, unused, B", at_most=1536),
            Figure("used_bytes_each", "memory each, used once, B", at_most=2048),
            Figure("accepted_s", "5,000 connects, s", at_most=1),
            Figure("cpu_s", "CPU for them, s"),
            PEAK,
        ],
        # With Kafka's own 50 the kernel drops connects, each to be tried again a second later.
        kafka_config=("socket.listen.backlog.size=5000",),
    ),
    Row(
        "topics",
        "1,000 topics of 10 partitions: created and visible, then a restart",
        "created and visible <= 1 s, <= 60 MB, restart <= 1 s",
        create_topics,
        [
            Figure("wall_s", "created and visible, s", at_most=1),
            Figure("restart_s", "restart until visible, s", at_most=1),
            Figure("peak_mib", "peak memory, MiB", at_most=60e6 / MIB),
            Figure("cpu_s", "CPU to create, s"),
            Figure("restart_cpu_s", "CPU to restart, s"),
        ],
        kafka_rounds=1,
    ),
    Row(
        "many_partitions",
        "20,000 partitions: created, idle, produced to, restarted, killed with 100 active (FluxMQ only)",
        "created <= 2 s; <= 2 KiB each when idle; produce within 5 %; restart <= 1 s, <= 5 s when killed",
        many_partitions.measure,
        [
            Figure("created_s", "created, 100 topics a request, s", at_most=2),
            Figure("created_singly_s", "created, one a request, 8 clients, s", at_most=2),
            Figure("unused_bytes", "memory each, never used, B", at_most=2048),
            Figure("written_bytes", "memory each, written once, B", at_most=2048),
            Figure("restarted_bytes", "memory each, after a restart, B", at_most=2048),
            Figure("idle_cpu_percent", "CPU when idle, %", at_most=0.1),
            Figure("produce_cpu_us", "produce to one: CPU us per request"),
            Figure("produce_cpu_us_alone", "the same with 10 partitions"),
            Figure("produce_cpu_ratio", "ratio of the two", at_most=1.05),
            Figure("stop_s", "stop, s"),
            Figure("restart_s", "restart until visible, s", at_most=1),
            Figure("restart_cpu_s", "CPU to restart, s"),
            Figure("killed_restart_s", "the same after kill -9, s", at_most=5),
            Figure("recovered_s", "then until the 100 active answer, s"),
        ],
        started=False,
        with_kafka=False,
    ),
    Row(
        "compaction",
        "compaction of 1 partition, about 750 MiB of 530 B records with 100,000 keys, 32 MiB segments",
        "none; MiB per CPU second beside Kafka's cleaner, with as much left",
        compaction.measure,
        [
            Figure("mib_per_cpu_s", "MiB compacted per CPU s", more_is_better=True),
            Figure("cpu_s", "CPU until it is compacted, s"),
            Figure("compacted_mib", "MiB before"),
            Figure("left_mib", "MiB left of them"),
        ],
        config=compaction.CONFIG,
        kafka_config=compaction.CONFIG,
        kafka_rounds=1,
    ),
    Row(
        "slow_disk",
        "10 MiB/s left of the disk while producers flood it: the wait of others (as root; see slow_disk.py)",
        "metadata, heartbeats and tail fetches: p99 <= 50 ms",
        slow_disk.measure,
        [
            Figure("free_metadata_p99_us", "Metadata p99 before, us"),
            Figure("slow_metadata_p99_us", "Metadata p99 beside the flood, us", at_most=50_000),
            Figure("free_tail_p99_us", "tail: age on arrival p99 before, us"),
            Figure("slow_tail_p99_us", "the same beside the flood, us", at_most=50_000),
            Figure("slow_tail_delivered", "of what was sent, delivered in time", at_least=0.98),
        ],
        kafka_rounds=1,
    ),
    Row(
        "catch_up",
        "1,000 requests/s of 16 KB, acks=1, beside 4 consumers that read old data from the disk, 200 MiB/s",
        "p99 <= 2 x undisturbed",
        catch_up.measure,
        [
            Figure("alone_p99_us", "produce p99 undisturbed, us"),
            Figure("floor_p99_us", "produce p99, consumers at the floor, us"),
            Figure("beside_p99_us", "produce p99 beside the consumers, us"),
            Figure("ratio", "ratio of the two", at_most=2),
            Figure("beside_p50_us", "produce p50 beside the consumers, us"),
        ],
        kafka_rounds=1,
    ),
    Row(
        "idle",
        "idle for 5 s, fresh and after work",
        "no wake-ups: < 0.1 % CPU",
        idle,
        [
            Figure("fresh_cpu_percent", "CPU fresh, %", at_most=0.1),
            Figure("used_cpu_percent", "CPU after work, %", at_most=0.1),
            Figure("fresh_wakeups_per_s", "wake-ups/s fresh"),
            Figure("used_wakeups_per_s", "wake-ups/s after work"),
            Figure("fresh_mib", "memory fresh, MiB"),
            Figure("used_mib", "memory after work, MiB"),
        ],
        kafka_rounds=1,
    ),
    Row(
        "java_produce",
        "Java: producer-perf, 5M x 100 B, its defaults (idempotent, acks=all)",
        JAVA_TARGET,
        java_producers(1, 5_000_000, 100),
        JAVA_FIGURES,
        kafka_rounds=2,
    ),
    Row(
        "java_producers",
        "Java: 4 producer-perf at once, 100k x 700 B each, 128 KB batches, linger 1 ms",
        JAVA_TARGET,
        java_producers(4, 100_000, 700, "batch.size=131072", "linger.ms=1"),
        JAVA_FIGURES,
        kafka_rounds=2,
    ),
    Row(
        "java_consume",
        "Java: consumer-perf, 5M records of 100 B",
        JAVA_TARGET,
        java_consumer,
        JAVA_FIGURES + [Figure("rebalance_ms", "until the group is joined, ms")],
        kafka_rounds=2,
    ),
]
