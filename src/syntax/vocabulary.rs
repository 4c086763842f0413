//! The fixed words of the language: one Rust enum per set of words.

/// A set of fixed words.
pub trait Vocabulary: Copy + Sized + 'static {
    /// The words, in the order of the variants.
    const WORDS: &'static [&'static str];

    /// Returns the variant of a word's index in [`Self::WORDS`].
    fn from_index(index: usize) -> Option<Self>;

    /// Returns the word.
    fn word(self) -> &'static str;
}

macro_rules! vocabulary {
    ($($(#[$doc:meta])* $name:ident { $($(#[doc = $meaning:literal])* $variant:ident = $word:literal,)* })*) => {
        /// Every set of words: each word with what it means, in the order of the variants.
        pub const VOCABULARIES: &[&[(&str, &str)]] = &[$(&[$(($word, concat!($($meaning),*)),)*],)*];

        $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[doc = $meaning])* $variant,)* }

        impl Vocabulary for $name {
            const WORDS: &'static [&'static str] = &[$($word,)*];

            fn from_index(index: usize) -> Option<Self> {
                [$(Self::$variant,)*].get(index).copied()
            }

            fn word(self) -> &'static str {
                Self::WORDS[self as usize]
            }
        }
        )*
    };
}

vocabulary! {
    /// What a component is.
    ComponentKind {
        /// A person or role.
        Actor = "actor",
        /// A program on a user's device.
        Client = "client",
        /// A system that others run.
        External = "external",
        /// A program that answers calls or messages.
        Service = "service",
        /// A part inside a process.
        Module = "module",
        /// A program that runs to an end.
        Job = "job",
        /// A program that a platform starts per event.
        Function = "function",
        /// A reverse proxy, gateway or load balancer.
        Proxy = "proxy",
        /// A content delivery network.
        Cdn = "cdn",
        /// A database.
        Database = "database",
        /// A cache.
        Cache = "cache",
        /// A queue, topic or log.
        Queue = "queue",
        /// Files, blocks or objects.
        Storage = "storage",
        /// A helper beside each instance of another component.
        Sidecar = "sidecar",
        /// What runs others: an orchestrator, a control plane.
        Platform = "platform",
    }

    /// What a location is.
    LocationKind {
        /// A cloud provider or operator.
        Provider = "provider",
        /// A region.
        Region = "region",
        /// An availability zone.
        Zone = "zone",
        /// A data centre.
        Datacenter = "datacenter",
        /// A rack.
        Rack = "rack",
        /// A cluster.
        Cluster = "cluster",
        /// A machine, virtual or physical.
        Node = "node",
        /// A grouping without a failure of its own.
        Namespace = "namespace",
        /// A point of presence near users.
        Edge = "edge",
        /// A user's device.
        Device = "device",
    }

    /// The state of an alternative.
    Status {
        /// What runs today.
        Current = "current",
        /// Proposed.
        Proposed = "proposed",
        /// Decided for; gates apply to it.
        Accepted = "accepted",
        /// Decided against.
        Rejected = "rejected",
    }

    /// The architecture that an alternative stands for in the verdict.
    Candidate {
        /// One process.
        SingleProcess = "single-process",
        /// Several equal copies.
        ReplicatedMonolith = "replicated-monolith",
        /// Copies that each hold a part of the data.
        ShardedMonolith = "sharded-monolith",
        /// Three to ten services.
        CoarseServices = "coarse-services",
        /// Many small services.
        Microservices = "microservices",
        /// Functions or event-driven.
        Serverless = "serverless",
        /// Divide and conquer.
        Batch = "batch",
    }

    /// What a journey must outlive.
    Survive {
        /// One replica.
        Process = "process",
        /// One machine.
        Node = "node",
        /// One zone.
        Zone = "zone",
        /// One region.
        Region = "region",
        /// Any cut between two zones or regions.
        Partition = "partition",
    }

    /// A guarantee about what a reader sees.
    Consistency {
        /// As if there were one copy.
        Linearizable = "linearizable",
        /// A user sees their own writes.
        ReadYourWrites = "read-your-writes",
        /// A user never sees time go back.
        Monotonic = "monotonic",
        /// Copies agree in the end.
        Eventual = "eventual",
    }

    /// The domains over which replicas are spread.
    Spread {
        /// Machines.
        Node = "node",
        /// Zones.
        Zone = "zone",
        /// Regions.
        Region = "region",
    }

    /// How copies are kept.
    ReplicationStyle {
        /// One copy takes the writes.
        SingleLeader = "single-leader",
        /// Several copies take writes.
        MultiLeader = "multi-leader",
        /// Any copies take writes, by quorum.
        Leaderless = "leaderless",
    }

    /// Which copies have a write before it is acknowledged.
    ReplicationAck {
        /// The leader alone.
        One = "one",
        /// A majority.
        Quorum = "quorum",
        /// All.
        All = "all",
        /// The leader alone; copies follow later.
        Async = "async",
    }

    /// Who starts a failover.
    Failover {
        /// The system.
        Automatic = "automatic",
        /// A person.
        Manual = "manual",
    }

    /// Which copy answers a read.
    ReadsFrom {
        /// The leader.
        Leader = "leader",
        /// A follower.
        Follower = "follower",
        /// Any copy.
        Any = "any",
        /// A quorum of copies.
        Quorum = "quorum",
    }

    /// Transaction isolation.
    Isolation {
        /// Read uncommitted.
        ReadUncommitted = "read-uncommitted",
        /// Read committed.
        ReadCommitted = "read-committed",
        /// Repeatable read.
        RepeatableRead = "repeatable-read",
        /// Snapshot.
        Snapshot = "snapshot",
        /// Serializable.
        Serializable = "serializable",
    }

    /// How a new version is rolled out.
    DeployStrategy {
        /// Replica by replica.
        Rolling = "rolling",
        /// A second set, then a switch.
        BlueGreen = "blue-green",
        /// A small share first.
        Canary = "canary",
        /// Stop, then start.
        Recreate = "recreate",
    }

    /// Who can reach or must be trusted.
    Exposure {
        /// Anyone.
        Public = "public",
        /// Known partners.
        Partner = "partner",
        /// Only the system itself.
        Internal = "internal",
    }

    /// What still works without the server.
    Offline {
        /// Some features.
        Limited = "limited",
        /// All features.
        Full = "full",
    }

    /// What another component is needed for.
    NeededFor {
        /// Answering.
        Running = "running",
        /// Starting.
        Starting = "starting",
        /// Adding replicas.
        Scaling = "scaling",
    }

    /// How much a component matters.
    Importance {
        /// Users do without it.
        Optional = "optional",
        /// Neither.
        Normal = "normal",
        /// The business stops without it.
        Critical = "critical",
    }

    /// Where session state lives.
    SessionState {
        /// Nowhere.
        None = "none",
        /// In the process.
        Local = "local",
        /// In a shared store.
        Shared = "shared",
    }

    /// Built or bought.
    Build {
        /// Built in house.
        Build = "build",
        /// A product or service of others.
        Buy = "buy",
    }

    /// The stage of an element.
    Lifecycle {
        /// Not there yet.
        Planned = "planned",
        /// In use.
        Live = "live",
        /// To go.
        Deprecated = "deprecated",
    }

    /// The wait between attempts.
    Backoff {
        /// No wait.
        None = "none",
        /// Always the same.
        Fixed = "fixed",
        /// Doubling.
        Exponential = "exponential",
    }

    /// What a call does.
    Effect {
        /// Reads.
        Read = "read",
        /// Writes.
        Write = "write",
        /// Cannot be undone.
        Irreversible = "irreversible",
    }

    /// Which replica answers.
    Route {
        /// Any, equally likely.
        Any = "any",
        /// One call per shard or replica.
        All = "all",
        /// The shard of the request's key.
        ShardKey = "shard-key",
        /// The caller's shard.
        SameShard = "same-shard",
        /// The leader.
        Leader = "leader",
        /// The replicas in the caller's zone.
        ZoneLocal = "zone-local",
    }

    /// How often a message arrives.
    Delivery {
        /// Never twice, perhaps never.
        AtMostOnce = "at-most-once",
        /// Never lost, perhaps twice.
        AtLeastOnce = "at-least-once",
    }

    /// When a consumer acknowledges.
    Acknowledge {
        /// Before the work.
        Before = "before",
        /// After the work.
        After = "after",
        /// Whatever happened.
        Always = "always",
    }

    /// The order of messages.
    Ordering {
        /// None.
        None = "none",
        /// Per key.
        Key = "key",
        /// Of all.
        Total = "total",
    }

    /// What decides the order.
    OrderBy {
        /// A sequence number.
        Sequence = "sequence",
        /// A logical clock.
        Logical = "logical",
        /// A wall clock.
        WallClock = "wall-clock",
    }

    /// How an outbox is emptied.
    Relay {
        /// By polling the table.
        Polling = "polling",
        /// From the database's log.
        Cdc = "cdc",
        /// By nobody.
        None = "none",
    }

    /// Whether a replication link waits.
    ReplicationMode {
        /// The writer waits for the target.
        Sync = "sync",
        /// The writer goes on.
        Async = "async",
    }

    /// What a sender does with an error.
    OnError {
        /// Passes it on.
        Raise = "raise",
        /// Drops it.
        Ignore = "ignore",
        /// Writes it down and goes on.
        Log = "log",
    }

    /// How concurrent writes are resolved.
    Conflict {
        /// The later one wins.
        LastWrite = "last-write",
        /// They are merged.
        Merge = "merge",
        /// By a conflict-free data type.
        Crdt = "crdt",
        /// By a lock.
        Lock = "lock",
        /// By a person.
        Manual = "manual",
    }

    /// What data is worth.
    EntityValue {
        /// The business depends on it.
        Business = "business",
        /// It is about persons.
        Personal = "personal",
        /// It is money.
        Money = "money",
        /// It may vanish.
        Disposable = "disposable",
    }

    /// How a saga is steered.
    SagaStyle {
        /// One component steers.
        Orchestrated = "orchestrated",
        /// Each reacts to events.
        Choreographed = "choreographed",
    }

    /// When somebody is on call.
    OnCall {
        /// On working days, 8 hours.
        BusinessHours = "business-hours",
    }

    /// The severity of a finding, in a policy.
    PolicySeverity {
        /// Error.
        Error = "error",
        /// Warning.
        Warning = "warning",
        /// Note.
        Note = "note",
    }
}
