//! Locations: hosts, nesting, and what lies inside takes over from around it.

use super::{Items, Lowering, cycles, deeper_than};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::limits::MAX_DEPTH;
use crate::model::placement::{MAX_HOSTS, MAX_HOSTS_OF_SYSTEM};
use crate::model::system::{Location, LocationId};
use crate::syntax::keys::{Table, location};
use crate::syntax::value::{Entry, Facts, State, Value};
use crate::syntax::vocabulary::LocationKind;

impl Lowering<'_> {
    pub(super) fn locations(&mut self, items: Items) -> Vec<Location> {
        let mut locations: Vec<Location> = Vec::with_capacity(items.len());
        let mut hosts = 0;
        for item in items.into_values() {
            self.references(Table::Location, &item.facts);
            self.figures(&item.facts, location::AVAILABILITY.index, location::MTBF.index);
            let count = match item.facts.entry_of(location::COUNT) {
                Some(Entry { state: State::Stated(Value::Count(count)), value, .. }) => {
                    if *count == 0 || *count > MAX_HOSTS {
                        let code = if *count == 0 { Code::MalformedQuantity } else { Code::LimitExceeded };
                        self.report(Diagnostic::new(code, *value, format!("`count` is 1 to {MAX_HOSTS}, not {count}")));
                    }
                    let count = (*count).clamp(1, MAX_HOSTS);
                    hosts += count;
                    if hosts > MAX_HOSTS_OF_SYSTEM && hosts - count <= MAX_HOSTS_OF_SYSTEM {
                        let message = format!("the locations stand for more than {MAX_HOSTS_OF_SYSTEM} hosts together");
                        self.report(Diagnostic::new(Code::LimitExceeded, *value, message));
                    }
                    if hosts > MAX_HOSTS_OF_SYSTEM { 1 } else { u32::try_from(count).unwrap_or(1) }
                }
                _ => 1,
            };
            let parent = item.facts.text(location::IN).and_then(|id| self.ids.locations.get(id).copied());
            let kind = item.facts.get(location::KIND).or(LocationKind::Zone);
            locations.push(Location {
                id: item.id.text,
                kind,
                parent,
                count,
                provider: None,
                code: None,
                facts: item.facts,
                span: item.id.span,
            });
        }
        self.break_location_cycles(&mut locations);
        self.break_location_depth(&mut locations);
        // A parent may stand behind its child, so each location asks upwards.
        for at in 0..locations.len() {
            let inherited = |read: &dyn Fn(&Facts) -> Option<String>| {
                std::iter::successors(Some(at), |at| locations[*at].parent.map(LocationId::index)).find_map(|at| read(&locations[at].facts))
            };
            let provider = inherited(&|facts| facts.text(location::PROVIDER).map(str::to_owned));
            let code = inherited(&|facts| facts.text(location::CODE).map(str::to_owned));
            (locations[at].provider, locations[at].code) = (provider, code);
        }
        locations
    }

    fn break_location_cycles(&mut self, locations: &mut [Location]) {
        let parents: Vec<Option<usize>> = locations.iter().map(|location| location.parent.map(LocationId::index)).collect();
        for cycle in cycles(&parents) {
            let names: Vec<&str> = cycle.iter().chain(cycle.first()).map(|at| locations[*at].id.as_str()).collect();
            let first = cycle[0];
            let span = locations[first].facts.entry_of(location::IN).map_or(locations[first].span, |entry| entry.value);
            self.report(
                Diagnostic::new(
                    Code::CyclicLocations,
                    span,
                    format!("the location `{}` lies inside itself: {}", locations[first].id, names.join(" in ")),
                )
                .help("remove one `in` of the circle"),
            );
            for at in cycle {
                locations[at].parent = None;
            }
        }
    }

    /// Bounds how many locations lie around one, so that asking upwards stays cheap.
    fn break_location_depth(&mut self, locations: &mut [Location]) {
        let parents: Vec<Option<usize>> = locations.iter().map(|location| location.parent.map(LocationId::index)).collect();
        for at in deeper_than(&parents, MAX_DEPTH) {
            let span = locations[at].facts.entry_of(location::IN).map_or(locations[at].span, |entry| entry.value);
            let message = format!("`{}` lies inside more than {MAX_DEPTH} locations", locations[at].id);
            self.report(Diagnostic::new(Code::LimitExceeded, span, message));
            locations[at].parent = None;
        }
    }
}
