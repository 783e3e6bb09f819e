"""Every kind of file of a log, written by the broker (FluxMQ, or Kafka with FLUXMQ_TEST_BROKER=kafka): Kafka's dump-log
takes it for its own, also after a kill -9 and a compaction; and `fluxmq log dump` shows of it what dump-log shows."""

import subprocess
import unittest

import everything
from broker import FLUXMQ, IS_KAFKA, JAVA, KAFKA, Broker, run, wait_until
from everything import DEADLINE_S, Client

COMPLAINTS = ("ismatch", "isvalid: false", "Exception", "not found", "Found timestamp", "orrupt", "out of order")
SUFFIXES = (".log", ".index", ".timeindex", ".snapshot")


def fluxmq_log(*words):
    return subprocess.run([FLUXMQ, "log", *map(str, words)], capture_output=True, text=True, timeout=120)


class LogFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """Write, die, recover, write on, delete by retention, end in good order."""
        settings = {**everything.SETTINGS, "log.retention.check.interval.ms": 100}
        if IS_KAFKA:
            settings["log.initial.task.delay.ms"] = 100
        cls.broker = Broker(settings)
        cls.addClassCleanup(cls.broker.remove)
        cls.broker.start()
        cls.data = cls.broker.data / "data" if IS_KAFKA else cls.broker.data
        client = Client(cls.broker.address)
        everything.write_everything(client, cls.data, with_transactions=IS_KAFKA)
        cls.broker.kill()
        cls.broker.start()
        client = Client(cls.broker.address)
        idempotent = client.producer(**{"enable.idempotence": True, "compression.type": "zstd"})
        for topic in ("segments", "compacted", "codec-lz4"):
            client.produce(idempotent, topic, 0, 2000, first=3_000_000)
        client.create("retained", segment_bytes=1_048_576, retention_bytes=1_048_576, file_delete_delay_ms=0)
        client.produce(client.producer(), "retained", 0, 15_000)
        wait_until(lambda: client.offsets(everything.OffsetSpec.earliest())["retained", 0] > 0, "retention", DEADLINE_S)
        cls.broker.stop()
        cls.folders = [folder for folder in sorted(cls.data.iterdir()) if list(folder.glob("0*.log"))
                       and not folder.name.startswith(("__cluster_metadata", "__transaction_state"))]
        cls.files = [str(file) for folder in cls.folders for file in sorted(folder.iterdir()) if file.suffix in SUFFIXES]

    def dump_log(self, files, *words):
        done = run([KAFKA, "dump-log", *words, "--files", ",".join(files)], env=JAVA, check=False, timeout_s=200)
        self.assertEqual(done.returncode, 0, done.stderr)
        for complaint in COMPLAINTS:
            self.assertNotIn(complaint, done.stdout + done.stderr)
        return done.stdout

    def test_there_is_one_of_each_kind(self):
        for suffix in SUFFIXES:
            self.assertTrue(any(file.endswith(suffix) for file in self.files), suffix)
        compacted = (self.data / "compacted-0" / "00000000000000000000.log").stat().st_size
        self.assertLess(compacted, 100_000, "it is compacted")
        self.assertFalse((self.data / "retained-0" / "00000000000000000000.log").exists())

    def test_dump_log_says_the_same(self):
        # Bytes that aren't text are shown in hex by ours alone.
        files = [file for file in self.files if "/nulls-0/" not in file and "/__consumer_offsets-" not in file]
        theirs = self.dump_log(files, "--print-data-log").splitlines()
        theirs = [line for line in theirs if not line.endswith(".index is empty.")]
        ours = fluxmq_log("dump", "--records", "--decode", "none", *files)
        self.assertEqual((ours.returncode, ours.stderr), (0, ""))
        ours = ours.stdout.splitlines()
        self.assertEqual(len(ours), len(theirs))
        self.assertGreater(len(ours), 15_000)
        for mine, line in zip(ours, theirs):
            self.assertTrue(mine.startswith(line), f"{mine}\n{line}")  # ours goes on with the values of headers

    def test_dump_log_reads_bytes(self):
        files = [file for file in self.files if "/nulls-0/" in file]
        self.dump_log(files, "--deep-iteration")
        ours = fluxmq_log("dump", "--records", *files)
        self.assertIn("key: 0x00ff payload: 0xfe", ours.stdout)

    def test_dump_log_decodes_the_offsets(self):
        files = [file for file in self.files if "__consumer_offsets-" in file]
        printed = self.dump_log(files, "--offsets-decoder")
        self.assertIn('"group":"group-a","topic":"segments","partition":0', printed)
        self.assertIn('"offset":77', printed)

    def test_verify(self):
        verified = fluxmq_log("verify", self.data)
        self.assertEqual((verified.returncode, verified.stderr), (0, ""), verified.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
