"""Two small disks as log.dirs: one fills up, is missing at a start, or both.

What lies on the other disk is served on, nothing acknowledged is lost, and after space is freed the broker takes
records again without a restart.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import wire
from broker import FLUXMQ, Broker, fluxmq_only, wait_until

MIB = 1 << 20
STORAGE_ERROR = 56
VALUE = b"v" * (MIB // 4)
BATCH = wire.record_batch([VALUE])


class Disk:
    """A file system of its own in memory, which keeps what it has when it is taken off its folder."""

    def __init__(self, folder, mib):
        self.path, self.device = folder, folder.with_suffix(".disk")
        self.path.mkdir()
        self.device.mkdir()
        self._run("mount", "-t", "tmpfs", "-o", f"size={mib}m", "none", self.device)
        self.mount()

    def mount(self):
        self._run("mount", "--bind", self.device, self.path)

    def unmount(self):
        self._run("umount", "-l", self.path)

    def remove(self):
        for folder in (self.path, self.device):
            subprocess.run(["umount", "-l", folder], check=False, capture_output=True)

    @staticmethod
    def _run(*words):
        subprocess.run(words, check=True, capture_output=True)

    def free_bytes(self):
        status = os.statvfs(self.path)
        return status.f_bavail * status.f_frsize


@fluxmq_only
class Disks(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fluxmq-disks-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.disks = []
        for name in ("one", "two"):
            try:
                disk = Disk(self.folder / name, 24)
            except (OSError, subprocess.CalledProcessError) as failure:
                self.skipTest(f"no file system can be mounted here: {failure}")
            self.addCleanup(disk.remove)
            self.disks.append(disk)

    def start(self, **settings):
        self.broker = Broker({"num.network.threads": 1, **{key.replace("_", "."): v for key, v in settings.items()}})
        self.addCleanup(self.broker.remove)
        self.broker.data = ",".join(str(disk.path) for disk in self.disks)
        self.broker.start()
        wire.make_topic(self.broker.port, "t", 2)
        self.acknowledged = [0, 0]
        for partition in (0, 1):
            self.assertEqual(self.produce(partition), 0)
        # One log each, in whatever order they were opened.
        self.on = [next(p for p in (0, 1) if (disk.path / f"t-{p}").exists()) for disk in self.disks]
        self.assertEqual(sorted(self.on), [0, 1])

    def produce(self, partition):
        with wire.Connection(self.broker.port) as connection:
            answer = connection.ask(wire.produce("t", partition, BATCH, acks=-1))
        error, offset = wire.produce_error(answer, "t")
        if error == 0:
            self.assertGreaterEqual(offset, self.acknowledged[partition])
            self.acknowledged[partition] = offset + 1
        return error

    def fill(self, partition):
        wait_until(lambda: self.produce(partition) == STORAGE_ERROR, "the disk to fill")

    def goes_on(self, partition):
        wait_until(lambda: self.produce(partition) == 0, lambda: f"produce to go on:\n{self.broker.log_tail()}")

    def all_is_there(self):
        """And maybe what couldn't be brought to the disk when that was asked for: it is once there is space."""
        for partition, count in enumerate(self.acknowledged):
            with wire.Connection(self.broker.port) as connection:
                for offset in (0, count - 1):
                    error, high_watermark, records = wire.fetched(
                        connection.ask(wire.fetch("t", partition, offset, MIB)), "t")
                    self.assertEqual(error, 0)
                    self.assertGreaterEqual(high_watermark, count)
                    self.assertIn(VALUE, records)

    def test_reserve(self):
        filler = self.disks[1].path / "filler"
        filler.write_bytes(bytes(8 * MIB))
        self.start(storage_min_free_bytes=8 * MIB)
        self.fill(self.on[1])
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
        filler = self.disks[1].path / "filler"
        filler.write_bytes(bytes(8 * MIB))
        self.start(storage_min_free_bytes=0)
        self.fill(self.on[1])
        self.assertEqual(self.produce(self.on[0]), 0)
        self.all_is_there()
        filler.unlink()
        self.goes_on(self.on[1])
        self.all_is_there()
        self.broker.kill()
        self.broker.start()
        self.all_is_there()
        self.broker.stop()

    def test_full_disk_of_the_metadata(self):
        self.start(storage_min_free_bytes=0)
        filler = self.disks[0].path / "filler"
        with self.assertRaises(OSError), open(filler, "wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        self.fill(self.on[0])
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
    unittest.main()
