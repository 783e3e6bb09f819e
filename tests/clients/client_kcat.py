"""kcat (librdkafka's command line) against the broker."""

import json
import re
import time
import unittest

import group_members
from broker import BrokerTest, run


def kcat(broker, *words, input=None, timeout_s=40):
    return run(["kcat", "-b", broker.address, *words], input=input, timeout_s=timeout_s)


class KcatMember(group_members.Member):
    """kcat names its assignment on stderr, and its records as JSON with -J."""

    def hear(self, line):
        if re.match(r"% Group .* rebalanced .*: assigned:", line):
            self.assignment = frozenset(int(p) for p in re.findall(r"\[(\d+)\]", line))
        elif re.match(r"% Group .* rebalanced .*: revoked:", line):
            self.assignment = frozenset()
        elif line.startswith("{"):
            record = json.loads(line)
            self.records.append((record["partition"], record["offset"], record["payload"]))


class Kcat(BrokerTest):
    def produce(self, topic, lines, *words):
        kcat(self.broker, "-P", "-t", topic, *words, input="".join(f"{line}\n" for line in lines))

    def consume(self, topic, *words):
        printed = kcat(self.broker, "-C", "-t", topic, "-e", "-J", "-o", "beginning", *words)
        return [json.loads(line) for line in printed.splitlines() if line.startswith("{")]

    def test_metadata(self):
        topic = self.name()
        self.produce(topic, ["made by asking"])
        listed = json.loads(kcat(self.broker, "-L", "-J"))
        self.assertEqual([b["name"] for b in listed["brokers"]], [self.broker.address])
        found = next(t for t in listed["topics"] if t["topic"] == topic)
        self.assertEqual([p["partition"] for p in found["partitions"]], [0, 1, 2, 3, 4, 5])
        self.assertTrue(all(p["leader"] == listed["brokers"][0]["id"] for p in found["partitions"]))

    def test_keys_values_headers_nulls(self):
        topic = self.name()
        self.produce(topic, ["k1:v1", "k2:", ":v3"], "-K:", "-Z", "-p", "0", "-H", "trace=abc", "-H", "empty=")
        records = self.consume(topic)
        self.assertEqual([(r.get("key"), r.get("payload")) for r in records], [("k1", "v1"), ("k2", None), (None, "v3")])
        self.assertEqual([r["offset"] for r in records], [0, 1, 2])
        self.assertEqual([r["headers"] for r in records], [["trace", "abc", "empty", ""]] * 3)

    def test_keys_choose_partitions(self):
        topic = self.name()
        lines = [f"key-{i % 50}:{i}" for i in range(500)]
        self.produce(topic, lines, "-K:")
        homes = {}
        for record in self.consume(topic):
            homes.setdefault(record["key"], []).append((record["partition"], int(record["payload"])))
        self.assertEqual(len(homes), 50)
        for values in homes.values():
            self.assertEqual(len({p for p, _ in values}), 1, "one key, one partition")
            self.assertEqual([v for _, v in values], sorted(v for _, v in values), "in order")

    def test_compression_and_acks(self):
        topic = self.name()
        wanted = []
        for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
            for acks in ("0", "1", "all"):
                lines = [f"{codec} {acks} {i} " + "x" * 200 for i in range(100)]
                self.produce(topic, lines, "-z", codec, "-X", f"acks={acks}", "-p", "1")
                wanted += lines
        # acks=0 gives no word back: the last one waits until its records can be read.
        self.assertEqual(sorted(r["payload"] for r in self.consume(topic)), sorted(wanted))

    def test_idempotent(self):
        topic = self.name()
        lines = [str(i) for i in range(5000)]
        self.produce(topic, lines, "-X", "enable.idempotence=true", "-X", "batch.num.messages=50", "-p", "0")
        self.assertEqual([r["payload"] for r in self.consume(topic)], lines)

    def test_offsets(self):
        topic = self.name()
        before = int(time.time() * 1000)
        self.produce(topic, [str(i) for i in range(100)], "-p", "0")
        read = lambda start, *words: [
            r["payload"] for r in self.consume(topic, "-p", "0", "-o", start, *words)
        ]
        self.assertEqual(read("40", "-c", "3"), ["40", "41", "42"])
        self.assertEqual(read("-5"), ["95", "96", "97", "98", "99"])
        self.assertEqual(read("end"), [])
        self.assertEqual(len(read(f"s@{before}")), 100)
        self.assertEqual(read(f"s@{before + 3_600_000}"), [])
        self.assertIn("offset 0", kcat(self.broker, "-Q", "-t", f"{topic}:0:{before}"))
        self.assertIn("offset 0", kcat(self.broker, "-Q", "-t", f"{topic}:0:-2"))
        self.assertIn("offset 100", kcat(self.broker, "-Q", "-t", f"{topic}:0:-1"))

    def test_large_messages(self):
        topic = self.name()
        big = ["a" * 900_000, "b" * 900_000, "c"]
        self.produce(topic, big, "-p", "0")
        self.assertEqual([len(r["payload"]) for r in self.consume(topic)], [900_000, 900_000, 1])

    def test_group(self):
        topic, group = self.name(), self.name("-group")
        kcat(self.broker, "-L", "-t", topic, "-X", "allow.auto.create.topics=true")

        def spawn():
            return KcatMember([
                "kcat", "-b", self.broker.address, "-G", group, "-J", "-u", "-X", "auto.offset.reset=earliest",
                "-X", f"session.timeout.ms={group_members.SESSION_TIMEOUT_MS}",
                "-X", f"heartbeat.interval.ms={group_members.HEARTBEAT_INTERVAL_MS}",
                "-X", f"auto.commit.interval.ms={group_members.AUTO_COMMIT_INTERVAL_MS}", topic,
            ])

        # A partitioner by key, so that no partition is left without records.
        produce = lambda values: self.produce(topic, [f"{v}:{v}" for v in values], "-K:")
        group_members.GroupStory(self, spawn, produce).tell()


if __name__ == "__main__":
    unittest.main(verbosity=2)
