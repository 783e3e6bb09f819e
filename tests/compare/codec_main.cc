// compare_codec: translates between the values that scenarios are written in and the bytes of the
// wire, on this repository's descriptors. One JSON object a line comes in, and one goes out:
//   {"api", "version", "correlationId", "clientId", "request": {...}}  ->  {"hex"}: a frame without
//   its length
//   {"api", "version", "hex"}: a response frame  ->  {"correlationId", "response": {...},
//   "bytesLeft"}
// What can't be translated gives {"error"}.
#include <iostream>

#include "codec.h"
#include "fluxmq/protocol/header.h"
#include "requests.h"
#include "vectors.h"

namespace {

using namespace fluxmq::testing;
using nlohmann::json;

std::string to_hex(const std::vector<std::uint8_t>& bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

json encode_request(const std::string& api, std::int16_t version, const json& line) {
  const auto encode = fluxmq::compare::find_request(api);
  if (encode == nullptr) throw std::invalid_argument("no request of that name: " + api);
  const fluxmq::compare::Asked asked{version, line["correlationId"], line["clientId"]};
  return {{"hex", to_hex(encode(asked, line["request"]))}};
}

json decode_response(const std::string& api, std::int16_t version, const json& line) {
  const Codec* const codec = find_codec(api + "Response");
  if (codec == nullptr) throw std::invalid_argument("no response of that name: " + api);
  auto frame = from_hex(line["hex"].get_ref<const std::string&>());
  Reader reader(frame);
  const auto header_version =
      response_header_version(codec->api_key, codec->flexible.contains(version));
  const auto header = decode<ResponseHeader>(reader, header_version);
  const auto body = codec->round_trip(reader.read_raw(reader.remaining()), version);
  return {{"correlationId", header.correlation_id},
          {"response", json::parse(body.json)},
          {"bytesLeft", body.bytes_left}};
}

json translate(const json& line) {
  const std::string api = line["api"];
  const std::int16_t version = line["version"];
  return line.contains("request") ? encode_request(api, version, line)
                                  : decode_response(api, version, line);
}

}  // namespace

int main() {
  for (std::string text; std::getline(std::cin, text);) {
    json answer;
    try {
      answer = translate(json::parse(text));
    } catch (const std::exception& error) {
      answer = {{"error", error.what()}};
    }
    std::cout << answer.dump(-1, ' ', false, json::error_handler_t::replace) << '\n' << std::flush;
  }
}
