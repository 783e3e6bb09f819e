"""20,000 partitions on one broker: what they take when created, idle, produced to and started with."""

import statistics
import time

from load_client import load, start
from servers import cpu_seconds, proc_status_kib

TOPICS = 2000
PARTITIONS = 10  # of each topic
ALL = TOPICS * PARTITIONS
# Those that are written to until the broker is killed: 100 logs of 8 MiB, to be recovered.
ACTIVE = dict(topics=10, partitions=10, batch_bytes=1 << 20, records=1024, batches=8, in_flight=4)
SETTLE_S = 1
IDLE_S = 10
COMPARISONS = 5
ONE = dict(connections=1, in_flight=64, batch_bytes=170, records=1, warmup=20_000, requests=60_000)


class Memory:
    """Anonymous memory that a broker has grown by since it was fresh, for each partition."""

    def __init__(self, fresh_kib):
        self.fresh_kib = fresh_kib

    def of(self, server):
        time.sleep(SETTLE_S)
        return (proc_status_kib(server.pid, "RssAnon") - self.fresh_kib) * 1024 / ALL


def fresh_kib(server):
    """After a first use of everything, which is not the partitions' cost."""
    load("produce", server, topic="first", connections=1, batch_bytes=170, records=1, requests=200)
    time.sleep(SETTLE_S)
    return proc_status_kib(server.pid, "RssAnon")


def launch(server):
    server.launch()
    server.wait_until_listening()


def compare_produce(crowded, alone):
    """CPU of a request to one partition, of a broker with all of them and one with 10: median of the ratios
    of runs one right after the other."""
    each = []
    for _ in range(COMPARISONS):
        cpu = []
        for server in (crowded, alone):
            result = load("produce", server, topic="one", partitions=PARTITIONS, **ONE)
            cpu.append(result["cpu_s"] / result["requests"] * 1e6)
        each.append(cpu)
    return {
        "produce_cpu_us": statistics.median(crowded for crowded, _ in each),
        "produce_cpu_us_alone": statistics.median(alone for _, alone in each),
        "produce_cpu_ratio": statistics.median(crowded / alone for crowded, alone in each),
    }


def create(server, per_request, connections):
    options = dict(topics=TOPICS, partitions=PARTITIONS)
    return load("topics", server, per_request=per_request, connections=connections, **options)["created_s"]


def measure(server):
    """`server` has not been started."""
    figures = {}
    launch(server)
    memory = Memory(fresh_kib(server))
    figures["created_s"] = create(server, per_request=100, connections=1)
    figures["unused_bytes"] = memory.of(server)

    load("touch", server, topics=TOPICS, partitions=PARTITIONS)
    figures["written_bytes"] = memory.of(server)
    before = cpu_seconds(server.pid)
    time.sleep(IDLE_S)
    figures["idle_cpu_percent"] = 100 * (cpu_seconds(server.pid) - before) / IDLE_S

    alone = type(server)(server.config)
    try:
        alone.prepare()
        launch(alone)
        figures |= compare_produce(server, alone)
        figures["created_singly_s"] = create(alone, per_request=1, connections=8)
    finally:
        alone.remove()

    begin = time.monotonic()
    server.halt()
    figures["stop_s"] = time.monotonic() - begin
    restarted = start(server, expect_partitions=ALL)
    figures["restart_s"] = restarted["served_s"]
    figures["restart_cpu_s"] = restarted["start_cpu_s"]

    launch(server)
    figures["restarted_bytes"] = memory.of(server)
    load("touch", server, **ACTIVE)
    server.process.kill()
    server.process.wait()
    killed = start(server, expect_partitions=ALL)
    figures["killed_restart_s"] = killed["served_s"]

    # That start recovered nothing yet: logs are recovered when they are first used.
    launch(server)
    recovered = load("touch", server, **(ACTIVE | dict(batch_bytes=170, records=1, batches=1)))
    figures["recovered_s"] = recovered["wall_s"]
    return figures
