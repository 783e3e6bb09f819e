"""5,000 connections open at once, idle and slow readers among them; the others are served as before."""

import os
import pathlib
import resource
import statistics
import struct
import time
import unittest

import wire
from broker import IS_KAFKA, BrokerTest, wait_until

IDLE, USED, HALF_SENT, SLOW_READERS = 3000, 1200, 300, 500
OPEN_FILES = 12_000  # both ends of a connection are files: ours here, the broker's in its process
BIG_BYTES = 1 << 20
SLOW_FETCHES = 8
ROUNDS = 200
MIB = 1 << 20
ESTABLISHED, CLOSE_WAIT = "01", "08"  # as /proc/net/tcp has them


def allow_open_files():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < OPEN_FILES and os.geteuid() == 0:
        hard = OPEN_FILES
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, OPEN_FILES)), hard))
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < OPEN_FILES:
        raise unittest.SkipTest(f"{OPEN_FILES} open files are not allowed here (ulimit -Hn)")


class Connections(BrokerTest):
    # Idle ones must outlast a slow machine.
    settings = {"connections.max.idle.ms": 600_000}

    @classmethod
    def setUpClass(cls):
        allow_open_files()
        super().setUpClass()
        wire.make_topic(cls.broker.port, "small", 1)
        wire.make_topic(cls.broker.port, "big", 1)

    def fill(self):
        value = os.urandom(BIG_BYTES // 4)
        with wire.Connection(self.broker.port) as connection:
            batch = wire.record_batch([value])
            for i in range(8):
                self.assertEqual(wire.produce_error(connection.ask(wire.produce("big", 0, batch)), "big"), (0, i))

    def rounds(self):
        """Milliseconds of one produce and one fetch of it, the median of many."""
        times = []
        with wire.Connection(self.broker.port) as connection:
            for i in range(ROUNDS):
                value = b"%d" % i
                start = time.perf_counter()
                error, offset = wire.produce_error(
                    connection.ask(wire.produce("small", 0, wire.record_batch([value]), i)), "small")
                self.assertEqual(error, 0)
                answer = connection.ask(wire.fetch("small", 0, offset, 10_000, i))
                times.append((time.perf_counter() - start) * 1000)
                self.assertIn(value, wire.fetched(answer, "small")[2])
        return statistics.median(times)

    def connections(self, states):
        """Those that the broker has taken and not closed: a connection in the backlog has no inode yet."""
        port = f":{self.broker.port:04X}"
        sockets = (line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:])
        return sum(s[1].endswith(port) and s[3] in states and s[9] != "0" for s in sockets)

    def test_five_thousand(self):
        self.fill()
        before_ms, before_rss = self.rounds(), self.broker.rss_bytes()

        start = time.perf_counter()
        everyone = [wire.Connection(self.broker.port) for _ in range(IDLE + USED + HALF_SENT + SLOW_READERS)]
        self.addCleanup(lambda: [connection.close() for connection in everyone])
        connect_s = time.perf_counter() - start
        used = everyone[IDLE : IDLE + USED]
        half_sent = everyone[IDLE + USED : IDLE + USED + HALF_SENT]
        slow = everyone[-SLOW_READERS:]
        for i, connection in enumerate(used):
            self.assertEqual(connection.ask(wire.api_versions(i))[:4], struct.pack(">i", i))
        whole = wire.produce("small", 0, wire.record_batch([b"half"]), 77)
        for connection in half_sent:
            connection.send(whole[:30])
        # Each slow reader asks for 8 MiB and takes none of it.
        for connection in slow:
            for i in range(SLOW_FETCHES):
                connection.send(wire.fetch("big", 0, 0, BIG_BYTES, i))
        wait_until(lambda: self.connections({ESTABLISHED}) >= len(everyone), "the broker to have them all")

        during_ms = self.rounds()
        grown = self.broker.rss_bytes() - before_rss
        print(f"{len(everyone)} connections in {connect_s:.2f} s; a produce and its fetch {before_ms:.2f} ms before, "
              f"{during_ms:.2f} ms among them; memory grew by {grown / MIB:.1f} MiB")
        self.assertLess(during_ms, before_ms * 5 + 5, "served as before")
        if not IS_KAFKA and not self.broker.is_sanitized():
            self.assertLess(grown, 150 * MIB, "slow readers wait in the log, not in memory")

        # Those who waited are served when they are ready: halves become whole, slow readers read.
        for connection in half_sent:
            connection.send(whole[30:])
        for connection in half_sent:
            answer = connection.answer()
            self.assertEqual((answer[:4], wire.produce_error(answer, "small")[0]), (struct.pack(">i", 77), 0))
        for connection in slow[::25]:
            for i in range(SLOW_FETCHES):
                answer = connection.answer()
                self.assertEqual(answer[:4], struct.pack(">i", i), "answers in the order of the requests")
                error, high_watermark, records = wire.fetched(answer, "big")
                self.assertEqual((error, high_watermark), (0, 8))
                self.assertGreater(len(records), BIG_BYTES // 2)
        self.assertEqual(everyone[0].ask(wire.api_versions(9))[:4], struct.pack(">i", 9), "an idle one is still there")

        for connection in everyone:
            connection.close()
        wait_until(lambda: self.connections({ESTABLISHED, CLOSE_WAIT}) == 0, "the broker to let them go")
        self.rounds()


if __name__ == "__main__":
    unittest.main(verbosity=2)
