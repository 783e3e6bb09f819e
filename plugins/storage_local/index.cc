#include "index.h"

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
std::vector<Entry> Index<Entry>::read_entries(int fd, std::size_t begin, std::size_t end) {
  std::vector<std::uint8_t> bytes((end - begin) * Entry::kBytes);
  const auto got =
      read_at(fd, bytes.data(), bytes.size(), static_cast<std::int64_t>(begin * Entry::kBytes));
  std::vector<Entry> entries;
  entries.reserve(end - begin);
  for (std::size_t at = 0; at + Entry::kBytes <= got; at += Entry::kBytes) {
    entries.push_back(Entry::load(bytes.data() + at));
  }
  return entries;
}

template <class Entry>
std::optional<Entry> Index<Entry>::find_written(Key key, std::size_t written) const {
  if (written == 0) return std::nullopt;
  const auto lease = file_->lease();
  std::array<std::uint8_t, kSearchBlockEntries * Entry::kBytes> block;
  const auto read = [&](std::size_t first, std::size_t count) {
    return read_at(lease.fd(), block.data(), count * Entry::kBytes,
                   static_cast<std::int64_t>(first * Entry::kBytes)) /
           Entry::kBytes;
  };
  std::size_t begin = 0, end = written;
  while (end - begin > kSearchBlockEntries) {
    const std::size_t middle = begin + (end - begin) / 2;
    const bool got = read(middle, 1) == 1;
    (got && Entry::load(block.data()).key() <= key ? begin : end) = middle;
  }
  std::optional<Entry> found;
  const std::size_t count = read(begin, end - begin);
  for (std::size_t i = 0; i < count; ++i) {
    const Entry entry = Entry::load(block.data() + i * Entry::kBytes);
    if (entry.key() > key) break;
    found = entry;
  }
  return found;
}

template <class Entry>
void Index<Entry>::write_pending() {
  std::vector<std::uint8_t> bytes(pending_.size() * Entry::kBytes);
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    pending_[i].store(bytes.data() + i * Entry::kBytes);
  }
  const auto lease = file_->create();  // an index without entries is an empty file, as in Kafka
  if (bytes.empty()) return;
  write_at(lease.fd(), bytes.data(), bytes.size(),
           static_cast<std::int64_t>(written_ * Entry::kBytes));
}

template <class Entry>
bool Index<Entry>::load(std::int64_t size_bytes) {
  if (!exists(file_->path())) return false;
  const auto lease = file_->lease();
  const auto file_bytes = static_cast<std::size_t>(file_size(lease.fd()));
  written_ = file_bytes / Entry::kBytes;
  last_.reset();
  if (written_ > 0) last_ = read_entries(lease.fd(), written_ - 1, written_).at(0);
  const bool sane = file_bytes % Entry::kBytes == 0 && (!last_ || fits(*last_, size_bytes));
  if (!sane) written_ = 0;
  return sane;
}

template class Index<OffsetEntry>;
template class Index<TimeEntry>;

}  // namespace fluxmq::storage_local
