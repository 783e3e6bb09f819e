"""What scenarios talk through: requests written as values, sent to one broker, their answers recorded.

A broker hands out values that only it knows: topic ids, member ids, producer ids. Scenarios carry them by name:
`keep={"member": "memberId"}` stores one, "$member" in a later request stands for it, and the recorded answer shows
"$member" in its place, so that the answers of two brokers can be compared. Topic ids are kept without being asked, as
"$id:NAME".
"""

import json
import re
import socket
import struct
import subprocess
import time

import records

ANSWER_TIMEOUT_S = 10
SETTLE_TIMEOUT_S = 30
KEPT_TEXT_LENGTH = 6  # shorter texts could be anything
ZERO_ID = "A" * 22
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")  # of a member id that the scenario doesn't keep
API_VERSIONS = 18
NEXT_ID = 0x5EED  # correlation id of the request behind one that must not be answered


class Codec:
    """The compare_codec process: values to bytes, bytes to values."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def _translate(self, **line):
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise ValueError(f"{line['api']} v{line['version']}: {answer['error']} in {str(line)[:400]}")
        return answer

    def request(self, api, version, correlation_id, body):
        line = self._translate(
            api=api, version=version, correlationId=correlation_id, clientId="compare", request=body
        )
        return bytes.fromhex(line["hex"])

    def response(self, api, version, frame):
        answer = self._translate(api=api, version=version, hex=frame.hex())
        if answer["bytesLeft"]:
            answer["response"]["bytes left"] = answer["bytesLeft"]
        return answer["response"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Closed(Exception):
    """The broker closed the connection instead of answering."""


class Connection:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_TIMEOUT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def send(self, frame):
        self.socket.sendall(struct.pack(">i", len(frame)) + frame)

    def receive(self):
        try:
            head = self.file.read(4)
            frame = self.file.read(struct.unpack(">i", head)[0]) if len(head) == 4 else b""
        except ConnectionError:
            frame = b""
        if not frame:
            raise Closed
        return frame

    def close(self):
        self.socket.close()


class Step:
    """One request and what came of it, in values that don't depend on the broker."""

    def __init__(self, scenario, note, api, version, request, answer):
        self.scenario, self.note, self.api, self.version = scenario, note, api, version
        self.request, self.answer = request, answer


class Client:
    def __init__(self, port, program, now_ms):
        self.port = port
        self.now_ms = now_ms  # the same for both brokers: records and offsets by time depend on it
        self.codec = Codec(program)
        self.names = {}
        self.connections = {}
        self.steps = []
        self.scenario = ""
        self.correlation_id = 0
        self.settings = 0
        answer = self._exchange("ApiVersions", 0, {}, "main")
        self.served = {each["apiKey"]: (each["minVersion"], each["maxVersion"]) for each in answer["apiKeys"]}
        self.compared = {}  # api -> versions that this run compares
        self.common = {}  # api -> versions that both brokers serve

    def close(self):
        for connection in self.connections.values():
            connection.close()
        self.codec.close()

    # --- versions ---

    def versions(self, api, since=0, until=99):
        return [version for version in self.compared.get(api, ()) if since <= version <= until]

    def newest(self, api, until=99):
        return max((version for version in self.common.get(api, ()) if version <= until), default=None)

    # --- requests that are compared ---

    def ask(self, api, version, body=None, note="", on="main", keep=None):
        """Sends a request, records and returns its answer (as the broker gave it)."""
        self.send(api, version, body, note, on, keep)
        return self.receive(on)

    def send(self, api, version, body=None, note="", on="main", keep=None):
        """Sends a request whose answer receive() takes later; one at a time on a connection."""
        connection = self._connection(on)
        connection.pending = (api, version, body or {}, note, keep or {})
        try:
            connection.send(self._frame(api, version, body or {}))
        except OSError:
            pass  # receive() finds it closed

    def receive(self, on="main"):
        connection = self._connection(on)
        api, version, body, note, keep = connection.pending
        try:
            answer = self.codec.response(api, version, connection.receive())
        except Closed:
            answer = self._dropped(on, "closed")
        except TimeoutError:
            answer = self._dropped(on, f"nothing within {ANSWER_TIMEOUT_S} s")
        self._learn(answer, keep)
        self.steps.append(Step(self.scenario, note, api, version, body, self._normal(answer)))
        return answer

    def ask_silent(self, api, version, body, note="", on="silent"):
        """A request that must not be answered: records whether the next one's answer comes first."""
        connection = self._connection(on)
        connection.send(self._frame(api, version, body))
        connection.send(struct.pack(">hhih", API_VERSIONS, 0, NEXT_ID, -1))
        try:
            correlation_id = struct.unpack_from(">i", connection.receive())[0]
            answer = {"connection": "silent" if correlation_id == NEXT_ID else "answered"}
        except (Closed, TimeoutError):
            answer = self._dropped(on, "closed")
        self.steps.append(Step(self.scenario, note, api, version, body, answer))

    def raw(self, api_key, version, after_header, note):
        """A request of bytes, with header v1; its whole answer is recorded."""
        connection = self._connection("raw")
        connection.send(struct.pack(">hhih7s", api_key, version, 77, 7, b"compare") + after_header)
        try:
            answer = {"hex": connection.receive().hex()}
        except Closed:
            answer = self._dropped("raw", "closed")
        except TimeoutError:
            answer = self._dropped("raw", f"nothing within {ANSWER_TIMEOUT_S} s")
        self.steps.append(Step(self.scenario, note, f"key {api_key}", version, after_header.hex(), answer))

    # --- preparations, which are not compared ---

    def prepare(self, api, body, version=None, keep=None, on="preparation"):
        answer = self._exchange(api, self.newest(api) if version is None else version, body, on)
        self._learn(answer, keep or {})
        return answer

    def until(self, condition, api, body, version=None):
        """Asks again and again until the condition holds: brokers do some things after they have answered."""
        end = time.monotonic() + SETTLE_TIMEOUT_S
        while True:
            answer = self.prepare(api, body, version)
            if condition(answer):
                return answer
            if time.monotonic() > end:
                raise AssertionError(f"{api} {body} gives {answer} for {SETTLE_TIMEOUT_S} s")
            time.sleep(0.01)

    def settle(self):
        """Waits until the broker knows what was changed so far: changes of metadata are applied in their order, so
        once it shows the newest change of a config, it shows what came before."""
        if not self.settings:
            self.prepare("CreateTopics", {"topics": [{"name": "settled", "numPartitions": 1, "replicationFactor": 1}]})
        self.settings += 1
        value = str(10_000_000 + self.settings)
        config = {"name": "retention.ms", "configOperation": 0, "value": value}
        resource = {"resourceType": 2, "resourceName": "settled"}
        self.prepare("IncrementalAlterConfigs", {"resources": [{**resource, "configs": [config]}]})
        self.until(
            lambda answer: any(each["value"] == value for each in answer["results"][0]["configs"]),
            "DescribeConfigs",
            {"resources": [{**resource, "configurationKeys": ["retention.ms"]}]},
        )

    def topic(self, name, partitions=1, **configs):
        """A topic that takes records, its id kept. One that can't be created shows as a difference."""
        configs = [{"name": key.replace("_", "."), "value": value} for key, value in configs.items()]
        topic = {"name": name, "numPartitions": partitions, "replicationFactor": 1, "configs": configs}
        answer = self.prepare("CreateTopics", {"topics": [topic], "timeoutMs": 30000})
        outcome = {"errorCode": answer["topics"][0]["errorCode"]}
        self.steps.append(Step(self.scenario, "preparation", "CreateTopics", self.newest("CreateTopics"), topic, outcome))
        if outcome["errorCode"]:
            return name
        everywhere = [{"partitionIndex": p, "timestamp": -1, "currentLeaderEpoch": -1} for p in range(partitions)]
        self.until(
            lambda answer: all(p["errorCode"] == 0 for p in answer["topics"][0]["partitions"]),
            "ListOffsets",
            {"replicaId": -1, "topics": [{"name": name, "partitions": everywhere}]},
        )
        self.prepare("Metadata", {"topics": [{"name": name}], "allowAutoTopicCreation": False})
        return name

    def batch(self, values, **more):
        """A batch of this run's time."""
        return records.batch(values, more.pop("timestamp_ms", self.now_ms), **more)

    def produce(self, topic, batch, partition=0):
        """Preparation: records that are there when this returns."""
        data = [{"name": topic, "topicId": f"$id:{topic}", "partitionData": [{"index": partition, "records": batch}]}]
        answer = self.prepare("Produce", {"acks": -1, "timeoutMs": 30000, "topicData": data})
        partition = answer["responses"][0]["partitionResponses"][0]
        if partition["errorCode"]:
            raise AssertionError(f"produce to {topic}: {partition}")
        return partition["baseOffset"]

    # --- within ---

    def _connection(self, name):
        if name not in self.connections:
            self.connections[name] = Connection(self.port)
        return self.connections[name]

    def _dropped(self, on, how):
        self.connections.pop(on).close()
        return {"connection": how}

    def _frame(self, api, version, body):
        self.correlation_id += 1
        return self.codec.request(api, version, self.correlation_id, self._resolved(body))

    def _exchange(self, api, version, body, on):
        connection = self._connection(on)
        connection.send(self._frame(api, version, body))
        return self.codec.response(api, version, connection.receive())

    def _resolved(self, value):
        if isinstance(value, dict):
            return {key: self._resolved(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._resolved(each) for each in value]
        if isinstance(value, str) and value.startswith("$"):
            return self.names.get(value[1:], ZERO_ID if value.startswith("$id:") else "")
        if isinstance(value, bytes):
            return records.base64_of(value)
        return value

    def _learn(self, answer, keep):
        for name, path in keep.items():
            value = answer
            for part in path.split("."):
                value = value[int(part)] if isinstance(value, list) else value.get(part, "") if value else ""
            self.names[name] = value
        self._learn_topic_ids(answer)

    def _learn_topic_ids(self, value):
        if isinstance(value, list):
            for each in value:
                self._learn_topic_ids(each)
        elif isinstance(value, dict):
            name = value.get("name") or value.get("topicName") or value.get("topic")
            if name and value.get("topicId", ZERO_ID) != ZERO_ID:
                self.names[f"id:{name}"] = value["topicId"]
            for each in value.values():
                self._learn_topic_ids(each)

    def _normal(self, answer):
        kept = {str(v): f"${k}" for k, v in reversed(self.names.items()) if len(str(v)) >= KEPT_TEXT_LENGTH}
        numbers = {v: f"${k}" for k, v in self.names.items() if isinstance(v, int) and v > 0}

        def walk(value, key):
            if isinstance(value, dict):
                return {k: walk(each, k) for k, each in value.items()}
            if isinstance(value, list):
                return [walk(each, key) for each in value]
            if key == "port" and value == self.port:
                return "$port"
            if key == "records" and value is not None:
                return records.read(value)
            if isinstance(value, str):
                return kept.get(value) or UUID.sub("$uuid", value)
            if key in ("producerId", "sessionId"):
                return numbers.get(value, value)
            return value

        return walk(answer, "")


def pattern_of(path):
    """Where a difference is, without the places in lists: topics[2].name is topics[].name."""
    return re.sub(r"\[[^\]]*\]", "[]", path)
