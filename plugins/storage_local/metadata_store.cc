#include "metadata_store.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "file_system.h"
#include "fluxmq/plugin.h"
#include "fluxmq/protocol/errors.h"

namespace fluxmq::storage_local {
namespace {

using protocol::ErrorCode;

constexpr std::int16_t kNone = static_cast<std::int16_t>(ErrorCode::NONE);
constexpr std::int16_t kRefused = static_cast<std::int16_t>(ErrorCode::INVALID_REQUEST);
constexpr std::int16_t kStorageError = static_cast<std::int16_t>(ErrorCode::KAFKA_STORAGE_ERROR);
constexpr std::uint64_t kMaxKeyBytes = 511;  // LMDB's

MDB_val to_lmdb(fluxmq_bytes bytes) {
  return {static_cast<std::size_t>(bytes.size), const_cast<std::uint8_t*>(bytes.data)};
}
fluxmq_bytes from_lmdb(const MDB_val& value) {
  return {static_cast<const std::uint8_t*>(value.mv_data), value.mv_size};
}

bool is_valid(const fluxmq_metadata_operation& operation) {
  return operation.kind <= FLUXMQ_METADATA_EXPECT && operation.key.size > 0 &&
         operation.key.size <= kMaxKeyBytes;
}

struct AbortTransaction {
  void operator()(MDB_txn* transaction) const { mdb_txn_abort(transaction); }
};
using Transaction = std::unique_ptr<MDB_txn, AbortTransaction>;

Transaction begin(MDB_env* environment, unsigned flags) {
  MDB_txn* transaction = nullptr;
  mdb_txn_begin(environment, nullptr, flags, &transaction);
  return Transaction(transaction);
}

}  // namespace

const fluxmq_metadata_store MetadataStore::kFunctions = {
    sizeof(fluxmq_metadata_store),
    0,
    nullptr,
    trampoline<&MetadataStore::get>,
    trampoline<&MetadataStore::scan>,
    trampoline<&MetadataStore::commit>,
};

MetadataStore::MetadataStore(Host host, FileSystem& files, Background& background,
                             const std::string& path, std::int64_t map_bytes)
    : host_(host),
      background_(background),
      table_(kFunctions),
      transactions_(host.counter("fluxmq_metadata_transactions_total", "",
                                 "Transactions of the metadata store; each brings all commits "
                                 "that waited to the disk.")) {
  table_.self = this;
  const auto check = [&path](int result) {
    if (result != 0) throw std::runtime_error(concat(path, ": ", mdb_strerror(result)));
  };
  files.make_folder(path);
  MDB_env* environment = nullptr;
  check(mdb_env_create(&environment));
  environment_.reset(environment);
  check(mdb_env_set_mapsize(environment, static_cast<std::size_t>(map_bytes)));
  // Readers aren't bound to threads. Lookups are random: reading ahead would waste memory.
  check(mdb_env_open(environment, path.c_str(), MDB_NOTLS | MDB_NORDAHEAD, 0644));
  auto transaction = begin(environment, 0);
  if (!transaction) throw std::runtime_error(path + ": can't be written");
  check(mdb_dbi_open(transaction.get(), nullptr, 0, &database_));
  check(mdb_txn_commit(transaction.release()));
}

void MetadataStore::report(const char* what, int result) const {
  host_.error("metadata: ", what, " failed: ", mdb_strerror(result));
}

void MetadataStore::get(fluxmq_bytes key, fluxmq_metadata_visitor visitor, void* context) {
  const auto transaction = begin(environment_.get(), MDB_RDONLY);
  auto name = to_lmdb(key);
  MDB_val value;
  const int result =
      transaction ? mdb_get(transaction.get(), database_, &name, &value) : MDB_READERS_FULL;
  if (result == 0) {
    visitor(context, key, from_lmdb(value));
  } else if (result != MDB_NOTFOUND && result != MDB_BAD_VALSIZE) {
    report("get", result);
  }
}

void MetadataStore::scan(fluxmq_bytes prefix, fluxmq_metadata_visitor visitor, void* context) {
  const auto transaction = begin(environment_.get(), MDB_RDONLY);
  MDB_cursor* opened = nullptr;
  const int opening =
      transaction ? mdb_cursor_open(transaction.get(), database_, &opened) : MDB_READERS_FULL;
  if (opening != 0) return report("scan", opening);
  const std::unique_ptr<MDB_cursor, decltype(&mdb_cursor_close)> cursor(opened, mdb_cursor_close);

  auto key = to_lmdb(prefix);
  MDB_val value;
  int result = mdb_cursor_get(opened, &key, &value, prefix.size == 0 ? MDB_FIRST : MDB_SET_RANGE);
  while (result == 0 && key.mv_size >= prefix.size &&
         std::equal(prefix.data, prefix.data + prefix.size, from_lmdb(key).data)) {
    if (visitor(context, from_lmdb(key), from_lmdb(value)) == 0) return;
    result = mdb_cursor_get(opened, &key, &value, MDB_NEXT);
  }
  if (result != 0 && result != MDB_NOTFOUND) report("scan", result);
}

void MetadataStore::commit(const fluxmq_metadata_operation* operations, std::uint64_t count,
                           fluxmq_metadata_done done, void* context) {
  Commit commit{{operations, operations + count}, nullptr, done, context, kNone};
  std::size_t bytes = 0;
  for (const auto& operation : commit.operations) {
    if (!is_valid(operation)) commit.error = kRefused;
    bytes += operation.key.size + operation.value.size;
  }
  commit.bytes = std::make_unique_for_overwrite<std::uint8_t[]>(bytes);
  std::uint8_t* at = commit.bytes.get();
  const auto copy = [&at](fluxmq_bytes& range) {
    if (range.data == nullptr) return;
    std::copy_n(range.data, range.size, at);
    range.data = std::exchange(at, at + range.size);
  };
  for (auto& operation : commit.operations) {
    copy(operation.key);
    copy(operation.value);
  }
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(commit));
  if (!std::exchange(committing_, true)) start_commits();
}

void MetadataStore::start_commits() {
  background_.run([this] { run_commits(); });
}

void MetadataStore::run_commits() {
  std::vector<Commit> commits;
  {
    const std::lock_guard lock(mutex_);
    commits.swap(waiting_);
  }
  write(commits);
  for (const Commit& commit : commits) commit.done(commit.context, commit.error);
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) {
    committing_ = false;
  } else {
    start_commits();
  }
}

void MetadataStore::write(std::vector<Commit>& commits) {
  const auto fail_all = [&commits](std::int16_t error) {
    for (Commit& commit : commits) commit.error = error;
  };
  auto transaction = begin(environment_.get(), 0);
  if (!transaction) return fail_all(kStorageError);

  for (Commit& commit : commits) {
    if (commit.error == kNone) commit.error = apply(transaction.get(), commit);
    if (commit.error != kStorageError) continue;
    // The transaction is lost with it (the map is full). Alone, the others may do better.
    transaction.reset();
    if (commits.size() == 1) return;
    for (Commit& each : commits) {
      std::vector<Commit> alone;
      if (each.error == kStorageError) each.error = kNone;
      alone.push_back(std::move(each));
      write(alone);
      each = std::move(alone.front());
    }
    return;
  }
  // Whatever fails (a full volume, a sync) leaves the state before it: what was written is on pages
  // that nothing refers to until the meta page is written, last and synchronously, and the next
  // transaction writes its own pages and syncs them. If the meta page can't be written, LMDB itself
  // refuses all that comes after.
  const int result = mdb_txn_commit(transaction.release());
  add(transactions_);
  if (result == 0) return;
  report("commit", result);
  fail_all(kStorageError);
}

bool MetadataStore::expectations_hold(MDB_txn* transaction, const Commit& commit) const {
  return std::all_of(
      commit.operations.begin(), commit.operations.end(), [&](const auto& operation) {
        if (operation.kind != FLUXMQ_METADATA_EXPECT) return true;
        auto key = to_lmdb(operation.key);
        MDB_val value;
        const bool exists = mdb_get(transaction, database_, &key, &value) == 0;
        if (!exists || operation.value.data == nullptr) {
          return !exists && operation.value.data == nullptr;
        }
        return value.mv_size == operation.value.size &&
               std::equal(operation.value.data, operation.value.data + operation.value.size,
                          from_lmdb(value).data);
      });
}

std::int16_t MetadataStore::apply(MDB_txn* transaction, const Commit& commit) const {
  if (!expectations_hold(transaction, commit)) return kRefused;
  for (const auto& operation : commit.operations) {
    auto key = to_lmdb(operation.key);
    auto value = to_lmdb(operation.value);
    int result = 0;
    if (operation.kind == FLUXMQ_METADATA_PUT) {
      result = mdb_put(transaction, database_, &key, &value, 0);
    } else if (operation.kind == FLUXMQ_METADATA_DELETE) {
      result = mdb_del(transaction, database_, &key, nullptr);
      if (result == MDB_NOTFOUND) result = 0;
    }
    if (result != 0) {
      report("commit", result);
      return kStorageError;
    }
  }
  return kNone;
}

}  // namespace fluxmq::storage_local
