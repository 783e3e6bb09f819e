// The log of another broker (Apache Kafka, or a FluxMQ elsewhere) in Kafka's layout, and how its
// files are taken over.
#pragma once
#include <cstdint>
#include <string>

#include "file_system.h"

namespace fluxmq::storage_local {

struct ForeignLog {
  std::string folder;
  std::int64_t recovery_point;  // what lies below is whole
  bool link_files;              // rather than copying them, where that is safe
};

// Puts all that a log needs into `folder`, durably but for the folder itself. The foreign log stays
// as it is for ever: what this broker may ever write to is a copy. Those are the indexes, which are
// made again if they are wrong, and all segments that a recovery may cut: the one that is appended
// to, and what isn't wholly below the recovery point.
void take_files(FileSystem& files, const ForeignLog& foreign, const std::string& folder);

}  // namespace fluxmq::storage_local
