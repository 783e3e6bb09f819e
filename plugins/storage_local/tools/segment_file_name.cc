#include "segment_file_name.h"

#include "segment_file.h"

namespace fluxmq::storage_local {
namespace {

constexpr std::string_view kSegmentSuffixes[] = {".log", ".index", ".timeindex", ".snapshot"};
// A name has one of them, or more where a log was replaced and deleted.
constexpr std::string_view kStages[] = {kDeletedSuffix, kCleanedSuffix, kSwapSuffix};

}  // namespace

std::optional<SegmentFileName> parse_segment_file(const std::filesystem::path& path) {
  std::string name = path.filename();
  SegmentFileName parsed;
  parsed.folder = path.parent_path();
  for (bool found = true; found;) {
    found = false;
    for (const auto stage : kStages) {
      if (!name.ends_with(stage)) continue;
      parsed.stage.insert(0, stage);
      name.erase(name.size() - stage.size());
      found = true;
    }
  }
  for (const auto suffix : kSegmentSuffixes) {
    parsed.base_offset = offset_of(name, suffix);
    if (parsed.base_offset < 0) continue;
    parsed.suffix = suffix;
    return parsed;
  }
  return std::nullopt;
}

std::string SegmentFileName::path_of(const char* other_suffix) const {
  return folder + "/" + segment_name(base_offset, other_suffix) + stage;
}

}  // namespace fluxmq::storage_local
