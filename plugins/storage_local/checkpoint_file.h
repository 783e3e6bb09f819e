// Kafka's checkpoint files: a line with the version 0, a line with the number of entries, and a
// line per entry.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fluxmq::storage_local {

using CheckpointLine = std::vector<std::string_view>;  // the words of an entry

// Throws std::runtime_error if the text isn't such a file with `words` words a line. An empty file
// has no entries (so Kafka leaves them before it first writes one).
std::vector<CheckpointLine> parse_checkpoint(std::string_view text, std::size_t words);
std::string checkpoint_text(std::size_t count, std::string_view lines);

// Throws std::runtime_error.
std::int64_t parse_int64(std::string_view text);

}  // namespace fluxmq::storage_local
