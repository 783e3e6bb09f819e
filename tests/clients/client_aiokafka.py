"""aiokafka (asyncio, from PyPI) against the broker."""

import asyncio
import json
import signal
import sys
import unittest

import aiokafka
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.structs import TopicPartition

import group_members
from broker import BrokerTest


def say(event):
    print(json.dumps(event), flush=True)


async def member(bootstrap, group, topic):
    """One member of a group, until SIGTERM."""
    leaving = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, leaving.set)
    consumer = aiokafka.AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest",
        session_timeout_ms=group_members.SESSION_TIMEOUT_MS,
        heartbeat_interval_ms=group_members.HEARTBEAT_INTERVAL_MS,
        auto_commit_interval_ms=group_members.AUTO_COMMIT_INTERVAL_MS,
    )
    await consumer.start()
    known = None
    while not leaving.is_set():
        batches = await consumer.getmany(timeout_ms=100)
        assigned = sorted(p.partition for p in consumer.assignment())
        if assigned != known:
            known = assigned
            say({"assigned": assigned})
        for records in batches.values():
            for record in records:
                say({"partition": record.partition, "offset": record.offset, "value": record.value.decode()})
    await consumer.stop()


class AioKafka(BrokerTest, unittest.IsolatedAsyncioTestCase):
    async def create(self, topic, partitions):
        admin = AIOKafkaAdminClient(bootstrap_servers=self.broker.address)
        await admin.start()
        try:
            await admin.create_topics([NewTopic(topic, partitions, 1)])
        finally:
            await admin.close()

    async def test_produce_and_consume(self):
        topic, group = self.name(), self.name("-group")
        await self.create(topic, 1)
        wanted = []
        for codec in (None, "gzip", "snappy", "lz4", "zstd"):
            producer = aiokafka.AIOKafkaProducer(
                bootstrap_servers=self.broker.address, compression_type=codec, enable_idempotence=True)
            async with producer:
                for i in range(100):
                    wanted.append((b"k%d" % i, f"{codec} {i}".encode() + b"x" * 100, (("h", b"1"),)))
                    key, value, headers = wanted[-1]
                    await producer.send(topic, value, key, headers=list(headers))
                wanted.append((b"gone", None, ()))
                await producer.send_and_wait(topic, None, b"gone")
        consumer = lambda: aiokafka.AIOKafkaConsumer(
            topic, bootstrap_servers=self.broker.address, group_id=group, auto_offset_reset="earliest",
            enable_auto_commit=False)
        async with consumer() as first:
            records = [await asyncio.wait_for(first.getone(), 30) for _ in wanted]
            self.assertEqual([(r.key, r.value, tuple(r.headers)) for r in records], wanted)
            partition = TopicPartition(topic, 0)
            self.assertEqual(await first.end_offsets([partition]), {partition: len(wanted)})
            await first.commit({partition: 500})
        async with consumer() as second:
            self.assertEqual((await asyncio.wait_for(second.getone(), 30)).offset, 500)

    def test_group(self):
        topic, group = self.name(), self.name("-group")
        asyncio.run(self.create(topic, group_members.PARTITIONS))

        def spawn():
            return group_members.Member([sys.executable, __file__, "member", self.broker.address, group, topic])

        async def send(values):
            async with aiokafka.AIOKafkaProducer(bootstrap_servers=self.broker.address) as producer:
                for i, value in enumerate(values):
                    await producer.send(topic, value.encode(), partition=i % group_members.PARTITIONS)

        produce = lambda values: asyncio.run(send(values))
        group_members.GroupStory(self, spawn, produce).tell()


if __name__ == "__main__":
    if sys.argv[1:2] == ["member"]:
        asyncio.run(member(*sys.argv[2:]))
    else:
        unittest.main(verbosity=2)
