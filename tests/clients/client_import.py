"""What Apache Kafka wrote, taken over by `fluxmq import`: every record, the offsets of groups, ids and configs; and
Kafka's own folder stays as it is, whatever FluxMQ does then."""

import hashlib
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from confluent_kafka import TopicPartition

import everything
from broker import FLUXMQ, Broker
from everything import DEADLINE_S, Client


def fluxmq(*words):
    return subprocess.run([FLUXMQ, *map(str, words)], capture_output=True, text=True, timeout=300)


def fingerprint(folder):
    """Content and time of every file."""
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest = hashlib.blake2b(path.read_bytes()).hexdigest()
            files[str(path.relative_to(folder))] = (digest, path.stat().st_mtime_ns)
    return files


class Import(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kafka = Broker(everything.SETTINGS, is_kafka=True)
        cls.addClassCleanup(cls.kafka.remove)
        cls.kafka.start()
        cls.data = cls.kafka.data / "data"
        client = Client(cls.kafka.address)
        everything.write_everything(client, cls.data)
        cls.refusal = fluxmq("import", "--from", cls.data, "--data-dir", cls.kafka.folder / "refused")
        cls.records = client.records()
        cls.ids = client.topic_ids()
        cls.configs = {topic: client.configs(topic) for topic in cls.ids}
        cls.committed = {group: client.committed(group) for group in ("group-a", "group-b")}
        cls.kafka.stop()
        cls.before = fingerprint(cls.data)

    def setUp(self):
        # On one volume with Kafka's folder, so that there can be links.
        folder = tempfile.TemporaryDirectory(dir=self.kafka.folder)
        self.addCleanup(folder.cleanup)
        self.target = pathlib.Path(folder.name) / "data"

    def import_into(self, target, *words, data=None):
        return fluxmq("import", "--from", data or self.data, "--data-dir", target, *words)

    def check_broker(self, records=None):
        """Everything is there, and it goes on from there."""
        expected = records or self.records
        broker = Broker(everything.SETTINGS)
        self.addCleanup(broker.remove)
        broker.data = self.target
        broker.start()
        client = Client(broker.address)
        found = client.records()
        self.assertEqual(found.keys(), expected.keys())
        for at, records in expected.items():
            self.assertEqual(found[at], records, at)
        self.assertEqual(client.topic_ids(), self.ids)
        for topic, configs in self.configs.items():
            self.assertEqual(client.configs(topic), configs, topic)
        for group, committed in self.committed.items():
            self.assertEqual(client.committed(group), committed, group)

        idempotent = client.producer(**{"enable.idempotence": True})
        for topic, partition in expected:
            client.produce(idempotent, topic, partition, 20, first=2_000_000, keys="new")
        client.commit("group-a", [TopicPartition("segments", 0, 12_010)])
        broker.stop()
        broker.start()
        client = Client(broker.address)
        self.assertEqual(client.committed("group-a")["segments", 0][0], 12_010)
        for at, (begin, end, *records) in client.records().items():
            old_begin, old_end, *old = expected[at]
            self.assertEqual((begin, end), (old_begin, old_end + 20), at)
            self.assertEqual(records[:len(old)], old, at)
            self.assertEqual([record[0] for record in records[len(old):]], list(range(old_end, old_end + 20)), at)
        for topic in ("segments", "compacted"):
            client.admin.delete_topics([topic])[topic].result(DEADLINE_S)
        broker.stop()
        self.assertEqual(fingerprint(self.data), self.before, "Kafka's folder is as it was")

    def check_import(self, *words):
        done = self.import_into(self.target, *words)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertRegex(done.stdout, r"(?m)^segments: 1 partition, \d+ bytes$")
        self.assertIn("__transaction_state: left out", done.stdout)
        self.assertRegex(done.stdout, r"(?m)^imported \d+ topics, \d+ partitions, \d+ bytes in .* s; 0 there already, 0 not taken$")
        self.assertEqual(fingerprint(self.data), self.before, "Kafka's folder is as it was")
        verified = fluxmq("log", "verify", self.target)
        self.assertEqual((verified.returncode, verified.stderr), (0, ""), verified.stdout)
        again = self.import_into(self.target, *words)
        self.assertEqual((again.returncode, again.stderr), (0, ""))
        self.assertIn("imported 0 topics", again.stdout)

    def test_copies(self):
        self.check_import()
        self.check_broker()

    def test_links(self):
        self.check_import("--link")
        linked = [path for path in self.target.rglob("*.log") if path.stat().st_nlink > 1]
        self.assertTrue(linked)
        self.check_broker()

    def test_killed_on_the_way(self):
        """However often it is killed, and wherever: in the end all is there, once."""
        command = [FLUXMQ, "import", "--from", self.data, "--data-dir", self.target]
        for kills in range(12):
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            for _ in range(kills):  # one more topic each time
                process.stdout.readline()
            process.kill()
            process.wait()
            process.stdout.close()
        # The store may say that the logs of killed imports are still to be recovered.
        done = self.import_into(self.target)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(" 0 not taken\n", done.stdout)
        self.check_broker()

    def test_a_kafka_that_was_killed(self):
        kafka = Broker(everything.SETTINGS, is_kafka=True)
        self.addCleanup(kafka.remove)
        shutil.copytree(self.kafka.data, kafka.data)
        kafka.start()
        client = Client(kafka.address)
        client.wait_for_all_leaders()
        client.produce(client.producer(**{"compression.type": "zstd"}), "segments", 0, 500, first=500_000)
        records = client.records()
        kafka.kill()
        data = kafka.data / "data"
        before = fingerprint(data)
        refused = self.import_into(self.target, data=data)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("Kafka wasn't stopped well", refused.stderr)
        done = self.import_into(self.target, "--force", "--link", data=data)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.check_broker(records)
        self.assertEqual(fingerprint(data), before)

    def test_a_running_kafka_is_refused(self):
        self.assertEqual((self.refusal.returncode, self.refusal.stdout), (1, ""))
        self.assertIn("in use by a Kafka that runs; stop it first", self.refusal.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
