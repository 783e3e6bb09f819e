// The keys that the kernel itself declares: Kafka's names, meanings and defaults where Kafka has
// them; where a default differs, the text says why.
#include "config/kernel_keys.h"

#include <cstdint>

namespace fluxmq::kernel {
namespace {

constexpr uint32_t kString = FLUXMQ_CONFIG_STRING;
constexpr uint32_t kInt = FLUXMQ_CONFIG_INT;
constexpr uint32_t kLong = FLUXMQ_CONFIG_LONG;
constexpr uint32_t kList = FLUXMQ_CONFIG_LIST;

constexpr fluxmq_config_key kKeys[] = {
    {"listeners", kList, 0, "PLAINTEXT://127.0.0.1:9092", 0, 0, nullptr,
     "Where the broker listens: NAME://host:port, separated by commas. Without a host it listens "
     "on "
     "all addresses; IPv6 addresses stand in brackets; port 0 takes a free port. Kafka's default "
     "is all addresses; here nothing is opened to the network that wasn't asked for."},
    {"advertised.listeners", kList, 0, "", 0, 0, nullptr,
     "What clients are told to connect to, for those of the listeners where it differs. Port 0 is "
     "the real port. A listener on all addresses advertises the machine's host name."},
    {"listener.security.protocol.map", kString, 0,
     "PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL", 0, 0, nullptr,
     "The security protocol of each listener name: PLAINTEXT or SASL_PLAINTEXT. SSL and SASL_SSL "
     "are known, but not served by this release."},
    {"num.network.threads", kInt, 0, "0", 0, 250, nullptr,
     "Event loops, one thread each; a connection stays on its loop. 0, the default, is one a "
     "core."},
    {"background.threads", kInt, 0, "14", 1, 256, nullptr,
     "The most threads for work that blocks: fsync, recovery, deletes. They are made when there is "
     "such work. All but four of them, in equal parts for the folders of log.dirs, may wait for "
     "disks to write; so many logs at most are brought to the disk at once."},
    {"socket.request.max.bytes", kInt, 0, "104857600", 1024, INT32_MAX, nullptr,
     "The largest request; the connection of a client that sends a larger one is closed."},
    {"sasl.server.max.receive.size", kInt, 0, "524288", 1024, INT32_MAX, nullptr,
     "The largest request before the client is authenticated, on listeners that ask for it."},
    {"queued.max.request.bytes", kLong, 0, "67108864", 1 << 20, INT64_MAX, nullptr,
     "The bytes of all requests in memory, whole or coming in. When they are this many, nothing "
     "more is read until some are answered; one request may go past it, so that none is too large "
     "for ever. Requests larger than 32 KiB get seven eighths of it, so that others are taken "
     "while these wait for a slow disk. Kafka's default is without a bound."},
    {"max.in.flight.requests.per.connection", kInt, 0, "1000", 1, 1000000, nullptr,
     "Requests of one connection that are handled at a time; further ones wait in the socket."},
    {"queued.max.response.bytes.per.connection", kLong, 0, "1048576", 4096, INT64_MAX, nullptr,
     "When a connection has this many bytes of answers unsent, no request of it is taken until its "
     "client has read half of them."},
    {"socket.send.buffer.bytes", kInt, 0, "-1", -1, INT32_MAX, nullptr,
     "SO_SNDBUF of connections; -1 leaves it to the system, which adapts it. Kafka's default of "
     "102400 keeps the system from that."},
    {"socket.receive.buffer.bytes", kInt, 0, "-1", -1, INT32_MAX, nullptr,
     "SO_RCVBUF of connections; -1 leaves it to the system, which adapts it. Kafka's default is "
     "102400."},
    {"socket.listen.backlog.size", kInt, 0, "4096", 1, INT32_MAX, nullptr,
     "Connections that wait to be accepted; the system bounds it by net.core.somaxconn. Kafka's "
     "default of 50 makes clients wait a second when many connect at once."},
    {"socket.request.stall.ms", kLong, 0, "30000", 100, INT64_MAX / 2, nullptr,
     "A client that began a large request and sends nothing of it for this time is closed: its "
     "memory is reserved."},
    {"max.connections", kInt, FLUXMQ_CONFIG_DYNAMIC, "2147483647", 1, INT32_MAX, nullptr,
     "Connections at a time; further ones wait to be accepted until one ends."},
    {"max.connections.per.ip", kInt, FLUXMQ_CONFIG_DYNAMIC, "2147483647", 1, INT32_MAX, nullptr,
     "Connections of one address at a time; further ones are closed."},
    {"connections.max.idle.ms", kLong, 0, "600000", -1, INT64_MAX / 2, nullptr,
     "A connection without a request for this time is closed. -1: never."},
    {"shutdown.timeout.ms", kLong, 0, "3000", 0, 3600000, nullptr,
     "How long the end of the broker waits for requests that are being handled."},
    {"log.dirs", kList, 0, "/var/lib/fluxmq", 0, 0, nullptr,
     "The folders of the data, separated by commas. They are made if they don't exist. A new log "
     "goes to the one with the fewest; the metadata lies in the first."},
    {"plugin.path", kList, 0, "", 0, 0, nullptr,
     "Folders with plugins, separated by commas. The default is lib/fluxmq/plugins beside the "
     "folder of the program. A plugin or folder that others may write is refused."},
    {"log.level", kString, 0, "info", 0, 0, kLogLevels,
     "The least level that is logged: trace, debug, info, warn, error. debug logs every request. "
     "log.level.NAME sets it for one component: kernel, request, or a plugin. SIGHUP reads it "
     "again."},
    {"log.file", kString, 0, "", 0, 0, nullptr,
     "A file for the log, beside stderr. SIGHUP opens it anew."},
    {"log.file.max.bytes", kLong, 0, "104857600", 0, INT64_MAX, nullptr,
     "The size at which log.file is renamed to log.file.1 and begun anew; 0: never."},
    {"log.file.count", kInt, 0, "5", 0, 1000, nullptr, "Renamed log files that are kept."},
};

}  // namespace

std::span<const fluxmq_config_key> kernel_keys() {
  return kKeys;
}

}  // namespace fluxmq::kernel
