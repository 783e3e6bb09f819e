"""What real disks do to a broker: one of two, each an ext4, is full, becomes read-only or is pulled under load.

Clients get KAFKA_STORAGE_ERROR for what lies there, the other folder serves on and takes new logs, and after the
repair all that was acknowledged is there. And what an operator can get wrong about folders.
"""

import resource
import struct
import subprocess
import threading
import unittest

import wire
from broker import FLUXMQ, Broker, fluxmq_only, run, wait_until
from disk_test import STORAGE_ERROR, DiskTest
from disks import Ext4Disk, alone_with_mounts

ACKS_ALL = -1


class Load(threading.Thread):
    """Appends to a partition until it is told to stop; keeps what was acknowledged, and what else was answered."""

    def __init__(self, port, topic, partition):
        super().__init__(daemon=True)
        self.port, self.topic, self.partition = port, topic, partition
        self.acknowledged, self.errors = {}, set()
        self.enough = threading.Event()
        self.start()

    def run(self):
        with wire.Connection(self.port) as connection:
            number = 0
            while not self.enough.is_set():
                value = f"{self.topic}/{self.partition}/{number}/".encode()
                answer = connection.ask(wire.produce(self.topic, self.partition, wire.record_batch([value * 64]), acks=ACKS_ALL))
                error, offset = wire.produce_error(answer, self.topic)
                if error == 0:
                    self.acknowledged[offset] = value
                else:
                    self.errors.add(error)
                number += 1

    def end(self):
        self.enough.set()
        self.join()


@fluxmq_only
class FileSystems(DiskTest):
    disk = Ext4Disk
    mib = 32

    def load(self):
        loads = [Load(self.broker.port, "t", partition) for partition in (0, 1)]
        for load in loads:
            self.addCleanup(load.end)
        self.takes_load(loads)
        return loads

    def takes_load(self, loads):
        for load in loads:
            count = len(load.acknowledged)
            wait_until(lambda: len(load.acknowledged) > count + 20, lambda: f"appends:\n{self.broker.log_tail()}")

    def has_all_of(self, loads):
        for load in loads:
            with wire.Connection(self.broker.port) as connection:
                for offset, value in load.acknowledged.items():
                    error, _, records = wire.fetched(
                        connection.ask(wire.fetch("t", load.partition, offset, 4096, max_wait_ms=0)), "t")
                    self.assertEqual(error, 0)
                    self.assertIn(value, records)

    def takes_new_partitions(self):
        """The other folder does. Those that had been promised to the broken one may wait for it."""
        wire.make_topic(self.broker.port, "new", 4)
        for partition in range(4):
            with wire.Connection(self.broker.port) as connection:
                answer = lambda: wire.produce_error(
                    connection.ask(wire.produce("new", partition, wire.record_batch([b"v"]), acks=ACKS_ALL)), "new")
                wait_until(lambda: answer()[0] == 0, lambda: f"a new log:\n{self.broker.log_tail()}")

    def files_are_well(self):
        for disk in self.disks:
            self.assertIn("all is well", run([FLUXMQ, "log", "verify", disk.path]))

    def test_full(self):
        self.fills_up_for_a_while()
        self.files_are_well()

    def break_under_load(self, break_it, number=1):
        """Breaks a disk, and returns what was written to both."""
        loads = self.load()
        break_it()
        good, bad = loads[self.on[1 - number]], loads[self.on[number]]
        wait_until(lambda: bad.errors, "the broken disk to be noticed")
        count = len(bad.acknowledged)
        self.takes_load([good])
        self.assertEqual((good.errors, bad.errors), (set(), {STORAGE_ERROR}))
        self.assertEqual(len(bad.acknowledged), count)
        # ext4 may tell a sync that is under way at that moment that it worked, as a plain program sees, too.
        bad.acknowledged.pop(max(bad.acknowledged))
        if number == 1:
            self.takes_new_partitions()
        else:
            self.keeps_its_topics()
        for load in loads:
            load.end()
        return loads

    def keeps_its_topics(self):
        """Without the metadata none is made, but they can be asked for."""
        with wire.Connection(self.broker.port) as connection:
            answer = connection.ask(wire.create_topic("more", 1))
            self.assertEqual(struct.unpack_from(">h", answer, 4 + 4 + 4 + 2 + len("more"))[0], STORAGE_ERROR)
            self.assertIn(b"t", connection.ask(wire.metadata("t")))

    def after_the_repair(self, loads, number=1):
        self.broker.stop()
        self.disks[number].repair()
        self.broker.start()
        self.has_all_of(loads)
        self.goes_on(self.on[1])
        self.all_is_there()
        self.broker.stop()
        self.files_are_well()

    def test_read_only(self):
        self.start()
        loads = self.break_under_load(self.disks[1].becomes_read_only)
        self.assertIn(f"{self.disks[1].path} is offline", self.broker.log.read_text())
        self.after_the_repair(loads)

    def test_pulled(self):
        self.start()
        self.after_the_repair(self.break_under_load(self.disks[1].is_pulled))

    def test_pulled_with_the_metadata(self):
        self.start()
        self.after_the_repair(self.break_under_load(self.disks[0].is_pulled, 0), 0)

    def test_read_only_with_the_metadata(self):
        self.start()
        self.after_the_repair(self.break_under_load(self.disks[0].becomes_read_only, 0), 0)

    def test_pulled_and_killed(self):
        self.start()
        loads = self.break_under_load(self.disks[1].is_pulled)
        self.broker.kill()
        self.broker.start()  # the folder can't be read: the other one is served
        self.assertEqual(self.produce(self.on[1]), STORAGE_ERROR)
        self.assertEqual(self.produce(self.on[0]), 0)
        self.after_the_repair(loads)

    def test_read_only_at_the_start(self):
        self.start()
        self.broker.stop()
        self.disks[1].becomes_read_only()
        self.broker.start()
        self.assertIn("mount its volume for writing", self.broker.log.read_text())
        self.assertEqual(self.produce(self.on[1]), STORAGE_ERROR)
        self.assertEqual(self.produce(self.on[0]), 0)
        self.after_the_repair([])


@fluxmq_only
class Folders(unittest.TestCase):
    def broker(self, **settings):
        broker = Broker(settings)
        self.addCleanup(broker.remove)
        return broker

    def refusal(self, *folders):
        """The one line with which a start is refused."""
        done = subprocess.run([FLUXMQ, "--port", "0", "--data-dir", ",".join(map(str, folders))], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        return done.stderr

    def test_two_brokers_on_one_folder(self):
        first = self.broker().start()
        line = self.refusal(first.data, first.folder / "other")
        self.assertIn(f"data folder {first.data} is in use by process {first.process.pid}", line)
        self.assertFalse((first.folder / "other" / "meta.properties").exists())
        first.stop()

    def test_folder_of_another_broker(self):
        one, other = self.broker(), self.broker()
        for broker in (one, other):
            broker.data = f"{broker.folder}/a,{broker.folder}/b"
            broker.start()
            broker.stop()
        self.assertIn(f"data folder {other.folder}/b holds the data of another broker",
                      self.refusal(f"{one.folder}/a", f"{one.folder}/b", f"{other.folder}/b"))
        self.assertIn("are folders of two brokers", self.refusal(f"{one.folder}/a", f"{other.folder}/a"))
        one.start()  # which the refused starts have left alone
        one.stop()

    def test_too_few_descriptors(self):
        """Lowered below what is in use: what takes a file is refused, and tried again once it may be."""
        broker = self.broker().start()
        if broker.is_sanitized():
            self.skipTest("the sanitizers need descriptors of their own")
        wire.make_topic(broker.port, "t", 2)
        with wire.Connection(broker.port) as connection:
            produce = lambda partition: wire.produce_error(
                connection.ask(wire.produce("t", partition, wire.record_batch([b"v"]), acks=ACKS_ALL)), "t")
            self.assertEqual(produce(0), (0, 0))
            before = resource.prlimit(broker.process.pid, resource.RLIMIT_NOFILE, (8, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
            self.assertEqual(produce(1)[0], STORAGE_ERROR)
            resource.prlimit(broker.process.pid, resource.RLIMIT_NOFILE, before)
            wait_until(lambda: produce(1)[0] == 0, lambda: f"a file to be had:\n{broker.log_tail()}")
            self.assertEqual(produce(0), (0, 1))
        broker.stop()


if __name__ == "__main__":
    alone_with_mounts()
    unittest.main()
