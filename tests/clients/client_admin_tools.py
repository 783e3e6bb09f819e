"""What Kafka's admin tools print against the broker is what they print against Apache Kafka.

admin_tools.txt holds a session: commands after "$ ", and what Apache Kafka 4.3.1 answered, ids, times and places masked.
Where FluxMQ answers otherwise, its answer follows a line "--- FluxMQ: why".

    FLUXMQ_TEST_BROKER=kafka client_admin_tools.py record     asks Apache Kafka anew, and keeps FluxMQ's own answers
    client_admin_tools.py record                              asks FluxMQ; an answer that is not Kafka's wants its why
"""

import itertools
import pathlib
import re
import sys
import unittest

from broker import CLIENTS, IS_KAFKA, KAFKA, Broker, BrokerTest, run

SESSION = pathlib.Path(__file__).parent / "admin_tools.txt"
SEPARATOR = "\x1e"
DIFFERS = "--- FluxMQ: "


class Step:
    def __init__(self, command, kafka=(), why=None, fluxmq=()):
        self.command, self.kafka, self.why, self.fluxmq = command, list(kafka), why, list(fluxmq)

    @property
    def expected(self):
        return self.fluxmq if self.why is not None and not IS_KAFKA else self.kafka

    def text(self):
        own = [] if self.why is None else [DIFFERS + self.why, *self.fluxmq]
        return "\n".join(["$ " + self.command, *self.kafka, *own]) + "\n"


def read_session():
    """The comment on top, and the steps."""
    lines = SESSION.read_text().splitlines()
    head = list(itertools.takewhile(lambda line: not line.startswith("$ "), lines))
    steps = []
    for line in filter(None, lines[len(head):]):
        if line.startswith("$ "):
            steps.append(Step(line[2:]))
        elif line.startswith(DIFFERS):
            steps[-1].why = line[len(DIFFERS):]
        elif steps[-1].why is not None:
            steps[-1].fluxmq.append(line)
        else:
            steps[-1].kafka.append(line)
    return head, steps


def answers(broker, commands, json_file):
    """What each command prints, masked, all of them run by one Java machine."""
    places = {"BROKER": broker.address, "JSON": str(json_file)}
    unmasked = re.compile("|".join(places))
    class_path = f"{CLIENTS}/java:{run([KAFKA, 'classpath']).strip()}"
    # Nothing is logged: the tools' answers are what they print.
    java = ["java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dorg.apache.logging.log4j.level=OFF",
            "-Dslf4j.internal.verbosity=ERROR", "-cp", class_path, "AdminTools"]
    lines = [unmasked.sub(lambda found: places[found[0]], command) for command in commands]
    printed = run(java, input="\n".join(lines) + "\n", timeout_s=240)
    parts = printed.split(SEPARATOR)[1:]
    if len(parts) != len(commands):
        raise AssertionError(f"{len(parts)} answers to {len(commands)} commands:\n{printed[-4000:]}")
    return [masked(part.split("\n")[1:], broker) for part in parts]


# What differs from run to run: ids, times, the positions of a metadata log.
MASKS = [(re.compile(pattern), mask) for pattern, mask in (
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "UUID"),
    (r"(TopicId|Cluster ID|ClusterId): [\w-]{22}", r"\1: ID"),
    (r"^(\d+) [\w-]{22} \d+ (\d+) ", r"\1 ID OFFSET \2 "),  # a row of metadata-quorum --replication
    (r"(Epoch|HighWatermark): \d+", r"\1: N"),
    (r"\b1[0-9]{12}\b", "TIME"),
    # Kafka keeps the default of this one as a dynamic config of the cluster, for its eligible leader replicas.
    (r"(?<=Configs: )min\.insync\.replicas=1,?|DYNAMIC_DEFAULT_BROKER_CONFIG:min\.insync\.replicas=1(, )?", ""),
    (r"^min\.insync\.replicas=1 sensitive=false synonyms={}$", ""),
    # A config of FluxMQ's own.
    (r"^write\.caching=.*$", ""),
    # Where in a tool's code an exception came by.
    (r"^at [\w.$/]+\(.*\)$|^at .*\.(java|scala):\d+\)$|^\.\.\. \d+ more$", ""),
)]


def masked(lines, broker):
    """Without what differs from run to run, the width of columns and empty lines."""
    places = {broker.address: "BROKER", f"127.0.0.1:{broker.port + 1}": "CONTROLLER", str(broker.port): "PORT"}
    result = []
    for line in lines:
        for place, mask in places.items():
            line = line.replace(place, mask)
        line = re.sub(re.escape(str(broker.folder)) + r"[^\s\",\]]*", "FOLDER", line)
        line = " ".join(line.split())
        for pattern, mask in MASKS:
            line = pattern.sub(mask, line).strip()
        if line:
            result.append(line)
    return result


def api_versions(lines):
    """api-versions' answer as {API: newest version}."""
    found = (re.search(r"(\w+)\(\d+\): (?:\d+ to )?(\d+)", line) for line in lines)
    return {match[1]: int(match[2]) for match in found if match}


class AdminTools(BrokerTest):
    def test_answers(self):
        _, steps = read_session()
        for step, answer in zip(steps, ask(self.broker, steps)):
            with self.subTest(command=step.command):
                if step.command.startswith("api-versions") and not IS_KAFKA:
                    self.check_api_versions(api_versions(step.kafka), api_versions(answer))
                else:
                    self.assertEqual(answer, step.expected)

    # Fewer APIs while some are not served, more old versions than Kafka: but each up to Kafka's newest.
    def check_api_versions(self, kafka, fluxmq):
        self.assertLess(20, len(fluxmq))
        self.assertEqual(fluxmq, {api: kafka.get(api) for api in fluxmq})


def ask(broker, steps):
    json_file = broker.folder / "partitions.json"
    json_file.write_text('{"partitions": [{"topic": "placed", "partition": 0, "offset": 2}], "version": 1}')
    return answers(broker, [step.command for step in steps], json_file)


def record():
    head, steps = read_session()
    broker = Broker().start()
    try:
        for step, answer in zip(steps, ask(broker, steps)):
            if IS_KAFKA:
                step.kafka = answer
            elif step.command.startswith("api-versions") or answer == step.kafka:
                step.why, step.fluxmq = None, []
            else:
                step.why, step.fluxmq = step.why or "?", answer
    finally:
        broker.remove()
    SESSION.write_text("\n".join([*head, *(step.text() for step in steps)]))
    if any(step.why == "?" for step in steps):
        sys.exit("there are answers that want their why")


if __name__ == "__main__":
    record() if sys.argv[1:] == ["record"] else unittest.main(verbosity=2)
