#include "index.h"

#include <algorithm>
#include <array>

namespace fluxmq::storage_local {
namespace {

// A search narrows down to so many entries by single reads, and reads those at once.
constexpr std::size_t kSearchBlockEntries = 64;

bool fits(const OffsetEntry& last, std::int64_t size_bytes) {
  return last.relative_offset >= 0 && last.position >= 0 && last.position < size_bytes;
}
bool fits(const TimeEntry& last, std::int64_t size_bytes) {
  return last.relative_offset >= 0 && last.timestamp_ms >= 0 && size_bytes > 0;
}

}  // namespace

template <class Entry>
SegmentFile& Index<Entry>::file() const {
  SegmentFile* file = file_.load();
  if (file != nullptr) return *file;
  auto made = log_file_.sibling(Entry::kSuffix);
  return file_.compare_exchange_strong(file, made.get()) ? *made.release() : *file;
}

template <class Entry>
std::vector<Entry> Index<Entry>::read_entries(const File& file, std::size_t begin,
                                              std::size_t end) {
  std::vector<std::uint8_t> bytes((end - begin) * Entry::kBytes);
  const auto got =
      file.read_at(bytes.data(), bytes.size(), static_cast<std::int64_t>(begin * Entry::kBytes));
  std::vector<Entry> entries;
  entries.reserve(end - begin);
  for (std::size_t at = 0; at + Entry::kBytes <= got; at += Entry::kBytes) {
    entries.push_back(Entry::load(bytes.data() + at));
  }
  return entries;
}

// Reads blocks of entries until one has the key between its first and its last: the first where an
// even spread would have it, the next ones by halves.
template <class Entry>
std::optional<Entry> Index<Entry>::find_written(Key key, const Extent& extent,
                                                ReadFrom from) const {
  if (extent.written == 0) return std::nullopt;
  const auto lease = file().lease(from);
  std::array<std::uint8_t, kSearchBlockEntries * Entry::kBytes> block;
  std::size_t begin = 0, end = extent.written;  // an entry at `begin` or before it is the one
  std::size_t middle = end / 2;
  if (Entry::kFromZero && extent.last_key > 0) {
    const double part = static_cast<double>(key) / static_cast<double>(extent.last_key);
    middle = static_cast<std::size_t>(std::clamp(part, 0.0, 1.0) * static_cast<double>(end));
  }
  while (true) {
    const std::size_t half = kSearchBlockEntries / 2;
    std::size_t first = std::max(middle, begin + half) - half;
    first = std::min(first, std::max(end, begin + kSearchBlockEntries) - kSearchBlockEntries);
    const std::size_t wanted = std::min(kSearchBlockEntries, end - first);
    const auto position = static_cast<std::int64_t>(first * Entry::kBytes);
    const std::size_t count =
        lease.file().read_at(block.data(), wanted * Entry::kBytes, position, from) / Entry::kBytes;
    const auto entry = [&block](std::size_t i) {
      return Entry::load(block.data() + i * Entry::kBytes);
    };
    if (count == 0) return std::nullopt;
    if (count < wanted) end = first + count;  // the file was cut in the meantime
    if (entry(0).key() > key) {
      if (first == begin) return std::nullopt;
      end = first;
    } else if (entry(count - 1).key() <= key && first + count < end) {
      begin = first + count - 1;
    } else {
      std::size_t found = 0;
      while (found + 1 < count && entry(found + 1).key() <= key) ++found;
      return entry(found);
    }
    middle = begin + (end - begin) / 2;
  }
}

template <class Entry>
void Index<Entry>::write(const Bundle& bundle) {
  std::vector<std::uint8_t> bytes(bundle.entries.size() * Entry::kBytes);
  for (std::size_t i = 0; i < bundle.entries.size(); ++i) {
    bundle.entries[i].store(bytes.data() + i * Entry::kBytes);
  }
  const auto lease = file().create();  // an index without entries is an empty file, as in Kafka
  if (bytes.empty()) return;
  lease.file().write_at(bytes.data(), bytes.size(),
                        static_cast<std::int64_t>(bundle.first * Entry::kBytes));
}

template <class Entry>
void Index<Entry>::replace() {
  written_ = 0;
  const auto lease = file().create();
  File& file = lease.file();
  const auto size = static_cast<std::int64_t>(pending_.size() * Entry::kBytes);
  // No whole number of entries; and longer than it was, as what a crash leaves of a file that gets
  // shorter may be its old size with zeros at the end.
  const auto entries = std::max(size, file.size()) / static_cast<std::int64_t>(Entry::kBytes) + 1;
  file.truncate(entries * static_cast<std::int64_t>(Entry::kBytes) + 1);
  file.sync();
  const auto all = bundle();
  write(all);
  file.sync();
  file.truncate(size);
  file.sync();
  publish(all);
}

template <class Entry>
bool Index<Entry>::load(std::int64_t size_bytes) {
  if (!file().exists()) return false;
  const auto lease = file().lease();
  const auto file_bytes = static_cast<std::size_t>(lease.file().size());
  written_ = file_bytes / Entry::kBytes;
  last_.reset();
  if (written_ > 0) last_ = read_entries(lease.file(), written_ - 1, written_).at(0);
  const bool sane = file_bytes % Entry::kBytes == 0 && (!last_ || fits(*last_, size_bytes));
  if (!sane) written_ = 0;
  return sane;
}

template class Index<OffsetEntry>;
template class Index<TimeEntry>;

}  // namespace fluxmq::storage_local
