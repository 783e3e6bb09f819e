"""File systems of a test's own, which can be filled, taken away and broken, and end with the test.

Mounting takes root. `alone_with_mounts` runs a test in namespaces of its own: whatever becomes of it, even a kill -9,
its mounts, loop devices and brokers end with it.
"""

import fcntl
import os
import pathlib
import struct
import subprocess
import sys
import unittest

MIB = 1 << 20
EXT4_IOC_SHUTDOWN, NO_LOG_FLUSH = 0x8004587D, 2
ALONE = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
ENTERED = "FLUXMQ_TEST_IN_NAMESPACES"


def alone_with_mounts():
    """To be called first. Where there is no right to it, setUp finds that nothing can be mounted."""
    if ENTERED in os.environ or subprocess.run([*ALONE, "true"], capture_output=True).returncode != 0:
        return
    os.execvpe(ALONE[0], [*ALONE, sys.executable, *sys.argv], {**os.environ, ENTERED: "1"})


def _run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if done.returncode != 0:
        raise OSError(f"{words[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


def make_disks(test, kind, *folders, mib):
    """A disk for each folder, removed after the test, which is skipped where there can't be any."""
    if ENTERED not in os.environ:
        raise unittest.SkipTest("no file system can be mounted here: that takes root, and namespaces")
    disks = []
    for folder in folders:
        disk = kind(folder, mib)
        test.addCleanup(disk.remove)
        try:
            disk.make()
        except OSError as failure:
            raise unittest.SkipTest(f"no file system can be mounted here: {failure}")
        disks.append(disk)
    return disks


class Disk:
    def __init__(self, folder, mib):
        self.path, self.mib = pathlib.Path(folder), mib
        self.path.mkdir()

    def unmount(self):
        _run("umount", "-l", self.path)

    def remove(self):
        subprocess.run(["umount", "-l", self.path], check=False, capture_output=True)

    def free_bytes(self):
        status = os.statvfs(self.path)
        return status.f_bavail * status.f_frsize


class MemoryDisk(Disk):
    """A tmpfs, which keeps what it has when it is taken off its folder."""

    def make(self):
        self.device = self.path.with_suffix(".disk")
        self.device.mkdir()
        _run("mount", "-t", "tmpfs", "-o", f"size={self.mib}m", "none", self.device)
        self.mount()

    def mount(self):
        _run("mount", "--bind", self.device, self.path)

    def remove(self):
        super().remove()
        subprocess.run(["umount", "-l", self.device], check=False, capture_output=True)


class Ext4Disk(Disk):
    """An ext4 in a file."""

    def make(self):
        self.image = self.path.with_suffix(".ext4")
        with open(self.image, "wb") as file:
            file.truncate(self.mib * MIB)
        _run("mkfs.ext4", "-q", "-F", "-m", "0", self.image)
        self.mount()

    def mount(self):
        _run("mount", "-o", "loop,errors=remount-ro", self.image, self.path)

    def repair(self):
        """What an operator does: nobody uses it, so it can be checked, and is mounted again."""
        _run("umount", self.path)
        done = subprocess.run(["e2fsck", "-fy", self.image], capture_output=True, text=True)
        if done.returncode > 1:  # 1: something was wrong, and isn't any more
            raise OSError(done.stdout + done.stderr)
        self.mount()

    def becomes_read_only(self):
        """As after damage that the kernel has found; files that are open for writing don't hinder that."""
        device = pathlib.Path(_run("findmnt", "-no", "SOURCE", self.path)).name
        switch = pathlib.Path("/sys/fs/ext4") / device / "trigger_fs_error"
        if not os.access(switch, os.W_OK):
            raise unittest.SkipTest(f"{switch} can't be written here")
        switch.write_text("1")

    def is_pulled(self):
        """Every call ends with EIO from now on, and what wasn't synced is lost."""
        folder = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, EXT4_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(folder)
