// Any bytes as a response, of the API and version that the first two bytes say; and as a message
// that has no API, a header or record: the first byte then says which.
#include "fluxmq/protocol/header.h"
#include "fuzz_message.h"

using namespace fluxmq::testing;

namespace {

// Keys from here on stand for messages without an API, in the order of all_codecs().
constexpr std::uint8_t kFirstRecord = 128;

const Codec* find_record(std::size_t index) {
  for (const Codec& codec : all_codecs()) {
    if (codec.api_key == kNoApiKey && index-- == 0) return &codec;
  }
  return nullptr;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::int16_t version = data[1];
  const bool is_record = data[0] >= kFirstRecord;
  const Codec* const codec =
      is_record ? find_record(data[0] - kFirstRecord) : find_codec(data[0], false);
  if (codec == nullptr || !codec->versions.contains(version)) return 0;
  std::vector<std::uint8_t> frame(data + 2, data + size);
  try {
    Reader reader(frame);
    if (!is_record) {
      const bool flexible = codec->flexible.contains(version);
      decode<ResponseHeader>(reader, response_header_version(codec->api_key, flexible));
    }
    check_round_trips(*codec, reader.read_raw(reader.remaining()), version);
  } catch (const DecodeError&) {
    return 0;
  }
  return 0;
}
