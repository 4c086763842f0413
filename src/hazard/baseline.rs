//! *What was found before?* A baseline lists findings that a team adopts to get started; it may only shrink.
//!
//! The file is TOML, sorted, one table per finding with the places that it had. A finding is covered while all its places are in its entry: a new place of an
//! old cause is new.

use std::collections::{BTreeMap, BTreeSet};

use super::Hazards;
use crate::syntax::link_key::is_id;
use crate::syntax::toml_string;

/// The version of the file's format.
const SCHEMA: i64 = 2;

/// Findings by identity, each with the ids of its places, per alternative.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline(BTreeMap<String, BTreeMap<String, BTreeSet<String>>>);

/// How findings differ from earlier ones, by identity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Found now, not before; with the places that are new.
    pub new: BTreeMap<String, BTreeSet<String>>,
    /// Found before, not now; with the places that are gone.
    pub fixed: BTreeMap<String, BTreeSet<String>>,
    /// Found before and now.
    pub unchanged: BTreeMap<String, BTreeSet<String>>,
}

/// Returns the open findings by identity with the ids of their places.
fn places(hazards: &Hazards) -> BTreeMap<String, BTreeSet<String>> {
    let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for finding in hazards.open() {
        places.entry(finding.id()).or_default().extend(finding.evidence.iter().map(|one| one.id.clone()));
    }
    places
}

/// Compares the open findings of a system with those of an earlier one, place by place.
pub fn difference(before: &Hazards, now: &Hazards) -> Difference {
    compare(&places(before), &places(now))
}

fn compare(before: &BTreeMap<String, BTreeSet<String>>, now: &BTreeMap<String, BTreeSet<String>>) -> Difference {
    let none = BTreeSet::new();
    let mut difference = Difference::default();
    for id in before.keys().chain(now.keys()).collect::<BTreeSet<_>>() {
        let (a, b) = (before.get(id).unwrap_or(&none), now.get(id).unwrap_or(&none));
        let lists: [(&mut BTreeMap<_, _>, BTreeSet<String>); 3] =
            [(&mut difference.new, b - a), (&mut difference.fixed, a - b), (&mut difference.unchanged, a & b)];
        for (list, places) in lists {
            if !places.is_empty() {
                list.insert(id.clone(), places);
            }
        }
    }
    difference
}

impl Baseline {
    /// Takes in the open findings of an alternative.
    pub fn adopt(&mut self, alternative: &str, hazards: &Hazards) {
        self.0.insert(alternative.to_owned(), places(hazards));
    }

    /// Returns how the open findings of an alternative differ from what the baseline has.
    pub fn difference(&self, alternative: &str, hazards: &Hazards) -> Difference {
        compare(self.0.get(alternative).unwrap_or(&BTreeMap::new()), &places(hazards))
    }

    /// Says whether nothing is left in it.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(BTreeMap::is_empty)
    }

    /// Drops what is not found any more: nothing is ever added.
    pub fn prune(&mut self, found: &BTreeMap<String, Hazards>) {
        for (alternative, entries) in &mut self.0 {
            let now = found.get(alternative).map(places).unwrap_or_default();
            for (id, places) in entries.iter_mut() {
                let there = now.get(id);
                places.retain(|place| there.is_some_and(|there| there.contains(place)));
            }
            entries.retain(|_, places| !places.is_empty());
        }
        self.0.retain(|_, entries| !entries.is_empty());
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// In words, where the text is no baseline.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut table: toml::Table = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut baseline = Self::default();
        let alternatives = match table.remove("schema").as_ref().map(toml::Value::as_integer) {
            // At first the alternatives stood beside `schema`, which one of them may be called.
            None | Some(Some(1)) => table,
            Some(Some(SCHEMA)) => match table.remove("findings") {
                None => toml::Table::new(),
                Some(toml::Value::Table(alternatives)) => alternatives,
                Some(_) => return Err("`findings` is no table of alternatives".to_owned()),
            },
            Some(_) => return Err(format!("`schema` is neither 1 nor {SCHEMA}: another release wrote this baseline")),
        };
        for (alternative, entries) in alternatives {
            let entries = entries.as_table().ok_or_else(|| format!("`{alternative}` is no table of findings"))?;
            for (id, places) in entries {
                let list = places.as_array().ok_or_else(|| format!("`{id}` of `{alternative}` is no list of ids"))?;
                let places: Option<BTreeSet<String>> = list.iter().map(|place| place.as_str().map(str::to_owned)).collect();
                let places = places.ok_or_else(|| format!("`{id}` of `{alternative}` has an entry that is no string"))?;
                baseline.0.entry(alternative.clone()).or_default().insert(id.clone(), places);
            }
        }
        Ok(baseline)
    }

    /// Writes the baseline.
    pub fn write(&self) -> String {
        let mut out = format!(
            "# Findings that were there when this baseline was made. `weighbridge baseline prune` takes out what is mended; nothing is added.\nschema = {SCHEMA}\n"
        );
        for (alternative, entries) in self.0.iter().filter(|(_, entries)| !entries.is_empty()) {
            let key = if is_id(alternative) { alternative.clone() } else { toml_string(alternative) };
            out.push_str(&format!("\n[findings.{key}]\n"));
            for (id, places) in entries {
                let places: Vec<String> = places.iter().map(|place| toml_string(place)).collect();
                out.push_str(&format!("{} = [{}]\n", toml_string(id), places.join(", ")));
            }
        }
        out
    }
}
