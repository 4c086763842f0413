//! What a month of a design costs. The question: *what does each alternative cost, why, how wide is the guess, and what if a bug or success grows without a
//! limit?*
//!
//! The bill follows from the topology: machines from replicas, transfer from who calls whom over which distance, storage from data and copies. Every line is
//! quantity × price with the basis of its quantity and the source of its price. What has no price is listed, and the total is then a lower bound: never 0, never
//! the nearest price. It is good enough to decide; it is no invoice.
//!
//! ```text
//! demand      rates × visits = what a month uses
//! items       topology + demand = what is paid for, with its price
//! bill        items × prices = lines, categories, totals; one currency
//! runaway     everything at its cap, or what has none
//! outlook     cost against load and against each ranged input, and where two designs cost the same
//! premium     one bill beside that of today, line by line
//! change      one bill against another: design, price and usage
//! people      on-call and work, only where they are declared, and never in the total
//! ```
//!
//! Semantics, "Cost".

mod bill;
mod change;
mod demand;
mod items;
mod outlook;
mod people;
mod premium;
mod runaway;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use change::{Effects, Parts, effects};
pub use demand::Rates;
pub use outlook::{BreakEven, Counted, Growth, Sway, break_even, break_evens};
pub use people::{People, monthly};
pub use premium::{Bound, PremiumLine, premium};
pub use runaway::{CappedJourney, Runaway};

use crate::analysis::communication::Communication;
use crate::model::{ComponentId, LinkId, LocationId, System};
use crate::pricing::Price;
use crate::quantity::{Currency, Exact, Ranged};
use crate::syntax::keys::{Table, component, cost};
use crate::syntax::vocabulary::ComponentKind;

/// What a line is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// The first instance of every program: what runs even without load.
    Compute,
    /// The first instance of every database.
    Databases,
    /// The first instance of every cache.
    Caches,
    /// The first instance of every broker, and queues by operation.
    Brokers,
    /// All further instances: so that one may fail, or for the load.
    Copies,
    /// Functions by request and time.
    Functions,
    /// Data that is kept.
    Storage,
    /// Data that moves.
    Transfer,
    /// Balancers, gateways, public addresses.
    Entrance,
    /// Control planes of clusters.
    ControlPlane,
    /// Logs and metrics.
    Observability,
}

impl Category {
    /// All categories, in the order of a bill.
    pub const ALL: &'static [Self] = &[
        Self::Compute,
        Self::Databases,
        Self::Caches,
        Self::Brokers,
        Self::Copies,
        Self::Functions,
        Self::Storage,
        Self::Transfer,
        Self::Entrance,
        Self::ControlPlane,
        Self::Observability,
    ];

    /// Returns the word of results.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Compute => "compute",
            Self::Databases => "databases",
            Self::Caches => "caches",
            Self::Brokers => "brokers",
            Self::Copies => "copies",
            Self::Functions => "functions",
            Self::Storage => "storage",
            Self::Transfer => "transfer",
            Self::Entrance => "entrance",
            Self::ControlPlane => "control-plane",
            Self::Observability => "observability",
        }
    }

    /// Returns what it holds, for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Compute => "compute, first instances",
            Self::Databases => "databases, first instances",
            Self::Caches => "caches, first instances",
            Self::Brokers => "brokers and queues, first instances",
            Self::Copies => "further instances (copies, load)",
            Self::Functions => "functions",
            Self::Storage => "storage",
            Self::Transfer => "transfer",
            Self::Entrance => "balancers, gateways, addresses",
            Self::ControlPlane => "control planes",
            Self::Observability => "logs and metrics",
        }
    }

    fn of(kind: ComponentKind, group: &str) -> Self {
        match (kind, group) {
            (_, "lb") => Self::Entrance,
            (_, "k8s") => Self::ControlPlane,
            (_, "observability") => Self::Observability,
            (_, "serverless") | (ComponentKind::Function, _) => Self::Functions,
            (ComponentKind::Database, _) => Self::Databases,
            (ComponentKind::Cache, _) => Self::Caches,
            (ComponentKind::Queue, _) => Self::Brokers,
            (ComponentKind::Storage, _) => Self::Storage,
            (ComponentKind::Cdn, _) => Self::Transfer,
            _ => Self::Compute,
        }
    }
}

/// Where a quantity comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// The model states it.
    Declared,
    /// Journeys × rates.
    Journey,
    /// Assumed as a provider usually bills it.
    Default,
}

impl Basis {
    /// Returns the word of results.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Journey => "journey",
            Self::Default => "default",
        }
    }
}

/// What causes a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A component.
    Component(ComponentId),
    /// A link.
    Link(LinkId),
    /// A location.
    Location(LocationId),
}

impl Subject {
    /// Returns the id.
    pub fn id(self, system: &System) -> &str {
        match self {
            Self::Component(id) => &system.component(id).id,
            Self::Link(id) => &system.link(id).id,
            Self::Location(id) => &system.location(id).id,
        }
    }
}

/// One line of a bill.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What causes it.
    pub subject: Subject,
    /// What kind of cost it is.
    pub category: Category,
    /// What of the subject is paid for.
    pub what: &'static str,
    /// So many units of the price, a month.
    pub quantity: Ranged<Exact>,
    /// The price.
    pub price: Arc<Price>,
    /// The product, in the bill's currency, unrounded.
    pub amount: Ranged<Exact>,
    /// Where the quantity comes from.
    pub basis: Basis,
}

/// What is used, and has no price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpriced {
    /// What causes it.
    pub subject: Subject,
    /// What of it has no price.
    pub what: &'static str,
    /// What would price it.
    pub needs: String,
}

/// A month's bill.
#[derive(Debug, Clone, PartialEq)]
pub struct Bill {
    /// The currency of all amounts.
    pub currency: Currency,
    /// The lines: locations, components, links, each by id.
    pub lines: Vec<Line>,
    /// What has no price.
    pub unpriced: Vec<Unpriced>,
    /// The sum of the unrounded lines: with all scaling at its lower bound, as expected, at its upper bound.
    pub monthly: Ranged<Exact>,
    /// The expected sum of each category that has a line.
    pub categories: BTreeMap<Category, Exact>,
}

impl Bill {
    /// Says whether everything that is used has a price.
    pub fn is_complete(&self) -> bool {
        self.unpriced.is_empty()
    }

    /// Returns the most expensive lines, dearest first; ties stay in the order of the bill.
    pub fn drivers(&self, most: usize) -> Vec<&Line> {
        let mut lines: Vec<&Line> = self.lines.iter().collect();
        lines.sort_by_key(|line| std::cmp::Reverse(line.amount.likely));
        lines.truncate(most);
        lines
    }

    /// Returns the electricity that own hardware uses in a month, in kilowatt-hours; nothing where no price says how many watts it takes.
    pub fn kilowatt_hours(&self) -> Option<Exact> {
        let used =
            self.lines.iter().filter_map(|line| Some(line.price.owned.as_ref()?.kilowatt_hours() * line.quantity.likely)).sum::<Exact>();
        Some(used).filter(|used| !used.is_zero())
    }

    /// Returns the earliest day on which a price was seen that makes up at least a hundredth of the bill, with its key.
    pub fn oldest(&self) -> Option<(&str, &str)> {
        let hundredth = self.monthly.likely;
        self.lines
            .iter()
            .filter(|line| line.amount.likely * Exact::whole(100) >= hundredth && !line.amount.likely.is_zero())
            .map(|line| (if line.price.as_of == "unknown" { "0000" } else { line.price.as_of.as_str() }, line.price.key.as_str()))
            .min()
            .map(|(day, key)| (if day == "0000" { "unknown" } else { day }, key))
    }
}

/// Everything about the cost of one design.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// The bill at the stated rates.
    pub bill: Bill,
    /// The requests of a month; nothing where no journey has a rate.
    pub requests: Option<Exact>,
    /// The bill for 1,000 requests.
    pub per_1000: Option<Exact>,
    /// The bill with everything at its cap.
    pub runaway: Runaway,
    /// The bill against the load.
    pub growth: Vec<Growth>,
    /// How far each ranged input sways the bill, most first.
    pub tornado: Vec<Sway>,
    /// The share of what is paid for instances that nobody uses, over those whose work is known.
    pub idle_share: Option<Exact>,
    /// What people cost, where it is declared.
    pub people: Option<People>,
    /// What moving from the base costs once, where it is declared.
    pub migration: Option<Ranged<Exact>>,
    /// What is never part of the total.
    pub not_counted: Vec<String>,
}

/// Whether the bill is also held against other loads and other inputs, which makes dozens of further bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// `growth`, `tornado` and all of `runaway` are computed.
    Computed,
    /// `runaway` says what has a cap and what has none, and its bound, with what keeps that from being known, only where a gate holds it. All else is left empty: no
    /// gate and no finding reads it.
    LeftOut,
}

/// Computes the bill of a system and what follows from it; nothing where no price could apply, because nothing says who the provider is.
pub fn cost(system: &System, communication: &Communication, outlook: Outlook) -> Option<Cost> {
    let rates = Rates::of(system);
    let bill = bill(system, communication, &rates)?;
    let requests = Some(rates.requests_per_month()).filter(|requests| !requests.is_zero());
    let per_1000 = requests.and_then(|requests| (bill.monthly.likely * Exact::whole(1_000)).over(requests));
    let (growth, tornado) = match outlook {
        Outlook::Computed => (outlook::growth(system, communication, &rates), outlook::tornado(system, bill.monthly.likely)),
        Outlook::LeftOut => (Vec::new(), Vec::new()),
    };
    Some(Cost {
        requests,
        per_1000,
        runaway: runaway::runaway(system, communication, &rates, &bill, outlook),
        growth,
        tornado,
        idle_share: bill::idle_share(system, communication, &rates, &bill),
        people: people::people(system, bill.currency),
        migration: people::migration(system, bill.currency),
        not_counted: not_counted(system, &rates),
        bill,
    })
}

/// Computes the bill at other rates than the stated ones.
pub fn bill(system: &System, communication: &Communication, rates: &Rates) -> Option<Bill> {
    is_priced(system).then(|| bill::bill(system, communication, rates, items::Scale::Running))
}

/// Returns what one unit of a currency is worth in another, as far as `[cost] fx` says it.
pub fn exchange_rate(system: &System, from: Currency, into: Currency) -> Option<Exact> {
    bill::rates_into(system, into).get(&from).copied()
}

/// Says whether anything tells which provider's prices apply.
fn is_priced(system: &System) -> bool {
    let of_cost = system.single(Table::Cost).is_some_and(|facts| facts.text(cost::PROVIDER).is_some());
    of_cost
        || system.locations.iter().any(|location| location.provider.is_some())
        || system.components.iter().any(|one| one.facts.text(component::SKU).is_some())
}

/// Says what no total of this program holds, and what this model leaves out.
fn not_counted(system: &System, rates: &Rates) -> Vec<String> {
    let mut list: Vec<String> =
        ["taxes", "support plans", "discounts that no price book states", "backups and snapshots", "development and test environments"]
            .map(str::to_owned)
            .to_vec();
    if !system.components.iter().any(|one| one.facts.get(component::LOGS_PER_REQUEST).is_known()) {
        list.push("logs and metrics (no component states `logs-per-request`)".to_owned());
    }
    let without: Vec<&str> =
        system.journeys.iter().enumerate().filter(|(at, _)| rates.get(*at).is_none()).map(|(_, journey)| journey.id.as_str()).collect();
    if !without.is_empty() {
        list.push(format!("what journeys without a rate use: {}", without.join(", ")));
    }
    list
}
