//! Prices, and books laid over each other.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::HOURS_PER_MONTH;
use super::unit::Unit;
use crate::quantity::{Currency, Exact};
use crate::source::Span;
use crate::syntax::glob;

/// A step of a price: from a quantity on, each unit costs so much. Steps need not fall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The quantity, in units, from which on it holds.
    pub from: Exact,
    /// The price of one unit.
    pub price: Exact,
}

/// What a price's quantities are added up over before its steps are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everything that the account uses, in all regions.
    Account,
    /// Everything in one region.
    Region,
    /// Each thing for itself.
    Resource,
}

impl Scope {
    /// All scopes by their word.
    pub const WORDS: &'static [(&'static str, Self)] =
        &[("account", Self::Account), ("region", Self::Region), ("resource", Self::Resource)];

    /// Returns the word that books use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Region => "region",
            Self::Resource => "resource",
        }
    }
}

/// How sure a price is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Two sources agree.
    Checked,
    /// One source says so.
    Sourced,
    /// Computed from sourced prices.
    Derived,
    /// No source: an assumption.
    Unsourced,
}

impl Confidence {
    /// All levels by their word.
    pub const WORDS: &'static [(&'static str, Self)] =
        &[("checked", Self::Checked), ("sourced", Self::Sourced), ("derived", Self::Derived), ("unsourced", Self::Unsourced)];

    /// Returns the word that books use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Checked => "checked",
            Self::Sourced => "sourced",
            Self::Derived => "derived",
            Self::Unsourced => "unsourced",
        }
    }
}

/// A discount, or a surcharge, on the prices of the books below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    /// The keys: four parts, `*` for any characters within a part.
    pub pattern: String,
    /// What the prices are multiplied by.
    pub factor: Exact,
    /// Why.
    pub reason: String,
}

/// A scale that was applied to a price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scaled {
    /// What the price was multiplied by.
    pub factor: Exact,
    /// Why.
    pub reason: String,
}

/// What own hardware costs by the month, part by part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ownership {
    /// What it cost to buy.
    pub purchase: Exact,
    /// The years over which that is spread.
    pub years: Exact,
    /// The power that it draws all month, in watts.
    pub watts: Exact,
    /// The price of a kilowatt-hour.
    pub electricity: Exact,
    /// Its place in a rack, a month.
    pub rack: Exact,
    /// The work of people at it, a month.
    pub hands: Exact,
}

impl Ownership {
    /// Returns what of the purchase falls on a month: `purchase ÷ (12 · years)`.
    pub fn written_off(&self) -> Exact {
        self.purchase.over(self.years * Exact::whole(12)).unwrap_or_default()
    }

    /// Returns the electricity of a month: `watts · 730 h ÷ 1,000`.
    pub fn kilowatt_hours(&self) -> Exact {
        (self.watts * Exact::whole(HOURS_PER_MONTH)).over(Exact::whole(1_000)).unwrap_or_default()
    }

    /// Returns what its electricity costs in a month.
    pub fn energy(&self) -> Exact {
        self.kilowatt_hours() * self.electricity
    }

    /// Returns what a month costs: `purchase ÷ (12 · years) + watts · 730 h ÷ 1,000 · electricity + rack + hands`.
    pub fn monthly(&self) -> Exact {
        self.written_off() + self.energy() + self.rack + self.hands
    }
}

/// One row of a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// `provider/region/category/sku`.
    pub key: String,
    /// What one price buys.
    pub unit: Unit,
    /// The currency.
    pub currency: Currency,
    /// The steps, from 0 on, rising; one where there are no tiers.
    pub steps: Vec<Step>,
    /// The quantity beyond which no price is known.
    pub until: Option<Exact>,
    /// The quantity beyond which nothing is billed.
    pub most: Option<Exact>,
    /// The price of one unit with a standby in another zone: a fact of its own, where it is known.
    pub high_availability: Option<Exact>,
    /// What it is made of, where it is the price of own hardware.
    pub owned: Option<Ownership>,
    /// What quantities are added up over.
    pub scope: Scope,
    /// What one is, such as `2 vCPU, 8 GiB`.
    pub spec: Option<String>,
    /// The day, month or year on which the price was seen; `unknown` where the source has none.
    pub as_of: String,
    /// Where the price comes from.
    pub source: String,
    /// A second source that says the same.
    pub confirmed: Option<String>,
    /// How sure it is.
    pub confidence: Confidence,
    /// What else is to be known.
    pub note: Option<String>,
    /// The book's name.
    pub book: String,
    /// The scales that were applied.
    pub scaled: Vec<Scaled>,
    /// Where the row stands in its file.
    pub span: Option<Span>,
}

impl Price {
    /// Returns provider, region, category and sku.
    pub fn parts(&self) -> [&str; 4] {
        let mut parts = self.key.splitn(4, '/');
        std::array::from_fn(|_| parts.next().unwrap_or(""))
    }

    /// Returns the provider and the region that a key begins with.
    pub fn place_of(key: &str) -> (&str, &str) {
        let mut parts = key.split('/');
        (parts.next().unwrap_or(key), parts.next().unwrap_or(""))
    }

    /// Returns the price of the first step that costs something, or of the only one.
    pub fn first_paid(&self) -> Exact {
        self.steps.iter().map(|step| step.price).find(|price| !price.is_zero()).unwrap_or(Exact::ZERO)
    }
}

/// Where a provider's bill finds what no component names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Meters {
    /// For each use the `category/sku` to try, in order.
    pub skus: BTreeMap<String, Vec<String>>,
    /// How many ends pay for a gigabyte between zones.
    pub cross_zone_ends: u64,
}

impl Meters {
    /// The uses that a book may name.
    pub const USES: &'static [&'static str] = &[
        "internet",
        "cross-zone",
        "cross-region",
        "nat-hour",
        "nat-machine-hour",
        "nat-data",
        "balancer-data",
        "address",
        "logs",
        "database-storage",
        "broker-storage",
        "block-storage",
        "function-requests",
        "function-duration",
    ];
}

/// Books laid over each other: the prices that hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalogue {
    prices: BTreeMap<String, Arc<Price>>,
    meters: BTreeMap<String, Meters>,
    books: Vec<String>,
}

impl Catalogue {
    /// Lays a book over these: its scales change the prices below, its rows replace those of the same key.
    pub fn lay(&mut self, book: &super::Book) {
        self.lay_rows(book, &book.prices, book.meters.iter());
    }

    /// Lays what a book says of one provider; these are its rows.
    pub(super) fn lay_of(&mut self, book: &super::Book, provider: &str, rows: &[Arc<Price>]) {
        self.lay_rows(book, rows, book.meters.get_key_value(provider).into_iter());
    }

    fn lay_rows<'b>(&mut self, book: &super::Book, rows: &[Arc<Price>], meters: impl Iterator<Item = (&'b String, &'b Meters)>) {
        for scale in &book.scales {
            for (key, price) in &mut self.prices {
                if matches(&scale.pattern, key) {
                    let price = Arc::make_mut(price);
                    for step in &mut price.steps {
                        step.price = step.price * scale.factor;
                    }
                    price.high_availability = price.high_availability.map(|price| price * scale.factor);
                    price.scaled.push(Scaled { factor: scale.factor, reason: scale.reason.clone() });
                }
            }
        }
        for price in rows {
            self.prices.insert(price.key.clone(), Arc::clone(price));
        }
        for (provider, meters) in meters {
            let all = self.meters.entry(provider.clone()).or_default();
            all.skus.extend(meters.skus.iter().map(|(name, skus)| (name.clone(), skus.clone())));
            if meters.cross_zone_ends > 0 {
                all.cross_zone_ends = meters.cross_zone_ends;
            }
        }
        self.books.push(book.name.clone());
    }

    /// Finds a price by its exact key.
    pub fn find(&self, key: &str) -> Option<&Arc<Price>> {
        self.prices.get(key)
    }

    /// Finds the price that a provider's bill uses for something that no component names.
    pub fn meter(&self, provider: &str, region: &str, name: &str) -> Option<&Arc<Price>> {
        self.meters.get(provider)?.skus.get(name)?.iter().find_map(|sku| self.find(&format!("{provider}/{region}/{sku}")))
    }

    /// Returns the key that [`Self::meter`] looks for first, for messages.
    pub fn meter_key(&self, provider: &str, region: &str, name: &str) -> String {
        let sku = self.meters.get(provider).and_then(|meters| meters.skus.get(name)).and_then(|skus| skus.first());
        sku.map_or_else(|| format!("{provider}/{region}, {name}"), |sku| format!("{provider}/{region}/{sku}"))
    }

    /// Returns how many ends pay for a gigabyte between zones of a provider.
    pub fn cross_zone_ends(&self, provider: &str) -> u64 {
        self.meters.get(provider).map_or(1, |meters| meters.cross_zone_ends.max(1))
    }

    /// Says whether any price of a provider is known.
    pub fn knows(&self, provider: &str) -> bool {
        let start = format!("{provider}/");
        self.prices.range(start.clone()..).next().is_some_and(|(key, _)| key.starts_with(&start))
    }

    /// Returns all prices, by key.
    pub fn prices(&self) -> impl ExactSizeIterator<Item = &Price> {
        self.prices.values().map(|price| &**price)
    }

    /// Returns the names of the books, lowest first.
    pub fn books(&self) -> &[String] {
        &self.books
    }
}

/// Says whether a key matches a pattern, part by part; time is the product of the lengths at most.
pub(super) fn matches(pattern: &str, key: &str) -> bool {
    let (mut patterns, mut parts) = (pattern.splitn(4, '/'), key.splitn(4, '/'));
    loop {
        match (patterns.next(), parts.next()) {
            (None, None) => return true,
            (Some(pattern), Some(part)) if glob::matches(pattern, part) => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stays_inside_its_part() {
        assert!(matches("aws/*/vm/*", "aws/eu-central-1/vm/m7g.large"));
        assert!(matches("*/*/*/*", "aws/eu/db-storage/rds gp2/gp3 single-az"), "a sku may hold a slash");
        assert!(!matches("aws/*/vm/*", "aws/eu-central-1/cache/m7g.large"));
        assert!(!matches("aws/*", "aws/eu-central-1/vm/m7g.large"));
        assert!(matches("a*s/*central*/v?m/*".replace('?', "").as_str(), "aws/eu-central-1/vm/x"));
    }
}
