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

// One entry per tagged section, in the order in which the sections begin on the wire.
using UnknownTags = std::vector<std::vector<UnknownTag>>;

// Walks the sections in that order again; without a source every section is empty.
class UnknownTagsCursor {
 public:
  UnknownTagsCursor() = default;
  explicit UnknownTagsCursor(const UnknownTags* source) : source_(source) {}

  std::span<const UnknownTag> next() {
    if (source_ == nullptr || index_ >= source_->size()) return {};
    return (*source_)[index_++];
  }

 private:
  const UnknownTags* source_ = nullptr;
  std::size_t index_ = 0;
};

}  // namespace fluxmq::protocol
