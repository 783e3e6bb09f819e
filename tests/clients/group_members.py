"""Consumer groups whose members come, go and die: one story, told to each client.

A member is a process of the client under test. It prints JSON lines: {"assigned": [partitions]} whenever its whole
assignment is known anew, and {"partition": p, "offset": o, "value": v} for each record.
"""

import collections
import json
import os
import signal
import subprocess
import threading

from broker import wait_until

PARTITIONS = 6
SESSION_TIMEOUT_MS = 3000
HEARTBEAT_INTERVAL_MS = 300
AUTO_COMMIT_INTERVAL_MS = 200


class Member:
    def __init__(self, command, env=None):
        self.assignment = None
        self.records = []
        self.said = collections.deque(maxlen=40)
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, env={**os.environ, **(env or {})},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.said.append(line)
            self.hear(line)

    def hear(self, line):
        if not line.startswith("{"):
            return
        event = json.loads(line)
        if "assigned" in event:
            self.assignment = frozenset(event["assigned"])
        elif "value" in event:
            self.records.append((event["partition"], event["offset"], event["value"]))

    def leave(self):
        """Leaves the group as the client does it when it is closed."""
        self.process.send_signal(signal.SIGTERM)
        self._end()

    def die(self):
        self.process.kill()
        self._end()

    def _end(self):
        try:
            self.process.wait(30)
        finally:
            self.process.kill()
            self._reader.join(10)
            self.process.stdout.close()
        self.assignment = frozenset()


class GroupStory:
    """spawn() starts a member; produce(values) sends values, spread over the topic's partitions."""

    def __init__(self, test, spawn, produce):
        self.test, self.spawn_member, self.produce_values = test, spawn, produce
        self.members = []
        self.phase = 0
        self.forgivable = set()  # what a dead member had read but perhaps not committed

    def spawn(self):
        member = self.spawn_member()
        self.members.append(member)
        self.test.addCleanup(lambda: member.process.poll() is None and member.die())
        return member

    def share(self, *sharing):
        """Waits until these members hold all partitions, each partition once, none of them empty-handed."""

        def shared():
            parts = [m.assignment for m in sharing]
            return all(parts) and sorted(p for part in parts for p in part) == list(range(PARTITIONS))

        def state():
            return f"{len(sharing)} members to share {PARTITIONS} partitions: " + "\n".join(
                f"{m.assignment} {''.join(m.said)}" for m in sharing
            )

        wait_until(shared, state, 40)

    def deliver(self, *sharing, count=300):
        """Produces values that must reach the sharing members, each value once."""
        self.phase += 1
        values = [f"phase-{self.phase}-{i}" for i in range(count)]
        self.produce_values(values)
        wanted = set(values)

        def seen():
            return collections.Counter(v for m in self.members for _, _, v in list(m.records) if v in wanted)

        wait_until(lambda: len(seen()) == count, lambda: f"{count} values, {len(seen())} came "
                   + "\n".join(''.join(m.said) for m in sharing), 40)
        readers = [m for m in self.members if any(v in wanted for _, _, v in list(m.records))]
        self.test.assertEqual(set(map(id, readers)), set(map(id, sharing)), "every sharing member reads")

    def tell(self):
        first = self.spawn()
        self.share(first)
        self.deliver(first)
        second = self.spawn()
        self.share(first, second)
        self.deliver(first, second)
        third = self.spawn()
        self.share(first, second, third)
        self.deliver(first, second, third)
        third.leave()
        self.share(first, second)
        self.deliver(first, second)
        self.forgivable.update((p, o) for p, o, _ in second.records)
        second.die()
        self.share(first)
        self.deliver(first)
        first.leave()
        # What is sent while nobody is there waits for the next member, which goes on where the last one stopped.
        self.phase += 1
        waiting = [f"waiting-{i}" for i in range(30)]
        self.produce_values(waiting)
        last = self.spawn()
        wait_until(lambda: len(last.records) >= len(waiting), lambda: f"what waited {''.join(last.said)}", 40)
        last.leave()
        self.test.assertEqual(sorted(v for _, _, v in last.records), sorted(waiting))
        self.check_once_and_in_order()

    def check_once_and_in_order(self):
        seen = collections.Counter((p, o) for m in self.members for p, o, _ in m.records)
        twice = {where for where, times in seen.items() if times > 1}
        self.test.assertLessEqual(twice, self.forgivable, "read twice")
        for partition in range(PARTITIONS):
            offsets = sorted(o for p, o in seen if p == partition)
            self.test.assertEqual(offsets, list(range(len(offsets))), f"partition {partition} has no gap")
