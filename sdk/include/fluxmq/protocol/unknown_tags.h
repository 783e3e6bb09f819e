// Tagged fields that no descriptor knows. They are skipped unless a reader is told to keep them;
// kept ones let a writer reproduce the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fluxmq/protocol/primitives.h"

namespace fluxmq::protocol {

struct UnknownTag {
  std::uint32_t tag = 0;
  Bytes data;
};

// The tagged fields at the end of one struct: the unknown ones, and the numbers of the known ones
// that were there. A struct that has nothing but unknown tags looks like a default otherwise.
struct TagSection {
  std::vector<UnknownTag> unknown;
  std::vector<std::int32_t> known;
};

// In the order in which the sections begin on the wire.
using UnknownTags = std::vector<TagSection>;

// Walks the sections in that order again.
class UnknownTagsCursor {
 public:
  UnknownTagsCursor() = default;
  explicit UnknownTagsCursor(const UnknownTags* source) : source_(source) {}

  // Null when there is no source.
  const TagSection* next() {
    if (source_ == nullptr || index_ >= source_->size()) return nullptr;
    return &(*source_)[index_++];
  }

 private:
  const UnknownTags* source_ = nullptr;
  std::size_t index_ = 0;
};

}  // namespace fluxmq::protocol
