//! What components stand on: `of` and `hosted-on` without circles.

use super::{Lowering, cycles, deeper_than};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::limits::MAX_DEPTH;
use crate::model::system::{Component, ComponentId};
use crate::syntax::keys::component;
use crate::syntax::vocabulary::ComponentKind;

impl Lowering<'_> {
    pub(super) fn break_host_cycles(&mut self, components: &mut [Component]) {
        for (pick, key) in [(0, component::OF.index), (1, component::HOSTED_ON.index)] {
            let next: Vec<Option<usize>> = components
                .iter()
                .map(|component| if pick == 0 { component.of } else { component.hosted_on })
                .map(|id| id.map(ComponentId::index))
                .collect();
            for cycle in cycles(&next) {
                let names: Vec<&str> = cycle.iter().chain(cycle.first()).map(|at| components[*at].id.as_str()).collect();
                let first = cycle[0];
                let span = components[first].facts.entry(key).map_or(components[first].span, |entry| entry.value);
                self.report(Diagnostic::new(
                    Code::CyclicHosts,
                    span,
                    format!("the component `{}` stands on itself: {}", components[first].id, names.join(" on ")),
                ));
                for at in cycle {
                    if pick == 0 {
                        components[at].of = None;
                    } else {
                        components[at].hosted_on = None;
                    }
                }
            }
        }
        self.break_host_depth(components);
        for at in 0..components.len() {
            let Some(of) = components[at].of else { continue };
            let inner = components[of.index()].kind;
            if components[at].kind == ComponentKind::Sidecar && matches!(inner, ComponentKind::Sidecar | ComponentKind::Module) {
                let span = components[at].facts.entry_of(component::OF).map_or(components[at].span, |entry| entry.value);
                self.report(
                    Diagnostic::new(
                        Code::ContradictoryFacts,
                        span,
                        format!(
                            "`{}` is a sidecar of `{}`, which has no instances of its own",
                            components[at].id,
                            components[of.index()].id
                        ),
                    )
                    .help("name the component that runs"),
                );
                components[at].of = None;
            }
        }
    }

    /// Bounds how many components lie below one, so that asking downwards stays cheap.
    fn break_host_depth(&mut self, components: &mut [Component]) {
        for (is_of, key) in [(true, component::OF.index), (false, component::HOSTED_ON.index)] {
            let below = |component: &Component| if is_of { component.of } else { component.hosted_on };
            let next: Vec<Option<usize>> = components.iter().map(|component| below(component).map(ComponentId::index)).collect();
            for at in deeper_than(&next, MAX_DEPTH) {
                let span = components[at].facts.entry(key).map_or(components[at].span, |entry| entry.value);
                let message = format!("`{}` stands on more than {MAX_DEPTH} components", components[at].id);
                self.report(Diagnostic::new(Code::LimitExceeded, span, message));
                if is_of { components[at].of = None } else { components[at].hosted_on = None }
            }
        }
    }
}
