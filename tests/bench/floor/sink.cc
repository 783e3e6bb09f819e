// The floor for produce: a naive server that takes length-prefixed frames and, for each one, does
// one read, one append to a file by write(2) and one send of an answer holding the correlation id.
//   bench_sink --port PORT --file PATH
#include "floor/frame_server.h"

int main(int argc, char** argv) {
  using namespace bench;
  Options options(argc, argv, 1);
  int port = options.port();
  std::string path = options.text("file", "sink.data");
  options.done();
  int file = check(open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0644), "open");
  FrameServer server(port);
  server.on_frame = [file](int fd, FrameServer::Frame frame) {
    append(file, frame);
    answer(fd, frame.data() + kCorrelationIdAt);
  };
  server.run();
}
