/// One way to break the contract of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Defect {
    // What is one step elsewhere is two here, and other callers come between.
    AdvanceBringsBackTheRevoked,
    AdvanceComparesAttemptsApart,
    AdvanceReadsThenWrites,
    ConsumeReadsThenWrites,
    CreateCountsApart,
    CreateEvictsApart,
    ReplaceReadsThenWrites,

    // A lock keeps other callers out between the steps, but the future may be dropped there.
    AdvanceIsTwoTransactions,
    AdvanceWritesTheAttemptLater,
    ConsumeIsTwoTransactions,
    CreateIsTwoTransactions,
    ReplaceIsTwoTransactions,
    RevokeIsManyTransactions,
    /// A call that is dropped counts as under way forever, and there is a bound on those.
    DroppedCallsKeepTheirPlace,

    // The same command twice.
    AdvanceComparesAttemptsInPart,
    AdvanceComparesTheRevisionFirst,
    AdvanceForgetsTheAttempt,
    AdvanceRemembersEveryAttempt,
    AdvanceRemembersFailedAttempts,
    CreateOverwrites,
    ReplaceForgetsItself,
    RevokeAlwaysCountsOne,

    // Times and deadlines.
    AdvancesTheExpired,
    AgesByAnotherClock,
    ConflictsExtendTheDeadline,
    CountsTheExpired,
    /// Removes eight that are expired before it counts, and counts the others.
    CountsTheExpiredButAFew,
    DatesByAnotherClock,
    EvictsTheExpired,
    FutureRotationsAreYoung,
    IdleTimeFromTheCreation,
    IdleTimePastTheExpiry,
    ListsTheExpired,
    LivesAtTheDeadline,
    ListingsExtendTheDeadline,
    LoadsExtendTheDeadline,
    OneAgeForAllRotations,
    /// A page that holds fewer live families than were asked for is taken for the last.
    PagesEndAtTheExpired,
    RevivesTheExpired,
    RevokesTheExpired,

    // Space.
    CutsDetails,
    ForgetsFamiliesForSpace,
    ForgetsIdsForSpace,

    // The rules of `create`.
    EvictsByCreation,
    EvictsOneAtMost,
    EvictsSilently,
    EvictsTheLargestSid,
    RecordsWhatItRefuses,

    // The rules of `advance`.
    CountsTokensAhead,
    DropsTheHistory,
    HistoryHasGaps,
    IgnoresTheGeneration,
    IgnoresTheRevision,
    KeepsConflicts,
    KeepsOldRotations,
    KeepsRotationsOfTheAge,
    KeepsTooManyRotations,
    LosesSkips,
    NeverResetsSharedGenerations,
    SharedGenerationsWrap,

    // The rules of the other methods.
    AllButAnUnknownIsNone,
    /// The family that is kept is written anew, and not all of it.
    AllButOneForgetsConflicts,
    AllButOneIsAll,
    ConsumedAtTheInstant,
    ConsumedForEver,
    ConsumingAgainProlongs,
    IsNotReady,
    ListsDetailsInPart,
    LooksConsume,
    MixesUpSubjects,
    /// The cursor is a number of families, which are fewer when one before it is gone.
    PagesCountFromTheStart,
    PagesMissAFamily,
    PagesNeverEnd,
    ReplaceKeepsTheRevision,
    ReplaceStartsTheIdleTime,
    RevocationsConsumeNothing,
    RevokesTheFirstHundred,
}
