//! Teams that run more than they can.

use super::{Report, Run, Subject};
use crate::model::TeamId;
use crate::syntax::keys::team;
use crate::syntax::value::{Fact, OrTrue};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(run: &mut Run<'_>) {
    let mut units: BTreeMap<TeamId, BTreeSet<String>> = BTreeMap::new();
    for (id, one) in run.programs().collect::<Vec<_>>() {
        if let Some(owner) = one.owner {
            units.entry(owner).or_default().insert(run.unit(id));
        }
    }
    for (owner, units) in units {
        let of = Subject::Team(owner);
        let Fact::Stated(members) = run.ask(of, team::MEMBERS) else { continue };
        let name = &run.system.team(owner).id;
        let place = run.place(of, team::MEMBERS);
        #[expect(clippy::cast_precision_loss, reason = "teams and units are few")]
        let (people, count) = (members as f64, units.len() as f64);
        if count > run.parameter("units-per-member") * people {
            let text = format!("{members} people of `{name}` run {} deploy units", units.len());
            run.report(&[of], place, Report::new(text, "run fewer units, or give some to another team"));
        } else if people < run.parameter("rota") && matches!(run.ask(of, team::ONCALL), Fact::Stated(OrTrue::True(_))) {
            let text = format!("{members} people of `{name}` share being called at any hour");
            run.report(
                &[of],
                place,
                Report::new(text, "share the rota with another team, or answer in business hours only (`oncall = \"business-hours\"`)"),
            );
        }
    }
}
