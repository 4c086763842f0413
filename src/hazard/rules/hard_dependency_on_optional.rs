//! Required calls to what users can do without.

use super::{Report, Run, Subject};
use crate::syntax::keys::{component, link};
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::Importance;

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.remote_calls() {
        let one = run.system.link(id);
        if run.system.component(one.from).is_caller() || run.component(one.to, component::IMPORTANCE) != Fact::Stated(Importance::Optional)
        {
            continue;
        }
        if run.component(one.from, component::IMPORTANCE) == Fact::Stated(Importance::Optional) {
            continue;
        }
        let is_required = run.link(id, link::REQUIRED).holds();
        let has_fallback = matches!(one.facts.get(link::FALLBACK), Fact::Stated(_));
        if is_required && !has_fallback {
            let of = Subject::Link(id);
            let text = format!("`{}` is required, though `{}` is optional", one.id, run.name(one.to));
            let place = run.place(of, link::REQUIRED);
            run.report(&[of], place, Report::new(text, "let the caller go on without it (`required = false`), or state a `fallback`"));
        }
    }
}
