"""A client that reads all that a broker has, and writes a bit of all that a log of Kafka can hold."""

from confluent_kafka import Consumer, IsolationLevel, KafkaError, KafkaException, Producer, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, OffsetSpec, ResourceType

from broker import wait_until

CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
# With these the cleaner soon has something to do, and nothing goes for its age.
SETTINGS = {
    "log.retention.ms": -1,
    "offsets.topic.num.partitions": 7,
    "log.cleaner.backoff.ms": 100,
    "log.segment.bytes": 1_048_576,
}
DEADLINE_S = 60


class Client:
    """All that a broker tells of its topics, and what is written to it."""

    def __init__(self, address):
        self.address = address
        self.admin = AdminClient({"bootstrap.servers": address})

    def create(self, name, partitions=1, **config):
        config = {key.replace("_", "."): str(value) for key, value in config.items()}
        self.admin.create_topics([NewTopic(name, partitions, 1, config=config)])[name].result(DEADLINE_S)

    def producer(self, **config):
        return Producer({"bootstrap.servers": self.address, "linger.ms": 20, **config})

    def produce(self, producer, topic, partition, count, first=0, keys="key"):
        for number in range(first, first + count):
            producer.produce(topic, partition=partition, key=f"{keys}-{number % 50}", value=f"{topic} {number} " + "x" * 200,
                             headers=[("number", str(number)), ("null", None)], timestamp=1_700_000_000_000 + number,
                             on_delivery=self._delivered)
            producer.poll(0)
        assert producer.flush(DEADLINE_S) == 0

    @staticmethod
    def _delivered(error, _message):
        if error is not None and error.code() != KafkaError._PURGE_QUEUE:
            raise AssertionError(str(error))

    def partitions(self):
        """Of all topics but Kafka's own."""
        topics = self.admin.list_topics(timeout=DEADLINE_S).topics
        return [TopicPartition(name, partition) for name, topic in sorted(topics.items())
                for partition in sorted(topic.partitions) if not name.startswith("__")]

    def offsets(self, spec):
        asked = {partition: spec for partition in self.partitions()}
        found = self.admin.list_offsets(asked, isolation_level=IsolationLevel.READ_UNCOMMITTED)
        return {(p.topic, p.partition): result.result(DEADLINE_S).offset for p, result in found.items()}

    def wait_for_all_leaders(self):
        """Kafka doesn't lead what it tells it leads for a moment after its start."""
        def found():
            try:
                return self.offsets(OffsetSpec.latest())
            except KafkaException:
                return None
        wait_until(found, "the leaders", DEADLINE_S)

    def records(self):
        """Of each partition its beginning, its end, and all records between them."""
        begin, end = self.offsets(OffsetSpec.earliest()), self.offsets(OffsetSpec.latest())
        consumer = Consumer({"bootstrap.servers": self.address, "group.id": "reader", "enable.auto.commit": False,
                             "isolation.level": "read_uncommitted", "enable.partition.eof": True})
        found = {at: [begin[at], end[at]] for at in begin}
        left = set(found)
        consumer.assign([TopicPartition(*at, offset=begin[at]) for at in found])
        while left:
            message = consumer.poll(DEADLINE_S)
            assert message is not None, f"nothing comes of {left}"
            at = (message.topic(), message.partition())
            if message.error():
                assert message.error().code() == KafkaError._PARTITION_EOF, message.error()
                left.discard(at)
                continue
            found[at].append((message.offset(), message.key(), message.value(), message.headers(), message.timestamp()))
        consumer.close()
        return found

    def commit(self, group, offsets):
        consumer = Consumer({"bootstrap.servers": self.address, "group.id": group})
        consumer.commit(offsets=offsets, asynchronous=False)
        consumer.close()

    def committed(self, group):
        consumer = Consumer({"bootstrap.servers": self.address, "group.id": group})
        try:
            return {(p.topic, p.partition): (p.offset, p.metadata)
                    for p in consumer.committed(self.partitions(), timeout=DEADLINE_S) if p.offset >= 0}
        finally:
            consumer.close()

    def topic_ids(self):
        topics = self.admin.describe_topics(self._collection())
        return {name: str(topic.result(DEADLINE_S).topic_id) for name, topic in topics.items()}

    def _collection(self):
        return TopicCollection(sorted({p.topic for p in self.partitions()}))

    def configs(self, topic):
        resource = ConfigResource(ResourceType.TOPIC, topic)
        described = self.admin.describe_configs([resource])[resource].result(DEADLINE_S)
        return {name: entry.value for name, entry in described.items() if entry.source == 1}  # set for the topic


def write_everything(client, data, with_transactions=True):
    """`data` is the broker's data folder."""
    for codec in CODECS:
        client.create(f"codec-{codec}", partitions=2)
        for partition in range(2):
            client.produce(client.producer(**{"compression.type": codec}), f"codec-{codec}", partition, 300)
    client.create("segments", retention_ms=-1, segment_bytes=1_048_576)
    idempotent = client.producer(**{"enable.idempotence": True, "batch.size": 20_000})
    client.produce(idempotent, "segments", 0, 12_000)
    client.create("empty", partitions=3)
    client.create("nulls")
    producer = client.producer()
    for number in range(10):
        producer.produce("nulls", key=None if number % 2 else b"\x00\xff", value=None if number % 3 else b"\xfe")
    assert producer.flush(DEADLINE_S) == 0

    client.create("deleted")
    client.produce(client.producer(), "deleted", 0, 100)
    client.admin.delete_records([TopicPartition("deleted", 0, 40)])
    wait_until(lambda: client.offsets(OffsetSpec.earliest())["deleted", 0] == 40, "deleted records")

    client.create("compacted", cleanup_policy="compact", min_cleanable_dirty_ratio=0.01, segment_ms=1000,
                  segment_bytes=1_048_576)
    for first in range(0, 3000, 1000):
        client.produce(client.producer(**{"compression.type": "lz4"}), "compacted", 0, 1000, first)
    # A segment is closed by the time of what comes next.
    client.produce(client.producer(), "compacted", 0, 1, first=1_000_000, keys="last")
    cleaned = data / "cleaner-offset-checkpoint"
    wait_until(lambda: cleaned.exists() and "compacted 0" in cleaned.read_text(), "the cleaner", DEADLINE_S)

    if with_transactions:
        write_transactions(client)
    client.commit("group-a", [TopicPartition("segments", 0, 77, metadata="here"), TopicPartition("codec-none", 1, 5)])
    client.commit("group-b", [TopicPartition("compacted", 0, 2999)])
    client.commit("group-b", [TopicPartition("compacted", 0, 3000)])


def write_transactions(client):
    client.create("transactions")
    for name, finish in (("one", "commit_transaction"), ("two", "abort_transaction"), ("three", "commit_transaction")):
        producer = client.producer(**{"transactional.id": name})
        producer.init_transactions(DEADLINE_S)
        producer.begin_transaction()
        client.produce(producer, "transactions", 0, 20)
        getattr(producer, finish)(DEADLINE_S)
