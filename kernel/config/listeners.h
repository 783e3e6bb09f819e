// `listeners`, `advertised.listeners` and `listener.security.protocol.map` in Kafka's syntax.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fluxmq::kernel {

struct ListenerConfig {
  std::string name;               // "PLAINTEXT", "INTERNAL", …
  std::string security_protocol;  // PLAINTEXT, SASL_PLAINTEXT
  std::string host;               // "" for all addresses; IPv6 without brackets
  uint16_t port = 0;              // 0: a free one
  std::string advertised_host;
  uint16_t advertised_port = 0;  // 0: the real one
};

// Throws std::runtime_error with one line that names the key and the entry.
std::vector<ListenerConfig> parse_listeners(std::string_view listeners,
                                            std::string_view advertised_listeners,
                                            std::string_view security_protocol_map);

// "NAME://host:port", IPv6 in brackets.
std::string format_listener(std::string_view name, std::string_view host, uint16_t port);

// Items of a comma-separated list, trimmed, without empty ones.
std::vector<std::string> split_list(std::string_view list);

}  // namespace fluxmq::kernel
