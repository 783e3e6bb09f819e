"""confluent-kafka (librdkafka, from PyPI) against the broker."""

import json
import signal
import sys
import threading
import unittest

import confluent_kafka
from confluent_kafka.admin import (
    AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewPartitions, NewTopic, OffsetSpec, ResourceType,
)
from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition

import group_members
from broker import BrokerTest, wait_until

QUIET = {"log_level": 0}  # that a broker is away for a moment is what some of the tests are about


def say(event):
    print(json.dumps(event), flush=True)


def member(bootstrap, group, topic, strategy):
    """One member of a group, until SIGTERM."""
    leaving = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: leaving.set())
    consumer = confluent_kafka.Consumer({
        "bootstrap.servers": bootstrap,
        **QUIET,
        "group.id": group,
        "auto.offset.reset": "earliest",
        "partition.assignment.strategy": strategy,
        "session.timeout.ms": group_members.SESSION_TIMEOUT_MS,
        "heartbeat.interval.ms": group_members.HEARTBEAT_INTERVAL_MS,
        "auto.commit.interval.ms": group_members.AUTO_COMMIT_INTERVAL_MS,
    })
    consumer.subscribe([topic])
    known = None
    while not leaving.is_set():
        message = consumer.poll(0.1)
        assigned = sorted(p.partition for p in consumer.assignment())
        if assigned != known:
            known = assigned
            say({"assigned": assigned})
        if message is not None and not message.error():
            say({"partition": message.partition(), "offset": message.offset(), "value": message.value().decode()})
    consumer.close()


class Confluent(BrokerTest):
    def setUp(self):
        super().setUp()
        self.admin = AdminClient({"bootstrap.servers": self.broker.address, **QUIET})

    def create(self, topic, partitions=group_members.PARTITIONS, **config):
        self.admin.create_topics([NewTopic(topic, partitions, 1, config=config)])[topic].result(20)

    def producer(self, **config):
        return confluent_kafka.Producer({"bootstrap.servers": self.broker.address, **QUIET, **config})

    def produce(self, topic, values, producer=None, **where):
        producer = producer or self.producer()
        failed = []
        for value in values:
            producer.produce(topic, value, on_delivery=lambda error, _: error and failed.append(error), **where)
            producer.poll(0)
        self.assertEqual(producer.flush(30), 0)
        self.assertEqual(failed, [])

    def consumer(self, group, **config):
        consumer = confluent_kafka.Consumer({
            "bootstrap.servers": self.broker.address, **QUIET, "group.id": group, "auto.offset.reset": "earliest",
            "enable.auto.commit": False, **config,
        })
        self.addCleanup(consumer.close)
        return consumer

    def read(self, consumer, count, deadline_s=30):
        messages = []

        def enough():
            messages.extend(consumer.consume(max(1, count - len(messages)), 0.1))
            return len(messages) >= count

        wait_until(enough, lambda: f"{count} messages, {len(messages)} came", deadline_s)
        self.assertEqual([m.error() for m in messages if m.error()], [])
        return messages

    def test_topics(self):
        topic = self.name()
        self.create(topic, 3)
        with self.assertRaises(confluent_kafka.KafkaException) as refused:
            self.create(topic, 3)
        self.assertEqual(refused.exception.args[0].code(), confluent_kafka.KafkaError.TOPIC_ALREADY_EXISTS)
        with self.assertRaises(confluent_kafka.KafkaException) as refused:
            self.create("no/such name")
        self.assertEqual(refused.exception.args[0].code(), confluent_kafka.KafkaError.TOPIC_EXCEPTION)
        partitions = lambda: self.admin.list_topics(topic, timeout=10).topics[topic].partitions
        self.assertEqual(sorted(partitions()), [0, 1, 2])
        self.admin.create_partitions([NewPartitions(topic, 5)])[topic].result(20)
        wait_until(lambda: sorted(partitions()) == [0, 1, 2, 3, 4], "two more partitions")
        self.admin.delete_topics([topic])[topic].result(20)
        wait_until(lambda: topic not in self.admin.list_topics(timeout=10).topics, "the topic to be gone")

    def test_configs(self):
        topic = self.name()
        self.create(topic, 1, **{"retention.ms": "7200000"})
        resource = lambda *changes: ConfigResource(ResourceType.TOPIC, topic, incremental_configs=list(changes))
        described = lambda: next(iter(self.admin.describe_configs([resource()]).values())).result(20)
        self.assertEqual(described()["retention.ms"].value, "7200000")
        self.assertEqual(described()["cleanup.policy"].value, "delete")
        change = ConfigEntry("retention.ms", "3600000", incremental_operation=AlterConfigOpType.SET)
        next(iter(self.admin.incremental_alter_configs([resource(change)]).values())).result(20)
        wait_until(lambda: described()["retention.ms"].value == "3600000", "the new retention.ms")
        self.assertFalse(described()["retention.ms"].is_default)

    def test_keys_values_headers_nulls(self):
        topic = self.name()
        self.create(topic, 1)
        producer = self.producer()
        sent = [(b"key", b"value", [("a", b"1"), ("a", b"2"), ("none", None)]), (None, b"", None), (b"gone", None, None)]
        for key, value, headers in sent:
            producer.produce(topic, value, key, headers=headers, timestamp=1_700_000_000_000)
        self.assertEqual(producer.flush(30), 0)
        consumer = self.consumer(self.name("-group"))
        consumer.assign([TopicPartition(topic, 0, 0)])
        messages = self.read(consumer, 3)
        self.assertEqual([(m.key(), m.value(), m.headers()) for m in messages], sent)
        self.assertEqual([m.timestamp() for m in messages],
                         [(confluent_kafka.TIMESTAMP_CREATE_TIME, 1_700_000_000_000)] * 3)

    def test_idempotent_producer(self):
        topic = self.name()
        self.create(topic, 2)
        producer = self.producer(**{"enable.idempotence": True, "batch.num.messages": 100})
        values = [str(i) for i in range(20_000)]
        for value in values:
            producer.produce(topic, value, partition=int(value) % 2)
            producer.poll(0)
        self.assertEqual(producer.flush(60), 0)
        consumer = self.consumer(self.name("-group"))
        consumer.assign([TopicPartition(topic, p, 0) for p in (0, 1)])
        messages = self.read(consumer, len(values))
        for partition in (0, 1):
            self.assertEqual([m.value().decode() for m in messages if m.partition() == partition], values[partition::2])

    def test_timestamps_and_watermarks(self):
        topic = self.name()
        self.create(topic, 1)
        producer = self.producer()
        for i in range(10):
            producer.produce(topic, str(i), partition=0, timestamp=1_700_000_000_000 + i * 1000)
        self.assertEqual(producer.flush(30), 0)
        consumer = self.consumer(self.name("-group"))
        self.assertEqual(consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=10), (0, 10))
        at = lambda ms: consumer.offsets_for_times([TopicPartition(topic, 0, ms)], timeout=10)[0].offset
        self.assertEqual(at(1_700_000_004_500), 5)
        self.assertEqual(at(1_700_000_999_000), confluent_kafka.OFFSET_END)
        listed = self.admin.list_offsets({TopicPartition(topic, 0): OffsetSpec.max_timestamp()})
        self.assertEqual(next(iter(listed.values())).result(20).offset, 9)

    def test_commit_and_resume(self):
        topic, group = self.name(), self.name("-group")
        self.create(topic, 1)
        self.produce(topic, [str(i) for i in range(100)], partition=0)
        first = self.consumer(group)
        first.subscribe([topic])
        self.assertEqual([m.value() for m in self.read(first, 40)], [b"%d" % i for i in range(40)])
        first.commit(offsets=[TopicPartition(topic, 0, 40, metadata="so far")], asynchronous=False)
        first.close()
        second = self.consumer(group)
        second.subscribe([topic])
        self.assertEqual([m.value() for m in self.read(second, 60)], [b"%d" % i for i in range(40, 100)])
        committed = second.committed([TopicPartition(topic, 0)], timeout=10)[0]
        self.assertEqual((committed.offset, committed.metadata), (40, "so far"))

    def test_groups_as_admin(self):
        topic, group = self.name(), self.name("-group")
        self.create(topic, 2)
        self.produce(topic, ["x"] * 10, partition=1)
        consumer = self.consumer(group)
        consumer.subscribe([topic])
        self.read(consumer, 10)
        consumer.commit(asynchronous=False)
        describe = lambda: self.admin.describe_consumer_groups([group])[group].result(20)
        described = describe()
        self.assertEqual(described.state, confluent_kafka.ConsumerGroupState.STABLE)
        self.assertEqual(len(described.members), 1)
        self.assertEqual(sorted(p.partition for p in described.members[0].assignment.topic_partitions), [0, 1])
        self.assertIn(group, [g.group_id for g in self.admin.list_consumer_groups().result(20).valid])
        with self.assertRaises(confluent_kafka.KafkaException) as refused:
            self.admin.delete_consumer_groups([group])[group].result(20)
        self.assertEqual(refused.exception.args[0].code(), confluent_kafka.KafkaError.NON_EMPTY_GROUP)
        consumer.close()
        wait_until(lambda: describe().state == confluent_kafka.ConsumerGroupState.EMPTY, "the group to be empty")
        ask = ConsumerGroupTopicPartitions(group, [TopicPartition(topic, 1)])
        offsets = self.admin.list_consumer_group_offsets([ask])[group].result(20)
        self.assertEqual(offsets.topic_partitions[0].offset, 10)
        back = ConsumerGroupTopicPartitions(group, [TopicPartition(topic, 1, 3)])
        self.admin.alter_consumer_group_offsets([back])[group].result(20)
        again = self.consumer(group)
        again.subscribe([topic])
        self.assertEqual(self.read(again, 7)[0].offset(), 3)
        again.close()
        self.admin.delete_consumer_groups([group])[group].result(20)
        self.assertNotIn(group, [g.group_id for g in self.admin.list_consumer_groups().result(20).valid])

    def test_static_member_comes_back(self):
        topic, group = self.name(), self.name("-group")
        self.create(topic, 1)
        self.produce(topic, ["a"], partition=0)
        config = {"group.instance.id": "seat-1", "session.timeout.ms": 10_000}
        first = self.consumer(group, **config)
        first.subscribe([topic])
        self.read(first, 1)
        first.commit(asynchronous=False)
        first.close()  # a static member keeps its seat
        described = self.admin.describe_consumer_groups([group])[group].result(20)
        self.assertEqual([m.group_instance_id for m in described.members], ["seat-1"])
        second = self.consumer(group, **config)
        second.subscribe([topic])
        self.produce(topic, ["b"], partition=0)
        self.assertEqual([m.value() for m in self.read(second, 1)], [b"b"])

    def test_restart(self):
        """Records, topics, group offsets are there after the broker's orderly end, and clients find it again."""
        topic, group = self.name(), self.name("-group")
        self.create(topic, 1)
        producer = self.producer(**{"enable.idempotence": True})
        self.produce(topic, ["1", "2", "3"], producer, partition=0)
        consumer = self.consumer(group)
        consumer.subscribe([topic])
        self.read(consumer, 3)
        consumer.commit(asynchronous=False)
        self.broker.stop()
        self.broker.start()
        self.produce(topic, ["4", "5"], producer, partition=0)
        self.assertEqual([m.value() for m in self.read(consumer, 2)], [b"4", b"5"])
        late = self.consumer(group + "-late")
        late.subscribe([topic])
        self.assertEqual([m.value() for m in self.read(late, 5)], [b"1", b"2", b"3", b"4", b"5"])

    def group_story(self, strategy):
        topic, group = self.name(), self.name("-group")
        self.create(topic)

        def spawn():
            return group_members.Member([sys.executable, __file__, "member", self.broker.address, group, topic, strategy])

        def produce(values):
            producer = self.producer()
            for i, value in enumerate(values):
                producer.produce(topic, value, partition=i % group_members.PARTITIONS)
            self.assertEqual(producer.flush(30), 0)

        group_members.GroupStory(self, spawn, produce).tell()

    def test_group_range(self):
        self.group_story("range")

    def test_group_cooperative(self):
        self.group_story("cooperative-sticky")


if __name__ == "__main__":
    if sys.argv[1:2] == ["member"]:
        member(*sys.argv[2:])
    else:
        unittest.main(verbosity=2)
