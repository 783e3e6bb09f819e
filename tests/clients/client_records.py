"""What one client wrote, every other one reads: codecs, headers, nulls, sizes and timestamps, across the releases.

Each writer fills topics of its own, each reader reads all of them. What a client has no notion of (headers before 0.11,
timestamps before 0.10, zstd before 2.1) it neither writes nor is asked for. Apache Kafka serves all of these clients up
to 3.9 (KAFKA_VERSION=3.9.2).
"""

import asyncio
import base64
import concurrent.futures
import time
import unittest
import zlib

import aiokafka
import confluent_kafka
import kafka
from aiokafka.structs import TopicPartition as AioPartition
from confluent_kafka.admin import AdminClient, NewTopic
from kafka.errors import UnsupportedCompressionTypeError
from kafka.structs import TopicPartition

from broker import CLIENTS, JAVA, KAFKA, BrokerTest, REPO, run, wait_until

TIME = 1_700_000_000_000
STEP_MS = 1000
ANY_TIME = "?"  # a reader that cannot tell
BASE_CODECS = ("none", "gzip", "snappy")
OLD_CODECS = (*BASE_CODECS, "lz4")
SHORT_BYTES = 100  # longer values are told by their length and CRC
DEADLINE_S = 40
WORKERS = 2


def words_of(value):
    return "-" if value is None else base64.b64encode(value).decode()


def brief(value):
    if value is None or len(value) <= SHORT_BYTES:
        return words_of(value)
    return f"{len(value)} bytes, {zlib.crc32(value):x}"


def headers_of(pairs):
    return ",".join(f"{key}:{words_of(value)}" for key, value in pairs or ())


class Record:
    def __init__(self, topic, codec, key, value, timestamp, headers=()):
        self.topic, self.codec, self.key, self.value = topic, codec, key, value
        self.timestamp, self.headers = timestamp, headers

    def line(self):
        words = (self.topic, self.codec, words_of(self.key), words_of(self.value), str(self.timestamp),
                 headers_of(self.headers))
        return "\t".join(words)


def records_of(topic, codecs, with_headers, with_big):
    headers = (("a", b"1"), ("empty", b"")) if with_headers else ()
    records = []
    for codec in codecs:
        kinds = [
            (b"key", b"value " * 50, headers), (None, b"no key", ()), (b"no value", None, ()), (b"", b"", headers[:1]),
            (b"one byte", b"x", ()),
        ]
        if with_big:
            kinds.append((b"big", b"0123456789abcde\n" * 62_500, headers))
        for key, value, some in kinds:
            records.append(Record(topic, codec, key, value, TIME + len(records) * STEP_MS, some))
    return records


# --- the clients: write(broker, records), and read(broker, asked) -> {topic: (offset at the time, rows)} ---
# `asked` is {topic: (count, time)}; a row is (offset, key, value, timestamp, type of timestamp, headers).


class Client:
    headers = timestamps = True
    writes = reads = (*OLD_CODECS, "zstd")


class Subprocess(Client):
    """A program that takes and prints the words of java/any/AnyClient.java."""

    def __init__(self, name, command, env=None, **can):
        self.name, self.command, self.env = name, command, env
        for what, value in can.items():
            setattr(self, what, value)

    def write(self, broker, records):
        run([*self.command(), "write", broker.address], input="\n".join(r.line() for r in records) + "\n",
            env=self.env, timeout_s=2 * DEADLINE_S)

    def read(self, broker, asked):
        topics = [f"{topic}:{count}:{at}" for topic, (count, at) in asked.items()]
        found = {topic: [None, []] for topic in asked}
        for line in run([*self.command(), "read", broker.address, *topics], env=self.env,
                        timeout_s=2 * DEADLINE_S).splitlines():
            topic, *words = line.split("\t")
            if words[0] == "at time":
                found[topic][0] = words[1]
            else:
                found[topic][1].append((int(words[0]), *words[1:3], int(words[3]), *words[4:]))
        return found


def any_java(version, **can):
    """Java clients of a release, by tests/clients/java/any."""

    def command():
        class_path = run([KAFKA, "client-classpath"], env={"KAFKA_VERSION": version}).strip()
        flags = f"{JAVA['KAFKA_HEAP_OPTS']} {JAVA['KAFKA_JVM_OPTS']}".split()
        return ["java", *flags, "-cp", f"{CLIENTS}/java-{version}:{class_path}", "AnyClient"]

    return Subprocess(f"java-{version}", command, **can)


def kafka_js():
    script = REPO / "tests" / "clients" / "node" / "records.js"
    env = {"NODE_PATH": str(CLIENTS / "node" / "node_modules"), "KAFKAJS_NO_PARTITIONER_WARNING": "1"}
    # KafkaJS has gzip, the others come from packages: none of them does lz4 as Kafka wants it.
    return Subprocess("kafkajs", lambda: ["node", script], env, writes=BASE_CODECS, reads=(*BASE_CODECS, "zstd"))


class KafkaPython(Client):
    def __init__(self, version=None):
        self.config = {"api_version": version} if version else {}
        self.name = "kafka-python-" + (".".join(map(str, version)) if version else "automatic")
        self.headers = not version or version >= (0, 11)
        self.timestamps = not version or version >= (0, 10)
        self.finds_times = not version or version >= (0, 10, 1)
        if version:
            self.writes = self.reads = OLD_CODECS

    def write(self, broker, records):
        producers = {}
        config = {"bootstrap_servers": broker.address, "acks": "all", "linger_ms": 20, "max_request_size": 2_000_000,
                  **self.config}
        if not self.headers:
            config["enable_idempotence"] = False
        last, futures = None, []
        for r in records:
            if last and r.codec != last:
                producers[last].flush()
            last = r.codec
            if last not in producers:
                producers[last] = kafka.KafkaProducer(compression_type=None if last == "none" else last, **config)
            more = {"headers": list(r.headers)} if self.headers else {}
            if self.timestamps:
                more["timestamp_ms"] = r.timestamp
            futures.append(producers[last].send(r.topic, r.value, r.key, partition=0, **more))
        for future in futures:
            future.get(DEADLINE_S)
        for producer in producers.values():
            producer.close()

    def read(self, broker, asked):
        consumer = kafka.KafkaConsumer(bootstrap_servers=broker.address, group_id=None, enable_auto_commit=False,
                                       auto_offset_reset="earliest", fetch_max_wait_ms=50, **self.config)
        found = {}
        for topic, (count, at) in asked.items():
            partition, rows = TopicPartition(topic, 0), []
            consumer.assign([partition])
            consumer.seek_to_beginning(partition)

            def enough():
                for batch in consumer.poll(timeout_ms=500).values():
                    for r in batch:
                        kind = {0: "CreateTime", 1: "LogAppendTime"}.get(r.timestamp_type, ANY_TIME)
                        rows.append((r.offset, brief(r.key), brief(r.value), r.timestamp, kind, headers_of(r.headers)))
                return len(rows) >= count

            wait_until(enough, lambda: f"{self.name} to read {count} records of {topic}, {len(rows)} came", DEADLINE_S)
            offset = ANY_TIME
            if self.finds_times:
                answer = consumer.offsets_for_times({partition: at})[partition]
                offset = str(answer.offset) if answer else "-"
            found[topic] = (offset, rows)
        consumer.close()
        return found


class AioKafka(Client):
    name = "aiokafka"

    def write(self, broker, records):
        async def write():
            for codec in dict.fromkeys(r.codec for r in records):
                async with aiokafka.AIOKafkaProducer(
                    bootstrap_servers=broker.address, acks="all", linger_ms=20, max_request_size=2_000_000,
                    compression_type=None if codec == "none" else codec,
                ) as producer:
                    sent = [await producer.send(r.topic, r.value, r.key, partition=0, timestamp_ms=r.timestamp,
                                                headers=list(r.headers)) for r in records if r.codec == codec]
                    await asyncio.gather(*sent)

        asyncio.run(write())

    def read(self, broker, asked):
        async def read():
            found = {}
            async with aiokafka.AIOKafkaConsumer(bootstrap_servers=broker.address, group_id=None,
                                                 auto_offset_reset="earliest") as consumer:
                for topic, (count, at) in asked.items():
                    partition, rows = AioPartition(topic, 0), []
                    consumer.assign([partition])
                    await consumer.seek_to_beginning(partition)
                    for _ in range(count):
                        r = await asyncio.wait_for(consumer.getone(partition), DEADLINE_S)
                        rows.append((r.offset, brief(r.key), brief(r.value), r.timestamp,
                                     ("CreateTime", "LogAppendTime")[r.timestamp_type], headers_of(r.headers)))
                    answer = (await consumer.offsets_for_times({partition: at}))[partition]
                    found[topic] = (str(answer.offset) if answer else "-", rows)
            return found

        return asyncio.run(read())


class Confluent(Client):
    name = "confluent-kafka"

    def write(self, broker, records):
        failed = []
        for codec in dict.fromkeys(r.codec for r in records):
            producer = confluent_kafka.Producer({
                "bootstrap.servers": broker.address, "compression.type": codec, "linger.ms": 20,
                "message.max.bytes": 2_000_000,
            })
            for r in records:
                if r.codec == codec:
                    producer.produce(r.topic, r.value, r.key, 0, timestamp=r.timestamp, headers=list(r.headers),
                                     on_delivery=lambda error, _: error and failed.append(error))
            if producer.flush(DEADLINE_S) or failed:
                raise AssertionError(f"not delivered: {failed}")

    def read(self, broker, asked):
        consumer = confluent_kafka.Consumer({
            "bootstrap.servers": broker.address, "group.id": "records-confluent", "enable.auto.commit": False,
            "fetch.wait.max.ms": 50,
        })
        found = {topic: [None, []] for topic in asked}
        kinds = {confluent_kafka.TIMESTAMP_CREATE_TIME: "CreateTime",
                 confluent_kafka.TIMESTAMP_LOG_APPEND_TIME: "LogAppendTime"}
        consumer.assign([confluent_kafka.TopicPartition(topic, 0, 0) for topic in asked])
        left = sum(count for count, _ in asked.values())

        def enough():
            nonlocal left
            for m in consumer.consume(left, 0.2):
                if m.error():
                    raise AssertionError(m.error())
                kind, timestamp = m.timestamp()
                found[m.topic()][1].append((m.offset(), brief(m.key()), brief(m.value()), timestamp,
                                            kinds.get(kind, ANY_TIME), headers_of(m.headers())))
                left -= 1
            return left <= 0

        wait_until(enough, lambda: f"{left} more records", DEADLINE_S)
        times = [confluent_kafka.TopicPartition(topic, 0, at) for topic, (_, at) in asked.items()]
        for answer in consumer.offsets_for_times(times, timeout=20):
            found[answer.topic][0] = "-" if answer.offset == confluent_kafka.OFFSET_END else str(answer.offset)
        consumer.close()
        return found


ALL = [
    any_java("4.3.1"), any_java("3.9.2"), any_java("2.1.1"),
    any_java("0.10.2.2", headers=False, writes=OLD_CODECS, reads=OLD_CODECS),
    KafkaPython(), KafkaPython((0, 11)), KafkaPython((0, 10)), KafkaPython((0, 9)), KafkaPython((0, 8, 2)),
    AioKafka(), Confluent(), kafka_js(),
]


class Topic:
    """What a writer writes, and what a reader must find."""

    def __init__(self, writer, kind, codecs):
        self.writer, self.kind, self.codecs = writer, kind, codecs
        self.name = f"{writer.name}-{kind}"
        self.records = records_of(self.name, codecs, writer.headers, with_big=kind != "append")

    @property
    def config(self):
        kind = "LogAppendTime" if self.kind == "append" else "CreateTime"
        return {"message.timestamp.type": kind, "retention.ms": -1}  # or the old timestamps were past it

    # Between the fourth and the fifth record, or before all that were stamped by the broker.
    @property
    def asked(self):
        return len(self.records), TIME if self.kind == "append" else TIME + 3 * STEP_MS + STEP_MS // 2

    @property
    def found_by_time(self):
        if self.kind == "append":
            return {"0"}
        # Nothing has a timestamp: KafkaJS says the end then.
        return {"4"} if self.writer.timestamps else {"-", str(len(self.records))}

    def row(self, offset):
        r = self.records[offset]
        return offset, brief(r.key), brief(r.value), r.timestamp if self.writer.timestamps else -1, headers_of(r.headers)


class Records(BrokerTest):
    def create(self, topics):
        admin = AdminClient({"bootstrap.servers": self.broker.address})
        for made in admin.create_topics([NewTopic(t.name, 1, 1, config=t.config) for t in topics]).values():
            made.result(20)

    def test_zstd_does_not_reach_who_cannot_know_it(self):
        topic = Topic(Confluent(), "only-zstd", ["zstd"])
        self.create([topic])
        topic.writer.write(self.broker, topic.records)
        for version in ((0, 10), (0, 9), (0, 8, 2)):
            with self.subTest(version=version), self.assertRaises(UnsupportedCompressionTypeError):
                KafkaPython(version).read(self.broker, {topic.name: topic.asked})

    def test_every_client_reads_what_every_client_wrote(self):
        topics = []
        for writer in ALL:
            topics += [Topic(writer, "create", BASE_CODECS), Topic(writer, "append", BASE_CODECS)]
            topics += [Topic(writer, codec, [codec]) for codec in ("lz4", "zstd") if codec in writer.writes]
        self.create(topics)
        self.start_ms = int(time.time() * 1000)

        def write(writer):
            writer.write(self.broker, [r for t in topics if t.writer is writer for r in t.records])

        def read(reader):
            mine = [t for t in topics if set(t.codecs) <= set(reader.reads)]
            return mine, reader.read(self.broker, {t.name: t.asked for t in mine})

        self.each(write)
        for reader, (mine, found) in self.each(read).items():
            for topic in mine:
                with self.subTest(reader=reader.name, topic=topic.name):
                    self.compare(reader, topic, *found[topic.name])

    def each(self, work):
        """Lets all clients work, a few at a time, and says how long each took."""

        def timed(client):
            start = time.monotonic()
            try:
                return work(client)
            finally:
                print(f"{work.__name__} {client.name}: {time.monotonic() - start:.1f} s", flush=True)

        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            futures = {client: pool.submit(timed, client) for client in ALL}
        results = {}
        for client, future in futures.items():
            with self.subTest(client=client.name, work=work.__name__):
                results[client] = future.result()
        return results

    def compare(self, reader, topic, offset_at_time, rows):
        if offset_at_time != ANY_TIME:
            self.assertIn(offset_at_time, topic.found_by_time, "offset by time")
        self.assertEqual(len(rows), len(topic.records))
        for expected, (offset, key, value, timestamp, kind, headers) in enumerate(rows):
            offset_wanted, key_wanted, value_wanted, timestamp_wanted, headers_wanted = topic.row(expected)
            self.assertEqual((offset, key, value), (offset_wanted, key_wanted, value_wanted))
            if reader.headers:
                self.assertEqual(headers, headers_wanted, f"headers at {offset}")
            if reader.timestamps:
                if topic.kind == "append":
                    self.assertGreaterEqual(timestamp, self.start_ms - STEP_MS, f"append time at {offset}")
                else:
                    self.assertEqual(timestamp, timestamp_wanted, f"timestamp at {offset}")
                if kind != ANY_TIME:
                    self.assertEqual(kind, "LogAppendTime" if topic.kind == "append" else "CreateTime", f"at {offset}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
