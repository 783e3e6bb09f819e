"""Compacted topics over the wire: readers see the last record of each key, also where the broker dies meanwhile.

Segments roll by the records' own timestamps, so that a few records make many segments.
"""

import os
import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "clients"))

import confluent_kafka  # noqa: E402
from confluent_kafka import TopicPartition  # noqa: E402
from confluent_kafka.admin import AdminClient, NewTopic  # noqa: E402

from broker import IS_KAFKA, Broker, wait_until  # noqa: E402

KILLS = int(os.environ.get("FLUXMQ_TEST_KILLS", 2 if IS_KAFKA else 5))
SEED = int(os.environ.get("FLUXMQ_TEST_SEED", random.randrange(1 << 32)))
SEGMENT_MS = 1000  # of the records' time: two batches a second apart lie in two segments
CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
SETTINGS = {"log.cleaner.backoff.ms": 30, "log.cleaner.min.cleanable.ratio": "0.01"}


class Compaction(unittest.TestCase):
    def setUp(self):
        print(f"seed {SEED} (FLUXMQ_TEST_SEED)")
        self.random = random.Random(SEED)
        self.broker = Broker(SETTINGS).start()
        self.addCleanup(self.broker.remove)
        self.time_ms = 1_700_000_000_000
        self.failed = []

    def create(self, topic, **configs):
        configs = {"cleanup.policy": "compact", "segment.ms": SEGMENT_MS, **configs}
        admin = AdminClient({"bootstrap.servers": self.broker.address})
        topic = NewTopic(topic, 1, 1, config={k.replace("_", "."): str(v) for k, v in configs.items()})
        admin.create_topics([topic])[topic.topic].result(30)

    def producer(self, **settings):
        return confluent_kafka.Producer({
            "bootstrap.servers": self.broker.address, "linger.ms": 5, "log_level": 0, "reconnect.backoff.ms": 10,
            "reconnect.backoff.max.ms": 50,
            "retry.backoff.ms": 20, "retry.backoff.max.ms": 100, **settings})

    def send(self, producer, topic, records):
        """A segment of its own."""
        self.time_ms += 10 * SEGMENT_MS
        for key, value in records.items():
            producer.produce(topic, value, key, timestamp=self.time_ms, on_delivery=self.delivered)
        self.assertEqual(producer.flush(60), 0)
        self.assertEqual(self.failed, [])

    def delivered(self, error, _message):
        if error:
            self.failed.append(error)

    def read(self, topic):
        """All records that there are, by their offsets."""
        consumer = confluent_kafka.Consumer({
            "bootstrap.servers": self.broker.address, "group.id": "reader", "log_level": 0,
            "enable.partition.eof": True, "auto.offset.reset": "earliest"})
        consumer.assign([TopicPartition(topic, 0, 0)])
        records = []
        while True:
            for message in consumer.consume(1000, 0.05):
                if message.error():
                    consumer.close()
                    return records
                records.append((message.offset(), message.key().decode(), message.value()))

    def latest(self, topic):
        return {key: value for _, key, value in self.read(topic) if key != "roll"}

    def compacted_to(self, topic, count):
        """Once only the active segment's record and `count` others are left, and in order."""
        def found():
            records = [record for record in self.read(topic) if record[1] != "roll"]
            self.assertEqual(records, sorted(records, key=lambda record: record[0]))
            return len(records) <= count and records
        return wait_until(found, lambda: f"{count} records, not {len(self.read(topic))}", 60)

    def test_the_last_record_of_each_key_stays(self):
        for codec in CODECS:
            topic = "last-" + codec
            self.create(topic, delete_retention_ms=100)
            producer = self.producer(**{"compression.type": codec, "enable.idempotence": True})
            want = {}
            for step in range(6):
                changes = {f"key-{i}": f"{step} of {i} ".encode() * 20 for i in range(60) if (i + step) % 3}
                self.send(producer, topic, changes)
                want.update(changes)
            self.send(producer, topic, {"roll": b"x"})
            self.compacted_to(topic, len(want))
            self.assertEqual(self.latest(topic), want)

            self.send(producer, topic, {f"key-{i}": None for i in range(30)})
            self.send(producer, topic, {"roll": b"x"})
            want = {key: value for key, value in want.items() if int(key[4:]) >= 30}

            def tombstones_are_gone():  # each cleaning needs something dirty
                self.send(producer, topic, {"roll": b"x"})
                return self.latest(topic) == want
            wait_until(tombstones_are_gone, "tombstones to go", 60)

    def test_records_without_a_key_are_refused(self):
        self.create("keyed")
        errors = []
        producer = self.producer()
        producer.produce("keyed", b"value", on_delivery=lambda error, _: errors.append(error and error.code()))
        producer.flush(30)
        self.assertEqual(errors, [confluent_kafka.KafkaError.INVALID_RECORD])

    def test_the_broker_dies_while_it_compacts(self):
        self.create("killed")
        producer = self.producer(**{"enable.idempotence": True, "compression.type": "lz4"})
        want = {}
        for kill in range(KILLS):
            for _ in range(20):
                step = self.random.randrange(1 << 30)
                changes = {f"key-{self.random.randrange(400)}": b"%d " % step * 50 for _ in range(100)}
                self.send(producer, "killed", changes)
                want.update(changes)
            self.broker.kill()
            self.broker.start()
            self.assertEqual(self.latest("killed"), want, f"after kill {kill}")
        self.send(producer, "killed", {"roll": b"x"})
        self.send(producer, "killed", {"roll": b"x"})
        self.compacted_to("killed", len(want))
        self.assertEqual(self.latest("killed"), want)
        self.assertEqual([f.name for f in self.broker.data.rglob("killed-0/*") if f.suffix in (".cleaned", ".swap")], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
