"""The Java producer, consumer and admin client against the broker; what they do is in java/JavaClient.java. Groups of
older releases' consumers are those of java/any/AnyClient.java."""

import unittest

from confluent_kafka.admin import AdminClient, NewTopic

import group_members
from broker import CLIENTS, JAVA, KAFKA, BrokerTest, run


def java_client(*words, release=None):
    """The command line that puts our class on Kafka's class path: JavaClient of today's, AnyClient of another release."""
    settings = {
        "session.timeout.ms": group_members.SESSION_TIMEOUT_MS,
        "heartbeat.interval.ms": group_members.HEARTBEAT_INTERVAL_MS,
        "auto.commit.interval.ms": group_members.AUTO_COMMIT_INTERVAL_MS,
    }
    if release:
        class_path = f"{CLIENTS}/java-{release}:" + run([KAFKA, "client-classpath"], env={"KAFKA_VERSION": release}).strip()
    else:
        class_path = f"{CLIENTS}/java:" + run([KAFKA, "classpath"]).strip()
    properties = [f"-D{key}={value}" for key, value in settings.items()]
    flags = f"{JAVA['KAFKA_HEAP_OPTS']} {JAVA['KAFKA_JVM_OPTS']}".split()
    log4j = f"-Dlog4j2.configurationFile={KAFKA.parent}/log4j2.properties"
    return ["java", *flags, log4j, *properties, "-cp", class_path, "AnyClient" if release else "JavaClient", *words]


class Java(BrokerTest):
    def test_producer_consumer_admin(self):
        print(run(java_client("check", self.broker.address), timeout_s=120))

    def group_story(self, release=None):
        topic, group = self.name(), self.name("-group")
        admin = AdminClient({"bootstrap.servers": self.broker.address})
        admin.create_topics([NewTopic(topic, group_members.PARTITIONS, 1)])[topic].result(20)
        address = self.broker.address
        spawn = lambda: group_members.Member(java_client("member", address, group, topic, release=release))
        produce = lambda values: run(java_client("produce", address, topic, release=release), input="\n".join(values))
        group_members.GroupStory(self, spawn, produce).tell()

    def test_group(self):
        self.group_story()

    def test_group_of_3_9(self):
        self.group_story("3.9.2")

    def test_group_of_2_1(self):
        self.group_story("2.1.1")

    def test_group_of_0_10(self):
        self.group_story("0.10.2.2")


if __name__ == "__main__":
    unittest.main(verbosity=2)
