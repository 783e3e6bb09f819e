"""Kafka's own command-line tools against the broker. A tool takes a second to start: each test uses a few of them."""

import json
import re
import unittest

import group_members
from broker import IS_KAFKA, JAVA, KAFKA, Broker, BrokerTest, kafka_tool, run


class Tool:
    """Calls tools with the broker's address: tool("topics", "--list")."""

    def __init__(self, broker):
        self.broker = broker

    def __call__(self, name, *words, **how):
        return kafka_tool(name, "--bootstrap-server", self.broker.address, *words, **how)

    def create(self, topic, partitions, **configs):
        settings = [word for key, value in configs.items() for word in ("--config", f"{key}={value}")]
        self("topics", "--create", "--topic", topic, "--partitions", partitions, *settings)

    def send(self, topic, lines):
        """Lines of key:value; the keys spread them over the partitions."""
        self("console-producer", "--topic", topic, "--reader-property", "parse.key=true",
             "--reader-property", "key.separator=:", input="".join(f"{line}\n" for line in lines))

    def end_offsets(self, topic):
        offsets = (line.split(":") for line in self("get-offsets", "--topic", topic).split())
        return {int(partition): int(offset) for _, partition, offset in offsets}


def table(printed):
    """The rows of a tool's table as dicts by column name."""
    header, *rows = [line.split() for line in printed.splitlines() if line.strip()]
    return [dict(zip(header, row)) for row in rows]


class VerifiableMember(group_members.Member):
    """verifiable-consumer has JSON events of its own."""

    def hear(self, line):
        if not line.startswith("{"):
            return
        event = json.loads(line)
        if event["name"] == "partitions_assigned":
            self.assignment = frozenset(p["partition"] for p in event["partitions"])
        elif event["name"] == "partitions_revoked":
            self.assignment = frozenset()
        elif event["name"] == "record_data":
            self.records.append((event["partition"], event["offset"], event["value"]))


class Tools(BrokerTest):
    def setUp(self):
        super().setUp()
        self.tool = Tool(self.broker)

    def test_topics(self):
        topic = self.name()
        self.tool.create(topic, 3, **{"retention.ms": 7_200_000})
        again = self.tool("topics", "--create", "--topic", topic, check=False)
        self.assertNotEqual(again.returncode, 0)
        self.assertIn("already exists", again.stdout + again.stderr)
        self.tool("topics", "--alter", "--topic", topic, "--partitions", 5)
        described = self.tool("topics", "--describe", "--topic", topic)
        self.assertIn("PartitionCount: 5", described)
        self.assertIn("retention.ms=7200000", described)
        self.assertEqual(len(re.findall(r"Partition: \d+\s+Leader: \d+\s+Replicas: \d+\s+Isr: \d+", described)), 5)
        self.assertIn(topic, self.tool("topics", "--list").split())
        self.tool("topics", "--delete", "--topic", topic)
        self.assertNotIn(topic, self.tool("topics", "--list").split())

    def test_console(self):
        topic = self.name()
        self.tool("console-producer", "--topic", topic, "--reader-property", "parse.key=true",
                  "--reader-property", "parse.headers=true", "--reader-property", "null.marker=NULL",
                  input="a:1,b:2\tkey\tvalue\nNULL\tkey\tNULL\nNULL\tNULL\tplain\n")
        printed = self.tool("console-consumer", "--topic", topic, "--from-beginning", "--max-messages", 3,
                            "--timeout-ms", 30_000, "--formatter-property", "print.key=true",
                            "--formatter-property", "print.headers=true")
        self.assertEqual(sorted(printed.splitlines()),
                         ["NO_HEADERS\tkey\tnull", "NO_HEADERS\tnull\tplain", "a:1,b:2\tkey\tvalue"])

    def test_perf(self):
        topic, count = self.name(), 200_000
        self.tool.create(topic, 2)
        sent = self.tool("producer-perf", "--topic", topic, "--num-records", count, "--record-size", 100,
                         "--throughput", -1, "--command-property", "compression.type=lz4")
        self.assertIn(f"{count} records sent", sent)
        self.assertEqual(sum(self.tool.end_offsets(topic).values()), count)
        read = self.tool("consumer-perf", "--topic", topic, "--num-records", count, "--timeout", 30_000)
        self.assertEqual(int(read.splitlines()[-1].split(", ")[4]), count)

    def test_configs(self):
        topic = self.name()
        self.tool.create(topic, 1)
        words = ("--entity-type", "topics", "--entity-name", topic)
        self.tool("configs", *words, "--alter", "--add-config", "retention.ms=3600000,max.message.bytes=2000000")
        described = self.tool("configs", *words, "--describe")
        self.assertIn("retention.ms=3600000 ", described)
        self.assertIn("max.message.bytes=2000000 ", described)
        wrong = self.tool("configs", *words, "--alter", "--add-config", "retention.ms=soon", check=False)
        self.assertIn("retention.ms", wrong.stdout + wrong.stderr)
        self.assertNotEqual(wrong.returncode, 0)
        self.tool("configs", *words, "--alter", "--delete-config", "max.message.bytes")
        every = self.tool("configs", *words, "--describe", "--all")
        self.assertIn("max.message.bytes=1048588 ", every)
        self.assertIn("retention.ms=3600000 ", every)

    def test_cluster(self):
        address = ("--bootstrap-server", self.broker.address)
        self.assertRegex(kafka_tool("cluster", "cluster-id", *address), r"Cluster ID: \S{22}")
        self.assertRegex(self.tool("api-versions"), r"Produce\(0\): 0 to \d+")

    def test_consumer_groups(self):
        topic, group = self.name(), self.name("-group")
        self.tool.create(topic, 2)
        self.tool.send(topic, [f"{i}:{i}" for i in range(100)])
        ends = self.tool.end_offsets(topic)
        read = lambda count: self.tool("console-consumer", "--topic", topic, "--group", group, "--max-messages", count,
                                       "--timeout-ms", 30_000, "--from-beginning")
        self.assertEqual(len(read(100).split()), 100)
        groups = lambda *words: self.tool("consumer-groups", *words)
        self.assertIn(group, groups("--list").split())
        self.assertRegex(groups("--describe", "--group", group, "--state"), r"\sEmpty\s+0\s")
        rows = table(groups("--describe", "--group", group))
        self.assertEqual({int(r["PARTITION"]): (int(r["CURRENT-OFFSET"]), int(r["LOG-END-OFFSET"]), r["LAG"]) for r in rows},
                         {p: (end, end, "0") for p, end in ends.items()})
        groups("--reset-offsets", "--group", group, "--topic", f"{topic}:0", "--to-offset", 1, "--execute")
        self.assertEqual(len(read(ends[0] - 1).split()), ends[0] - 1)
        groups("--delete-offsets", "--group", group, "--topic", topic)
        groups("--delete", "--group", group)
        self.assertNotIn(group, groups("--list").split())

    def test_verifiable_producer(self):
        topic, count = self.name(), 20_000
        said = [json.loads(line) for line in self.tool("verifiable-producer", "--topic", topic, "--max-messages", count,
                                                       "--acks", -1).splitlines() if line.startswith("{")]
        total = next(event for event in said if event["name"] == "tool_data")
        self.assertEqual((total["sent"], total["acked"]), (count, count))
        said = [json.loads(line) for line in self.tool("verifiable-consumer", "--topic", topic, "--group-id", self.name(),
                                                       "--max-messages", count).splitlines() if line.startswith("{")]
        self.assertEqual(sum(event["count"] for event in said if event["name"] == "records_consumed"), count)

    def test_verifiable_consumers(self):
        topic, group = self.name(), self.name("-group")
        self.tool.create(topic, group_members.PARTITIONS)
        quick = self.broker.folder / "verifiable-consumer.properties"
        quick.write_text(f"heartbeat.interval.ms={group_members.HEARTBEAT_INTERVAL_MS}\n")
        command = [KAFKA, "verifiable-consumer", "--bootstrap-server", self.broker.address, "--topic", topic,
                   "--group-id", group, "--session-timeout", group_members.SESSION_TIMEOUT_MS, "--verbose",
                   "--command-config", quick]
        spawn = lambda: VerifiableMember(command, JAVA)
        produce = lambda values: self.tool.send(topic, [f"{v}:{v}" for v in values])
        group_members.GroupStory(self, spawn, produce).tell()


class DumpLog(unittest.TestCase):
    """What lies on the disk is what Kafka's own reader takes for a log of its own."""

    def dump(self, folder, *words):
        files = sorted(str(f) for f in folder.iterdir() if f.suffix in (".log", ".index", ".timeindex"))
        printed = run([KAFKA, "dump-log", "--files", ",".join(files), *words], env=JAVA, check=False)
        self.assertEqual(printed.returncode, 0, printed.stderr)
        for complaint in ("Mismatch", "isvalid: false", "Exception", "not found", "Found timestamp", "corrupt"):
            self.assertNotIn(complaint, printed.stdout + printed.stderr)
        return files, printed.stdout

    def test_dump_log(self):
        broker = Broker().start()
        self.addCleanup(broker.remove)
        tool = Tool(broker)
        topic, count = "dumped", 30_000
        tool.create(topic, 1, **{"segment.bytes": 1_048_576, "index.interval.bytes": 1024})
        tool("producer-perf", "--topic", topic, "--num-records", count, "--record-size", 100, "--throughput", -1,
             "--command-property", "batch.size=2000")
        read = tool("console-consumer", "--topic", topic, "--from-beginning", "--group", "dump-group", "--max-messages",
                    count, "--timeout-ms", 30_000)
        self.assertEqual(len(read.splitlines()), count)
        broker.stop()
        logs = broker.data / "data" if IS_KAFKA else broker.data
        files, printed = self.dump(logs / f"{topic}-0", "--deep-iteration")
        self.assertGreater(sum(name.endswith(".log") for name in files), 2, "the log rolled")
        self.assertEqual(len(re.findall(r"^\| offset: \d+ ", printed, re.M)), count)
        self.assertGreater(len(re.findall(r"^offset: \d+ position: \d+", printed, re.M)), 100, "entries of the index")
        # The group's commit, as Kafka's decoder reads it from the one partition of __consumer_offsets that has it.
        holder = next(f for f in sorted(logs.glob("__consumer_offsets-*")) if any(p.stat().st_size for p in f.glob("*.log")))
        _, printed = self.dump(holder, "--offsets-decoder")
        self.assertIn('"group":"dump-group","topic":"dumped","partition":0', printed)
        self.assertIn(f'"offset":{count}', printed)


if __name__ == "__main__":
    unittest.main(verbosity=2)
