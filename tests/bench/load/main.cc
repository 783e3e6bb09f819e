// The native load client: prebuilt frames over plain sockets, every answer checked, one line of
// JSON.
//   bench_load MODE --port PORT [--pid BROKER] [--name value ...]
#include <sys/resource.h>

#include "load/modes.h"

namespace {

struct Mode {
  const char* name;
  void (*run)(bench::Options&);
};

constexpr Mode kModes[] = {
    {"produce", bench::run_produce}, {"fetch", bench::run_fetch},
    {"fanout", bench::run_fanout},   {"metadata", bench::run_metadata},
    {"connect", bench::run_connect}, {"topics", bench::run_topics},
    {"touch", bench::run_touch},     {"start", bench::run_start},
    {"disk", bench::run_disk},       {"keyed", bench::run_keyed},
    {"alter", bench::run_alter},
};

}  // namespace

int main(int argc, char** argv) {
  rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  for (const Mode& mode : kModes) {
    if (argc < 2 || std::string(argv[1]) != mode.name) continue;
    bench::Options options(argc, argv, 2);
    mode.run(options);
    return 0;
  }
  std::string names;
  for (const Mode& mode : kModes) names += std::string(" ") + mode.name;
  bench::fail("the modes are:" + names);
}
