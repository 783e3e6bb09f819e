// Records and groups with what every Java client since 0.10.2 has: compiled once per client release, against its own
// classes. What a release may lack is called by reflection.
//   AnyClient write BOOTSTRAP                      records of stdin: topic codec key value timestamp headers
//   AnyClient read BOOTSTRAP TOPIC:COUNT:TIME...   what lies in partition 0, and the offset of that time
//   AnyClient produce BOOTSTRAP TOPIC              lines of stdin, spread over the topic's partitions
//   AnyClient member BOOTSTRAP GROUP TOPIC         one member of a group until SIGTERM; JSON lines on stdout
// Words are separated by tabs; bytes are base64, "-" is null; headers are key:bytes, separated by commas.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

public final class AnyClient {
  private static final long DEADLINE_MS = 40_000;
  private static final int POLL_MS = 100;
  private static final int SHORT_BYTES = 100; // longer values are told by their length and CRC
  private final String bootstrap;

  private AnyClient(String bootstrap) {
    this.bootstrap = bootstrap;
  }

  public static void main(String[] args) throws Exception {
    AnyClient client = new AnyClient(args[1]);
    switch (args[0]) {
      case "write": client.write(); break;
      case "read": client.read(args); break;
      case "produce": client.produce(args[2]); break;
      case "member": client.member(args[2], args[3]); break;
      default: throw new IllegalArgumentException(args[0]);
    }
  }

  // --- the clients ---

  private KafkaProducer<byte[], byte[]> producer(String codec) {
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", bootstrap);
    config.put("compression.type", codec);
    config.put("acks", "all");
    config.put("linger.ms", 20); // batches of several records
    config.put("max.request.size", 2_000_000);
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private KafkaConsumer<byte[], byte[]> consumer(String... keysAndValues) {
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", bootstrap);
    config.put("auto.offset.reset", "earliest");
    config.put("fetch.max.wait.ms", 50); // a fetch of the topic before is waited for
    for (int i = 0; i < keysAndValues.length; i += 2) {
      config.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  // --- what came with 0.11 and 2.0, and what went with 4.0 ---

  private static ConsumerRecords<byte[], byte[]> poll(KafkaConsumer<byte[], byte[]> consumer) throws Exception {
    try {
      return call(consumer, "poll", new Class<?>[] {Class.forName("java.time.Duration")},
          java.time.Duration.ofMillis(POLL_MS));
    } catch (NoSuchMethodException e) {
      return call(consumer, "poll", new Class<?>[] {long.class}, (long) POLL_MS);
    }
  }

  private static void addHeader(ProducerRecord<byte[], byte[]> record, String key, byte[] value) throws Exception {
    Object headers = call(record, "headers", new Class<?>[] {});
    call(headers, "add", new Class<?>[] {String.class, byte[].class}, key, value);
  }

  private static String headers(ConsumerRecord<byte[], byte[]> record) throws Exception {
    Object headers;
    try {
      headers = call(record, "headers", new Class<?>[] {});
    } catch (NoSuchMethodException e) {
      return "";
    }
    List<String> words = new ArrayList<>();
    for (Object header : (Iterable<?>) headers) {
      String key = call(header, "key", new Class<?>[] {});
      byte[] value = call(header, "value", new Class<?>[] {});
      words.add(key + ":" + encode(value));
    }
    return String.join(",", words);
  }

  @SuppressWarnings("unchecked")
  private static <T> T call(Object object, String name, Class<?>[] types, Object... arguments) throws Exception {
    Method method = object.getClass().getMethod(name, types);
    method.setAccessible(true);
    try {
      return (T) method.invoke(object, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception ? (Exception) e.getCause() : e;
    }
  }

  // --- records ---

  private static byte[] decode(String word) {
    return word.equals("-") ? null : Base64.getDecoder().decode(word);
  }

  private static String encode(byte[] bytes) {
    return bytes == null ? "-" : Base64.getEncoder().encodeToString(bytes);
  }

  private static String brief(byte[] bytes) {
    if (bytes == null || bytes.length <= SHORT_BYTES) {
      return encode(bytes);
    }
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return bytes.length + " bytes, " + Long.toHexString(crc.getValue());
  }

  private void write() throws Exception {
    Map<String, KafkaProducer<byte[], byte[]>> producers = new LinkedHashMap<>();
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    String last = "";
    for (String line : lines()) {
      String[] words = line.split("\t", -1);
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(words[0], 0, Long.valueOf(words[4]), decode(words[2]), decode(words[3]));
      for (String header : words[5].isEmpty() ? new String[0] : words[5].split(",")) {
        String[] keyAndValue = header.split(":", -1);
        addHeader(record, keyAndValue[0], decode(keyAndValue[1]));
      }
      String codec = words[1];
      if (!codec.equals(last) && !last.isEmpty()) {
        producers.get(last).flush(); // the order of the lines is the order of the log
      }
      last = codec;
      if (!producers.containsKey(codec)) {
        producers.put(codec, producer(codec));
      }
      sent.add(producers.get(codec).send(record));
    }
    for (Future<RecordMetadata> future : sent) {
      future.get();
    }
    for (KafkaProducer<?, ?> producer : producers.values()) {
      producer.close();
    }
  }

  private void read(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, false, "UTF-8");
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      for (int i = 2; i < args.length; i++) {
        String[] words = args[i].split(":");
        TopicPartition partition = new TopicPartition(words[0], 0);
        int count = Integer.parseInt(words[1]);
        OffsetAndTimestamp found =
            consumer.offsetsForTimes(Collections.singletonMap(partition, Long.valueOf(words[2]))).get(partition);
        out.println(words[0] + "\tat time\t" + (found == null ? "-" : found.offset()));
        consumer.assign(Collections.singletonList(partition));
        consumer.seekToBeginning(Collections.singletonList(partition));
        long end = System.currentTimeMillis() + DEADLINE_MS;
        for (int read = 0; read < count;) {
          if (System.currentTimeMillis() > end) {
            throw new AssertionError(read + " records of " + count + " in " + partition);
          }
          for (ConsumerRecord<byte[], byte[]> r : poll(consumer)) {
            out.println(words[0] + "\t" + r.offset() + "\t" + brief(r.key()) + "\t" + brief(r.value()) + "\t"
                + r.timestamp() + "\t" + r.timestampType() + "\t" + headers(r));
            read++;
          }
        }
      }
    }
    out.flush();
  }

  // --- a member of a group, and what feeds it ---

  private void produce(String topic) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = producer("none")) {
      int partitions = producer.partitionsFor(topic).size();
      int i = 0;
      for (String line : lines()) {
        producer.send(new ProducerRecord<byte[], byte[]>(topic, i++ % partitions, null, line.getBytes(StandardCharsets.UTF_8)));
      }
    }
  }

  private void member(String group, String topic) throws Exception {
    final KafkaConsumer<byte[], byte[]> consumer = consumer("group.id", group,
        "session.timeout.ms", System.getProperty("session.timeout.ms"),
        "heartbeat.interval.ms", System.getProperty("heartbeat.interval.ms"),
        "auto.commit.interval.ms", System.getProperty("auto.commit.interval.ms"));
    final Thread main = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      consumer.wakeup();
      try {
        main.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }));
    Set<TopicPartition> known = null;
    consumer.subscribe(Collections.singletonList(topic));
    try {
      while (true) {
        ConsumerRecords<byte[], byte[]> records = poll(consumer);
        Set<TopicPartition> assigned = new HashSet<>(consumer.assignment());
        if (!assigned.equals(known)) {
          List<Integer> partitions = new ArrayList<>();
          assigned.forEach(p -> partitions.add(p.partition()));
          System.out.println("{\"assigned\": " + partitions + "}");
        }
        known = assigned;
        records.forEach(r -> System.out.println("{\"partition\": " + r.partition() + ", \"offset\": " + r.offset()
            + ", \"value\": \"" + new String(r.value(), StandardCharsets.UTF_8) + "\"}"));
        System.out.flush();
      }
    } catch (WakeupException e) {
      consumer.close();
    }
  }

  private static List<String> lines() throws Exception {
    List<String> lines = new ArrayList<>();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      lines.add(line);
    }
    return lines;
  }
}
