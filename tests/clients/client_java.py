"""The Java producer, consumer and admin client against the broker; what they do is in java/JavaClient.java."""

import unittest

import group_members
from broker import CLIENTS, JAVA, KAFKA, BrokerTest, kafka_tool, run


def java_client(*words):
    """The command line, and the environment that puts our class on Kafka's class path."""
    settings = {
        "session.timeout.ms": group_members.SESSION_TIMEOUT_MS,
        "heartbeat.interval.ms": group_members.HEARTBEAT_INTERVAL_MS,
        "auto.commit.interval.ms": group_members.AUTO_COMMIT_INTERVAL_MS,
    }
    class_path = run([KAFKA, "classpath"]).strip()
    properties = [f"-D{key}={value}" for key, value in settings.items()]
    flags = f"{JAVA['KAFKA_HEAP_OPTS']} {JAVA['KAFKA_JVM_OPTS']}".split()
    log4j = f"-Dlog4j2.configurationFile={KAFKA.parent}/log4j2.properties"
    return ["java", *flags, log4j, *properties, "-cp", f"{CLIENTS}/java:{class_path}", "JavaClient", *words]


class Java(BrokerTest):
    def test_producer_consumer_admin(self):
        print(run(java_client("check", self.broker.address), timeout_s=120))

    def test_group(self):
        topic, group = self.name(), self.name("-group")
        kafka_tool("topics", "--bootstrap-server", self.broker.address, "--create", "--topic", topic,
                   "--partitions", group_members.PARTITIONS)
        spawn = lambda: group_members.Member(java_client("member", self.broker.address, group, topic))
        produce = lambda values: run(java_client("produce", self.broker.address, topic), input="\n".join(values))
        group_members.GroupStory(self, spawn, produce).tell()


if __name__ == "__main__":
    unittest.main(verbosity=2)
