// Each kind of file that a log has, shown and verified; and which kind a file is.
#pragma once
#include <string>
#include <vector>

#include "dump_output.h"
#include "segment_file_name.h"

namespace fluxmq::storage_local {

// A file, the folder of a partition, or a data folder with all its partitions. Throws
// std::runtime_error for what is none of them.
void dump(DumpOutput& out, const std::string& path);

void dump_segment(DumpOutput& out, const std::string& path, const SegmentFileName& name);
void dump_offset_index(DumpOutput& out, const std::string& path, const SegmentFileName& name);
void dump_time_index(DumpOutput& out, const std::string& path, const SegmentFileName& name);
void dump_snapshot(DumpOutput& out, const std::string& path);
// The files of text.
void dump_leader_epochs(DumpOutput& out, const std::string& path);
void dump_checkpoint(DumpOutput& out, const std::string& path);
void dump_properties(DumpOutput& out, const std::string& path);

}  // namespace fluxmq::storage_local
