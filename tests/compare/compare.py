#!/usr/bin/env python3
"""Sends the same requests to Apache Kafka and to FluxMQ and compares their answers field by field.

Two runs: against Kafka 4.3.1 all versions that both serve; against 3.9.2 those that FluxMQ serves and 4.x dropped.
Ends with 1 if there was a difference that differences.py doesn't allow. See README.md.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import signal
import sys
import time
import traceback

import brokers
import differences
import scenarios
from client import Client, pattern_of

import scenarios.cluster  # noqa: F401 (each adds to scenarios.SCENARIOS, in this order)
import scenarios.topics  # noqa: F401
import scenarios.configs  # noqa: F401
import scenarios.data  # noqa: F401
import scenarios.groups  # noqa: F401

NEWEST, OLDER = "4.3.1", "3.9.2"
PROGRAM = os.environ.get("FLUXMQ_COMPARE_CODEC", brokers.servers.REPO / "build/release/bin/compare_codec")
FACTS = brokers.servers.REPO / "build/release/tests/vectors/protocol/apis.tsv"


def read_facts():
    """Of each API its key, its name and the versions that Kafka 4.3 really has: it advertises Produce from 0."""
    rows = [line.split("\t") for line in FACTS.read_text().splitlines()[1:]]
    return [(int(row[0]), row[1], set(range(int(row[2]), int(row[3]) + 1))) for row in rows]


def span(served, key):
    low, high = served.get(key, (0, -1))
    return set(range(low, high + 1))


def choose_versions(release, kafka, ours):
    """Which versions this run compares, and which its preparations may use."""
    for key, api, in_newest in read_facts():
        common = span(kafka.served, key) & span(ours.served, key)
        for client in (kafka, ours):
            client.common[api] = common & in_newest if release == NEWEST else common
            client.compared[api] = common & in_newest if release == NEWEST else common - in_newest


def warm_up(client):
    """Coordinators load their partitions of __consumer_offsets after the first request creates it; the first producer
    id waits for the controller."""
    client.until(lambda answer: answer["errorCode"] == 0, "InitProducerId",
                 {"transactionalId": None, "transactionTimeoutMs": 1000})
    groups = [f"warm-{i}" for i in range(40)]
    for group in groups:
        client.until(
            lambda answer: all(each["errorCode"] == 0 for each in answer["coordinators"]),
            "FindCoordinator", {"keyType": 0, "coordinatorKeys": [group]},
        )
        client.until(
            lambda answer: all(each["errorCode"] == 0 for each in answer["groups"]),
            "OffsetFetch", {"groups": [{"groupId": group, "topics": []}]}, version=9,
        )


def play(name, client, chosen, trouble):
    """All scenarios against one broker; what ends one early is noted, and the next one goes on."""
    warm_up(client)
    for room, run in chosen:
        client.scenario = run.__name__
        began, before = time.monotonic(), len(client.steps)
        try:
            run(client)
        except Exception as error:  # noqa: BLE001 (a scenario may fail in any way, by what a broker answers)
            where = traceback.extract_tb(error.__traceback__)
            line = next((f"{pathlib.Path(f.filename).name}:{f.lineno}" for f in reversed(where) if "scenarios" in f.filename), "")
            trouble.append((room, run.__name__, f"{where and line}: {type(error).__name__}: {str(error)[:300]}"))
            for connection in list(client.connections):
                client.connections.pop(connection).close()
        took_s, count = time.monotonic() - began, len(client.steps) - before
        print(f"{name}: {run.__name__}: {count} answers in {took_s:.1f} s", file=sys.stderr, flush=True)


class Found:
    """One difference, in all versions and for all requests that show it."""

    def __init__(self, room, release, step, path, kafka, ours):
        self.room, self.release, self.step, self.path, self.kafka, self.ours = room, release, step, path, kafka, ours
        self.versions = set()
        self.notes = {}  # in the order in which they came

    def versions_text(self):
        return ",".join(str(v) for v in sorted(self.versions))


class Report:
    def __init__(self):
        self.answers = collections.Counter()  # (api, version) -> compared answers
        self.differing = collections.Counter()
        self.found = {}
        self.trouble = []
        self.not_served = {}

    def compare(self, release, rooms, kafka, ours):
        by_scenario = lambda client: {name: [s for s in client.steps if s.scenario == name] for name in rooms}
        theirs, our_own = by_scenario(kafka), by_scenario(ours)
        for name, room in rooms.items():
            for one, other in zip(theirs[name], our_own[name]):
                if (one.api, one.version, one.note) != (other.api, other.version, other.note):
                    self.trouble.append((room, name, f"{release}: the two ran apart at {one.api} v{one.version} {one.note}"))
                    break
                self._compare_step(release, room, one, other)

    def _compare_step(self, release, room, one, other):
        self.answers[one.api, one.version] += 1
        differs = False
        for path, kafka, ours in differences.differences(one.api, one.answer, other.answer):
            differs = True
            values = (re.sub(rf"-0*{one.version}\b", "-VERSION", str(value)) for value in (kafka, ours))
            where = path if "configs[" in path else pattern_of(path)
            where = re.sub(rf"-0*{one.version}\b", "-VERSION", where)
            key = (room, one.scenario, one.api, where, *values, release)
            found = self.found.setdefault(key, Found(room, release, one, path, kafka, ours))
            found.versions.add(one.version)
            found.notes[one.note] = True
        self.differing[one.api, one.version] += differs

    def table(self):
        lines = ["api                          version: answers compared (of these with differences)"]
        apis = sorted({api for api, _ in self.answers})
        for api in apis:
            versions = sorted(v for a, v in self.answers if a == api)
            cells = []
            for version in versions:
                differing = self.differing[api, version]
                cells.append(f"{version}: {self.answers[api, version]}" + (f" ({differing})" if differing else ""))
            lines.append(f"{api:28} " + "  ".join(cells))
        total, differing = sum(self.answers.values()), sum(self.differing.values())
        lines.append(f"{total} answers compared, {differing} with differences, {len(self.found)} distinct differences")
        for release, missing in self.not_served.items():
            if missing:
                lines.append(f"served by Kafka {release} only: {', '.join(missing)}")
        return "\n".join(lines)

    def details(self, room=None):
        out = []
        for where, scenario, text in self.trouble:
            if room in (None, where):
                out.append(f"### {scenario} ended early\n\n- {text}\n")
        for found in self.found.values():
            if room not in (None, found.room):
                continue
            request = json.dumps(found.step.request, default=lambda data: f"<{len(data)} bytes>")
            notes = "; ".join(note for note in found.notes if note)
            out.append(
                f"### {found.step.api} v{found.versions_text()} ({found.step.scenario})\n\n"
                f"- asked: {notes or 'as is'}\n- request: `{shortened(request)}`\n- field: `{found.path}`\n"
                f"- Kafka {found.release}: `{shortened(json.dumps(found.kafka))}`\n- FluxMQ: `{shortened(json.dumps(found.ours))}`\n"
            )
        return "\n".join(out)


def shortened(text, limit=700):
    return text if len(text) <= limit else text[:limit] + "…"


def missing_versions(kafka, ours):
    """What Kafka serves and FluxMQ doesn't."""
    missing = []
    for key, api, _ in read_facts():
        versions = sorted(span(kafka.served, key) - span(ours.served, key))
        if versions:
            missing.append(f"{api} {versions[0]}-{versions[-1]}")
    return missing


def run(release, report, chosen, keep_running):
    """Both brokers, the scenarios against each at the same time, and the comparison."""
    with concurrent.futures.ThreadPoolExecutor(2) as both:
        starting = both.submit(brokers.start, "kafka", release), both.submit(brokers.start, "fluxmq")
        started = []
        try:
            for each in starting:
                started.append(each.result())
            now_ms = int(time.time() * 1000)
            kafka, ours = (Client(server.port, PROGRAM, now_ms) for server in started)
            choose_versions(release, kafka, ours)
            report.not_served[release] = missing_versions(kafka, ours)
            troubles = [], []
            names = f"Kafka {release}", "FluxMQ"
            for playing in [both.submit(play, *each) for each in zip(names, (kafka, ours), (chosen, chosen), troubles)]:
                playing.result()
            for name, trouble in zip(names, troubles):
                report.trouble += [(room, scenario, f"with {name}: {text}") for room, scenario, text in trouble]
            report.compare(release, {run.__name__: room for room, run in chosen}, kafka, ours)
            for client in (kafka, ours):
                client.close()
        finally:
            for server in started:
                print(f"{server.name}: port {server.port}, {server.folder}", file=sys.stderr) if keep_running else server.remove()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # so that brokers are stopped
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="only these rooms (cluster, configs, data, groups) or scenarios")
    parser.add_argument("--kafka", choices=[NEWEST, OLDER], help="only the run against this release")
    parser.add_argument("--write", type=pathlib.Path, metavar="FOLDER", help="differences of each room to FOLDER/ROOM.md")
    parser.add_argument("--keep-running", action="store_true", help="leave the brokers running and their data in place")
    parser.add_argument("--list", action="store_true", help="name the scenarios and end")
    options = parser.parse_args()

    chosen = [
        (room, run) for room, run in scenarios.SCENARIOS
        if not options.names or room in options.names or run.__name__ in options.names
    ]
    if options.list or not chosen:
        print("\n".join(f"{room:8} {run.__name__}" for room, run in scenarios.SCENARIOS))
        return 0 if options.list else 2

    report = Report()
    for release in [options.kafka] if options.kafka else [NEWEST, OLDER]:
        run(release, report, chosen, options.keep_running)

    print(report.details())
    print(report.table())
    if options.write:
        for room in sorted({room for room, _ in chosen}):
            text = f"# Differences: {room} (./dev compare {room})\n\n{report.details(room) or 'None.'}\n"
            (options.write / f"{room}.md").write_text(text)
    return 1 if report.found or report.trouble else 0


if __name__ == "__main__":
    sys.exit(main())
