"""KafkaJS (npm) against the broker; what it does is in node/client.js."""

import pathlib
import shutil
import unittest

import group_members
from broker import CLIENTS, BrokerTest, run

SCRIPT = pathlib.Path(__file__).parent / "node" / "client.js"
ENVIRONMENT = {
    "NODE_PATH": str(CLIENTS / "node" / "node_modules"),
    "KAFKAJS_NO_PARTITIONER_WARNING": "1",
    "SESSION_TIMEOUT_MS": str(group_members.SESSION_TIMEOUT_MS),
    "HEARTBEAT_INTERVAL_MS": str(group_members.HEARTBEAT_INTERVAL_MS),
    "AUTO_COMMIT_INTERVAL_MS": str(group_members.AUTO_COMMIT_INTERVAL_MS),
}


class KafkaJs(BrokerTest):
    def test_producer_consumer_admin(self):
        print(run(["node", SCRIPT, "check", self.broker.address], timeout_s=120, env=ENVIRONMENT))

    def test_group(self):
        topic, group = self.name(), self.name("-group")
        node = shutil.which("node")

        client = lambda command, *words: [node, SCRIPT, command, self.broker.address, *words]
        run(client("create", topic, group_members.PARTITIONS), env=ENVIRONMENT)

        def produce(values):
            run(client("produce", topic, group_members.PARTITIONS), input="\n".join(values), env=ENVIRONMENT)

        def spawn():
            return group_members.Member(client("member", group, topic), ENVIRONMENT)

        group_members.GroupStory(self, spawn, produce).tell()


if __name__ == "__main__":
    unittest.main(verbosity=2)
