//! Links: their ends, and facts that exclude each other.

use std::collections::BTreeSet;

use super::{Items, Lowering, index, stated};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::calls::unlinked_fallback;
use crate::model::system::{Link, LinkId};
use crate::syntax::LinkEnds;
use crate::syntax::keys::{Space, Table, link};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::{Facts, Value, Word};

impl Lowering<'_> {
    pub(super) fn links(&mut self, items: Items) -> Vec<Link> {
        let mut links = Vec::with_capacity(items.len());
        let mut fallbacks = Vec::new();
        for item in items.into_values() {
            self.references(Table::Link, &item.facts);
            let Some(ends) = item.ends else { continue };
            for word in [&ends.from, &ends.to] {
                self.check_reference(Space::Component, word);
            }
            let (Some(from), Some(to)) =
                (self.ids.components.get(&ends.from.text).copied(), self.ids.components.get(&ends.to.text).copied())
            else {
                self.unread.insert(item.id.text.clone());
                continue;
            };
            self.contradictions_of_link(&item.facts, ends.arrow);
            if let Some(Value::Text(word)) = item.facts.value(link::FALLBACK) {
                fallbacks.push((ends.clone(), word.clone()));
            }
            links.push(Link { id: item.id.text, from, to, arrow: ends.arrow, facts: item.facts, span: item.id.span });
        }
        self.fallbacks(&links, fallbacks);
        self.ids.links = index(links.iter().map(|link| link.id.as_str()), LinkId::at);
        links
    }

    /// A fallback is another component that the caller links to.
    fn fallbacks(&mut self, links: &[Link], named: Vec<(LinkEnds, Word)>) {
        let called: BTreeSet<_> = links.iter().filter(|link| link.arrow != Arrow::Replication).map(|link| (link.from, link.to)).collect();
        for (ends, word) in named {
            let ids = [&ends.from.text, &word.text].map(|id| self.ids.components.get(id).copied());
            let [Some(from), Some(fallback)] = ids else { continue };
            // A link that could not be read may be the missing one.
            let is_called = called.contains(&(from, fallback)) || !self.is_whole;
            if let Some(found) = unlinked_fallback(&word, [&ends.from.text, &ends.to.text, &word.text], is_called) {
                self.report(found);
            }
        }
    }

    fn contradictions_of_link(&mut self, facts: &Facts, arrow: Arrow) {
        if let (Some(required), Some(fallback)) = (stated(facts, link::REQUIRED.index), stated(facts, link::FALLBACK.index)) {
            let answers = matches!(facts.value(link::FALLBACK), Some(Value::True));
            if answers {
                self.contradiction(
                    required,
                    fallback,
                    "a required call has no answer without a call",
                    "leave `required` out, or name another component as the fallback",
                );
            }
        }
        if arrow == Arrow::Call {
            for key in [link::DELIVERY.index, link::OUTBOX.index, link::DEAD_LETTER.index, link::LAG.index, link::MODE.index] {
                if let Some(entry) = stated(facts, key) {
                    let name = Table::Link.rows()[key as usize].name;
                    let meant = if key == link::LAG.index || key == link::MODE.index { "=>" } else { "~>" };
                    self.report(
                        Diagnostic::new(Code::ContradictoryFacts, entry.key, format!("`{name}` says nothing about a call"))
                            .help(format!("write the link with `{meant}`, or leave `{name}` out")),
                    );
                }
            }
        }
    }
}
