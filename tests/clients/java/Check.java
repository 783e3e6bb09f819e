// Says what was expected when it did not happen, and ends the program with it.
import java.util.Objects;
import java.util.function.BooleanSupplier;

final class Check {
  private static final long DEADLINE_MS = 30_000;

  private Check() {}

  static void equal(Object wanted, Object got, String what) {
    if (!Objects.equals(wanted, got)) {
      throw new AssertionError(what + ": wanted " + wanted + ", got " + got);
    }
  }

  // The condition is expected to wait a little itself, as a poll does.
  static void until(BooleanSupplier condition, String what) {
    long end = System.currentTimeMillis() + DEADLINE_MS;
    while (!condition.getAsBoolean()) {
      if (System.currentTimeMillis() > end) {
        throw new AssertionError("waited " + DEADLINE_MS + " ms for " + what);
      }
    }
  }
}
