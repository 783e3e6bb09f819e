// The calls of FileSystem and File by kind, as tests count them and let them fail.
#pragma once
#include <cstddef>

namespace fluxmq::storage_local_test {

enum class FileCall {
  kOpen,
  kRead,
  kWrite,
  kTruncate,
  kSync,
  kLook,  // at names, sizes, times
  kMakeFolder,
  kRename,
  kRemove,
  kSyncFolder,
  kSyncVolume,
};
inline constexpr std::size_t kFileCalls = 11;

}  // namespace fluxmq::storage_local_test
