"""Hostile bytes over a socket: lengths that lie, bodies that are cut, changed or random, for every API and version.

Whatever comes, the broker stays up, answers others as before, and its memory stays within bounds. The requests that
are cut and changed are the golden ones, so that the damage begins deep inside a well-formed request.
"""

import json
import os
import random
import struct
import tarfile
import unittest

import wire
from broker import REPO, BrokerTest, fluxmq_only

SEED = int(os.environ.get("FLUXMQ_TEST_SEED", random.randrange(1 << 32)))
ANSWER_TIMEOUT_S = 0.05  # a damaged request may still ask to wait; nobody waits with it
MIB = 1 << 20

# Requests that end or reshape a cluster are left out: what they say when whole is meant to be obeyed.
OBEYED = {"ControlledShutdown", "UnregisterBroker", "UpdateFeatures"}


def golden_requests():
    with tarfile.open(REPO / "tests" / "vectors" / "vectors.tar.xz", "r:xz") as archive:
        for line in archive.extractfile("vectors/frames-by-api.jsonl"):
            vector = json.loads(line)
            if vector["type"] == "request" and vector["api"] not in OBEYED:
                yield f"{vector['api']} v{vector['version']}", bytes.fromhex(vector["hex"])[4:]


class Hostile(BrokerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(SEED)
        print(f"seed {SEED} (FLUXMQ_TEST_SEED)")
        wire.make_topic(cls.broker.port, "bystander", 1)
        cls.bystander = wire.Connection(cls.broker.port)
        cls.addClassCleanup(cls.bystander.close)
        cls.offset = 0

    @classmethod
    def tearDownClass(cls):
        """What was stored meanwhile can be opened again, and holds what the bystander wrote, not more."""
        super().tearDownClass()
        cls.broker.start()
        with wire.Connection(cls.broker.port) as connection:
            answer = connection.ask(wire.fetch("bystander", 0, 0, MIB))
        error, high_watermark, _ = wire.fetched(answer, "bystander")
        if (error, high_watermark) != (0, cls.offset):
            raise AssertionError(f"error {error}, {high_watermark} records of {cls.offset} after a restart")
        cls.broker.stop()

    def rss_allowance(self):
        return 1024 * MIB if self.broker.is_sanitized() else 128 * MIB

    def others_are_served(self):
        """A client that was there before the attack goes on, and a new one gets in."""
        self.assertIsNone(self.broker.process.poll(), "the broker is up")
        answer = self.bystander.ask(wire.produce("bystander", 0, wire.record_batch([b"value"])))
        self.assertEqual(wire.produce_error(answer, "bystander"), (0, type(self).offset))
        type(self).offset += 1
        with wire.Connection(self.broker.port) as connection:
            self.assertEqual(connection.ask(wire.api_versions(7))[:6], struct.pack(">ih", 7, 0))

    def attack(self, data):
        """Sends bytes on a connection of their own, and takes an answer or an end for them if one comes soon."""
        with wire.Connection(self.broker.port, ANSWER_TIMEOUT_S) as connection:
            try:
                connection.ask(data)
            except OSError:
                pass

    def closes(self, data):
        with wire.Connection(self.broker.port) as connection:
            try:
                connection.send(data)
            except OSError:
                return
            self.assertTrue(connection.gone(), f"{data[:40].hex()} closes the connection")

    def test_lengths_that_lie(self):
        for length in (-1, -2, -(1 << 31), (1 << 31) - 1, 104_857_601, 1 << 30):
            self.closes(struct.pack(">i", length) + b"\0" * 100)
        for body in (b"", b"\0", b"\0\x12", b"\0\x12\0\0", b"\0\x12\0\0\0\0\0", b"\0\x12\0\0\0\0\0\1\0\5ab"):
            self.closes(wire.frame(body))
        self.others_are_served()

    @fluxmq_only
    def test_large_claims_take_no_memory(self):
        """A length within socket.request.max.bytes is a promise; memory is given for bytes that have come."""
        before = self.broker.rss_bytes()
        connections = [wire.Connection(self.broker.port) for _ in range(100)]
        for connection in connections:
            connection.send(struct.pack(">i", 104_857_600) + struct.pack(">hhi", 0, 3, 1) + b"\0" * 1000)
        self.others_are_served()
        self.assertLess(self.broker.rss_bytes() - before, self.rss_allowance())
        for connection in connections:
            connection.close()
        self.others_are_served()

    def test_apis_and_versions_that_are_not_served(self):
        for api_key in (-1, 93, 1000, 32767, -32768):
            self.closes(wire.request(api_key, 0, 1, b"\0" * 20))
        for api_key in (0, 1, 3, 11, 19):
            for version in (-1, 99, 32767):
                self.closes(wire.request(api_key, version, 1, b"\0" * 20))
        with wire.Connection(self.broker.port) as connection:
            # Only ApiVersions is answered from the future: in version 0, error 35, and with its own versions.
            answer = connection.ask(wire.request(18, 99, 5, b"\0\0\0\0"))
            self.assertEqual(answer[:10], struct.pack(">ihi", 5, 35, 1))
        self.others_are_served()

    def test_requests_cut_short(self):
        for name, body in golden_requests():
            with self.subTest(name):
                cuts = {len(body) - 1, len(body) // 2, self.random.randrange(8, len(body))}
                for cut in cuts:
                    self.attack(wire.frame(body[:cut]))
        self.others_are_served()

    def test_requests_changed(self):
        before = self.broker.rss_bytes()
        for name, body in golden_requests():
            with self.subTest(name):
                for _ in range(4):
                    changed = bytearray(body)
                    for _ in range(self.random.randrange(1, 4)):
                        changed[self.random.randrange(8, len(body))] = self.random.choice((0, 0x7F, 0x80, 0xFF))
                    self.attack(wire.frame(bytes(changed)))
                # A huge count or length anywhere.
                at = self.random.randrange(8, max(9, len(body) - 4))
                self.attack(wire.frame(body[:at] + b"\x7f\xff\xff\xff" + body[at + 4 :]))
        self.others_are_served()
        self.assertLess(self.broker.rss_bytes() - before, self.rss_allowance())

    def test_random_bodies(self):
        for name, body in golden_requests():
            with self.subTest(name):
                self.attack(wire.frame(body[:8] + self.random.randbytes(self.random.randrange(0, 300))))
        self.others_are_served()

    def test_noise(self):
        for _ in range(200):
            self.attack(self.random.randbytes(self.random.randrange(1, 2000)))
        self.closes(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.others_are_served()

    def test_connections_that_end_within_a_frame(self):
        for size in range(1, 40):
            with wire.Connection(self.broker.port) as connection:
                connection.send(wire.produce("bystander", 0, wire.record_batch([b"cut"]))[:size])
        self.others_are_served()

    def test_batches_that_lie(self):
        """A record batch whose header does not fit its bytes is refused, and nothing of it is stored."""
        batch = wire.record_batch([b"one", b"two"])
        length, magic, last_offset_delta, count = 8, 16, 23, 57
        lies = [(length, -1), (length, 1 << 30), (length, 48), (magic, 0x05000000)]
        lies += [(last_offset_delta, 7), (count, -1), (count, 1 << 30), (count, 1)]
        for at, value in lies:
            broken = batch[:at] + struct.pack(">i", value) + batch[at + 4 :]
            signed = broken[:17] + struct.pack(">I", wire.crc32c(broken[21:])) + broken[21:]
            for lie in (broken, signed) if at > magic else (broken,):
                with wire.Connection(self.broker.port) as connection:
                    connection.send(wire.produce("bystander", 0, lie))
                    try:
                        error = wire.produce_error(connection.answer(), "bystander")[0]
                        self.assertNotEqual(error, 0, f"{value} at {at}")
                    except ConnectionError:
                        pass  # as good an answer
        self.others_are_served()


if __name__ == "__main__":
    unittest.main(verbosity=2)
