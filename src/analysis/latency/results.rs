//! What is found of times, loads and states.

use super::Carried;
use super::facts::Lack;
use super::loads::{HourLoad, LoadPoint};
use super::pooling::Pooling;
use super::scaling::Scaling;
use super::stability::Stability;
use crate::analysis::communication::{Asked, Assumed};
use crate::distribution::Distribution;
use crate::model::{ComponentId, LinkId, NodeId, System};
use crate::quantity::{Duration, Rate};

/// The points of the distribution function that results list.
const CURVE_POINTS: u32 = 41;

/// The time of all journeys and the load of all pools.
#[derive(Debug, Clone, PartialEq)]
pub struct Latency {
    /// Per journey, in the order of the system's journeys.
    pub journeys: Vec<JourneyLatency>,
    /// Per pool, by component.
    pub stations: Vec<StationLoad>,
    /// What retries make of a slow callee.
    pub stability: Stability,
    /// What limits the growth of the load.
    pub carried: Carried,
    /// The times at ten loads up to 95 % of what the known pools carry.
    pub load_curve: Vec<LoadPoint>,
    /// The load and the times through the day; nothing where no journey states a peak.
    pub day: Vec<HourLoad>,
    /// The same with all programs' workers in one pool; none where they are one.
    pub pooling: Option<Pooling>,
    /// The facts that figures lack.
    pub missing: Vec<Lack>,
    /// The facts that were assumed, by path.
    pub assumed: Vec<Assumed>,
    /// The facts that were asked for, by path.
    pub asked: Vec<Asked>,
}

impl Latency {
    /// Returns the facts that some figures of time or capacity lack.
    pub fn lacking(&self, fields: &[&str]) -> Vec<String> {
        self.missing.iter().filter(|lack| fields.contains(&lack.field.as_str())).map(|lack| lack.needs.clone()).collect()
    }
}

/// The time of one journey.
#[derive(Debug, Clone, PartialEq)]
pub struct JourneyLatency {
    /// At the mean rates; nothing where a fact is missing, or where a pool cannot keep up.
    pub mean_load: Option<Times>,
    /// At the peak rates, where one is stated.
    pub peak_load: Option<Times>,
    /// Until the last message behind it is worked off, at the mean rates; none without messages.
    pub completion: Option<Times>,
    /// Whether it can keep up, at the mean rates.
    pub state: State,
    /// The same at the peak rates.
    pub peak_state: State,
    /// Which parts of the time a slow request consists of.
    pub tail: Option<Tail>,
    /// The share of each call in the 99th percentile, what it calls in turn not included; nothing of large systems.
    pub steps: Vec<(NodeId, f64)>,
    /// Median and 99th percentile of a request that has to open the connection of its first call; none where that call opens none.
    pub first_request: Option<(Duration, Duration)>,
    /// The 99th percentile between Poisson arrivals and propagated variability, where these differ.
    pub band_p99: Option<(Duration, Duration)>,
    /// What a reader would find who adds up the 99th percentiles of the calls: the wrong number.
    pub summed_p99: Option<Duration>,
    /// The step of which most calls end without an answer in time, if attempts are alike.
    pub given_up: Option<(LinkId, GivenUp)>,
    /// Where the figures are approximate.
    pub flags: Vec<Flag>,
}

/// The share of calls that end without an answer in time, after all attempts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GivenUp {
    /// If each attempt meets another queue.
    pub share: f64,
    /// If all attempts of a call meet the same: one that fails fails with all.
    pub if_alike: f64,
}

impl GivenUp {
    /// Says whether more calls end so than others do: if attempts are alike, which many are, and of equals if they are not.
    pub(super) fn is_more_than(&self, other: &Self) -> bool {
        (self.if_alike, self.share) > (other.if_alike, other.share)
    }
}

/// A distribution's figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Times {
    /// The mean.
    pub mean: Duration,
    /// The median.
    pub p50: Duration,
    /// The 95th percentile.
    pub p95: Duration,
    /// The 99th percentile.
    pub p99: Duration,
    /// The 99.9th percentile.
    pub p999: Duration,
    /// The distribution function: times and the shares within them.
    pub curve: Vec<(Duration, f64)>,
}

impl Times {
    pub(super) fn of(time: &Distribution) -> Self {
        let at = |share| time.percentile(share);
        Self { mean: time.mean(), p50: at(0.5), p95: at(0.95), p99: at(0.99), p999: at(0.999), curve: time.curve(CURVE_POINTS) }
    }
}

/// Whether the pools that a journey visits keep up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum State {
    /// They do, even while every attempt fails and is tried again.
    Safe,
    /// They do, but not once a callee fails or slows down: retries alone would keep the pool full.
    Vulnerable {
        /// The component.
        component: ComponentId,
        /// What its utilization would be.
        utilization: f64,
    },
    /// They do, but requests that hold a connection of a component ask for another one of it: with all of them held so, nothing moves.
    WaitsForItself {
        /// The component.
        component: ComponentId,
    },
    /// A pool cannot keep up.
    Overloaded {
        /// The component.
        component: ComponentId,
        /// Its utilization.
        utilization: f64,
    },
}

impl State {
    /// Returns the word of the machine contract: what a passing cause can bring down for good is vulnerable, whether retries or connections keep it there.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Vulnerable { .. } | Self::WaitsForItself { .. } => "vulnerable",
            Self::Overloaded { .. } => "overloaded",
        }
    }
}

/// A part of the time of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Work.
    Service,
    /// Waiting for a worker.
    Queue,
    /// Messages under way, waits for copies included.
    Network,
    /// Writing and reading messages.
    Serialization,
}

impl Part {
    /// All parts that are measured by themselves; the rest is timeouts and pauses of retries.
    pub(super) const ALL: [Self; 4] = [Self::Service, Self::Queue, Self::Network, Self::Serialization];
}

/// The shares of the 99th percentile, together 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tail {
    /// Work.
    pub service: f64,
    /// Waiting for a worker.
    pub queue: f64,
    /// Messages under way.
    pub network: f64,
    /// Writing and reading messages.
    pub serialization: f64,
    /// Timeouts, and pauses before retries.
    pub retry: f64,
}

/// Where a figure is approximate, or leaves something out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flag {
    /// The workers of a component are not stated: it never lets wait.
    NoQueueing(ComponentId),
    /// A journey without a rate loads the same pools.
    LoadIncomplete,
    /// Several workers and work that is not exponential: the wait is interpolated.
    Interpolated(ComponentId),
    /// Busy workers with work far from exponential pass on an uneven stream.
    BusyChain(ComponentId),
    /// Members of a parallel step, or all shards, are taken to be independent of each other.
    FanOut,
    /// A hedged call whose work has a heavy tail.
    HedgedTail,
    /// The second copy of a hedged call waits behind the first: so few work for it.
    HedgedQueue(ComponentId),
    /// Members of a parallel step that wait in the same queue.
    SharedQueue(ComponentId),
    /// A link whose calls need more attempts than are followed.
    ManyAttempts,
    /// One request visits a busy pool several times in a row, and who waits long once waits long again.
    RepeatedVisits(ComponentId),
    /// Attempts that waited too long are tried again, and taken to meet another queue than the first.
    RetriedWaits(ComponentId),
    /// A step that waits for some of its members only, which wait in queues at the same time.
    QuorumOfBusy(ComponentId),
    /// A circuit breaker before a component opens now and then, which is not counted.
    Breaker(ComponentId),
    /// The connections of a component, sharded or with a single leader, are not counted.
    ConnectionsLeftOut(ComponentId),
    /// Connections are so few that they keep requests from what is inside.
    HeldConnections(ComponentId),
    /// A request that holds a connection of a component asks for another one of the same: all that there are may be held by requests that wait for one.
    WaitsForItself(ComponentId),
}

impl Flag {
    /// Returns the word of the machine contract.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoQueueing(_) => "no-queueing",
            Self::LoadIncomplete => "load-incomplete",
            Self::Interpolated(_) => "interpolated-wait",
            Self::BusyChain(_) => "busy-chain",
            Self::FanOut => "independent-fan-out",
            Self::HedgedTail => "hedged-heavy-tail",
            Self::HedgedQueue(_) => "hedged-queue",
            Self::SharedQueue(_) => "fan-out-into-one-pool",
            Self::ManyAttempts => "many-attempts",
            Self::RepeatedVisits(_) => "repeated-visits",
            Self::RetriedWaits(_) => "retried-waits",
            Self::QuorumOfBusy(_) => "quorum-of-busy",
            Self::Breaker(_) => "circuit-breaker",
            Self::ConnectionsLeftOut(_) => "connections-left-out",
            Self::HeldConnections(_) => "held-connections",
            Self::WaitsForItself(_) => "waits-for-itself",
        }
    }

    /// Returns the component that it speaks of.
    pub const fn component(self) -> Option<ComponentId> {
        match self {
            Self::NoQueueing(id)
            | Self::Interpolated(id)
            | Self::BusyChain(id)
            | Self::RepeatedVisits(id)
            | Self::RetriedWaits(id)
            | Self::QuorumOfBusy(id)
            | Self::Breaker(id)
            | Self::ConnectionsLeftOut(id)
            | Self::HedgedQueue(id)
            | Self::SharedQueue(id)
            | Self::HeldConnections(id)
            | Self::WaitsForItself(id) => Some(id),
            Self::LoadIncomplete | Self::FanOut | Self::HedgedTail | Self::ManyAttempts => None,
        }
    }
}

/// A pool of workers and its load.
#[derive(Debug, Clone, PartialEq)]
pub struct StationLoad {
    /// The component.
    pub component: ComponentId,
    /// Whether it is the leaders of a component.
    pub is_leader: bool,
    /// Whether the component has a pool of all copies beside that of its leaders.
    pub has_readers: bool,
    /// The workers of one shard; none where they are not stated or without a limit.
    pub servers: Option<u64>,
    /// The workers of one replica.
    pub per_replica: Option<u64>,
    /// The mean work of a visit, with what replicas cost each other; none where it is not stated.
    pub service: Option<Duration>,
    /// What its replicas cost each other; none where nothing of it is stated, or where a leader works alone.
    pub scaling: Option<Scaling>,
    /// Whether all that it takes to know its capacity is stated, or it has no limit.
    pub is_known: bool,
    /// What comes ÷ what passes with all connections taken, at the mean rates; none without a limit.
    pub connections: Option<f64>,
    /// At the peak rates.
    pub peak_connections: Option<f64>,
    /// Its shards by load, the busiest first.
    pub shards: Vec<ShardLoad>,
}

/// Shards of equal load.
#[derive(Debug, Clone, PartialEq)]
pub struct ShardLoad {
    /// Their indices.
    pub shards: Vec<usize>,
    /// Visits per second to one of them at the mean rates.
    pub arrivals: Rate,
    /// At the peak rates.
    pub peak_arrivals: Rate,
    /// The busy share of its workers at the mean rates.
    pub utilization: Option<f64>,
    /// At the peak rates.
    pub peak_utilization: Option<f64>,
}

impl StationLoad {
    /// Returns the id by which results name it: its component's, with `/leader` for the leaders of one whose other copies answer reads.
    pub fn id(&self, system: &System) -> String {
        let id = &system.component(self.component).id;
        if self.is_leader && self.has_readers { format!("{id}/leader") } else { id.clone() }
    }

    /// Returns the highest utilization of its shards.
    pub fn utilization(&self) -> Option<f64> {
        self.shards.iter().filter_map(|shard| shard.utilization).max_by(f64::total_cmp)
    }

    /// Returns the share of what it can pass that passes: of its workers or its connections, whichever is more.
    pub fn used(&self) -> Option<f64> {
        self.utilization().into_iter().chain(self.connections).max_by(f64::total_cmp)
    }

    /// Returns the same at the peak rates.
    pub fn peak_used(&self) -> Option<f64> {
        self.peak_utilization().into_iter().chain(self.peak_connections).max_by(f64::total_cmp)
    }

    /// Returns the highest utilization of its shards at the peak rates.
    pub fn peak_utilization(&self) -> Option<f64> {
        self.shards.iter().filter_map(|shard| shard.peak_utilization).max_by(f64::total_cmp)
    }
}
