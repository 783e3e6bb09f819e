// Lists of operations that failed once, made as short as they get, by what they brought out.
#include <gtest/gtest.h>

#include <cerrno>
#include <string>

#include "model_run.h"

namespace fluxmq::storage_faults {
namespace {

using Kind = Operation::Kind;

using Appends = ModelRun::Appends;

struct FailedList {
  const char* name;
  Appends appends;
  Operations operations;
};

class FailedLists : public ::testing::TestWithParam<FailedList> {};

TEST_P(FailedLists, PassNow) {
  ModelRun run(GetParam().appends);
  EXPECT_NO_THROW(run.run(GetParam().operations)) << to_text(GetParam().operations);
}

const FailedList kLists[] = {
    // A recovery made the epochs again from batches, of which compaction had left none.
    {"ALeaderEpochWithoutBatchesOutlivesADeathAmidATruncation",
     Appends::kToPageCache,
     {{Kind::kAppend, 1, 2610007552873018939u},
      {Kind::kAppend, 1, 223595473786006965u},
      {Kind::kAppend, 1, 7521197506808054919u},
      {Kind::kAppend, 1, 14309412809478634657u},
      {Kind::kAppend, 1, 14080856153348773190u},
      {Kind::kRewrite, 1, 1374872063734487892u},
      {Kind::kTruncate, 1, 3178433540958018076u}}},
    // Its snapshot of producers was there already, and is of the batches in its place.
    {"ARefusedAppendDoesNotComeBackAfterAPowerLoss",
     Appends::kToPageCache,
     {{Kind::kAppend, 1, 7858148246252570134u, 5, EIO},
      {Kind::kAppend, 0, 18308964454942628730u},
      {Kind::kAppend, 0, 4696221065279686777u},
      {Kind::kAppend, 0, 527137468296009074u, 1, EIO},
      {Kind::kAppend, 0, 2610457999778328199u},
      {Kind::kSaveSnapshot, 0, 16501727914775014469u},
      {Kind::kDeath, 0, 12689298064960553636u}}},
    // Its sync failed when its segment was rolled, and succeeded the next time.
    {"AnIndexIsNotTrustedAfterAFailedSync",
     Appends::kToArena,
     {{Kind::kAppend, 0, 12634540564449402406u},
      {Kind::kReopenLog, 0, 15803050437394431589u},
      {Kind::kAppend, 1, 15949837826603278743u},
      {Kind::kCheckpoint, 1, 15379130808082809294u, 12, EIO},
      {Kind::kAppend, 0, 9079703082577676459u, 1, EIO},
      {Kind::kAppend, 0, 13661270726966457503u, 18, ENOSPC}}},
    // One that is made again may get shorter, and its old size may outlive its bytes.
    {"AnIndexThatIsMadeAgainIsNotLoadedHalf",
     Appends::kToPageCache,
     {{Kind::kAppend, 0, 16544740346364857777u},
      {Kind::kRestart, 0, 11526164380489212920u},
      {Kind::kConfigure, 0, 9438646780117684004u},
      {Kind::kAppend, 0, 11258093259443246632u},
      {Kind::kAppend, 1, 6512826858832703564u},
      {Kind::kSaveSnapshot, 0, 15152129241658786291u, 3, EIO},
      {Kind::kAppend, 1, 15182178000374303225u},
      {Kind::kCheckpoint, 0, 18345625846617858005u},
      {Kind::kAppend, 1, 17156881427352410982u},
      {Kind::kAppend, 0, 16553022344470197714u},
      {Kind::kAppend, 0, 4330852058492279940u, 3, EIO},
      {Kind::kSaveSnapshot, 0, 4902374544958716795u, 4, ENOSPC},
      {Kind::kAppend, 0, 1437330654388453869u},
      {Kind::kSaveSnapshot, 1, 6236817542023481246u, 3, ENOSPC},
      {Kind::kPowerLoss, 0, 2329589667458195738u, 26, ENOSPC}}},
    // A start failed between the removal of the mark and the sync that makes it durable.
    {"AMarkOfACleanShutdownDoesNotComeBack",
     Appends::kToPageCache,
     {{Kind::kAppend, 0, 8245033350102136541u, 5, EIO},
      {Kind::kRestart, 0, 1007945671947170578u},
      {Kind::kRestart, 0, 9897941825295381207u, 10, ENOSPC},
      {Kind::kAppend, 0, 2962565803267363481u}}},
    // The first append had failed after it had made the folder.
    {"AFolderWithoutSegmentsIsNotTakenForDurable",
     Appends::kToPageCache,
     {{Kind::kAppend, 0, 4290001934752404597u, 2, EIO},
      {Kind::kReopenLog, 0, 2307515033250172156u, 9, ENOSPC},
      {Kind::kAppend, 0, 11760440545096245159u, 23, EIO},
      {Kind::kReopenLog, 0, 12142796061359682976u},
      {Kind::kRestart, 1, 7674992937239294693u}}},
    // A recovery that cut a segment left its indexes; then it was made anew.
    {"ANewSegmentHasNoEntriesOfADeletedOne",
     Appends::kToPageCache,
     {{Kind::kAppend, 1, 3692085953774857167u},
      {Kind::kAppend, 0, 12254631508580242981u},
      {Kind::kAppend, 1, 11783012189265358435u},
      {Kind::kAppend, 0, 8416833467294040356u},
      {Kind::kPowerLoss, 0, 2645604794023415194u},
      {Kind::kAppend, 0, 6420148121735497577u},
      {Kind::kAppend, 0, 1702290088916345502u},
      {Kind::kAppend, 0, 8549674103207789686u},
      {Kind::kRestart, 0, 17162887749703435749u}}},
};

INSTANTIATE_TEST_SUITE_P(Model, FailedLists, ::testing::ValuesIn(kLists),
                         [](const auto& list) { return std::string(list.param.name); });

}  // namespace
}  // namespace fluxmq::storage_faults
