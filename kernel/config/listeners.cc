// Listeners in Kafka's syntax.
#include "config/listeners.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <stdexcept>

namespace fluxmq::kernel {
namespace {

struct Address {
  std::string name;
  std::string host;
  uint16_t port = 0;
};

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

[[noreturn]] void refuse(std::string_view key, std::string_view entry, std::string_view why) {
  throw std::runtime_error(std::string(key) + ": \"" + std::string(entry) + "\" " +
                           std::string(why));
}

std::optional<uint16_t> parse_port(std::string_view text) {
  uint16_t port = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

bool is_ipv6(const std::string& host) {
  in6_addr address{};
  std::string without_zone = host.substr(0, host.find('%'));
  return inet_pton(AF_INET6, without_zone.c_str(), &address) == 1;
}

Address parse_address(std::string_view key, std::string_view entry) {
  constexpr const char* kForm = "is not of the form NAME://host:port";
  size_t scheme = entry.find("://");
  if (scheme == 0 || scheme == std::string_view::npos) refuse(key, entry, kForm);
  Address address;
  address.name = upper(entry.substr(0, scheme));
  std::string_view rest = entry.substr(scheme + 3);
  size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos) refuse(key, entry, kForm);
  std::optional<uint16_t> port = parse_port(rest.substr(colon + 1));
  if (!port) refuse(key, entry, "has a port that is not a number from 0 to 65535");
  address.port = *port;
  std::string_view host = rest.substr(0, colon);
  bool has_brackets = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  address.host = has_brackets ? host.substr(1, host.size() - 2) : host;
  if (has_brackets ? !is_ipv6(address.host)
                   : address.host.find_first_of(":[]/ ") != std::string::npos) {
    refuse(key, entry, "has a host that is neither a name nor an address (IPv6 in brackets)");
  }
  return address;
}

std::vector<Address> parse_addresses(std::string_view key, std::string_view list) {
  std::vector<Address> addresses;
  for (const std::string& entry : split_list(list)) {
    Address address = parse_address(key, entry);
    for (const Address& other : addresses) {
      if (other.name == address.name) refuse(key, entry, "names a listener for the second time");
    }
    addresses.push_back(std::move(address));
  }
  return addresses;
}

std::map<std::string, std::string> parse_protocols(std::string_view map) {
  constexpr std::string_view kKey = "listener.security.protocol.map";
  std::map<std::string, std::string> protocols;
  for (const std::string& entry : split_list(map)) {
    size_t colon = entry.find(':');
    if (colon == std::string::npos) refuse(kKey, entry, "is not of the form NAME:PROTOCOL");
    std::string protocol = upper(trim(std::string_view(entry).substr(colon + 1)));
    if (protocol != "PLAINTEXT" && protocol != "SSL" && protocol != "SASL_PLAINTEXT" &&
        protocol != "SASL_SSL") {
      refuse(kKey, entry, "has a protocol other than PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL");
    }
    protocols[upper(trim(std::string_view(entry).substr(0, colon)))] = protocol;
  }
  return protocols;
}

bool is_wildcard(const std::string& host) {
  return host.empty() || host == "0.0.0.0" || host == "::";
}

// What Kafka does for a listener on all addresses that has no advertised one.
std::string own_host_name() {
  char name[256] = "localhost";
  gethostname(name, sizeof(name) - 1);
  return name;
}

}  // namespace

std::vector<std::string> split_list(std::string_view list) {
  std::vector<std::string> items;
  while (!list.empty()) {
    size_t comma = std::min(list.find(','), list.size());
    std::string_view item = trim(list.substr(0, comma));
    if (!item.empty()) items.emplace_back(item);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return items;
}

std::string format_listener(std::string_view name, std::string_view host, uint16_t port) {
  bool needs_brackets = host.find(':') != std::string_view::npos;
  return std::string(name) + "://" + (needs_brackets ? "[" : "") + std::string(host) +
         (needs_brackets ? "]" : "") + ":" + std::to_string(port);
}

std::vector<ListenerConfig> parse_listeners(std::string_view listeners,
                                            std::string_view advertised_listeners,
                                            std::string_view security_protocol_map) {
  std::map<std::string, std::string> protocols = parse_protocols(security_protocol_map);
  std::vector<Address> advertised = parse_addresses("advertised.listeners", advertised_listeners);
  std::vector<ListenerConfig> parsed;
  for (Address& address : parse_addresses("listeners", listeners)) {
    auto protocol = protocols.find(address.name);
    if (protocol == protocols.end()) {
      refuse("listeners", address.name, "has no entry in listener.security.protocol.map");
    }
    if (protocol->second == "SSL" || protocol->second == "SASL_SSL") {
      refuse("listeners", address.name,
             "has the protocol " + protocol->second + ", and this release does not serve TLS");
    }
    ListenerConfig listener;
    listener.name = address.name;
    listener.security_protocol = protocol->second;
    listener.host = address.host;
    listener.port = address.port;
    listener.advertised_host = is_wildcard(address.host) ? own_host_name() : address.host;
    auto told = std::find_if(advertised.begin(), advertised.end(),
                             [&](const Address& other) { return other.name == address.name; });
    if (told != advertised.end()) {
      if (is_wildcard(told->host)) {
        refuse("advertised.listeners", told->name, "advertises an address nobody can connect to");
      }
      listener.advertised_host = told->host;
      listener.advertised_port = told->port;
      advertised.erase(told);
    }
    parsed.push_back(std::move(listener));
  }
  if (parsed.empty()) throw std::runtime_error("listeners: at least one is needed");
  if (!advertised.empty()) {
    refuse("advertised.listeners", advertised.front().name, "is not one of the listeners");
  }
  return parsed;
}

}  // namespace fluxmq::kernel
