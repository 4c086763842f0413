//! Products that their team does not know how to run.

use super::{Confidence, Report, Run, Subject};
use crate::syntax::keys::{component, team};
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::Build;

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.system.component_ids() {
        let one = run.system.component(id);
        let (Some(owner), Some(engine)) = (one.owner, one.facts.text(component::ENGINE)) else { continue };
        if one.facts.get(component::BUILD) == Fact::Stated(Build::Buy) {
            continue;
        }
        let known = run.ask(Subject::Team(owner), team::SKILLS);
        let skills = run.system.team(owner).facts.words(team::SKILLS);
        if known.is_known() && !skills.iter().any(|skill| skill.text.eq_ignore_ascii_case(engine)) {
            let of = Subject::Component(id);
            let name = &run.system.team(owner).id;
            let text = format!("`{name}` runs `{}`, and `{engine}` is none of its skills", one.id);
            let place = run.place(of, component::ENGINE);
            run.report(
                &[of],
                place,
                Report::new(text, "learn it, buy it as a service (`build = \"buy\"`), or use what the team knows")
                    .confidence(Confidence::Medium),
            );
        }
    }
}
