//! Calls between regions that eat the latency that users accept.

use super::{Confidence, Report, Run, Subject};
use crate::model::DistanceClass;
use crate::quantity::{Duration, Probability, duration, percent};
use crate::syntax::keys::{Table, journey, link, network, objectives};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::Fact;

pub(super) fn check(run: &mut Run<'_>) {
    let share = run.parameter("share");
    for id in run.declared_journeys() {
        let own = &run.system.journeys[id.index()];
        let wanted = [own.facts.get(journey::LATENCY_P99), own.facts.get(journey::LATENCY_P95)].into_iter().find(Fact::is_known);
        let of_system =
            run.system.single(Table::Objectives).map(|facts| [facts.get(objectives::LATENCY_P99), facts.get(objectives::LATENCY_P95)]);
        let wanted = wanted.or_else(|| of_system.and_then(|list| list.into_iter().find(Fact::is_known)));
        let off = own.calls.asynchronous();
        let calls: Vec<_> =
            own.calls.calls().filter(|(node, call)| call.arrow == Arrow::Call && !off[node.index()]).map(|(_, call)| call).collect();
        let mut asked = false;
        for call in calls {
            let mix = run.system.distance_mix(call.link);
            let far: Vec<(DistanceClass, f64)> = mix
                .shares
                .iter()
                .filter(|(class, share)| {
                    **share > 0.0
                        && matches!(
                            class,
                            DistanceClass::CrossRegionNear
                                | DistanceClass::CrossRegionContinental
                                | DistanceClass::CrossRegionIntercontinental
                        )
                })
                .map(|(class, share)| (*class, *share))
                .collect();
            let Some((class, _)) = far.last().copied() else { continue };
            let Some(Fact::Stated(limit)) = wanted else {
                if !std::mem::replace(&mut asked, true) {
                    run.needs("latency-p99", Subject::Journey(id));
                }
                continue;
            };
            let stated = run.system.link(call.link).facts.get(link::ROUND_TRIP).stated().map(Duration::seconds).or_else(|| {
                let pair = mix.pairs.keys().find(|(_, of)| *of == class).map(|(pair, _)| *pair)?;
                run.system.network_pairs.get(&pair)?.get(network::ROUND_TRIP).stated().map(Duration::seconds)
            });
            let round_trip = stated.unwrap_or_else(|| run.system.assumptions.value(class.word()));
            #[expect(clippy::cast_precision_loss, reason = "a step is limited to 1e6 calls in a row")]
            let waits = round_trip * call.times as f64;
            if waits > share * limit.seconds() {
                let text = format!(
                    "a request of `{}` waits {} for the distance of `{}`: {} of the {} that it may take",
                    own.id,
                    duration(Duration::new(waits)),
                    run.system.link(call.link).id,
                    percent(Probability::new((waits / limit.seconds()).min(1.0))),
                    duration(limit)
                );
                let confidence = if stated.is_some() { Confidence::High } else { Confidence::Medium };
                let of = Subject::Journey(id);
                let report = Report::new(text, "keep a copy near the caller, call once, or do not wait").confidence(confidence);
                run.report_with(&[of, Subject::Link(call.link)], vec![(Subject::Link(call.link), call.span)], report);
            }
        }
    }
}
