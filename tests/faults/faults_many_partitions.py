"""Many more partitions with data than the broker may have files open: all of them are written, read, and recovered."""

import resource
import unittest

import wire
from broker import Broker, fluxmq_only

TOPICS, PARTITIONS = 40, 10
# Of which the broker keeps half for its logs: a segment alone has up to three.
OPEN_FILES = 200
IN_FLIGHT = 50


def setUpModule():
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))  # the broker inherits it


def partitions():
    return [(f"topic-{topic}", partition) for topic in range(TOPICS) for partition in range(PARTITIONS)]


def value(topic, partition, number):
    return f"{topic}/{partition}/{number}".encode()


@fluxmq_only
class ManyPartitions(unittest.TestCase):
    def setUp(self):
        self.broker = Broker()
        self.addCleanup(self.broker.remove)
        self.broker.start()
        for topic in range(TOPICS):
            wire.make_topic(self.broker.port, f"topic-{topic}", PARTITIONS)

    def ask_each(self, make, check):
        """One request for each partition, many in flight; check(answer, topic, partition)."""
        with wire.Connection(self.broker.port) as connection:
            everything = partitions()
            for first in range(0, len(everything), IN_FLIGHT):
                some = everything[first : first + IN_FLIGHT]
                connection.send(b"".join(make(*each) for each in some))
                for each in some:
                    check(connection.answer(), *each)

    def write(self, number):
        def make(topic, partition):
            return wire.produce(topic, partition, wire.record_batch([value(topic, partition, number)]), acks=-1)

        def check(answer, topic, partition):
            self.assertEqual(wire.produce_error(answer, topic), (0, number), f"{topic}-{partition}")

        self.ask_each(make, check)

    def read(self, count):
        """Each partition holds these records of its own, and nothing else."""
        def make(topic, partition):
            return wire.fetch(topic, partition, 0, 100_000, max_wait_ms=0)

        def check(answer, topic, partition):
            error, high_watermark, records = wire.fetched(answer, topic)
            self.assertEqual((error, high_watermark), (0, count), f"{topic}-{partition}")
            for number in range(count):
                self.assertEqual(records.count(value(topic, partition, number)), 1, f"{topic}-{partition}")

        self.ask_each(make, check)

    def test_files_are_opened_on_demand(self):
        self.write(0)
        self.write(1)
        self.read(2)

        self.broker.kill()
        self.broker.start()
        self.read(2)
        self.write(2)

        self.broker.stop()
        self.broker.start()
        self.read(3)
        self.write(3)
        self.read(4)


if __name__ == "__main__":
    unittest.main(verbosity=2)
