// What the names of a segment's files say.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace fluxmq::storage_local {

struct SegmentFileName {
  std::string folder;
  std::int64_t base_offset = -1;
  std::string suffix;  // ".log"
  std::string stage;   // ".deleted" or the like
  std::string path_of(const char* other_suffix) const;
};

// nullopt: it is none of them.
std::optional<SegmentFileName> parse_segment_file(const std::filesystem::path& path);

}  // namespace fluxmq::storage_local
