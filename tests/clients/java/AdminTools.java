// Kafka's command-line tools, one after the other in one process: a Java machine for each would take a minute more.
//   AdminTools      command lines on stdin, as "topics --list" or "a b c | console-producer ..." (words to send as lines)
// Before each command's output, stdout and stderr together, comes a line of the separator and the command itself;
// after it, "exit N" unless the tool ended as one that succeeded.
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Exit;

public final class AdminTools {
  private static final char SEPARATOR = '\u001e';

  private static final Map<String, String> TOOLS = Map.ofEntries(
      Map.entry("api-versions", "org.apache.kafka.tools.BrokerApiVersionsCommand"),
      Map.entry("cluster", "org.apache.kafka.tools.ClusterTool"),
      Map.entry("configs", "kafka.admin.ConfigCommand"),
      Map.entry("console-consumer", "org.apache.kafka.tools.consumer.ConsoleConsumer"),
      Map.entry("console-producer", "org.apache.kafka.tools.ConsoleProducer"),
      Map.entry("consumer-groups", "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"),
      Map.entry("delete-records", "org.apache.kafka.tools.DeleteRecordsCommand"),
      Map.entry("features", "org.apache.kafka.tools.FeatureCommand"),
      Map.entry("get-offsets", "org.apache.kafka.tools.GetOffsetShell"),
      Map.entry("groups", "org.apache.kafka.tools.GroupsCommand"),
      Map.entry("leader-election", "org.apache.kafka.tools.LeaderElectionCommand"),
      Map.entry("log-dirs", "org.apache.kafka.tools.LogDirsCommand"),
      Map.entry("metadata-quorum", "org.apache.kafka.tools.MetadataQuorumCommand"),
      Map.entry("reassign-partitions", "org.apache.kafka.tools.reassign.ReassignPartitionsCommand"),
      Map.entry("topics", "org.apache.kafka.tools.TopicCommand"),
      Map.entry("transactions", "org.apache.kafka.tools.TransactionsCommand"));

  // A tool that wants the process to end. Some catch this as well, and go on to complain of it: what is printed after
  // the first end is not heard.
  private static final class Ended extends Error {
    Ended() {
      super(null, null, false, false);
    }
  }

  private static final class Output extends FilterOutputStream {
    volatile boolean open = true;

    Output(OutputStream to) {
      super(to);
    }

    @Override
    public void write(int value) throws IOException {
      if (open) {
        out.write(value);
      }
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      if (open) {
        out.write(bytes, from, count);
      }
    }
  }

  private static final Output output = new Output(System.out);
  private static volatile int exitCode;
  private static final List<Runnable> shutdownHooks = new ArrayList<>(); // a producer is closed there, for one

  private AdminTools() {}

  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8);
    Exit.Procedure end = (code, message) -> {
      if (output.open) {
        exitCode = code;
        out.flush();
        output.open = false;
      }
      throw new Ended();
    };
    Exit.setExitProcedure(end);
    Exit.setHaltProcedure(end);
    Exit.setShutdownHookAdder((name, hook) -> shutdownHooks.add(hook));
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.setOut(out);
    System.setErr(out);
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      out.println(SEPARATOR + line);
      exitCode = 0;
      run(line);
      shutdownHooks.forEach(Runnable::run);
      shutdownHooks.clear();
      output.open = true;
      if (exitCode != 0) {
        out.println("exit " + exitCode);
      }
    }
    System.exit(0); // a tool may have left a thread behind
  }

  private static void run(String line) throws Exception {
    int pipe = line.indexOf(" | ");
    String records = pipe < 0 ? "" : line.substring(0, pipe).replace(' ', '\n') + "\n";
    System.setIn(new ByteArrayInputStream(records.getBytes(StandardCharsets.UTF_8)));
    String[] words = line.substring(pipe < 0 ? 0 : pipe + 3).split(" ");
    String[] arguments = new String[words.length - 1];
    System.arraycopy(words, 1, arguments, 0, arguments.length);
    try {
      Class.forName(TOOLS.get(words[0])).getMethod("main", String[].class).invoke(null, (Object) arguments);
    } catch (InvocationTargetException e) {
      if (output.open) { // not the end that it asked for
        throw e;
      }
    }
  }
}
