// GroupTable: the groups of one partition of __consumer_offsets, and how its records build them.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "fluxmq/protocol/primitives.h"
#include "fluxmq/protocol/reader.h"
#include "group.h"

namespace fluxmq::api_groups {

class GroupTable {
 public:
  explicit GroupTable(Budget& budget) : budget_(budget) {}
  ~GroupTable() { budget_.groups -= static_cast<std::int64_t>(size()); }
  GroupTable(const GroupTable&) = delete;
  GroupTable& operator=(const GroupTable&) = delete;

  using Map = std::unordered_map<std::string, std::shared_ptr<Group>>;

  // Null if there is none.
  std::shared_ptr<Group> find(std::string_view group_id) const;
  // Null if the budget has no room for it.
  std::shared_ptr<Group> create_new(std::string_view group_id, std::int64_t now_ms);
  // In place of the one that there is, if any.
  std::shared_ptr<Group> create(std::string_view group_id, std::int64_t now_ms);
  void remove(std::string_view group_id);

  std::size_t size() const { return groups_.size(); }
  Map::const_iterator begin() const { return groups_.begin(); }
  Map::const_iterator end() const { return groups_.end(); }

  // Applies a record of the log. False: of a type that isn't known here; it is left alone. Throws
  // DecodeError.
  bool replay(protocol::Bytes key, std::optional<protocol::Bytes> value);

 private:
  void replay_offset(protocol::Reader& key, std::optional<protocol::Bytes> value);
  void replay_group(protocol::Reader& key, std::optional<protocol::Bytes> value);

  Budget& budget_;
  Map groups_;
};

}  // namespace fluxmq::api_groups
