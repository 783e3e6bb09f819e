"""kafka-python (pure Python, from PyPI) against the broker."""

import json
import signal
import sys
import threading
import unittest

import kafka
from kafka.admin import NewTopic
from kafka.errors import TopicAlreadyExistsError
from kafka.structs import OffsetAndMetadata, TopicPartition

import group_members
from broker import BrokerTest, wait_until


# A poll that ends amid a join loses the assignment that the join brings: the client then stalls, on Apache
# Kafka too. So polls outlast joins; they end early when records come.
POLL_MS = 3000


def say(event):
    print(json.dumps(event), flush=True)


def pinned(version):
    """The configuration of a client that takes the broker for one of this release ("" for what it finds out)."""
    return {"api_version": tuple(map(int, version.split(".")))} if version else {}


def member(bootstrap, group, topic, version=""):
    """One member of a group, until SIGTERM."""
    leaving = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: leaving.set())
    consumer = kafka.KafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest",
        session_timeout_ms=group_members.SESSION_TIMEOUT_MS,
        heartbeat_interval_ms=group_members.HEARTBEAT_INTERVAL_MS,
        auto_commit_interval_ms=group_members.AUTO_COMMIT_INTERVAL_MS, **pinned(version),
    )
    known = None
    while not leaving.is_set():
        batches = consumer.poll(timeout_ms=POLL_MS)
        assigned = sorted(p.partition for p in consumer.assignment())
        if assigned != known:
            known = assigned
            say({"assigned": assigned})
        for records in batches.values():
            for record in records:
                say({"partition": record.partition, "offset": record.offset, "value": record.value.decode()})
    consumer.close()


class KafkaPython(BrokerTest):
    def create(self, topic, partitions=group_members.PARTITIONS):
        admin = self.admin()
        admin.create_topics([NewTopic(name=topic, num_partitions=partitions, replication_factor=1)])

    def admin(self):
        admin = kafka.KafkaAdminClient(bootstrap_servers=self.broker.address)
        self.addCleanup(admin.close)
        return admin

    def producer(self, **config):
        producer = kafka.KafkaProducer(bootstrap_servers=self.broker.address, **config)
        self.addCleanup(producer.close)
        return producer

    def consumer(self, *topics, **config):
        config = {"auto_offset_reset": "earliest", "enable_auto_commit": False, **config}
        consumer = kafka.KafkaConsumer(*topics, bootstrap_servers=self.broker.address, **config)
        self.addCleanup(consumer.close)
        return consumer

    def read(self, consumer, count):
        records = []

        def enough():
            for batch in consumer.poll(timeout_ms=POLL_MS).values():
                records.extend(batch)
            return len(records) >= count

        wait_until(enough, lambda: f"{count} records, {len(records)} came")
        return records

    def test_topics(self):
        topic, admin = self.name(), self.admin()
        self.create(topic, 3)
        with self.assertRaises(TopicAlreadyExistsError):
            self.create(topic, 3)
        self.assertEqual(self.consumer().partitions_for_topic(topic), {0, 1, 2})
        admin.delete_topics([topic])
        wait_until(lambda: topic not in admin.list_topics(), "the topic to be gone")

    def test_keys_values_headers_nulls(self):
        topic = self.name()
        self.create(topic, 1)
        producer = self.producer()
        sent = [(b"key", b"value", [("a", b"1"), ("a", b"2")]), (None, b"", []), (b"gone", None, [])]
        for i, (key, value, headers) in enumerate(sent):
            done = producer.send(topic, value=value, key=key, headers=headers, timestamp_ms=1_700_000_000_000).get(20)
            self.assertEqual(done.offset, i)
        records = self.read(self.consumer(topic), 3)
        self.assertEqual([(r.key, r.value, list(r.headers)) for r in records], sent)
        self.assertEqual([r.timestamp for r in records], [1_700_000_000_000] * 3)

    def test_compression_and_acks(self):
        topic = self.name()
        self.create(topic, 2)
        wanted = []
        for codec in (None, "gzip", "snappy", "lz4", "zstd"):
            for acks in (0, 1, "all"):
                producer = self.producer(compression_type=codec, acks=acks, enable_idempotence=False)
                for i in range(50):
                    wanted.append(f"{codec} {acks} {i} ".encode() + b"x" * 300)
                    producer.send(topic, wanted[-1], partition=i % 2)
                producer.close()
        records = self.read(self.consumer(topic), len(wanted))
        self.assertEqual(sorted(r.value for r in records), sorted(wanted))

    def test_idempotent_producer(self):
        topic = self.name()
        self.create(topic, 2)
        producer = self.producer(enable_idempotence=True, acks="all", batch_size=1000)
        count = 5000
        futures = [producer.send(topic, b"%d" % i, partition=i % 2) for i in range(count)]
        producer.flush(60)
        self.assertEqual([f.get(10).offset for f in futures], [i // 2 for i in range(count)])
        records = self.read(self.consumer(topic), count)
        for partition in (0, 1):
            self.assertEqual([r.value for r in records if r.partition == partition],
                             [b"%d" % i for i in range(partition, count, 2)])

    def test_offsets_and_times(self):
        topic = self.name()
        self.create(topic, 1)
        producer = self.producer()
        for i in range(10):
            producer.send(topic, b"%d" % i, partition=0, timestamp_ms=1_700_000_000_000 + i * 1000)
        producer.flush(20)
        partition = TopicPartition(topic, 0)
        consumer = self.consumer()
        self.assertEqual(consumer.beginning_offsets([partition]), {partition: 0})
        self.assertEqual(consumer.end_offsets([partition]), {partition: 10})
        self.assertEqual(consumer.offsets_for_times({partition: 1_700_000_003_001})[partition].offset, 4)
        consumer.assign([partition])
        consumer.seek(partition, 7)
        self.assertEqual([r.value for r in self.read(consumer, 3)], [b"7", b"8", b"9"])

    def test_commit_and_resume(self):
        topic, group = self.name(), self.name("-group")
        self.create(topic, 1)
        producer = self.producer()
        for i in range(20):
            producer.send(topic, b"%d" % i, partition=0)
        producer.flush(20)
        partition = TopicPartition(topic, 0)
        first = self.consumer(topic, group_id=group)
        self.read(first, 20)
        first.commit({partition: OffsetAndMetadata(8, "note", -1)})
        first.close()
        second = self.consumer(topic, group_id=group)
        self.assertEqual([r.offset for r in self.read(second, 12)], list(range(8, 20)))
        second.commit()
        self.assertEqual(second.committed(partition), 20)

    def group_story(self, version=""):
        topic, group = self.name(), self.name("-group")
        self.create(topic)
        producer = self.producer(**pinned(version))

        def spawn():
            command = [sys.executable, __file__, "member", self.broker.address, group, topic, version]
            return group_members.Member(command)

        def produce(values):
            for i, value in enumerate(values):
                producer.send(topic, value.encode(), partition=i % group_members.PARTITIONS)
            producer.flush(30)

        group_members.GroupStory(self, spawn, produce).tell()

    def test_group(self):
        self.group_story()

    def test_group_as_with_0_11(self):
        self.group_story("0.11")

    def test_group_as_with_0_10(self):
        self.group_story("0.10")

    def test_group_as_with_0_9(self):
        self.group_story("0.9")


if __name__ == "__main__":
    if sys.argv[1:2] == ["member"]:
        member(*sys.argv[2:])
    else:
        unittest.main(verbosity=2)
