"""A broker with two disks as log.dirs, and a partition with acknowledged records on each."""

import pathlib
import shutil
import tempfile
import unittest

import wire
from broker import Broker, wait_until
from disks import MIB, make_disks

STORAGE_ERROR = 56
VALUE = b"v" * (MIB // 4)
BATCH = wire.record_batch([VALUE])


class DiskTest(unittest.TestCase):
    disk = None  # of what kind
    mib = 24

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fluxmq-disks-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.disks = make_disks(self, self.disk, self.folder / "one", self.folder / "two", mib=self.mib)

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

    def is_refused(self, partition, what):
        wait_until(lambda: self.produce(partition) == STORAGE_ERROR, what)

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

    def fills_up_for_a_while(self):
        """The second disk is full until space is freed: the other one serves on, and nothing is lost, by kill -9 too."""
        filler = self.disks[1].path / "filler"
        filler.write_bytes(bytes(8 * MIB))
        self.start(storage_min_free_bytes=0)
        self.is_refused(self.on[1], "the disk to fill")
        self.assertEqual(self.produce(self.on[0]), 0)
        self.all_is_there()
        filler.unlink()
        self.goes_on(self.on[1])
        self.all_is_there()
        self.broker.kill()
        self.broker.start()
        self.all_is_there()
        self.broker.stop()
