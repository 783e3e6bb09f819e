"""The broker is killed again and again in the middle of acknowledged produce.

What was acknowledged is there afterwards: no record missing, none doubled for an idempotent producer, each partition
in order; the offsets that a group has committed stay, and its member goes on as if nothing had happened.
"""

import os
import pathlib
import random
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "clients"))

import confluent_kafka  # noqa: E402
from confluent_kafka import TopicPartition  # noqa: E402

import wire  # noqa: E402
from broker import IS_KAFKA, Broker, wait_until  # noqa: E402

KILLS = int(os.environ.get("FLUXMQ_TEST_KILLS", 3 if IS_KAFKA else 20))
SEED = int(os.environ.get("FLUXMQ_TEST_SEED", random.randrange(1 << 32)))
PARTITIONS = 3
MOST_IN_FLIGHT = 5000
AHEAD = 5000  # what is sent beyond the acknowledgements that the next kill waits for

COMING_UP = {
    confluent_kafka.KafkaError.NOT_COORDINATOR,
    confluent_kafka.KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    confluent_kafka.KafkaError.COORDINATOR_NOT_AVAILABLE,
    confluent_kafka.KafkaError._TIMED_OUT,
    confluent_kafka.KafkaError._TRANSPORT,
}
PATIENT = {
    "log_level": 0,
    "reconnect.backoff.ms": 10,
    "reconnect.backoff.max.ms": 50,
    "retry.backoff.ms": 20,
    "retry.backoff.max.ms": 100,
    "topic.metadata.refresh.fast.interval.ms": 20,
}


class Writer(threading.Thread):
    """An idempotent producer: sends 0, 1, 2, ... to each partition until told to stop, and keeps what was acknowledged."""

    def __init__(self, bootstrap, topic):
        super().__init__(daemon=True)
        self.topic = topic
        self.failed = []
        self.acked = [[] for _ in range(PARTITIONS)]  # (offset, number)
        self.sent = [0] * PARTITIONS
        self.allowed = 0  # how many to send at most
        self.enough = threading.Event()
        self.producer = confluent_kafka.Producer({
            "bootstrap.servers": bootstrap, "linger.ms": 1, "message.timeout.ms": 120_000,
            "acks": "all", "enable.idempotence": True, **PATIENT})

    def acks(self):
        return sum(map(len, self.acked))

    def run(self):
        while not self.enough.is_set():
            if len(self.producer) >= MOST_IN_FLIGHT or sum(self.sent) >= self.allowed:
                self.producer.poll(0.01)
                continue
            for partition in range(PARTITIONS):
                number = self.sent[partition]
                self.sent[partition] += 1
                self.producer.produce(self.topic, str(number), partition=partition, on_delivery=self.delivered)
            self.producer.poll(0)
        self.producer.flush(120)

    def delivered(self, error, message):
        if error:
            self.failed.append(error)
        else:
            self.acked[message.partition()].append((message.offset(), int(message.value())))


class PlainWriter(threading.Thread):
    """Sends 0, 1, 2, ... to each partition over a plain socket, acks=1, many requests in flight, each just once.

    A client library may send again, or in another order, what it got no answer for; here whatever a partition holds
    out of order or twice is the broker's doing.
    """

    PIPELINE = 15
    BATCH = 10

    def __init__(self, port, topic):
        super().__init__(daemon=True)
        self.port, self.topic = port, topic
        self.acked = [[] for _ in range(PARTITIONS)]  # (offset, number)
        self.sent = [0] * PARTITIONS
        self.allowed = 0
        self.enough = threading.Event()
        self.refused = []

    def acks(self):
        return sum(map(len, self.acked))

    def run(self):
        while not self.enough.is_set():
            try:
                with wire.Connection(self.port) as connection:
                    while not self.enough.is_set():
                        self.send_some(connection)
            except OSError:
                time.sleep(0.001)  # the broker is away: what was in flight is given up

    def send_some(self, connection):
        if sum(self.sent) >= self.allowed:
            time.sleep(0.001)
            return
        flight = []
        for i in range(self.PIPELINE):
            partition = i % PARTITIONS
            numbers = range(self.sent[partition], self.sent[partition] + self.BATCH)
            self.sent[partition] += self.BATCH
            flight.append((partition, numbers))
        connection.send(b"".join(
            wire.produce(self.topic, partition, wire.record_batch([b"%d" % n for n in numbers]))
            for partition, numbers in flight))
        for partition, numbers in flight:
            error, offset = wire.produce_error(connection.answer(), self.topic)
            if error:
                self.refused.append(error)
            else:
                self.acked[partition].extend((offset + i, n) for i, n in enumerate(numbers))


class Reader(threading.Thread):
    """The group's member: reads while brokers come and go, and commits what it has read."""

    def __init__(self, bootstrap, topic, group):
        super().__init__(daemon=True)
        self.topic = topic
        self.read = [[] for _ in range(PARTITIONS)]  # (offset, number)
        self.committed = {}
        self.committing = False
        self.assignments = 0
        self.enough = threading.Event()
        self.consumer = confluent_kafka.Consumer({
            "bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest",
            "enable.auto.commit": False, "session.timeout.ms": 45_000, "on_commit": self.commit_done, **PATIENT})

    def run(self):
        def assigned(_consumer, _partitions):
            self.assignments += 1

        self.consumer.subscribe([self.topic], on_assign=assigned)
        while not self.enough.is_set():
            for message in self.consumer.consume(500, 0.05):
                if not message.error():
                    self.read[message.partition()].append((message.offset(), int(message.value())))
            self.commit()
        self.consumer.close()

    def commit(self):
        offsets = [TopicPartition(self.topic, p, got[-1][0] + 1) for p, got in enumerate(self.read) if got]
        if offsets and not self.committing:
            self.committing = True
            self.consumer.commit(offsets=offsets, asynchronous=True)

    def commit_done(self, error, offsets):
        self.committing = False
        if error is None:  # else the broker was away: what counts is what was acknowledged
            self.committed.update((done.partition, done.offset) for done in offsets if done.error is None)


class Kill9(unittest.TestCase):
    def setUp(self):
        print(f"seed {SEED} (FLUXMQ_TEST_SEED)")
        self.random = random.Random(SEED)
        self.broker = Broker().start()
        self.addCleanup(self.broker.remove)

    def checker(self, group):
        consumer = confluent_kafka.Consumer({
            "bootstrap.servers": self.broker.address, "group.id": group, "enable.auto.commit": False, **PATIENT})
        self.addCleanup(consumer.close)
        return consumer

    def torment(self, topic, group, make_writer):
        """Kills the broker while a writer and a reader work; returns both when all is written and read."""
        wire.make_topic(self.broker.port, topic, PARTITIONS)
        writer = make_writer()
        reader = Reader(self.broker.address, topic, group)
        writer.start()
        reader.start()
        for kill in range(KILLS):
            target = writer.acks() + self.random.randrange(500, 5000)
            writer.allowed = sum(writer.sent) + target - writer.acks() + AHEAD
            wait_until(lambda: writer.acks() >= target, f"acknowledgements before kill {kill}", 60)
            wait_until(lambda: len(reader.committed) == PARTITIONS, "a first commit", 60)
            floor = dict(reader.committed)
            self.broker.kill()
            self.broker.start()
            self.offsets_stay(topic, group, floor)
        writer.enough.set()
        writer.join(150)
        self.assertFalse(writer.is_alive(), "all is written")
        everything = lambda: all(
            got and acked and got[-1][0] >= max(acked)[0] for got, acked in zip(list(reader.read), writer.acked))
        wait_until(everything, "the reader to have read all", 120)
        reader.enough.set()
        reader.join(60)
        return writer, reader

    def offsets_stay(self, topic, group, floor):
        consumer = self.checker(group)

        def committed():
            try:
                return consumer.committed([TopicPartition(topic, p) for p in floor], timeout=10)
            except confluent_kafka.KafkaException as error:
                if not error.args[0].retriable() and error.args[0].code() not in COMING_UP:
                    raise
                return None

        for found in wait_until(committed, "the group's offsets", 60):
            self.assertGreaterEqual(found.offset, floor[found.partition], "a committed offset is gone")
        consumer.close()

    def stored(self, topic):
        """What the log holds now, by partition: (offset, number)."""
        consumer = self.checker("stored-" + topic)
        ends = {p: consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=60)[1] for p in range(PARTITIONS)}
        consumer.assign([TopicPartition(topic, p, 0) for p in range(PARTITIONS)])
        found = [[] for _ in range(PARTITIONS)]

        def complete():
            for message in consumer.consume(5000, 0.1):
                if not message.error():
                    found[message.partition()].append((message.offset(), int(message.value())))
            return all(len(found[p]) >= end for p, end in ends.items())

        wait_until(complete, "all that is stored", 90)
        return found

    def report(self, writer, start):
        print(f"{KILLS} kills, {writer.acks()} records acknowledged, {time.monotonic() - start:.1f} s")

    def test_idempotent_acks_all(self):
        start = time.monotonic()
        writer, reader = self.torment("all", "all-group", lambda: Writer(self.broker.address, "all"))
        stored = self.stored("all")
        for partition in range(PARTITIONS):
            numbers = [number for _, number in stored[partition]]
            self.assertEqual(numbers, list(range(writer.sent[partition])), "each once, in order")
            self.assertEqual([o for o, _ in stored[partition]], list(range(len(numbers))), "offsets without a gap")
            self.assertLessEqual(set(writer.acked[partition]), set(stored[partition]), "at the acknowledged offset")
            self.assertEqual(set(reader.read[partition]), set(stored[partition]), "the member read each record")
            if not IS_KAFKA:  # which does not know its topics for a moment, and this client joins anew then
                self.assertEqual(reader.read[partition], stored[partition], "each once, in order")
        self.assertEqual(writer.failed, [])
        if not IS_KAFKA:
            self.assertEqual(reader.assignments, 1, "the group and its generation outlive the broker")
        self.report(writer, start)

    def test_acks_1(self):
        start = time.monotonic()
        writer, _ = self.torment("one", "one-group", lambda: PlainWriter(self.broker.port, "one"))
        stored = self.stored("one")
        for partition in range(PARTITIONS):
            self.assertLessEqual(set(writer.acked[partition]), set(stored[partition]), "at the acknowledged offset")
            numbers = [number for _, number in stored[partition]]
            self.assertTrue(all(a < b for a, b in zip(numbers, numbers[1:])), "in order, none twice")
        if not IS_KAFKA:  # which refuses for a moment when it comes up
            self.assertEqual(writer.refused, [])
        self.report(writer, start)


if __name__ == "__main__":
    unittest.main(verbosity=2)
