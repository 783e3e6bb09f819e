// "fluxmq.metadata_store/1" over LMDB. Commits queue up; a task on the blocking pool puts all that
// wait into one transaction of LMDB, which syncs once for them.
#pragma once
#include <lmdb.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "background.h"
#include "file_system.h"
#include "fluxmq/abi/metadata_store.h"
#include "fluxmq/host.h"

namespace fluxmq::storage_local {

class MetadataStore {
 public:
  // `path` is a folder; it is made if need be. The database can grow to `map_bytes`.
  MetadataStore(Host host, FileSystem& files, Background& background, const std::string& path,
                std::int64_t map_bytes);

  const fluxmq_metadata_store* table() const { return &table_; }

 private:
  // A commit that waits; what its operations point to is a copy in `bytes`.
  struct Commit {
    std::vector<fluxmq_metadata_operation> operations;
    std::unique_ptr<std::uint8_t[]> bytes;
    fluxmq_metadata_done done;
    void* context;
    std::int16_t error;
  };
  struct CloseEnvironment {
    void operator()(MDB_env* environment) const { mdb_env_close(environment); }
  };

  void get(fluxmq_bytes key, fluxmq_metadata_visitor visitor, void* context);
  void scan(fluxmq_bytes prefix, fluxmq_metadata_visitor visitor, void* context);
  void commit(const fluxmq_metadata_operation* operations, std::uint64_t count,
              fluxmq_metadata_done done, void* context);

  static const fluxmq_metadata_store kFunctions;

  void start_commits();
  void run_commits();
  // Sets the error of each commit.
  void write(std::vector<Commit>& commits);
  std::int16_t apply(MDB_txn* transaction, const Commit& commit) const;
  bool expectations_hold(MDB_txn* transaction, const Commit& commit) const;
  void report(const char* what, int result) const;

  const Host host_;
  Background& background_;
  fluxmq_metadata_store table_;
  std::int64_t* const transactions_;
  std::unique_ptr<MDB_env, CloseEnvironment> environment_;
  MDB_dbi database_ = 0;

  std::mutex mutex_;
  std::vector<Commit> waiting_;
  bool committing_ = false;
};

}  // namespace fluxmq::storage_local
