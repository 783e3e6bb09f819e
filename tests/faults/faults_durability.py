"""What was acknowledged with acks=all is there, once and in order, whatever is done to the process.

Idempotent producers over plain sockets write to several partitions of small segments, while the broker is killed and
started, or stopped and continued, or may not take more memory than it has. A topic whose creation was answered exists
from then on.
"""

import os
import pathlib
import random
import re
import resource
import signal
import struct
import threading
import time
import unittest

import wire
from broker import Broker, fluxmq_only, wait_until
from records import batch

SEED = int(os.environ.get("FLUXMQ_TEST_SEED", random.randrange(1 << 32)))
KILLS = int(os.environ.get("FLUXMQ_TEST_KILLS", 10))
PARTITIONS = 4
MIB = 1 << 20
SETTINGS = {
    "log.segment.bytes": MIB,  # Kafka's least
    "log.flush.offset.checkpoint.interval.ms": 50,
    "num.network.threads": 2,
}
ACKS_ALL = -1
PIPELINE = 8  # requests that are under way at once on a connection
BOUND_BYTES = 256 * MIB
# What a broker says while it comes up.
COMING_UP = {3, 5, 6}


class Writer(threading.Thread):
    """One idempotent producer to one partition. What it got no answer for it sends again, as clients do."""

    def __init__(self, broker, topic, partition, value_bytes):
        super().__init__(daemon=True)
        self.broker, self.topic, self.partition = broker, topic, partition
        self.value = b"v" * value_bytes
        self.acked = 0  # so many batches
        self.refused = []
        self.enough = threading.Event()

    def run(self):
        while not self.enough.is_set():
            try:
                with wire.Connection(self.broker.port) as connection:
                    while not self.enough.is_set():
                        self.write_one(connection)
            except OSError:
                time.sleep(0.001)  # the broker is away

    def write_one(self, connection):
        producer = (7000 + self.partition, 0, 2 * self.acked)
        data = batch([self.value, self.value], int(time.time() * 1000), producer=producer)
        answer = connection.ask(wire.produce(self.topic, self.partition, data, acks=ACKS_ALL))
        error, offset = wire.produce_error(answer, self.topic)
        if error in COMING_UP:
            return
        if (error, offset) != (0, 2 * self.acked):
            self.refused.append((error, offset, self.acked))
            self.enough.set()
            return
        self.acked += 1


def batches_of(port, topic, partition):
    """Base offset, base sequence and record count of each batch of a partition."""
    found, offset = [], 0
    with wire.Connection(port) as connection:
        while True:
            answer = connection.ask(wire.fetch(topic, partition, offset, 8 * MIB, max_wait_ms=0))
            error, high_watermark, data = wire.fetched(answer, topic)
            if error:
                raise AssertionError(f"fetch of {topic}-{partition} at {offset}: error {error}")
            while len(data) >= 61:
                size = 12 + struct.unpack_from(">i", data, 8)[0]
                if len(data) < size:
                    break
                base_offset = struct.unpack_from(">q", data)[0]
                sequence, count = struct.unpack_from(">ii", data, 53)
                found.append((base_offset, sequence, count))
                offset, data = base_offset + count, data[size:]
            if offset >= high_watermark:
                return found


def topic_error(port, name):
    """What Metadata says of one topic."""
    with wire.Connection(port) as connection:
        answer = connection.ask(wire.metadata(name))
    at = 4
    brokers = struct.unpack_from(">i", answer, at)[0]
    at += 4
    for _ in range(brokers):
        at += 4
        at += 2 + struct.unpack_from(">h", answer, at)[0] + 4
        at += 2 + max(struct.unpack_from(">h", answer, at)[0], 0)  # the rack
    return struct.unpack_from(">h", answer, at + 4 + 4)[0]  # after the controller and the number of topics


@fluxmq_only
class Durability(unittest.TestCase):
    def setUp(self):
        print(f"seed {SEED} (FLUXMQ_TEST_SEED)")
        self.random = random.Random(SEED)

    def start(self, **settings):
        self.broker = Broker({**SETTINGS, **settings}).start()
        self.addCleanup(self.broker.remove)

    def write(self, topic, value_bytes):
        wire.make_topic(self.broker.port, topic, PARTITIONS)
        writers = [Writer(self.broker, topic, partition, value_bytes) for partition in range(PARTITIONS)]
        for writer in writers:
            self.addCleanup(writer.enough.set)
            writer.start()
        return writers

    def wait_for_acks(self, writers, count):
        goals = [(writer, writer.acked + count) for writer in writers]
        wait_until(lambda: all(w.acked >= goal or w.refused for w, goal in goals), "acknowledgements", 60)

    def check(self, topic, writers):
        for writer in writers:
            writer.enough.set()
        for writer in writers:
            writer.join(60)
            self.assertEqual(writer.refused, [], f"partition {writer.partition}")
            found = batches_of(self.broker.port, topic, writer.partition)
            self.assertEqual(found, [(2 * i, 2 * i, 2) for i in range(len(found))], "each once, in order")
            # The last one may have been stored and not answered.
            self.assertIn(len(found) - writer.acked, (0, 1))

    def test_killed(self):
        self.start()
        writers = self.write("killed", 20_000)
        for kill in range(KILLS):
            self.wait_for_acks(writers, self.random.randrange(5, 60))
            with wire.Connection(self.broker.port) as connection:
                connection.ask(wire.create_topic(f"made-{kill}", 2))
            self.broker.kill()
            self.broker.start()
            for made in range(kill + 1):
                self.assertEqual(topic_error(self.broker.port, f"made-{made}"), 0, f"made-{made}")
        self.wait_for_acks(writers, 10)
        self.check("killed", writers)

    def test_stopped_and_continued(self):
        self.start()
        writers = self.write("stopped", 2000)
        state = lambda: re.search(r"State:\s+(\w)", pathlib.Path(f"/proc/{self.broker.process.pid}/status").read_text())[1]
        for _ in range(10):
            self.wait_for_acks(writers, self.random.randrange(5, 60))
            self.broker.process.send_signal(signal.SIGSTOP)
            wait_until(lambda: state() == "T", "the process to stand still")
            self.broker.process.send_signal(signal.SIGCONT)
        self.wait_for_acks(writers, 10)
        self.check("stopped", writers)

    def test_bounded_memory(self):
        """With little memory beyond what it starts with, it takes and gives a multiple of that.

        RLIMIT_DATA counts what is writable; RLIMIT_AS would count what malloc reserves for a thread, 64 MiB each.
        """
        self.start(**{"storage.local.metadata.max.bytes": 16 * MIB})
        if self.broker.is_sanitized():
            self.skipTest("sanitizers take memory of their own")
        wire.make_topic(self.broker.port, "bounded", PARTITIONS)
        status = pathlib.Path(f"/proc/{self.broker.process.pid}/status").read_text()
        limit = int(re.search(r"VmData:\s+(\d+) kB", status)[1]) * 1024 + BOUND_BYTES
        resource.prlimit(self.broker.process.pid, resource.RLIMIT_DATA, (limit, limit))

        data = wire.record_batch([b"v" * 900_000])
        rounds = 2 * BOUND_BYTES // (len(data) * PARTITIONS * PIPELINE) + 1
        connections = [wire.Connection(self.broker.port) for _ in range(PARTITIONS)]
        for connection in connections:
            self.addCleanup(connection.close)
        for _ in range(rounds):
            for partition, connection in enumerate(connections):
                connection.send(wire.produce("bounded", partition, data, acks=ACKS_ALL) * PIPELINE)
            for connection in connections:
                for _ in range(PIPELINE):
                    self.assertEqual(wire.produce_error(connection.answer(), "bounded")[0], 0)
        for partition in range(PARTITIONS):
            self.assertEqual(len(batches_of(self.broker.port, "bounded", partition)), rounds * PIPELINE)
        self.broker.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
