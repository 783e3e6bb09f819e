// The Java clients as an application uses them:
//   JavaClient check BOOTSTRAP                 producer, consumer and admin, each thing checked
//   JavaClient member BOOTSTRAP GROUP TOPIC    one member of a group until SIGTERM; JSON lines on stdout
//   JavaClient produce BOOTSTRAP TOPIC         lines of stdin, spread over the topic's partitions
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

public final class JavaClient {
  private static final Duration POLL = Duration.ofMillis(100);
  private final String bootstrap;

  private JavaClient(String bootstrap) {
    this.bootstrap = bootstrap;
  }

  public static void main(String[] args) throws Exception {
    JavaClient client = new JavaClient(args[1]);
    switch (args[0]) {
      case "check" -> client.check();
      case "member" -> client.member(args[2], args[3]);
      case "produce" -> client.produceLines(args[2]);
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  // --- the clients, as they come: defaults wherever the test does not need otherwise ---

  private Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", bootstrap));
  }

  private KafkaProducer<String, String> producer(String... keysAndValues) {
    return new KafkaProducer<>(config(keysAndValues), new StringSerializer(), new StringSerializer());
  }

  private KafkaConsumer<String, String> consumer(String group, String... keysAndValues) {
    Map<String, Object> config = config(keysAndValues);
    config.put("group.id", group);
    config.put("auto.offset.reset", "earliest");
    return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
  }

  private Map<String, Object> config(String... keysAndValues) {
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", bootstrap);
    for (int i = 0; i < keysAndValues.length; i += 2) {
      config.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return config;
  }

  private static List<ConsumerRecord<String, String>> read(KafkaConsumer<String, String> consumer, int count) {
    List<ConsumerRecord<String, String>> records = new ArrayList<>();
    Check.until(() -> {
      consumer.poll(POLL).forEach(records::add);
      return records.size() >= count;
    }, count + " records");
    Check.equal(count, records.size(), "records read");
    return records;
  }

  private static List<String> values(List<ConsumerRecord<String, String>> records) {
    return records.stream().map(ConsumerRecord::value).toList();
  }

  // --- what is checked ---

  private void check() throws Exception {
    step("topics", this::topics);
    step("configs", this::configs);
    step("records", this::records);
    step("codecs", this::codecs);
    step("idempotent producer", this::idempotentProducer);
    step("offsets by time", this::offsetsByTime);
    step("commit and resume", this::commitAndResume);
    step("groups as admin", this::groupsAsAdmin);
    step("long poll", this::longPoll);
  }

  private interface Step {
    void run() throws Exception;
  }

  private static void step(String name, Step step) throws Exception {
    long start = System.currentTimeMillis();
    step.run();
    System.out.println(name + ": ok, " + (System.currentTimeMillis() - start) + " ms");
  }

  private void create(String topic, int partitions) throws Exception {
    try (Admin admin = admin()) {
      admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
    }
  }

  private void topics() throws Exception {
    try (Admin admin = admin()) {
      // -1 for partitions and replicas: the broker's defaults.
      admin.createTopics(List.of(new NewTopic("topics-default", Optional.empty(), Optional.empty())
          .configs(Map.of("cleanup.policy", "delete")))).all().get();
      var described = admin.describeTopics(List.of("topics-default")).allTopicNames().get().get("topics-default");
      Check.equal(6, described.partitions().size(), "default partitions");
      Check.equal(described.topicId(), admin.describeTopics(TopicCollection.ofTopicIds(
          List.of(described.topicId()))).allTopicIds().get().get(described.topicId()).topicId(), "found by its id");
      try {
        create("topics-default", 1);
        throw new AssertionError("a topic was created twice");
      } catch (ExecutionException e) {
        Check.equal(TopicExistsException.class, e.getCause().getClass(), "created twice");
      }
      admin.createPartitions(Map.of("topics-default", NewPartitions.increaseTo(8))).all().get();
      Check.until(() -> partitions(admin, "topics-default") == 8, "eight partitions");
      Check.equal(true, admin.listTopics().names().get().contains("topics-default"), "listed");
      admin.deleteTopics(List.of("topics-default")).all().get();
      Check.until(() -> names(admin).isEmpty() || !names(admin).contains("topics-default"), "the topic to be gone");
      Check.equal(1, admin.describeCluster().nodes().get().size(), "brokers of the cluster");
    }
  }

  private static Set<String> names(Admin admin) {
    return get(admin.listTopics().names());
  }

  private static int partitions(Admin admin, String topic) {
    return get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic).partitions().size();
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  private void configs() throws Exception {
    create("configs", 1);
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "configs");
    try (Admin admin = admin()) {
      admin.incrementalAlterConfigs(Map.of(topic, List.of(
          new AlterConfigOp(new ConfigEntry("retention.ms", "3600000"), AlterConfigOp.OpType.SET),
          new AlterConfigOp(new ConfigEntry("max.message.bytes", "2000000"), AlterConfigOp.OpType.SET)))).all().get();
      Check.until(() -> "3600000".equals(config(admin, topic, "retention.ms").value()), "the new retention.ms");
      Check.equal("2000000", config(admin, topic, "max.message.bytes").value(), "the second change");
      Check.equal(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG, config(admin, topic, "retention.ms").source(), "source");
      admin.incrementalAlterConfigs(Map.of(topic, List.of(
          new AlterConfigOp(new ConfigEntry("retention.ms", ""), AlterConfigOp.OpType.DELETE)))).all().get();
      Check.until(() -> "604800000".equals(config(admin, topic, "retention.ms").value()), "the default again");
    }
  }

  private static ConfigEntry config(Admin admin, ConfigResource resource, String key) {
    return get(admin.describeConfigs(List.of(resource)).all()).get(resource).get(key);
  }

  private void records() throws Exception {
    create("records", 1);
    ProducerRecord<String, String> whole = new ProducerRecord<>("records", 0, 1_700_000_000_000L, "key", "value");
    whole.headers().add("a", "1".getBytes(StandardCharsets.UTF_8)).add("a", null).add("b", new byte[0]);
    try (var producer = producer()) {
      RecordMetadata first = producer.send(whole).get();
      Check.equal(0L, first.offset(), "offset of the first record");
      Check.equal(1L, producer.send(new ProducerRecord<>("records", 0, null, null)).get().offset(), "of the second");
      Check.equal(2L, producer.send(new ProducerRecord<>("records", 0, "", "")).get().offset(), "of the third");
    }
    try (var consumer = consumer("records-group")) {
      consumer.subscribe(List.of("records"));
      var records = read(consumer, 3);
      var first = records.get(0);
      Check.equal("key=value", first.key() + "=" + first.value(), "key and value");
      Check.equal(1_700_000_000_000L, first.timestamp(), "timestamp");
      Check.equal(List.of("a:1", "a:null", "b:"), Arrays.stream(first.headers().toArray())
          .map(h -> h.key() + ":" + (h.value() == null ? null : new String(h.value(), StandardCharsets.UTF_8)))
          .toList(), "headers");
      Check.equal(null, records.get(1).key(), "null key");
      Check.equal(null, records.get(1).value(), "null value");
      Check.equal("", records.get(2).value(), "empty value");
    }
  }

  private void codecs() throws Exception {
    create("codecs", 2);
    List<String> wanted = new ArrayList<>();
    for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
      for (String acks : List.of("0", "1", "all")) {
        try (var producer = producer("compression.type", codec, "acks", acks, "enable.idempotence", "false")) {
          for (int i = 0; i < 50; i++) {
            String value = codec + acks + i + "x".repeat(300);
            producer.send(new ProducerRecord<>("codecs", i % 2, "k", value));
            wanted.add(value);
          }
        }
      }
    }
    try (var consumer = consumer("codecs-group")) {
      consumer.subscribe(List.of("codecs"));
      Check.equal(wanted.stream().sorted().toList(), values(read(consumer, wanted.size())).stream().sorted().toList(),
          "values of all codecs");
    }
  }

  private void idempotentProducer() throws Exception {
    create("idempotent", 3);
    int count = 30_000;
    try (var producer = producer("batch.size", "1000", "linger.ms", "1")) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        sent.add(producer.send(new ProducerRecord<>("idempotent", i % 3, null, Integer.toString(i))));
      }
      for (int i = 0; i < count; i++) {
        Check.equal((long) (i / 3), sent.get(i).get().offset(), "offset of record " + i);
      }
    }
    try (var consumer = consumer("idempotent-group")) {
      consumer.subscribe(List.of("idempotent"));
      var records = read(consumer, count);
      for (int p = 0; p < 3; p++) {
        int partition = p;
        Check.equal(IntStream.range(0, count).filter(i -> i % 3 == partition).mapToObj(Integer::toString).toList(),
            records.stream().filter(r -> r.partition() == partition).map(ConsumerRecord::value).toList(),
            "records of partition " + p);
      }
    }
  }

  private void offsetsByTime() throws Exception {
    create("times", 1);
    TopicPartition partition = new TopicPartition("times", 0);
    try (var producer = producer()) {
      for (int i = 0; i < 10; i++) {
        producer.send(new ProducerRecord<>("times", 0, 1_700_000_000_000L + i * 1000, null, "" + i)).get();
      }
    }
    try (Admin admin = admin(); var consumer = consumer("times-group")) {
      Check.equal(4L, consumer.offsetsForTimes(Map.of(partition, 1_700_000_003_001L)).get(partition).offset(), "by time");
      Check.equal(null, consumer.offsetsForTimes(Map.of(partition, 1_800_000_000_000L)).get(partition), "of the future");
      Check.equal(0L, consumer.beginningOffsets(List.of(partition)).get(partition), "beginning");
      Check.equal(10L, consumer.endOffsets(List.of(partition)).get(partition), "end");
      Check.equal(9L, admin.listOffsets(Map.of(partition, OffsetSpec.maxTimestamp())).all().get().get(partition).offset(),
          "offset of the largest timestamp");
      consumer.assign(List.of(partition));
      consumer.seek(partition, 7);
      Check.equal(List.of("7", "8", "9"), values(read(consumer, 3)), "from an offset on");
    }
  }

  private void commitAndResume() throws Exception {
    create("commits", 2);
    TopicPartition one = new TopicPartition("commits", 1);
    try (var producer = producer()) {
      for (int i = 0; i < 20; i++) {
        producer.send(new ProducerRecord<>("commits", 1, null, "" + i)).get();
      }
    }
    try (var consumer = consumer("commits-group", "enable.auto.commit", "false", "max.poll.records", "5")) {
      consumer.subscribe(List.of("commits"));
      Check.equal(5, read(consumer, 5).size(), "records of one poll");
      consumer.commitSync(Map.of(one, new OffsetAndMetadata(5, "note")));
    }
    try (var consumer = consumer("commits-group", "enable.auto.commit", "false")) {
      consumer.subscribe(List.of("commits"));
      Check.equal("5", read(consumer, 15).get(0).value(), "the first after the commit");
      consumer.commitSync();
      Check.equal(20L, consumer.committed(Set.of(one)).get(one).offset(), "committed");
    }
  }

  private void groupsAsAdmin() throws Exception {
    try (Admin admin = admin(); var consumer = consumer("commits-group")) {
      consumer.subscribe(List.of("commits"));
      Check.until(() -> {
        consumer.poll(POLL);
        return consumer.assignment().size() == 2;
      }, "an assignment");
      var stable = admin.describeConsumerGroups(List.of("commits-group")).all().get().get("commits-group");
      Check.equal(GroupState.STABLE, stable.groupState(), "state with a member");
      Check.equal(2, stable.members().iterator().next().assignment().topicPartitions().size(), "assigned partitions");
      consumer.unsubscribe();
      Check.equal(GroupState.EMPTY, admin.describeConsumerGroups(List.of("commits-group")).all().get()
          .get("commits-group").groupState(), "state without members");
      Check.equal(20L, admin.listConsumerGroupOffsets("commits-group").partitionsToOffsetAndMetadata().get()
          .get(new TopicPartition("commits", 1)).offset(), "its offset");
      Check.equal(true, admin.listGroups().all().get().stream()
          .anyMatch(g -> g.groupId().equals("commits-group")), "listed");
      admin.deleteConsumerGroups(List.of("commits-group")).all().get();
      Check.equal(false, admin.listGroups().all().get().stream()
          .anyMatch(g -> g.groupId().equals("commits-group")), "listed when deleted");
    }
  }

  // A fetch that waits for data is answered when the data comes, long before its own limit.
  private void longPoll() throws Exception {
    create("waiting", 1);
    TopicPartition partition = new TopicPartition("waiting", 0);
    try (var consumer = consumer("waiting-group", "fetch.max.wait.ms", "20000"); var producer = producer()) {
      consumer.assign(List.of(partition));
      Check.equal(0L, consumer.position(partition), "position");
      consumer.poll(POLL);
      long start = System.currentTimeMillis();
      producer.send(new ProducerRecord<>("waiting", 0, null, "at last"));
      Check.equal(List.of("at last"), values(read(consumer, 1)), "what was waited for");
      Check.equal(true, System.currentTimeMillis() - start < 10_000, "answered when the record came");
      consumer.close(CloseOptions.timeout(Duration.ZERO)); // the next fetch is waiting already
    }
  }

  // --- a member of a group, and what feeds it ---

  private void member(String group, String topic) {
    var consumer = consumer(group, "session.timeout.ms", System.getProperty("session.timeout.ms"),
        "heartbeat.interval.ms", System.getProperty("heartbeat.interval.ms"),
        "auto.commit.interval.ms", System.getProperty("auto.commit.interval.ms"));
    Thread main = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      consumer.wakeup();
      try {
        main.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }));
    AtomicReference<Set<TopicPartition>> known = new AtomicReference<>(null);
    consumer.subscribe(List.of(topic));
    try {
      while (true) {
        var records = consumer.poll(POLL);
        Set<TopicPartition> assigned = Set.copyOf(consumer.assignment());
        if (!assigned.equals(known.getAndSet(assigned))) {
          System.out.println("{\"assigned\": " + assigned.stream().map(TopicPartition::partition).toList() + "}");
        }
        records.forEach(r -> System.out.println("{\"partition\": " + r.partition() + ", \"offset\": " + r.offset()
            + ", \"value\": \"" + r.value() + "\"}"));
        System.out.flush();
      }
    } catch (WakeupException e) {
      consumer.close();
    }
  }

  private void produceLines(String topic) throws Exception {
    List<String> lines;
    try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      lines = in.lines().collect(Collectors.toList());
    }
    try (var producer = producer()) {
      int partitions = producer.partitionsFor(topic).size();
      for (int i = 0; i < lines.size(); i++) {
        producer.send(new ProducerRecord<>(topic, i % partitions, null, lines.get(i)));
      }
    }
  }
}
