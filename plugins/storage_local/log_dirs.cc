#include "log_dirs.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <system_error>

namespace fluxmq::storage_local {
namespace {

// Of the blocking pool, for what doesn't wait for slow disks: a commit of metadata, a timer's work,
// and two for reads and the like.
constexpr std::int64_t kOtherThreads = 4;

namespace fs = std::filesystem;

// "a, b" to a and b.
std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> paths;
  std::set<std::string> seen;
  while (!list.empty()) {
    const auto comma = list.find(',');
    auto path = list.substr(0, comma);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    while (path.starts_with(' ')) path.remove_prefix(1);
    while (path.ends_with(' ')) path.remove_suffix(1);
    if (path.empty()) continue;
    paths.emplace_back(path);
    if (!seen.insert(absolute_path(paths.back())).second)
      throw std::runtime_error("log.dirs names " + paths.back() + " twice");
  }
  if (paths.empty()) throw std::runtime_error("log.dirs names no folder");
  return paths;
}

// What is told of a folder by its meta.properties, and whether the metadata is there.
struct Member {
  Member(FileSystem& files, std::string folder, std::optional<MetaProperties> known)
      : path(std::move(folder)), properties(std::move(known)) {
    has_metadata = files.exists(path + "/" + kMetadataFolder) ||
                   (!id().empty() && id() == properties->metadata_directory_id);
  }
  std::string id() const { return properties ? properties->directory_id : ""; }

  std::string path;
  std::optional<MetaProperties> properties;
  bool has_metadata;
};

// The member with the metadata: the one that has it, else the first.
std::size_t find_metadata(const std::vector<Member>& members) {
  const auto has = [](const Member& member) { return member.has_metadata; };
  const auto found = std::find_if(members.begin(), members.end(), has);
  if (found == members.end()) return 0;
  const auto second = std::find_if(found + 1, members.end(), has);
  if (second != members.end()) {
    throw std::runtime_error("log.dirs: " + found->path + " and " + second->path +
                             " are folders of two brokers, each has its own metadata: name those "
                             "of one broker");
  }
  return static_cast<std::size_t>(found - members.begin());
}

// Throws if one of them is another broker's.
void check_owners(const std::vector<Member>& members, std::size_t metadata) {
  for (const Member& member : members) {
    const auto owner = member.properties ? member.properties->metadata_directory_id : "";
    if (owner.empty() || owner == members[metadata].id()) continue;
    throw std::runtime_error("data folder " + member.path +
                             " holds the data of another broker, or the folder with the metadata "
                             "is missing: name the one whose directory.id is " +
                             owner + ", or mount its disk");
  }
}

// What to do for a folder that the one with the metadata lists and that isn't there.
std::string how_to_give_up(const std::string& id, const std::string& path, const Member& main) {
  return "to give up the logs that it had, delete the line " + directory_line(id, path) + " from " +
         main.path + "/" + kMetaProperties;
}

bool knows(const MetaProperties& main, const DataFolder& folder) {
  return std::any_of(main.directories.begin(), main.directories.end(),
                     [&](const auto& each) { return each.second == folder.absolute_path(); });
}

struct MissingFolder {
  std::string path;  // where it lay
  std::string line;
};

// Those of this broker that aren't among the members.
std::vector<MissingFolder> find_missing(const std::vector<Member>& members, std::size_t metadata) {
  const Member& main = members[metadata];
  std::vector<MissingFolder> missing;
  if (!main.properties) return missing;
  for (const auto& [id, path] : main.properties->directories) {
    const bool is_there =
        std::any_of(members.begin(), members.end(),
                    [id = id](const Member& member) { return member.id() == id; });
    if (is_there) continue;
    missing.push_back({path, "log.dirs: the folder " + path +
                                 " of this broker is missing or empty: mount its disk or name it "
                                 "again; " +
                                 how_to_give_up(id, path, main)});
  }
  return missing;
}

}  // namespace

LogDirs::LogDirs(Host host, FileSystem& files, std::string_view list, std::size_t max_open_files,
                 const TailSettings& tails) {
  const auto paths = split(list);
  const auto threads = host.config_int("background.threads") - kOtherThreads;
  const auto each = [&](std::size_t all) { return std::max<std::size_t>(all / paths.size(), 1); };
  std::vector<Member> members;
  for (const auto& path : paths) {
    folders_.push_back(std::make_unique<DataFolder>(
        host, files, path, each(max_open_files),
        each(static_cast<std::size_t>(std::max<std::int64_t>(threads, 0))), tails));
    members.emplace_back(files, path, folders_.back()->properties());
  }
  metadata_ = find_metadata(members);
  if (metadata().is_missing()) throw std::runtime_error(metadata().why_missing());
  check_owners(members, metadata_);
  for (const auto& [where, line] : find_missing(members, metadata_)) set_missing(where, line);
  for (const auto& folder : folders_) {
    const bool is_known = metadata().properties() && knows(*metadata().properties(), *folder);
    if (folder->is_missing() && !is_known) throw std::runtime_error(folder->why_missing());
  }
  refuse_duplicates();
  claim();
  keep_rosters();
  for (const auto& folder : folders_) folder->begin();
}

// The disk of an empty folder isn't mounted; one that isn't named any more is no disk's fault.
void LogDirs::set_missing(const std::string& path, const std::string& line) {
  const auto found = std::find_if(folders_.begin(), folders_.end(), [&](const auto& folder) {
    return folder->absolute_path() == path && !folder->properties();
  });
  if (found == folders_.end()) throw std::runtime_error(line);
  if (!(*found)->is_missing()) (*found)->set_missing(line);
}

// The folder with the metadata first: the others refer to it. What it lists was marked before.
void LogDirs::claim() {
  MetaProperties main = metadata().properties().value_or(MetaProperties{});
  if (main.directory_id.empty()) main.directory_id = make_directory_id();
  main.metadata_directory_id = main.directory_id;
  metadata().set_properties(main);
  for (const auto& folder : folders_) {
    if (folder.get() == &metadata() || folder->is_missing()) continue;
    MetaProperties properties = folder->properties().value_or(MetaProperties{});
    if (properties.directory_id.empty()) properties.directory_id = make_directory_id();
    properties.metadata_directory_id = main.directory_id;
    folder->set_properties(properties);
    main.directories[properties.directory_id] = folder->absolute_path();
  }
  metadata().set_properties(main);
}

void LogDirs::keep_rosters() const {
  std::set<std::string> ids;
  for (const auto& known : metadata().properties()->directories) {
    ids.insert(known.first);
    const auto found = std::find_if(folders_.begin(), folders_.end(), [&](const auto& folder) {
      return folder->properties() ? folder->properties()->directory_id == known.first
                                  : folder->absolute_path() == known.second;
    });
    if (found == folders_.end()) continue;
    (*found)->keep_roster(
        std::make_unique<LogRoster>(metadata().file_system(), metadata().path(), known.first));
  }
  LogRoster::remove_others(metadata().file_system(), metadata().path(), ids);
}

void LogDirs::refuse_duplicates() const {
  if (folders_.size() == 1) return;
  std::map<std::string, const DataFolder*> seen;
  for (const auto& folder : folders_) {
    for (const auto& name : folder->log_names()) {
      const auto [other, is_new] = seen.emplace(name, folder.get());
      if (is_new) continue;
      throw std::runtime_error("log.dirs: the log " + name + " lies in both " +
                               other->second->path() + " and " + folder->path() +
                               ": move the one that isn't wanted elsewhere");
    }
  }
}

std::int32_t LogDirs::number_of(const DataFolder& folder) const {
  const auto found = std::find_if(folders_.begin(), folders_.end(),
                                  [&](const auto& each) { return each.get() == &folder; });
  return static_cast<std::int32_t>(found - folders_.begin());
}

bool LogDirs::any_offline() const {
  return std::any_of(folders_.begin(), folders_.end(),
                     [](const auto& folder) { return folder->is_offline(); });
}

DataFolder* LogDirs::missing() const {
  const auto found = std::find_if(folders_.begin(), folders_.end(),
                                  [](const auto& folder) { return folder->may_have_any_log(); });
  return found == folders_.end() ? nullptr : found->get();
}

DataFolder* LogDirs::find(const std::string& log) const {
  for (const auto& folder : folders_) {
    if (folder->has_log(log)) return folder.get();
  }
  return nullptr;
}

DataFolder* LogDirs::emptiest() const {
  DataFolder* best = nullptr;
  std::size_t fewest = 0;
  for (const auto& folder : folders_) {
    if (folder->is_offline()) continue;
    const auto count = folder->log_count();
    if (best != nullptr && count >= fewest) continue;
    best = folder.get();
    fewest = count;
  }
  return best;
}

DataFolder* LogDirs::place_log() {
  const std::lock_guard lock(placing_);
  auto* folder = emptiest();
  if (folder != nullptr) folder->promise_log();
  return folder;
}

// --- without changing anything

namespace {

bool may_use(const std::string& path) {
  return ::access(path.c_str(), R_OK | W_OK | X_OK) == 0;
}

// The line for one folder. Throws what is wrong with it.
Finding look_at(FileSystem& files, const std::string& path,
                std::optional<MetaProperties>& properties) {
  if (!files.exists(path)) {
    auto above = fs::absolute(path).parent_path();
    while (!fs::exists(above)) above = above.parent_path();
    if (!may_use(above.string()))
      throw std::system_error(errno, std::generic_category(), "make it in " + above.string());
    return {false, "log.dirs: " + path + " will be made"};
  }
  const auto names = files.list_folder(path);
  if (!may_use(path)) throw std::system_error(errno, std::generic_category(), "write " + path);
  const auto holder = DataFolder::holder(files, path);
  const auto text = read_file(files, path + "/" + kMetaProperties);
  if (text) properties = parse_meta_properties(path, *text);
  const auto logs = std::count_if(names.begin(), names.end(), is_log_name);
  return {false, "log.dirs: " + path + " has " + std::to_string(logs) + " logs" +
                     (holder ? ", and is in use by " + *holder : "")};
}

}  // namespace

std::vector<Finding> LogDirs::check(FileSystem& files, std::string_view list) {
  std::vector<Finding> findings;
  std::vector<Member> members;
  for (const auto& path : split(list)) {
    try {
      std::optional<MetaProperties> properties;
      findings.push_back(look_at(files, path, properties));
      members.emplace_back(files, path, std::move(properties));
    } catch (const std::system_error& failure) {
      findings.push_back({true, why_unusable(path, failure)});
    } catch (const std::exception& failure) {
      findings.push_back({true, failure.what()});
    }
  }
  if (members.size() < findings.size()) return findings;
  try {
    const auto metadata = find_metadata(members);
    check_owners(members, metadata);
    for (const auto& missing : find_missing(members, metadata))
      findings.push_back({true, missing.line});
  } catch (const std::exception& failure) {
    findings.push_back({true, failure.what()});
  }
  return findings;
}

}  // namespace fluxmq::storage_local
