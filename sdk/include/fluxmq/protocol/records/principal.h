// A principal as brokers forward it to each other; begins with its int16 version, as coordinator
// values do.
#pragma once

#include <string_view>

#include "fluxmq/protocol/message.h"

namespace fluxmq::protocol {

struct DefaultPrincipalData {
  static constexpr std::string_view name = "DefaultPrincipalData";
  static constexpr VersionRange versions{0, 0};
  static constexpr VersionRange flexible = since(0);

  std::string_view type;
  std::string_view principal_name;
  bool token_authenticated = false;

  static constexpr FieldList fields{
      field("Type", &DefaultPrincipalData::type),
      field("Name", &DefaultPrincipalData::principal_name),
      field("TokenAuthenticated", &DefaultPrincipalData::token_authenticated),
  };
};

}  // namespace fluxmq::protocol
