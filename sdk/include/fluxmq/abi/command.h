/* "fluxmq.command/1:NAME": a command of the operator, `fluxmq NAME …`. A plugin that provides it
 * isn't part of a running broker: the kernel creates it, and those that it requires, for the one
 * command, without listeners, and stops them when it has run. `fluxmq --help` shows NAME with the
 * plugin's description. */
#pragma once
#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FLUXMQ_COMMAND "fluxmq.command/1:" /* and the name; it has no blanks */

#define FLUXMQ_OUTPUT_STANDARD 1u
#define FLUXMQ_OUTPUT_ERROR 2u

typedef struct fluxmq_command_output {
  uint32_t size;
  uint32_t reserved;
  void* self;
  /* Blocks. 0: nobody reads it any more (a pipe was closed), and the command may end. */
  int32_t (*write)(void* self, uint32_t stream, fluxmq_string text);
} fluxmq_command_output;

typedef struct fluxmq_command {
  uint32_t size;
  uint32_t reserved;
  void* self;
  /* `arguments` are the words after the name, without the flags that are the kernel's own
   * (--config, --data-dir, --log-level, --set). Returns the exit code of the process, 0 to 255: by
   * custom 0 is success, 1 a failure, 2 arguments that make no sense. Called once, on the main
   * thread, which it may block; event loops and the blocking pool run. */
  int32_t (*run)(void* self, const fluxmq_string* arguments, uint64_t argument_count,
                 const fluxmq_command_output* output);
} fluxmq_command;

#ifdef __cplusplus
}
#endif
