//! *Which numbers does an assessment hold, and within which ranges?*
//!
//! One list by path serves ranges, comparisons and searches over inputs. Each figure names the kind by which ranged keys move it, and each kind one analysis:
//! an evaluation at other inputs runs that analysis alone.

use std::collections::BTreeMap;

use super::Assessment;
use super::evaluations::{BATCH, Evaluations};
use crate::analysis::capacity::max_rate;
use crate::analysis::communication::{Communication, communication};
use crate::analysis::cost::{Bill, Category, Cost, Rates, bill};
use crate::analysis::failure::{Availability, BlastRadius, Detail, availability, blast_radius};
use crate::analysis::latency::{Depth, Latency, Times, latency};
use crate::model::{DistanceClass, End, MAX_UNMARKED_RANGES, RangedKey, System};
use crate::quantity::{Exact, Rate};
use crate::source::Span;
use crate::syntax::keys::{Figure, Mark};

/// The numeric figures of an assessment by path, each with the kind by which ranged keys move it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figures(pub BTreeMap<String, (Figure, f64)>);

/// Lists the figures that have a range and a difference.
pub fn figures(system: &System, assessment: &Assessment) -> Figures {
    let mut figures = Figures::default();
    figures.count(system, &assessment.communication);
    figures.fail(&assessment.blast_radius);
    figures.last(system, &assessment.availability);
    figures.wait(system, &assessment.latency);
    figures.carry(assessment.capacity.max_rate);
    if let Some(Cost { bill, .. }) = &assessment.cost {
        figures.cost(bill, &Rates::of(system));
    }
    figures
}

/// Lists the figures of which can be asked what they rest on: also those without a range.
pub fn askable_figures(system: &System, assessment: &Assessment) -> Figures {
    let mut figures = figures(system, assessment);
    figures.begin(system, &assessment.availability);
    figures
}

/// An analysis that gives figures. What it gives of several kinds is computed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Analysis {
    Counting,
    BlastRadius,
    Availability,
    Times,
    Cost,
}

/// Computes the figures of one kind, and nothing else.
pub fn figures_of(kind: Figure, system: &System) -> Figures {
    let mut figures = Analysis::of(kind).figures(system);
    figures.0.retain(|_, (of, _)| *of == kind);
    figures
}

impl Analysis {
    /// Returns the analysis that gives the figures of a kind.
    pub(super) const fn of(kind: Figure) -> Self {
        match kind {
            Figure::Messages | Figure::Bytes | Figure::Traffic => Self::Counting,
            Figure::TrafficLost => Self::BlastRadius,
            Figure::Unavailability | Figure::Incidents => Self::Availability,
            Figure::Latency | Figure::Utilization | Figure::Capacity => Self::Times,
            Figure::Cost | Figure::CostPerRequest => Self::Cost,
        }
    }

    /// Computes its figures, and nothing else: the evaluation of a choice of inputs.
    pub(super) fn figures(self, system: &System) -> Figures {
        let mut figures = Figures::default();
        match self {
            Self::Counting => figures.count(system, &communication(system)),
            Self::BlastRadius => figures.fail(&blast_radius(system)),
            Self::Availability => {
                let availability = availability(system, Detail::Figures);
                figures.last(system, &availability);
                figures.begin(system, &availability);
            }
            Self::Times => {
                let latency = latency(system, Depth::Figures);
                figures.wait(system, &latency);
                figures.carry(max_rate(system, &latency));
            }
            Self::Cost => {
                let rates = Rates::of(system);
                if let Some(bill) = bill(system, &communication(system), &rates) {
                    figures.cost(&bill, &rates);
                }
            }
        }
        figures
    }
}

impl Figures {
    /// Goes through the figures of one kind.
    pub fn of(&self, kind: Figure) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().filter(move |(_, (of, _))| *of == kind).map(|(path, (_, value))| (path.as_str(), *value))
    }

    fn add(&mut self, path: String, kind: Figure, value: f64) {
        self.0.insert(path, (kind, value));
    }

    fn count(&mut self, system: &System, communication: &Communication) {
        for (journey, counted) in system.journeys.iter().zip(&communication.journeys) {
            let path = format!("journeys.{}", journey.id);
            if let Some(rate) = journey.rate() {
                self.add(format!("{path}.rate_per_s"), Figure::Traffic, rate.per_second());
                let bytes = rate.per_second() * counted.bytes.first.bytes();
                self.add(format!("{path}.communication.bytes_per_s"), Figure::Traffic, bytes);
            }
            let mut add = |name: &str, kind: Figure, value: f64| self.add(format!("{path}.communication.{name}"), kind, value);
            add("messages", Figure::Messages, counted.messages.first);
            add("messages_with_retries", Figure::Messages, counted.messages.with_retries);
            add("bytes", Figure::Bytes, counted.bytes.first.bytes());
            add("bytes_with_retries", Figure::Bytes, counted.bytes.with_retries.bytes());
            add("network_messages", Figure::Messages, counted.network_messages());
            add("network_bytes", Figure::Bytes, counted.network_bytes().bytes());
            add("network_round_trips", Figure::Messages, counted.network_round_trips);
            add("serial_round_trips", Figure::Messages, counted.serial_round_trips);
            add("depth", Figure::Messages, counted.depth as f64);
            add("fan_out", Figure::Messages, counted.fan_out as f64);
            add("team_crossings", Figure::Messages, counted.team_crossings.per_request);
            add("replication_messages", Figure::Messages, counted.replication.messages.first);
            add("sidecar_messages", Figure::Messages, counted.sidecars.messages.first);
            // A class without messages is a figure of 0: at another end of a range, or in another alternative, it may have some.
            for class in DistanceClass::ALL {
                add(&format!("crossings.{}", class.word()), Figure::Messages, counted.crossings.get(class).copied().unwrap_or(0.0));
                let bytes = counted.bytes_by_class.get(class).map_or(0.0, |bytes| bytes.bytes());
                add(&format!("bytes_by_class.{}", class.word()), Figure::Bytes, bytes);
            }
        }
        for load in &communication.links {
            let path = format!("links.{}.bytes_per_s", system.link(load.link).id);
            self.add(path, Figure::Traffic, load.mean.bytes.first.bytes_per_second());
        }
    }

    fn wait(&mut self, system: &System, latency: &Latency) {
        for (journey, found) in system.journeys.iter().zip(&latency.journeys) {
            let parts = [("latency", &found.mean_load), ("completion.latency", &found.completion)];
            for (name, times) in parts.into_iter().filter_map(|(name, times)| Some((name, times.as_ref()?))) {
                let Times { mean, p50, p95, p99, p999, curve: _ } = times;
                for (figure, time) in [("mean_ms", mean), ("p50_ms", p50), ("p95_ms", p95), ("p99_ms", p99), ("p999_ms", p999)] {
                    self.add(format!("journeys.{}.{name}.{figure}", journey.id), Figure::Latency, time.seconds() * 1e3);
                }
            }
        }
        for station in &latency.stations {
            if let Some(used) = station.utilization() {
                let path = format!("capacity.stations.{}.utilization", station.id(system));
                self.add(path, Figure::Utilization, used);
            }
        }
    }

    fn carry(&mut self, max_rate: Option<Rate>) {
        if let Some(rate) = max_rate {
            self.add("capacity.max_rate_per_s".to_owned(), Figure::Capacity, rate.per_second());
        }
    }

    fn last(&mut self, system: &System, availability: &Availability) {
        for (journey, found) in system.journeys.iter().zip(&availability.journeys) {
            let Some(found) = found else { continue };
            let path = format!("journeys.{}.failure", journey.id);
            let mut add = |name: &str, value: f64| self.add(format!("{path}.{name}"), Figure::Unavailability, value);
            add("unavailability", found.unavailability);
            add("downtime_minutes_per_year", found.downtime_minutes_per_year());
            if let Some(naive) = found.naive_unavailability {
                add("naive_unavailability", naive);
            }
            add("unavailability_without_common_cause", found.without_common_cause);
        }
    }

    fn begin(&mut self, system: &System, availability: &Availability) {
        for (journey, found) in system.journeys.iter().zip(&availability.journeys) {
            let Some(found) = found else { continue };
            let path = format!("journeys.{}.failure", journey.id);
            self.add(format!("{path}.incidents_per_year"), Figure::Incidents, found.incidents_per_year);
            if let Some(minutes) = found.mean_outage_minutes {
                self.add(format!("{path}.mean_outage_minutes"), Figure::Incidents, minutes);
            }
        }
    }

    fn fail(&mut self, blast_radius: &BlastRadius) {
        for domain in &blast_radius.domains {
            let path = format!("domains.{}", domain.id);
            self.add(format!("{path}.traffic_lost"), Figure::TrafficLost, domain.traffic_lost);
            if let Some(users) = domain.users_lost {
                self.add(format!("{path}.users_lost"), Figure::TrafficLost, users);
            }
        }
    }
}

impl Figures {
    /// Money to the cent. The scaling of instances has bounds of its own, which ranges of inputs widen: `least` and `most`.
    fn cost(&mut self, bill: &Bill, rates: &Rates) {
        let mut add = |name: &str, value: Exact| self.add(format!("cost.{name}"), Figure::Cost, value.rounded(2).approximate());
        add("monthly", bill.monthly.likely);
        add("monthly.least", bill.monthly.low);
        add("monthly.most", bill.monthly.high);
        for category in Category::ALL {
            add(&format!("categories.{}", category.word()), bill.categories.get(category).copied().unwrap_or_default());
        }
        if let Some(per_1000) = (bill.monthly.likely * Exact::whole(1_000)).over(rates.requests_per_month()) {
            self.add("cost.per_1000_requests".to_owned(), Figure::CostPerRequest, per_1000.rounded(6).approximate());
        }
    }
}

/// The ranges of figures by path; a figure that does not move is left out.
pub type Ranges = BTreeMap<String, (f64, f64)>;

/// Computes the range of every figure: the smallest interval over evaluations with each ranged key at the end that lowers, or raises, the figure, and keys
/// without a known direction at both ends (semantics, "Ranges and differences").
///
/// At most `2 · 2^6` evaluations per kind of figure; above that a kind has no ranges.
pub fn ranges(evaluations: &Evaluations<'_>) -> Ranges {
    let keys = evaluations.keys();
    let mut ranges = Ranges::new();
    for figure in Figure::ALL {
        let mut open: Vec<(Span, &str)> = keys.iter().filter(|key| key.mark(*figure) == Mark::Either).map(RangedKey::identity).collect();
        open.sort_unstable();
        open.dedup();
        if keys.iter().all(|key| key.mark(*figure) == Mark::None) || open.len() > MAX_UNMARKED_RANGES {
            continue;
        }
        let is_directed = keys.iter().any(|key| matches!(key.mark(*figure), Mark::Raises | Mark::Lowers));
        let choose = |corner: usize, towards: End, key: &RangedKey| match moves(*figure, key) {
            Mark::None => End::Likely,
            Mark::Raises => towards,
            Mark::Lowers if towards == End::Low => End::High,
            Mark::Lowers => End::Low,
            Mark::Either => {
                let at = open.binary_search(&key.identity()).unwrap_or(0);
                if corner >> at & 1 == 1 { End::High } else { End::Low }
            }
        };
        let towards = if is_directed { &[End::Low, End::High][..] } else { &[End::Low] };
        let corners = (0..1_usize << open.len()).flat_map(|corner| towards.iter().map(move |end| (corner, *end)));
        let choices: Vec<Vec<End>> =
            corners.map(|(corner, towards)| keys.iter().map(|key| choose(corner, towards, key)).collect()).collect();
        for choices in choices.chunks(BATCH) {
            for found in evaluations.at_each(*figure, choices) {
                for (path, value) in found.of(*figure) {
                    let range = ranges.entry(path.to_owned()).or_insert((value, value));
                    *range = (range.0.min(value), range.1.max(value));
                }
            }
        }
    }
    ranges.retain(|_, (low, high)| low != high);
    ranges
}

/// Returns how a figure moves with a key. On a key that moves times alone, loads and capacity do not depend: it is chosen as for the times, so that one
/// evaluation serves all three.
fn moves(figure: Figure, key: &RangedKey) -> Mark {
    match (figure, key.mark(figure), key.mark(Figure::Latency)) {
        (Figure::Utilization, Mark::None, mark @ (Mark::Raises | Mark::Lowers)) => mark,
        (Figure::Capacity, Mark::None, Mark::Raises) => Mark::Lowers,
        (Figure::Capacity, Mark::None, Mark::Lowers) => Mark::Raises,
        (_, mark, _) => mark,
    }
}
