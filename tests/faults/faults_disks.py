"""Two small disks as log.dirs: one fills up, is missing at a start, or both.

What lies on the other disk is served on, nothing acknowledged is lost, and after space is freed the broker takes
records again without a restart.
"""

import subprocess
import unittest

import wire
from broker import FLUXMQ, fluxmq_only
from disk_test import BATCH, STORAGE_ERROR, DiskTest
from disks import MIB, MemoryDisk, alone_with_mounts


@fluxmq_only
class Disks(DiskTest):
    disk = MemoryDisk

    def test_reserve(self):
        filler = self.disks[1].path / "filler"
        filler.write_bytes(bytes(8 * MIB))
        self.start(storage_min_free_bytes=8 * MIB)
        self.is_refused(self.on[1], "the disk to fill")
        self.assertIn("less than storage.min.free.bytes", self.broker.log.read_text())
        self.assertGreater(self.disks[1].free_bytes(), 0)
        self.assertEqual(self.produce(self.on[0]), 0)
        self.all_is_there()
        wire.make_topic(self.broker.port, "another", 1)
        filler.unlink()
        self.goes_on(self.on[1])
        self.all_is_there()
        self.broker.stop()
        self.broker.start()
        self.all_is_there()

    def test_full(self):
        self.fills_up_for_a_while()

    def test_full_disk_of_the_metadata(self):
        self.start(storage_min_free_bytes=0)
        filler = self.disks[0].path / "filler"
        with self.assertRaises(OSError), open(filler, "wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        self.is_refused(self.on[0], "the disk to fill")
        self.assertEqual(self.produce(self.on[1]), 0)
        self.all_is_there()
        filler.unlink()
        self.goes_on(self.on[0])
        wire.make_topic(self.broker.port, "another", 1)
        self.all_is_there()
        self.broker.stop()

    def test_missing_at_the_start(self):
        self.start()
        self.broker.stop()
        self.disks[1].unmount()
        self.broker.start()
        self.assertIn(f"{self.disks[1].path} is offline", self.broker.log.read_text())
        self.assertEqual(self.produce(self.on[1]), STORAGE_ERROR)
        self.assertEqual(self.produce(self.on[0]), 0)
        # As with Kafka, only what lies there waits for it.
        wire.make_topic(self.broker.port, "new", 3)
        with wire.Connection(self.broker.port) as connection:
            for partition in range(3):
                answer = connection.ask(wire.produce("new", partition, BATCH, acks=-1))
                self.assertEqual(wire.produce_error(answer, "new"), (0, 0))
        self.broker.stop()
        self.disks[1].mount()
        self.broker.start()
        self.assertEqual(self.produce(self.on[1]), 0)
        self.all_is_there()
        self.broker.stop()
        # One that isn't named any more is a mistake.
        done = subprocess.run([FLUXMQ, "--port", "0", "--data-dir", self.disks[0].path], capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn(f"{self.disks[1].path} of this broker is missing or empty", done.stderr)


if __name__ == "__main__":
    alone_with_mounts()
    unittest.main()
