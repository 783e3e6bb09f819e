// Any bytes as the files of a log, shown and verified. The first byte says which file it is; of an
// index the second one says how much of the rest is the index, and what follows is its segment.
#include <algorithm>
#include <cstring>
#include <map>
#include <stdexcept>

#include "tools/dump_files.h"

using namespace fluxmq;
using namespace fluxmq::storage_local;

namespace {

class MemoryFile final : public File {
 public:
  explicit MemoryFile(std::string_view bytes) : bytes_(bytes) {}

  std::size_t read_at(void* data, std::size_t size, std::int64_t position) const override {
    const auto at = std::min(static_cast<std::size_t>(position), bytes_.size());
    const auto count = std::min(size, bytes_.size() - at);
    std::memcpy(data, bytes_.data() + at, count);
    return count;
  }
  std::int64_t size() const override { return static_cast<std::int64_t>(bytes_.size()); }
  void write_at(iovec*, std::size_t, std::int64_t) override { refuse(); }
  void truncate(std::int64_t) override { refuse(); }
  void sync() override { refuse(); }
  void set_modified_ms(std::int64_t) override { refuse(); }
  bool lock() override { refuse(); }
  int fd() const override { return -1; }

 private:
  [[noreturn]] static void refuse() { throw std::logic_error("a dump only reads"); }

  std::string_view bytes_;
};

class MemoryFiles final : public FileSystem {
 public:
  std::map<std::string, std::string_view> files;

  std::unique_ptr<File> open(const std::string& path, OpenMode) override {
    return std::make_unique<MemoryFile>(files.at(path));
  }
  std::unique_ptr<File> open_if_exists(const std::string& path) override {
    return files.contains(path) ? open(path, OpenMode::kRead) : nullptr;
  }
  bool exists(const std::string& path) override { return files.contains(path); }
  std::int64_t file_size(const std::string& path) override {
    return static_cast<std::int64_t>(files.at(path).size());
  }
  std::int64_t modified_ms(const std::string&) override { return 0; }
  std::vector<std::string> list_folder(const std::string&) override { return {}; }
  void make_folder(const std::string&) override {}
  void rename(const std::string&, const std::string&) override {}
  bool remove_file(const std::string&) override { return false; }
  void remove_tree(const std::string&) override {}
  void sync_folder(const std::string&) override {}
  void sync_volume(const std::string&) override {}
  VolumeSpace volume_space(const std::string&) override { return {0, 0}; }
};

std::int32_t drop_output(void*, std::uint32_t, fluxmq_string) {
  return 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto index_bytes = std::min<std::size_t>(data[1], bytes.size());
  const std::string folder = data[0] & 0x80 ? "/__consumer_offsets-0" : "/topic-0";
  const SegmentFileName name{folder, 0, "", ""};
  const auto path = name.path_of(".log");
  const auto index = name.path_of(".index");
  MemoryFiles files;
  const fluxmq_command_output table{sizeof table, 0, nullptr, drop_output};
  const CommandOutput output(&table);
  DumpOptions options;
  options.records = true;
  options.json = (data[0] & 0x40) != 0;
  DumpOutput out(files, output, options);
  const int kind = data[0] % 7;
  files.files[path] = kind == 1 || kind == 2 ? bytes.substr(index_bytes) : bytes;
  files.files[index] = bytes.substr(0, index_bytes);
  if (kind == 0) dump_segment(out, path, name);
  if (kind == 1) dump_offset_index(out, index, name);
  if (kind == 2) dump_time_index(out, index, name);
  if (kind == 3) dump_snapshot(out, path);
  if (kind == 4) dump_leader_epochs(out, path);
  if (kind == 5) dump_checkpoint(out, path);
  if (kind == 6) dump_properties(out, path);
  out.flush();
  return 0;
}
