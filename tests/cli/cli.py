"""The command line: what it prints, what it refuses and how, and its exit codes."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "clients"))

from broker import FLUXMQ, REPO, Broker  # noqa: E402

FLAGS = ["--port", "--host", "--config", "--data-dir", "--log-level", "--enable-consumer-groups", "--check-config",
         "--print-config", "--version", "--set", "--help"]


class CommandLine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="fluxmq-cli-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def fluxmq(self, *words):
        return subprocess.run([FLUXMQ, *map(str, words)], capture_output=True, text=True, timeout=60, cwd=self.folder)

    def refused(self, *words):
        """The one line with which the broker refuses these words; it has neither started nor made anything."""
        done = self.fluxmq("--data-dir", self.folder / "data", *words)
        self.assertGreater(done.returncode, 0, "ended by a signal")
        self.assertEqual(done.stdout, "")
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        return lines[0]

    def config(self, text):
        """A configuration of its own, with the folder plugins.d that is read beside it."""
        plugins = self.folder / "plugins.d"
        if not plugins.exists():
            shutil.copytree(REPO / "config" / "plugins.d", plugins)
        file = self.folder / "fluxmq.conf"
        file.write_text(text)
        return file

    def test_the_page_of_all_keys_is_what_the_plugins_declare(self):
        page = self.fluxmq("--print-config=markdown").stdout
        self.assertEqual(page, (REPO / "docs" / "configuration.md").read_text(),
                         "make it anew: fluxmq --print-config=markdown > docs/configuration.md")

    def test_a_config_without_plugins_beside_it_takes_the_installed_ones(self):
        file = self.folder / "alone.conf"
        file.write_text("num.partitions=3\n")
        self.assertEqual(self.fluxmq("--config", file, "--check-config").returncode, 0)

    def test_help_and_version(self):
        done = self.fluxmq("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for flag in FLAGS:
            self.assertRegex(done.stdout, rf"(?m)^\s+{flag}\b")
        done = self.fluxmq("--version")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^fluxmq \d+\.\d+\.\d+\n$")

    def test_wrong_flags(self):
        line = self.refused("--prot", 9092)
        self.assertIn("--prot", line)
        self.assertIn("did you mean --port?", line)
        self.assertIn("--check-config", self.refused("--chek-config"))
        self.assertIn("--port", self.refused("--port"))
        self.assertIn("a command comes before all flags", self.refused("stray"))
        done = self.fluxmq("stray")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("unknown command stray", done.stderr)

    def test_wrong_keys(self):
        line = self.refused("--set", "num.partition=3")
        self.assertIn("command line: unknown key num.partition; did you mean num.partitions?", line)
        self.assertIn("nonsense", self.refused("--set", "nonsense"))
        file = self.config("num.partitions=3\n\n# a comment\nlog.segment.byte=5\n")
        line = self.refused("--config", file)
        self.assertIn(f"{file}:4: unknown key log.segment.byte; did you mean log.segment.bytes?", line)

    def test_wrong_values(self):
        for key, value in (("num.partitions", "many"), ("num.partitions", "0"), ("num.partitions", "99999999999999999999"),
                           ("log.segment.bytes", "-1"), ("auto.create.topics.enable", "perhaps")):
            line = self.refused("--set", f"{key}={value}")
            self.assertIn(f"command line: {key}={value}", line)
        line = self.refused("--log-level", "wran")
        self.assertIn("wran", line)
        self.assertIn("warn", line)
        for port in ("http", "70000", "-1"):
            self.assertIn(port, self.refused("--port", port))
        file = self.config("num.partitions=several\n")
        self.assertIn(f"{file}:1: num.partitions=several", self.refused("--config", file))
        self.assertIn("/no/such/file", self.refused("--config", "/no/such/file"))
        self.assertIn("listeners", self.refused("--set", "listeners=PLAINTEXT:/127.0.0.1"))

    def test_check_config(self):
        done = self.fluxmq("--check-config", "--data-dir", self.folder / "data")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        lines = done.stdout.splitlines()[1:]
        self.assertEqual(lines[0], f"log.dirs: {self.folder / 'data'} will be made")
        self.assertIn("appends go to ", lines[1])
        self.assertFalse((self.folder / "data").exists(), "checking makes nothing")
        file = self.config("num.partitions=1\n")
        done = self.fluxmq("--check-config", "--data-dir", file)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn(f"log.dirs: {file} can't be used", done.stderr)
        self.assertIn("num.partitions", self.refused("--check-config", "--set", "num.partitions=x"))

    def test_print_config(self):
        file = self.config("num.partitions=7\n")
        done = self.fluxmq("--print-config", "--config", file, "--set", "log.segment.bytes=2000000")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("\nnum.partitions=7\n", done.stdout)
        self.assertIn("\nlog.segment.bytes=2000000\n", done.stdout)
        self.assertIn(f"{file}:1", done.stdout, "says where a value is from")

    def test_as_the_manual_says(self):
        """fluxmq --port N --log-level debug --enable-consumer-groups."""
        broker = Broker(arguments=["--enable-consumer-groups"])
        self.addCleanup(broker.remove)
        broker.start()
        broker.stop()

    def test_port_in_use(self):
        broker = Broker()
        self.addCleanup(broker.remove)
        broker.start()
        line = self.refused("--port", broker.port)
        self.assertIn(str(broker.port), line)
        self.assertRegex(line, r"(?i)in use")
        broker.stop()

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_folder_that_cannot_be_written(self):
        done = self.fluxmq("--port", 0, "--data-dir", "/proc/nothing")
        self.assertEqual(done.returncode, 1)
        self.assertIn("/proc/nothing", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
