// Any bytes as a request: its header, then the body that the header claims.
#include "fluxmq/protocol/header.h"
#include "fuzz_message.h"

using namespace fluxmq::testing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> frame(data, data + size);
  try {
    Reader peek(frame);
    const std::int16_t api_key = peek.read_int16();
    const std::int16_t version = peek.read_int16();
    const Codec* const codec = find_codec(api_key, true);
    if (codec == nullptr || !codec->versions.contains(version)) return 0;
    Reader reader(frame);
    decode<RequestHeader>(
        reader, request_header_version(api_key, version, codec->flexible.contains(version)));
    check_round_trips(*codec, reader.read_raw(reader.remaining()), version);
  } catch (const DecodeError&) {
    return 0;
  }
  return 0;
}
