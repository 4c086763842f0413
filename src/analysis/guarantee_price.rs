//! What each guarantee costs in time, in load and in availability, against the next weaker one.
//!
//! The question: *what would this design gain if it promised a little less?* Each guarantee that the model states is weakened by one step, everything is computed again, and
//! the two are laid side by side:
//!
//! | guarantee | the next weaker |
//! | --- | --- |
//! | `ack = "all"`: every copy has a write before it is acknowledged | `quorum` |
//! | `ack = "quorum"`: a majority has it | `async`: the leader alone, copies follow; of a leaderless store one copy of reads and writes |
//! | `mode = "sync"` of a `=>` | `async`: the writer goes on |
//! | `encrypted` | nothing is encrypted: a new connection needs no round trip for it; its work is part of what is measured as service time, and is not told apart |
//!
//! Availability is that of answers: a weaker guarantee is up more often because fewer copies must be, and loses what the missing copies did not have yet.

use super::capacity::capacity;
use super::failure::{Detail, availability};
use super::latency::{Depth, latency};
use crate::model::{ComponentId, LinkId, System};
use crate::quantity::{Duration, Rate};
use crate::syntax::keys::{component, link, replication};
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{ReplicationAck, ReplicationMode, ReplicationStyle};

/// The most guarantees that are weakened, components by id, then links by id, then encryption.
pub const MAX_GUARANTEES: usize = 12;

/// A guarantee that a model states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guarantee {
    /// Which copies of a component have a write before it is acknowledged, and which would of the next weaker.
    Acknowledged(ComponentId, ReplicationAck, ReplicationAck),
    /// A quorum of a leaderless component, against one copy.
    Quorum(ComponentId),
    /// A copy that the writer waits for.
    SynchronousCopy(LinkId),
    /// Encryption of what travels.
    Encryption,
}

impl Guarantee {
    /// Returns the path of what states it.
    pub fn path(self, system: &System) -> String {
        match self {
            Self::Acknowledged(id, ..) => format!("components.{}.replication.ack", system.component(id).id),
            Self::Quorum(id) => format!("components.{}.replication", system.component(id).id),
            Self::SynchronousCopy(id) => format!("links.{}.mode", system.link(id).id),
            Self::Encryption => "links.*.encrypted".to_owned(),
        }
    }

    /// Returns what is promised, and what the next weaker one promises.
    pub fn words(self) -> (&'static str, &'static str) {
        use crate::syntax::vocabulary::Vocabulary;
        match self {
            Self::Acknowledged(_, from, to) => (from.word(), to.word()),
            Self::Quorum(_) => ("quorum", "one"),
            Self::SynchronousCopy(_) => ("sync", "async"),
            Self::Encryption => ("encrypted", "plain text"),
        }
    }

    fn weaken(self, system: &System) -> System {
        match self {
            Self::Acknowledged(id, _, to) => system.with_acknowledgement(id, to),
            Self::Quorum(id) => system.with_one_copy(id),
            Self::SynchronousCopy(id) => system.with_late_copy(id),
            Self::Encryption => system.in_plain_text(),
        }
    }
}

/// What a guarantee costs.
#[derive(Debug, Clone, PartialEq)]
pub struct GuaranteePrice {
    /// The guarantee.
    pub guarantee: Guarantee,
    /// Per journey, what it costs each; of a journey that it does not touch, twice the same.
    pub journeys: Vec<JourneyPrice>,
    /// The most requests with it, and with the next weaker; none while a fact is missing.
    pub max_rate: Option<(Rate, Rate)>,
}

/// What a guarantee costs a journey: with it, and with the next weaker.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JourneyPrice {
    /// The 99th percentile; of encryption, of a request that opens its connection.
    pub p99: Option<(Duration, Duration)>,
    /// The share of requests that fail in the long run.
    pub unavailability: Option<(f64, f64)>,
}

impl JourneyPrice {
    /// Says whether the guarantee makes any difference to the journey.
    pub fn differs(&self) -> bool {
        let differ = |a: f64, b: f64| (a - b).abs() > 1e-9 * a.abs().max(b.abs());
        self.p99.is_some_and(|(a, b)| differ(a.seconds(), b.seconds())) || self.unavailability.is_some_and(|(a, b)| differ(a, b))
    }
}

/// Returns the price of each guarantee that a model states; nothing of one that is too large to be varied.
pub fn guarantee_prices(system: &System) -> Vec<GuaranteePrice> {
    let stated: Vec<Guarantee> = guarantees(system).into_iter().take(MAX_GUARANTEES).collect();
    if stated.is_empty() || !system.can_be_varied() {
        return Vec::new();
    }
    let with = Figures::of(system);
    stated
        .into_iter()
        .map(|guarantee| {
            let weaker = Figures::of(&guarantee.weaken(system));
            let opens = guarantee == Guarantee::Encryption;
            let journeys = with.journeys.iter().zip(&weaker.journeys).map(|(with, weaker)| {
                let p99 = |one: &Journey| if opens { one.first_p99 } else { one.p99 };
                JourneyPrice { p99: p99(with).zip(p99(weaker)), unavailability: with.unavailability.zip(weaker.unavailability) }
            });
            GuaranteePrice { guarantee, journeys: journeys.collect(), max_rate: with.max_rate.zip(weaker.max_rate) }
        })
        .collect()
}

/// Lists the guarantees that a model states and that cost something.
fn guarantees(system: &System) -> Vec<Guarantee> {
    let mut found = Vec::new();
    for id in system.component_ids().filter(|id| system.component(*id).replicas > 1) {
        let Some(facts) = system.component(id).facts.table(component::REPLICATION) else { continue };
        if facts.get(replication::STYLE) == Fact::Stated(ReplicationStyle::Leaderless) {
            if system.component(id).needs > 1 {
                found.push(Guarantee::Quorum(id));
            }
            continue;
        }
        match facts.get(replication::ACK) {
            // Of two copies, a majority is both.
            Fact::Stated(ReplicationAck::All) if system.component(id).replicas > 2 => {
                found.push(Guarantee::Acknowledged(id, ReplicationAck::All, ReplicationAck::Quorum));
            }
            Fact::Stated(ack @ (ReplicationAck::All | ReplicationAck::Quorum)) => {
                found.push(Guarantee::Acknowledged(id, ack, ReplicationAck::Async));
            }
            _ => {}
        }
    }
    let is_sync = |id: &LinkId| system.link(*id).facts.get(link::MODE) == Fact::Stated(ReplicationMode::Sync);
    found.extend(system.link_ids().filter(is_sync).map(Guarantee::SynchronousCopy));
    if system.links.iter().any(|one| matches!(one.facts.get(link::ENCRYPTED), Fact::Stated(_))) {
        found.push(Guarantee::Encryption);
    }
    found
}

/// The figures that a guarantee moves.
struct Figures {
    journeys: Vec<Journey>,
    max_rate: Option<Rate>,
}

struct Journey {
    p99: Option<Duration>,
    first_p99: Option<Duration>,
    unavailability: Option<f64>,
}

impl Figures {
    fn of(system: &System) -> Self {
        let times = latency(system, Depth::Figures);
        let fails = availability(system, Detail::Judged);
        let journeys = times.journeys.iter().zip(&fails.journeys).map(|(times, fails)| Journey {
            p99: times.mean_load.as_ref().map(|times| times.p99),
            first_p99: times.first_request.map(|(_, p99)| p99),
            unavailability: fails.as_ref().map(|found| found.unavailability),
        });
        Self { journeys: journeys.collect(), max_rate: capacity(system, &times).max_rate }
    }
}

#[cfg(test)]
mod tests {
    use super::{GuaranteePrice, guarantee_prices};
    use crate::model::System;
    use crate::model::testing::system;

    /// Three copies in three zones whose instances are up 99 % of the time; round trips between zones of exactly 2 ms at the median.
    fn store(replication: &str, more: &str) -> System {
        system(&format!(
            "[locations]\nr = {{ kind = \"region\", availability = 1 }}\nza = {{ kind = \"zone\", in = \"r\", availability = 1 }}\nzb = {{ kind = \"zone\", in = \"r\", availability = 1 }}\n\
             zc = {{ kind = \"zone\", in = \"r\", availability = 1 }}\n[network]\ncross-zone = {{ round-trip = \"2ms\", availability = 1 }}\n\
             [components]\nuser = {{ kind = \"external\", on = \"za\", availability = 1 }}\n\
             db = {{ kind = \"database\", on = [\"za\", \"zb\", \"zc\"], replicas = 3, concurrency = 4, service-time = \"1ms\", mtbf = \"99h\", mttr = \"1h\", common-cause = 0, replication = {{ {replication} }} }}\n\
             [links]\n\"user -> db\" = {{ protocol = \"tcp\", retries = 0, effect = \"write\" {more} }}\n[journeys.j]\nrate = \"10/s\"\nsteps = [\"user -> db\"]\n"
        ))
    }

    fn prices(system: &System) -> Vec<(String, &'static str, &'static str)> {
        let one = |price: &GuaranteePrice| {
            let (is, weaker) = price.guarantee.words();
            (price.guarantee.path(system), is, weaker)
        };
        guarantee_prices(system).iter().map(one).collect()
    }

    /// A majority of three at 1 % each fails 3 · .01² · .99 + .01³ = .000298 of the time; with `async` one of three must be up: 1e-6. All three: 1 − .99³ = .029701.
    #[test]
    fn fewer_copies_must_be_up_and_fewer_are_waited_for() {
        let system = store(
            "style = \"single-leader\", ack = \"quorum\", failover = \"automatic\", failover-time = \"0s\", failover-success = 1",
            "",
        );
        let found = guarantee_prices(&system);
        assert_eq!(prices(&system), [("components.db.replication.ack".to_owned(), "quorum", "async")]);
        let price = found[0].journeys[0];
        let (with, without) = price.unavailability.expect("small");
        assert!((with - 0.000_298).abs() < 1e-9 && (without - 1e-6).abs() < 1e-9, "{with} {without}");
        // The faster of two copies: the minimum of two lognormal round trips of 2 ms and a tail of 3.
        let (with, without) = price.p99.expect("all is stated");
        assert!(with.seconds() > without.seconds() + 0.001, "{with:?} {without:?}");
        // Writes still go to the leader: the load that it carries is the same.
        let (with, without) = found[0].max_rate.expect("all is stated");
        assert_eq!(with, without);

        let all =
            store("style = \"single-leader\", ack = \"all\", failover = \"automatic\", failover-time = \"0s\", failover-success = 1", "");
        let found = guarantee_prices(&all);
        let (with, without) = found[0].journeys[0].unavailability.expect("small");
        assert!((with - 0.029_701).abs() < 1e-9 && (without - 0.000_298).abs() < 1e-9, "{with} {without}");
    }

    #[test]
    fn encryption_costs_a_round_trip_of_a_new_connection() {
        let system = store("style = \"single-leader\", ack = \"async\"", ", encrypted = \"tls\", round-trip = \"40ms\"");
        let found = guarantee_prices(&system);
        assert_eq!(prices(&system), [("links.*.encrypted".to_owned(), "encrypted", "plain text")]);
        let price = found[0].journeys[0];
        let (with, without) = price.p99.expect("it opens a connection");
        // One lognormal round trip of 40 ms more in a sum of three.
        assert!((0.03..0.08).contains(&(with.seconds() - without.seconds())), "{with:?} {without:?}");
        assert_eq!(price.unavailability.map(|(with, without)| with == without), Some(true));
    }

    #[test]
    fn what_promises_nothing_costs_nothing() {
        assert!(prices(&store("style = \"single-leader\", ack = \"async\"", "")).is_empty());
    }
}
