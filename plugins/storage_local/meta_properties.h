// meta.properties: marks a folder as one of this broker's, as Kafka's does. Each folder has an id
// of its own and the id of the folder with the broker's metadata; that one lists all the others, so
// that a disk that isn't mounted is noticed instead of its logs beginning anew.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fluxmq::storage_local {

inline constexpr const char* kMetaProperties = "meta.properties";

struct MetaProperties {
  std::string directory_id;
  std::string metadata_directory_id;               // its own, if it has the metadata
  std::map<std::string, std::string> directories;  // the others by id, and where they lay

  friend bool operator==(const MetaProperties&, const MetaProperties&) = default;
};

std::string make_directory_id();
std::string to_text(const MetaProperties& properties);
// `path` is the folder's. Throws std::runtime_error with a line for the operator if the folder is
// another broker's, or of a newer layout. A folder of the first layout's beginnings has no ids.
MetaProperties parse_meta_properties(const std::string& path, std::string_view text);

// The line of meta.properties that knows a folder; what is deleted to give it up.
std::string directory_line(const std::string& directory_id, const std::string& path);

}  // namespace fluxmq::storage_local
