//! The key table: every table of the language with every key, its type, its unit and its meaning.
//!
//! The reader, the JSON Schema, `explain KEY`, the reference page and the "did you mean" hints are all made from these rows, and the analyses read facts
//! through the typed constants, so a key cannot be read under a name or a type that the table does not have.

use std::marker::PhantomData;

use super::value::{
    Allowances, AnyTable, ContractForm, Copies, CurrencyRates, OrTrue, ReplicaCount, ServiceTime, ShardPlan, Steps, Symbols, Texts, Value,
};
use super::vocabulary::{
    Acknowledge, Backoff, Build, Candidate, ComponentKind, Conflict, Consistency, Delivery, DeployStrategy, Effect, EntityValue, Exposure,
    Failover, Importance, Isolation, Lifecycle, LocationKind, NeededFor, Offline, OnCall, OnError, OrderBy, Ordering, PolicySeverity,
    ReadsFrom, Relay, ReplicationAck, ReplicationMode, ReplicationStyle, Route, SagaStyle, SessionState, Spread, Status, Survive,
};
use crate::quantity::{Bandwidth, Bytes, Currency, Date, Dimension, Duration, Money, MoneyRate, Number, Probability, Ranged, Rate};

/// What kind of thing a reference names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Space {
    /// A component.
    Component,
    /// A location.
    Location,
    /// A team.
    Team,
    /// A component or a location.
    ComponentOrLocation,
}

/// The form of a key's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `true`; `false` states the fact absent.
    Flag,
    /// `true`, or the inner shape.
    OrTrue(&'static Shape),
    /// A string.
    Text,
    /// The code of a currency.
    Currency,
    /// A string or a list of strings.
    Texts,
    /// A whole number of at least 0.
    Count,
    /// A number with a unit.
    Quantity(Dimension),
    /// An amount with a currency.
    Money,
    /// An amount with a currency per time.
    MoneyRate,
    /// A date.
    Date,
    /// One of some words.
    Symbol(&'static [&'static str]),
    /// One or several of some words.
    Symbols(&'static [&'static str]),
    /// The id of an element.
    Reference(Space),
    /// One id or several.
    References(Space),
    /// A whole number or `{ min, usual, max }`.
    Replicas,
    /// A whole number, `name = share` or `name = { share, on }`.
    Shards,
    /// A duration, `{ mean, scv }` or `{ p50, p99 }`.
    ServiceTime,
    /// A table with keys of its own, which merge over layers.
    Table(Table),
    /// `"kind:file"`, `"kind:file@version"` or a table.
    Contract,
    /// `component = lag`.
    Copies,
    /// `rule = { reason, … }`.
    Allowances,
    /// `CURRENCY = { value, source, on }`.
    CurrencyRates,
    /// The steps of a journey.
    Steps,
    /// Free keys.
    Any,
}

/// A figure whose range depends on ranged keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Figure {
    /// Messages, crossings and round trips per request.
    Messages,
    /// Bytes per request.
    Bytes,
    /// Bytes per second.
    Traffic,
    /// Shares of traffic and users.
    TrafficLost,
    /// Shares of requests that fail in the long run.
    Unavailability,
    /// How often journeys begin to fail, and for how long. Without ranges: a rarer failure that lasts longer moves them either way.
    Incidents,
    /// Times of journeys.
    Latency,
    /// Busy shares of workers.
    Utilization,
    /// The most that is carried.
    Capacity,
    /// Money per month.
    Cost,
    /// Money per request.
    CostPerRequest,
}

impl Figure {
    /// All figures with a range.
    pub const ALL: &'static [Self] = &[
        Self::Messages,
        Self::Bytes,
        Self::Traffic,
        Self::TrafficLost,
        Self::Unavailability,
        Self::Latency,
        Self::Utilization,
        Self::Capacity,
        Self::Cost,
        Self::CostPerRequest,
    ];
}

/// How a figure moves with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The figure never falls when the key grows.
    Raises,
    /// The figure never rises when the key grows.
    Lowers,
    /// The figure may go either way.
    Either,
    /// The figure does not depend on the key.
    None,
}

/// One key of one table.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The key.
    pub name: &'static str,
    /// The form of its value.
    pub shape: Shape,
    /// What it says, in a sentence or two.
    pub doc: &'static str,
    /// The language version that brought it.
    pub since: u8,
    raises: &'static [Figure],
    lowers: &'static [Figure],
    either: &'static [Figure],
}

impl Row {
    /// Returns how a figure moves with this key.
    pub fn mark(&self, figure: Figure) -> Mark {
        if self.raises.contains(&figure) {
            Mark::Raises
        } else if self.lowers.contains(&figure) {
            Mark::Lowers
        } else if self.either.contains(&figure) || figure == Figure::Incidents && self.mark(Figure::Unavailability) != Mark::None {
            Mark::Either
        } else if figure == Figure::CostPerRequest {
            // What raises the bill raises what a request costs; the rates alone, on both sides of it, say so themselves.
            self.mark(Figure::Cost)
        } else {
            Mark::None
        }
    }
}

/// A key with the type of its value.
#[derive(Debug)]
pub struct Key<T> {
    /// The table.
    pub table: Table,
    /// The row's index in its table.
    pub index: u16,
    value: PhantomData<fn() -> T>,
}

impl<T> Clone for Key<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Key<T> {}

impl<T> Key<T> {
    /// Returns the key's row.
    pub fn row(self) -> &'static Row {
        &self.table.rows()[self.index as usize]
    }
}

/// A Rust type that a key's value is read as.
pub trait KeyType: Sized {
    /// The form in a file.
    const SHAPE: Shape;

    /// Reads the value; `None` when it has another form, which the reader has already refused.
    fn from_value(value: &Value) -> Option<Self>;
}

/// A reference to a component, as a type for the key table.
#[derive(Debug)]
pub struct ToComponent;
/// References to components.
#[derive(Debug)]
pub struct ToComponents;
/// A reference to a location.
#[derive(Debug)]
pub struct ToLocation;
/// References to locations.
#[derive(Debug)]
pub struct ToLocations;
/// A reference to a team.
#[derive(Debug)]
pub struct ToTeam;
/// References to components or locations.
#[derive(Debug)]
pub struct ToPlaces;

macro_rules! references {
    ($($name:ident, $shape:expr;)*) => {$(
        impl KeyType for $name {
            const SHAPE: Shape = $shape;
            fn from_value(_: &Value) -> Option<Self> {
                Some(Self)
            }
        }
    )*};
}

references! {
    ToComponent, Shape::Reference(Space::Component);
    ToComponents, Shape::References(Space::Component);
    ToLocation, Shape::Reference(Space::Location);
    ToLocations, Shape::References(Space::Location);
    ToTeam, Shape::Reference(Space::Team);
    ToPlaces, Shape::References(Space::ComponentOrLocation);
}

macro_rules! tables {
    ($($(#[$doc:meta])* $module:ident $variant:ident $path:literal {
        $($const:ident: $type:ty = $name:literal, $text:literal
            $(, raises $($raises:ident)+)? $(, lowers $($lowers:ident)+)? $(, either $($either:ident)+)?;)*
    })*) => {
        /// A table of the language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Table { $($(#[$doc])* $variant,)* }

        impl Table {
            /// All tables.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the keys.
            pub const fn rows(self) -> &'static [Row] {
                match self { $(Self::$variant => $module::ROWS,)* }
            }

            /// Returns where the table stands in a file, such as `components.<id>`.
            pub const fn path(self) -> &'static str {
                match self { $(Self::$variant => $path,)* }
            }
        }

        $($(#[$doc])* pub mod $module {
            #[allow(clippy::wildcard_imports, reason = "the macro names the types of the enclosing table once")]
            use super::*;

            #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "only the order of the variants is used")]
            enum Index { $($const,)* }

            $(#[doc = $text] pub const $const: Key<$type> = Key { table: Table::$variant, index: Index::$const as u16, value: PhantomData };)*

            pub(super) const ROWS: &[Row] = &[$(Row {
                name: $name, shape: <$type as KeyType>::SHAPE, doc: $text, since: 1,
                raises: &[$($(Figure::$raises,)+)?], lowers: &[$($(Figure::$lowers,)+)?], either: &[$($(Figure::$either,)+)?],
            },)*];
        })*
    };
}

tables! {
    /// The keys at the top of a file.
    file File "the top of the file" {
        SCHEMA: u64 = "schema", "The version of the language; `1`, and the first key of the file.";
        EXTENDS: String = "extends", "The file that this alternative is based on: a relative path inside the model directory.";
        INCLUDE: Texts = "include", "Files that are parts of the base, as relative paths; `*` stands for any file name: `parts/*.toml`.";
    }

    /// The system as a whole.
    system System "system" {
        NAME: String = "name", "The system's name, shown in titles.";
        SUMMARY: String = "summary", "One sentence about the system.";
        CURRENCY: Currency = "currency", "The currency of the report, as an ISO code.";
        OWNER: ToTeam = "owner", "The team that answers for the system.";
        META: AnyTable = "meta", "Free keys: analyses ignore them, templates see them.";
    }

    /// What an alternative is; only beside `extends`.
    alternative Alternative "alternative" {
        NAME: String = "name", "The alternative's name.";
        SUMMARY: String = "summary", "One sentence about the alternative.";
        STATUS: Status = "status", "Where the decision stands. Gates apply to the base and to the accepted alternative.";
        CANDIDATE: Candidate = "candidate", "The architecture it stands for in the verdict, where the recognized style is not what is meant.";
        DECIDED: Date = "decided", "The day of the decision.";
        ADR: String = "adr", "The path of the decision record.";
        META: AnyTable = "meta", "Free keys: analyses ignore them, templates see them.";
    }

    /// What every journey must reach, unless it says otherwise.
    objectives Objectives "objectives" {
        AVAILABILITY: Probability = "availability", "The share of time in which a journey must work.";
        LATENCY_P50: Duration = "latency-p50", "Half of the requests must be answered within this time.";
        LATENCY_P95: Duration = "latency-p95", "95 % of the requests must be answered within this time.";
        LATENCY_P99: Duration = "latency-p99", "99 % of the requests must be answered within this time.";
        THROUGHPUT: Rate = "throughput", "The rate that must be carried.";
        BUDGET: MoneyRate = "budget", "The ceiling of the running cost.";
        SURVIVE: Survive = "survive", "The largest kind of single failure that may not cost traffic.";
        RPO: Duration = "rpo", "The time span of acknowledged data that may be lost.";
        RTO: Duration = "rto", "The time within which service must be back.";
        CONSISTENCY: Symbols<Consistency> = "consistency", "The guarantees that readers need: one or a list.";
    }

    /// A team.
    team Team "teams.<id>" {
        NAME: String = "name", "Shown instead of the id.";
        SUMMARY: String = "summary", "One sentence about the team.";
        MEMBERS: u64 = "members", "How many people.";
        ONCALL: OrTrue<OnCall> = "oncall", "`true`: somebody can be woken at any hour; `\"business-hours\"`; `false`: nobody.";
        LOCATION: String = "location", "Where the team sits.";
        SKILLS: Texts = "skills", "What the team knows how to run.";
        ORGANIZATION: String = "organization", "The organization that employs the team, where several work on one system.";
        TAGS: Texts = "tags", "Words to select by.";
        META: AnyTable = "meta", "Free keys: analyses ignore them, templates see them.";
        ALLOW: Allowances = "allow", "Accepted findings of this element: `rule = { reason = \"…\" }`.";
        LIFECYCLE: Lifecycle = "lifecycle", "Planned, live or deprecated.";
    }

    /// A place where things run.
    location Location "locations.<id>" {
        KIND: LocationKind = "kind", "What it is. All but a namespace are failure domains.";
        NAME: String = "name", "Shown instead of the id.";
        SUMMARY: String = "summary", "One sentence about the location.";
        IN: ToLocation = "in", "The location around it.";
        PROVIDER: String = "provider", "The provider's id in the price books; inherited by what lies inside.";
        CODE: String = "code", "The provider's code of a region, such as `eu-central-1`.";
        MACHINE: String = "machine", "The machine type of a node; it is billed here and not at the components on it.";
        COUNT: u64 = "count", "How many such hosts stand here; default 1.";
        AVAILABILITY: Probability = "availability", "Of the location's own failures, without those of what is around it.", lowers Unavailability;
        MTBF: Duration = "mtbf", "Mean time between failures: the mean up time.", lowers Unavailability;
        MTTR: Duration = "mttr", "Mean time to restore.", either Unavailability;
        SHARE_OF_USERS: Probability = "share-of-users", "The share of all users who are here.", either TrafficLost;
        CLOCK_SYNC: OrTrue<String> = "clock-sync", "Whether clocks are synchronized here, or by what.";
        BANDWIDTH: Bandwidth = "bandwidth", "What one host here can send.";
        TAGS: Texts = "tags", "Words to select by.";
        META: AnyTable = "meta", "Free keys: analyses ignore them, templates see them.";
        ALLOW: Allowances = "allow", "Accepted findings of this element: `rule = { reason = \"…\" }`.";
        LIFECYCLE: Lifecycle = "lifecycle", "Planned, live or deprecated.";
    }

    /// A component.
    component Component "components.<id>" {
        KIND: ComponentKind = "kind", "What it is; the only key that every component needs.";
        NAME: String = "name", "Shown instead of the id.";
        SUMMARY: String = "summary", "One sentence about the component.";
        TECHNOLOGY: String = "technology", "What it is built with.";
        ENGINE: String = "engine", "The product of a store, queue or cache, such as `postgres`.";
        OWNER: ToTeam = "owner", "The team that answers for it.";
        IN: ToLocation = "in", "A grouping for pictures, such as a namespace. It places nothing.";
        ON: ToLocations = "on", "The hosts that carry its replicas, in order: one id or several.";
        OF: ToComponent = "of", "The component beside which a sidecar runs, or inside which a module lives.";
        HOSTED_ON: ToComponent = "hosted-on", "A component without which no instance of this one is up.";
        TAGS: Texts = "tags", "Words to select by.";
        META: AnyTable = "meta", "Free keys: analyses ignore them, templates see them.";
        ALLOW: Allowances = "allow", "Accepted findings of this element: `rule = { reason = \"…\" }`.";
        LIFECYCLE: Lifecycle = "lifecycle", "Planned, live or deprecated.";

        REPLICAS: ReplicaCount = "replicas", "How many equal copies run, per shard; a number or `{ min, usual, max }`. Default 1, assumed.";
        NEEDS: u64 = "needs", "How many replicas of a shard must work. Default 1; for a quorum store its quorum.";
        SPREAD: Spread = "spread", "The kind of place over which replicas go round.";
        SHARDS: ShardPlan = "shards", "The parts into which data and load are split: a count, shares by name, or `{ share, on }` by name.";
        SHARD_KEY: String = "shard-key", "The field that decides the shard.";
        REPLICATION: TableOf<{ Table::Replication as u16 }> = "replication", "How a store keeps its copies.";

        AVAILABILITY: Probability = "availability", "Of one instance, without its host.", lowers Unavailability;
        MTBF: Duration = "mtbf", "Mean time between failures of one instance: the mean up time.", lowers Unavailability;
        MTTR: Duration = "mttr", "Mean time to restore one instance.", either Unavailability;
        COMMON_CAUSE: Probability = "common-cause", "The share of an instance's failures that hit all replicas at once: bugs, deploys, configuration.", either Unavailability;
        DETECTION: Duration = "detection", "The time until a failure is noticed.", either Unavailability;
        REPAIR: Duration = "repair", "The time of the repair itself.", either Unavailability;
        SLA: Probability = "sla", "The availability that a contract refunds below; a refund policy, not a failure rate.";

        SERVICE_TIME: ServiceTime = "service-time", "The work of one visit without waiting for others: a mean, `{ mean, scv }` or `{ p50, p99 }`.", raises Latency Utilization Cost Unavailability TrafficLost, lowers Capacity;
        CONCURRENCY: u64 = "concurrency", "How many requests one replica works on at once.";
        CONNECTIONS: u64 = "connections", "How many requests one replica holds open at once, waiting for others included.";

        CONTENTION: Probability = "contention", "The share of work that its replicas do one after another: σ of the Universal Scalability Law.", raises Latency Utilization Unavailability TrafficLost, lowers Capacity;
        COHERENCE: Probability = "coherence", "The share of work that each replica adds for each other one, to agree with it: κ of the Universal Scalability Law.", raises Latency Utilization Unavailability TrafficLost, lowers Capacity;

        DATA: Bytes = "data", "How much it stores, per shard.", raises Cost;
        GROWTH: Bandwidth = "growth", "How fast that grows, such as `\"10GB/month\"`.";
        DURABLE: bool = "durable", "Whether what it holds outlives a restart.";
        BACKUP: OrTrue<TableOf<{ Table::Backup as u16 }>> = "backup", "Whether backups are made, and whether restoring was tried.";
        SOURCE_OF_TRUTH: bool = "source-of-truth", "Whether what it holds exists nowhere else.";
        ISOLATION: Isolation = "isolation", "The isolation of its transactions.";
        READS_FROM: ReadsFrom = "reads-from", "Which copy answers reads.";
        DERIVED: bool = "derived", "Whether its content can be made again from elsewhere.";
        MEMORY: Bytes = "memory", "The memory that one instance needs.", raises Cost;
        STORAGE: Bytes = "storage", "The storage that is paid for, where it is not `data`.", raises Cost;
        MAX_LENGTH: u64 = "max-length", "The most messages that a queue keeps.";
        TTL: Duration = "ttl", "How long it keeps an item.", raises Cost;
        CONFIRM: bool = "confirm", "Whether a broker confirms what it has stored.";
        GROUP: String = "group", "The consumer group that its instances share.";

        DEPLOY: TableOf<{ Table::Deploy as u16 }> = "deploy", "How often and how it changes, and what a failed change does.";
        CHANGES: Probability = "changes", "A module's share of the changes of its deploy unit.";
        UNIT: String = "unit", "The deploy unit; default the component itself.";
        HEALTH_CHECK: OrTrue<String> = "health-check", "Whether a failed instance is noticed and left out.";
        DRAIN: OrTrue<Duration> = "drain", "Whether an instance finishes its work before it stops, and for how long.";
        BECAUSE: Texts = "because", "Why it is a unit of its own.";
        STARTUP_NEEDS: ToComponents = "startup-needs", "What must be up for it to start.";
        NEEDED_FOR: Symbols<NeededFor> = "needed-for", "What others need it for: running, starting, scaling.";
        TRACE: OrTrue<String> = "trace", "Whether it passes trace ids on.";

        EXPOSED: Exposure = "exposed", "Who can reach it.";
        RATE_LIMIT: OrTrue<Rate> = "rate-limit", "The most that it accepts.";
        BUDGET_CAP: OrTrue<MoneyRate> = "budget-cap", "The spending at which it stops growing.";
        AUTOSCALE: OrTrue<TableOf<{ Table::Autoscale as u16 }>> = "autoscale", "Whether the number of replicas follows the load, between the bounds in `replicas`.";

        MACHINE: String = "machine", "The machine type of one replica, as the price book calls it.";
        SKU: String = "sku", "The full key of its price, where the category of its kind is not the right one.";
        TERM: String = "term", "The contract of its price, such as `on-demand`.";
        LOGS_PER_REQUEST: Bytes = "logs-per-request", "What one visit writes to the logs.", raises Cost;

        OFFLINE: Offline = "offline", "What a client still does while the system is down.";
        IMPORTANCE: Importance = "importance", "How much it matters to users.";
        SESSION_STATE: SessionState = "session-state", "Where the state of a user's session lives.";
        STICKY: bool = "sticky", "Whether a user always reaches the same replica.";
        SINGLETON: bool = "singleton", "Whether only one instance may work at a time.";
        LEADER_ELECTION: bool = "leader-election", "Whether the instances elect one of them.";
        LOCK_FOR: ToComponents = "lock-for", "What it guards as a lock service.";
        CAPABILITY: Texts = "capability", "What it does for the others, such as `payment` or `queue`.";
        BUILD: Build = "build", "Built in house or bought.";
    }

    /// How a store keeps its copies.
    replication Replication "components.<id>.replication" {
        STYLE: ReplicationStyle = "style", "Who takes writes.";
        ACK: ReplicationAck = "ack", "Which copies have a write before it is acknowledged.";
        READ_QUORUM: u64 = "read-quorum", "How many copies answer a read.";
        WRITE_QUORUM: u64 = "write-quorum", "How many copies confirm a write.";
        FAILOVER: Failover = "failover", "Who starts a failover.";
        FAILOVER_TIME: Duration = "failover-time", "How long a failover takes; 60 s assumed when automatic.", raises Unavailability;
        FAILOVER_SUCCESS: Probability = "failover-success", "The share of failovers that work.", lowers Unavailability;
        LAG: Duration = "lag", "How far a follower is behind the leader, at worst.";
        FENCING: bool = "fencing", "Whether an old leader is kept from writing.";
    }

    /// Backups.
    backup Backup "components.<id>.backup" {
        TESTED: bool = "tested", "Whether restoring was tried.";
        EVERY: Duration = "every", "The time between two backups.";
    }

    /// Changes and what they break.
    deploy Deploy "components.<id>.deploy" {
        STRATEGY: DeployStrategy = "strategy", "How a new version replaces the old one.";
        OFTEN: Rate = "often", "How many deploys per time.", raises Unavailability;
        STOP: Duration = "stop", "How long one deploy stops the unit.";
        FAILURE: Probability = "failure", "The share of deploys that break something.", raises Unavailability;
        RESTORE: Duration = "restore", "How long a broken deploy takes to undo.", raises Unavailability;
        EXPOSED: Probability = "exposed", "The share of requests that a broken deploy stops; default all.", raises Unavailability;
    }

    /// Scaling by load.
    autoscale Autoscale "components.<id>.autoscale" {
        TARGET: Probability = "target", "The utilization that scaling keeps.", lowers Cost;
        CAPACITY: Rate = "capacity", "What one replica carries.", lowers Cost;
    }

    /// A link.
    link Link "links.\"<a -> b>\"" {
        NAME: String = "name", "Shown instead of the key.";
        SUMMARY: String = "summary", "One sentence about the link.";
        LABEL: String = "label", "The words on the arrow.";
        PROTOCOL: String = "protocol", "The protocol; `in-process`, `loopback` and `unix` cross no network.";
        OPERATION: String = "operation", "The operation that is called.";
        PAYLOAD: Bytes = "payload", "The size of a request or message; 1.5 KB assumed.", raises Bytes Traffic Latency Cost;
        RESPONSE: Bytes = "response", "The size of a reply; 1.5 KB assumed, of a message 0.", raises Bytes Traffic Latency Cost;
        OVERHEAD: Bytes = "overhead", "Bytes that the protocol adds to a request or message and to its reply each.", raises Bytes Traffic Latency Cost;
        TIMEOUT: Duration = "timeout", "How long the caller waits.", either Latency Utilization Capacity;
        RETRIES: u64 = "retries", "Attempts after the first.";
        BACKOFF: Backoff = "backoff", "The wait between attempts.";
        JITTER: bool = "jitter", "Whether the waits are spread at random.";
        RETRY_BUDGET: OrTrue<Probability> = "retry-budget", "The largest share of retries among all calls.";
        CIRCUIT_BREAKER: bool = "circuit-breaker", "Whether calls stop while the callee fails.";
        BULKHEAD: OrTrue<u64> = "bulkhead", "Whether the calls on this link have a pool of their own, and its size.";
        HEDGE_AFTER: Duration = "hedge-after", "The wait after which a second call is sent.", either Latency Utilization Capacity;
        IDEMPOTENT: OrTrue<String> = "idempotent", "Whether repeating is harmless, or the key that makes it so.";
        EFFECT: Effect = "effect", "Whether it reads, writes, or does what cannot be undone.";
        REQUIRED: bool = "required", "`false`: the caller goes on without an answer, degraded. Default true.";
        FALLBACK: OrTrue<ToComponent> = "fallback", "`true`: an answer without a call; or the component that is called instead.";
        FALLBACK_TESTED: bool = "fallback-tested", "Whether the fallback is exercised.";
        ENCRYPTED: OrTrue<String> = "encrypted", "Whether what travels is encrypted, or by what.";
        AUTHENTICATED: OrTrue<String> = "authenticated", "Whether the caller proves who it is, or by what.";
        CONTRACT: ContractForm = "contract", "The contract: `\"kind:file\"`, `\"kind:file@version\"` or `{ kind, file, versioned, compatible, registry, tests }`.";
        CONTRACT_TESTED: bool = "contract-tested", "Whether both sides are tested against the contract.";
        COMPRESSION: OrTrue<String> = "compression", "Whether what travels is compressed.";
        ROUTE: Route = "route", "Which replica answers; `shard-key` by default for a sharded callee, `leader` for a single-leader one, else `any`.";
        TRUST: Exposure = "trust", "Who is at the other end.";
        SIGNED: OrTrue<String> = "signed", "Whether messages are signed.";
        REPLAY_PROTECTION: OrTrue<String> = "replay-protection", "Whether a repeated message is recognized.";
        CONFIRM: bool = "confirm", "Whether the sender waits for the broker's confirmation.";
        ON_ERROR: OnError = "on-error", "What the sender does with an error.";
        GROUP: String = "group", "The consumer group, or `per-instance`.";
        KEY: String = "key", "The field that decides partition and order.";
        BATCHED: bool = "batched", "Whether several items travel in one call.";
        DEADLINE_PROPAGATED: bool = "deadline-propagated", "Whether the callee learns how long the caller waits.";
        INVALIDATE: bool = "invalidate", "Whether a write removes the cached copy.";
        TTL: Duration = "ttl", "How long a copy may be served.";
        BANDWIDTH: Bandwidth = "bandwidth", "What the link carries.", lowers Latency;
        ROUND_TRIP: Duration = "round-trip", "The network's round trip.", raises Latency;
        LOSS: Probability = "loss", "The share of what is sent that is lost and sent again.", raises Bytes Traffic Cost;
        RATE_LIMIT: OrTrue<Rate> = "rate-limit", "The most calls that pass.";
        DELIVERY: Delivery = "delivery", "How often a message arrives.";
        ACK: Acknowledge = "ack", "When the consumer acknowledges.";
        OUTBOX: OrTrue<TableOf<{ Table::Outbox as u16 }>> = "outbox", "Whether messages are written with the data and sent later.";
        DEDUP: OrTrue<String> = "dedup", "Whether the consumer recognizes what it has seen.";
        DEAD_LETTER: OrTrue<String> = "dead-letter", "Where a message goes that cannot be processed.";
        MAX_ATTEMPTS: u64 = "max-attempts", "How often a message is tried.";
        ORDERING: Ordering = "ordering", "The order that the consumer needs.";
        ORDER_BY: OrderBy = "order-by", "What decides the order.";
        LAG: Duration = "lag", "How far a copy is behind.";
        MODE: ReplicationMode = "mode", "Whether a writer waits for the copy.";
        TAGS: Texts = "tags", "Words to select by.";
        META: AnyTable = "meta", "Free keys: analyses ignore them, templates see them.";
        ALLOW: Allowances = "allow", "Accepted findings of this element: `rule = { reason = \"…\" }`.";
        LIFECYCLE: Lifecycle = "lifecycle", "Planned, live or deprecated.";
    }

    /// An outbox.
    outbox Outbox "links.\"<a ~> b>\".outbox" {
        RELAY: Relay = "relay", "What sends the messages.";
        TABLE: String = "table", "The table that holds them.";
    }

    /// A journey.
    journey Journey "journeys.<id>" {
        NAME: String = "name", "Shown instead of the id.";
        SUMMARY: String = "summary", "One sentence about the journey.";
        RATE: Rate = "rate", "The mean rate.", raises Traffic Latency Utilization Cost Unavailability, either TrafficLost Capacity CostPerRequest;
        PEAK: Rate = "peak", "The highest rate that is sustained.", raises Cost Unavailability TrafficLost;
        GROWTH: Probability = "growth", "By which share its rates grow in a month.";
        ACTOR: ToComponent = "actor", "Who starts it, where the first step does not say so.";
        STEPS: Steps = "steps", "The calls and messages, in order.", raises Messages Bytes Traffic Unavailability Latency Utilization Cost, lowers Capacity, either TrafficLost;
        SHARE_OF_USERS: Probability = "share-of-users", "The share of all users who depend on it.", either TrafficLost;
        AVAILABILITY: Probability = "availability", "Overrides the objective.";
        LATENCY_P50: Duration = "latency-p50", "Overrides the objective.";
        LATENCY_P95: Duration = "latency-p95", "Overrides the objective.";
        LATENCY_P99: Duration = "latency-p99", "Overrides the objective.";
        THROUGHPUT: Rate = "throughput", "Overrides the objective.";
        SURVIVE: Survive = "survive", "Overrides the objective.";
        RPO: Duration = "rpo", "Overrides the objective.";
        RTO: Duration = "rto", "Overrides the objective.";
        CONSISTENCY: Symbols<Consistency> = "consistency", "The guarantees that this journey needs: one or a list.";
        SAGA: TableOf<{ Table::Saga as u16 }> = "saga", "How several writes are kept together.";
        MONEY: bool = "money", "Whether money moves.";
        DELIVERY: Delivery = "delivery", "The delivery that its messages need.";
        MAX_STALENESS: Duration = "max-staleness", "How old the data that it shows may be.";
        WINDOW: OrTrue<Duration> = "window", "The maintenance window per month in which it may be down.";
        CRITICAL: bool = "critical", "Whether the business stops without it.";
        PARTIAL_OK: bool = "partial-ok", "Whether a partly completed journey is acceptable.";
        TAGS: Texts = "tags", "Words to select by.";
        META: AnyTable = "meta", "Free keys: analyses ignore them, templates see them.";
        ALLOW: Allowances = "allow", "Accepted findings of this element: `rule = { reason = \"…\" }`.";
        LIFECYCLE: Lifecycle = "lifecycle", "Planned, live or deprecated.";
    }

    /// A saga.
    saga Saga "journeys.<id>.saga" {
        STYLE: SagaStyle = "style", "Who steers.";
        COMPENSATIONS: Texts = "compensations", "The operations that undo.";
    }

    /// Data that matters.
    entity Entity "entities.<id>" {
        NAME: String = "name", "Shown instead of the id.";
        SUMMARY: String = "summary", "One sentence about the data.";
        TRUTH: ToComponent = "truth", "The component that holds the truth.";
        COPIES: Copies = "copies", "Other components that hold a copy, and how far it lags: `cache = \"5s\"`.";
        WRITERS: ToComponents = "writers", "Who writes it.";
        CONFLICT: Conflict = "conflict", "How concurrent writes are resolved.";
        VALUE: EntityValue = "value", "What it is worth.";
        IMMUTABLE: bool = "immutable", "Whether it never changes once written.";
        REBUILDABLE: bool = "rebuildable", "Whether copies can be made again from the truth.";
        TAGS: Texts = "tags", "Words to select by.";
        META: AnyTable = "meta", "Free keys: analyses ignore them, templates see them.";
        ALLOW: Allowances = "allow", "Accepted findings of this element: `rule = { reason = \"…\" }`.";
        LIFECYCLE: Lifecycle = "lifecycle", "Planned, live or deprecated.";
    }

    /// Things that fail together although the graph does not show it.
    shared_fate SharedFate "shared-fate.<id>" {
        NAME: String = "name", "Shown instead of the id.";
        SUMMARY: String = "summary", "One sentence about the common cause.";
        OF: ToPlaces = "of", "The components and locations that it takes down.";
        AVAILABILITY: Probability = "availability", "Of the common cause. Without a figure it counts in the blast radius only.", lowers Unavailability;
        MTBF: Duration = "mtbf", "Mean time between failures: the mean up time.", lowers Unavailability;
        MTTR: Duration = "mttr", "Mean time to restore.", either Unavailability;
        TAGS: Texts = "tags", "Words to select by.";
        META: AnyTable = "meta", "Free keys: analyses ignore them, templates see them.";
        ALLOW: Allowances = "allow", "Accepted findings of this element: `rule = { reason = \"…\" }`.";
        LIFECYCLE: Lifecycle = "lifecycle", "Planned, live or deprecated.";
    }

    /// What the cost analysis starts from.
    cost Cost "cost" {
        PROVIDER: String = "provider", "The provider of the price book, where locations do not say.";
        REGION: String = "region", "The region of the price book, where locations do not say.";
        ZONES: Texts = "zones", "The zones that are used, where locations do not say.";
        BOOKS: Texts = "books", "Price books of your own, as relative paths.";
        BUDGET: TableOf<{ Table::CostBudget as u16 }> = "budget", "Gates on cost.";
        FREE_TIERS: bool = "free-tiers", "Whether free tiers count; default false.";
        PEOPLE: TableOf<{ Table::People as u16 }> = "people", "What on-call and work cost; replaced as a whole by a later layer.";
        MIGRATION: Money = "migration", "What moving from the base costs once; of an alternative.";
        FX: CurrencyRates = "fx", "Exchange rates: `USD = { value = \"0.92 EUR\", source = \"…\", on = 2026-11-01 }`; replaced as a whole by a later layer.", raises Cost;
    }

    /// Gates on cost.
    cost_budget CostBudget "cost.budget" {
        PER_1000: Money = "per-1000", "The most that 1,000 requests may cost.";
        MAX_INCREASE: Probability = "max-increase", "The largest increase over the base.";
        REQUIRE_CAPS: bool = "require-caps", "Whether everything that grows needs a cap.";
        MAX_RUNAWAY: Money = "max-runaway", "The most that a month may cost with everything at its cap.";
    }

    /// What people cost.
    people People "cost.people" {
        STIPEND: MoneyRate = "stipend", "What being on call pays per person.";
        ROTA: u64 = "rota", "How many people share an on-call rota.";
        HOURLY: MoneyRate = "hourly", "What an hour of work costs.";
        PAGES: Rate = "pages", "How often somebody is called.";
        HOURS_PER_PAGE: Number = "hours-per-page", "How many hours one call takes.";
    }

    /// The network between two places, or of a distance class.
    network Network "network.\"<a <-> b>\"" {
        ROUND_TRIP: Duration = "round-trip", "The round trip.", raises Latency;
        BANDWIDTH: Bandwidth = "bandwidth", "What it carries.", lowers Latency;
        LOSS: Probability = "loss", "The share of what is sent that is lost and sent again.", raises Bytes Traffic Cost;
        AVAILABILITY: Probability = "availability", "Of the connection.", lowers Unavailability;
        MTBF: Duration = "mtbf", "Mean time between failures: the mean up time.", lowers Unavailability;
        MTTR: Duration = "mttr", "Mean time to restore.", either Unavailability;
    }

    /// Measured facts about the base.
    observed Observed "observed.<id>" {
        RATE: Rate = "rate", "The mean rate.";
        UTILIZATION: Probability = "utilization", "How busy it is.";
        P50: Duration = "p50", "The median latency.";
        P99: Duration = "p99", "The 99th percentile of latency.";
        AVAILABILITY: Probability = "availability", "The share of time in which it worked.";
        INCIDENTS: Rate = "incidents", "How often it failed.";
        COST: MoneyRate = "cost", "What it costs.";
    }

    /// The gates of a policy.
    gates Gates "policy.toml: gates" {
        FAIL_ON: PolicySeverity = "fail-on", "The least severity of a finding that fails `check`; default error.";
        REQUIRE_EVALUATED: bool = "require-evaluated", "Whether a gate that could not be evaluated fails.";
        MAX_INCREASE: Probability = "max-increase", "The largest increase of cost over the base.";
    }

    /// The settings of one rule.
    rule Rule "policy.toml: rules.<rule>" {
        SEVERITY: PolicySeverity = "severity", "Overrides the rule's severity.";
        OFF: bool = "off", "Turns the rule off.";
        PARAMETERS: AnyTable = "parameters", "The rule's own parameters.";
    }

    /// An accepted finding.
    allowance Allowance "policy.toml: allow.<id>" {
        RULE: String = "rule", "The rule; not used on an element, where the rule is the key.";
        WHERE: Texts = "where", "What it applies to: ids, globs, `kind:…`, `tag:…`, `owner:…`.";
        REASON: String = "reason", "Why the risk is accepted.";
        UNTIL: Date = "until", "The day on which the acceptance ends; judged only with `--today`.";
        OWNER: String = "owner", "Who accepts it.";
        EXPECT: bool = "expect", "Whether it is a mistake that the finding no longer occurs.";
    }
}

/// A nested table of facts, as a type for the key table; the parameter is the [`Table`]'s number.
#[derive(Debug)]
pub struct TableOf<const TABLE: u16>;

impl<const TABLE: u16> KeyType for TableOf<TABLE> {
    const SHAPE: Shape = Shape::Table(Table::ALL[TABLE as usize]);

    fn from_value(value: &Value) -> Option<Self> {
        matches!(value, Value::Table(_)).then_some(Self)
    }
}

impl Table {
    /// Finds a key by its name; linear, the longest table has some seventy rows.
    pub fn find(self, name: &str) -> Option<u16> {
        self.rows().iter().position(|row| row.name == name).and_then(|index| u16::try_from(index).ok())
    }

    /// Says whether a later layer replaces the whole table instead of merging its keys.
    ///
    /// Semantics, "Ids, layers": value tables replace whole.
    pub const fn is_value(self) -> bool {
        matches!(self, Self::People)
    }

    /// Says whether `false` may stand for "stated absent" in any key of this table.
    ///
    /// Semantics, "Facts": any optional key of a component, link, journey or entity; their nested tables included.
    pub const fn takes_absent(self) -> bool {
        matches!(
            self,
            Self::Component
                | Self::Link
                | Self::Journey
                | Self::Entity
                | Self::Replication
                | Self::Backup
                | Self::Deploy
                | Self::Autoscale
                | Self::Outbox
                | Self::Saga
                | Self::Location
                | Self::Team
        )
    }
}

impl KeyType for String {
    const SHAPE: Shape = Shape::Text;

    fn from_value(value: &Value) -> Option<Self> {
        value.text().map(str::to_owned)
    }
}

impl KeyType for Currency {
    const SHAPE: Shape = Shape::Currency;

    fn from_value(value: &Value) -> Option<Self> {
        value.text().and_then(Self::from_code)
    }
}

impl KeyType for u64 {
    const SHAPE: Shape = Shape::Count;

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Count(count) = value { Some(*count) } else { None }
    }
}

impl KeyType for bool {
    const SHAPE: Shape = Shape::Flag;

    fn from_value(value: &Value) -> Option<Self> {
        matches!(value, Value::True).then_some(true)
    }
}

impl KeyType for Date {
    const SHAPE: Shape = Shape::Date;

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Date(date) = value { Some(*date) } else { None }
    }
}

macro_rules! quantity_keys {
    ($($type:ident)*) => {$(
        impl KeyType for $type {
            const SHAPE: Shape = Shape::Quantity(Dimension::$type);

            fn from_value(value: &Value) -> Option<Self> {
                Ranged::<$type>::from_value(value).map(|range| range.likely)
            }
        }

        impl KeyType for Ranged<$type> {
            const SHAPE: Shape = Shape::Quantity(Dimension::$type);

            fn from_value(value: &Value) -> Option<Self> {
                if let Value::Quantity(range) = value { Some(range.map($type::new)) } else { None }
            }
        }
    )*};
}

quantity_keys! { Duration Rate Bytes Bandwidth Number }

impl KeyType for Probability {
    const SHAPE: Shape = Shape::Quantity(Dimension::Share);

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Quantity(range) = value { Some(Self::new(range.likely)) } else { None }
    }
}

impl KeyType for Money {
    const SHAPE: Shape = Shape::Money;

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Money(range) = value { Some(range.likely) } else { None }
    }
}

impl KeyType for MoneyRate {
    const SHAPE: Shape = Shape::MoneyRate;

    fn from_value(value: &Value) -> Option<Self> {
        if let Value::MoneyRate(range) = value { Some(range.likely) } else { None }
    }
}
