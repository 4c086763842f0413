//! The prices of one system: the embedded books, with the model's own laid over them.
//!
//! A key begins with its provider and region, and hardly a system is in more than a few: each place's rows are read and laid when the first of them is looked up.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::book::{Catalogue, Price};
use super::read::{Book, embedded_book_of, embedded_names, is_embedded};

/// A provider and one of its regions.
type Place = (String, String);

/// The prices of a system; of the embedded books alone, unless it has its own.
#[derive(Clone, Default)]
pub struct Prices(Arc<Stock>);

#[derive(Default)]
struct Stock {
    /// The model's own books, lowest first, and of each the rows by place.
    own: Vec<Book>,
    rows: Vec<BTreeMap<Place, Vec<Arc<Price>>>>,
    /// What is laid so far, by place; places without a price of their own share what lies at the place without a region. Always the same, whoever lays it: it is no state.
    laid: Mutex<BTreeMap<Place, Arc<Catalogue>>>,
}

impl Prices {
    /// The embedded books, with these laid over them, the lowest first.
    pub fn with(own: Vec<Book>) -> Self {
        let by_place = |book: &Book| {
            let mut rows: BTreeMap<Place, Vec<Arc<Price>>> = BTreeMap::new();
            for price in &book.prices {
                let (provider, region) = Price::place_of(&price.key);
                rows.entry((provider.to_owned(), region.to_owned())).or_default().push(Arc::clone(price));
            }
            rows
        };
        let rows = own.iter().map(by_place).collect();
        Self(Arc::new(Stock { own, rows, laid: Mutex::default() }))
    }

    /// Returns the prices of a provider in a region, and what it calls its meters.
    fn of(&self, provider: &str, region: &str) -> Arc<Catalogue> {
        let mut laid = self.0.laid.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = (provider.to_owned(), region.to_owned());
        if let Some(known) = laid.get(&asked) {
            return Arc::clone(known);
        }
        let mut place = asked.clone();
        if !is_embedded(provider, region) && !self.0.rows.iter().any(|rows| rows.contains_key(&place)) {
            place.1.clear();
            if let Some(known) = laid.get(&place).cloned() {
                laid.insert(asked, Arc::clone(&known));
                return known;
            }
        }
        let mut catalogue = Catalogue::default();
        if let Some(book) = embedded_book_of(provider, &place.1) {
            catalogue.lay(&book);
        }
        for (book, rows) in self.0.own.iter().zip(&self.0.rows) {
            catalogue.lay_of(book, provider, rows.get(&place).map_or(&[], Vec::as_slice));
        }
        let catalogue = Arc::new(catalogue);
        laid.insert(asked, Arc::clone(&catalogue));
        laid.insert(place, Arc::clone(&catalogue));
        catalogue
    }

    /// Finds a price by its exact key.
    pub fn find(&self, key: &str) -> Option<Arc<Price>> {
        let (provider, region) = Price::place_of(key);
        self.of(provider, region).find(key).cloned()
    }

    /// Finds the price that a provider's bill uses for something that no component names.
    pub fn meter(&self, provider: &str, region: &str, name: &str) -> Option<Arc<Price>> {
        self.of(provider, region).meter(provider, region, name).cloned()
    }

    /// Returns the key that [`Self::meter`] looks for first, for messages.
    pub fn meter_key(&self, provider: &str, region: &str, name: &str) -> String {
        self.of(provider, region).meter_key(provider, region, name)
    }

    /// Returns how many ends pay for a gigabyte between zones of a provider's region.
    pub fn cross_zone_ends(&self, provider: &str, region: &str) -> u64 {
        self.of(provider, region).cross_zone_ends(provider)
    }

    /// Returns the names of the books, lowest first.
    pub fn books(&self) -> Vec<&str> {
        let embedded: Vec<&str> = embedded_names().collect();
        embedded.into_iter().chain(self.0.own.iter().map(|book| book.name.as_str())).collect()
    }
}

impl PartialEq for Prices {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.own == other.0.own
    }
}

impl Eq for Prices {}

impl fmt::Debug for Prices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Prices").field(&self.books()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Prices;
    use crate::pricing::{embedded, read};
    use crate::source::Sources;

    /// A scale reaches the rows of every place below it, and no row is lost or mixed up when each place's are laid apart.
    #[test]
    fn a_place_at_a_time_is_the_same_as_all_at_once() {
        let mut sources = Sources::default();
        let text = "schema = 1\n[[scale]]\nmatch = \"*/*/vm/*\"\nfactor = \"0.5\"\nreason = \"agreed\"\n\
                    [meters.aws]\ninternet = [\"egress/flat\"]\n\
                    [prices.\"aws/eu-central-1/egress\"]\n\"flat\" = { price = \"0.01 USD\", per = \"GB\", as-of = \"2026\", source = \"an offer\" }\n\
                    [prices.\"cellar/here/vm\"]\nbox = { price = \"12 EUR\", per = \"month\", as-of = \"2026\", source = \"an invoice\" }\n";
        let file = sources.add("own.toml", text);
        let (own, found) = read(&sources, file, "own");
        assert_eq!(found, []);
        let mut all = embedded();
        all.lay(&own);
        let prices = Prices::with(vec![own]);
        for price in all.prices() {
            assert_eq!(prices.find(&price.key).as_deref(), Some(price));
        }
        for provider in ["aws", "azure", "gcp", "hetzner", "datadog", "cellar", "nobody"] {
            for region in ["eu-central-1", "us-east-1", "westeurope", "here"] {
                assert_eq!(prices.cross_zone_ends(provider, region), all.cross_zone_ends(provider), "{provider}");
                let meter = all.meter(provider, region, "internet").cloned();
                assert_eq!(prices.meter(provider, region, "internet"), meter, "{provider} {region}");
                assert_eq!(prices.meter_key(provider, region, "internet"), all.meter_key(provider, region, "internet"));
            }
        }
        assert_eq!(prices.books(), all.books());
        assert_eq!(
            prices.meter("aws", "eu-central-1", "internet").map(|price| price.key.clone()).as_deref(),
            Some("aws/eu-central-1/egress/flat")
        );
    }
}
