//! What the time of a journey is put together from: one line for each call that its answer waits for.
//!
//! The question: *of which parts, and how large, does this time consist?* Means of one attempt of one call, at the mean rates: `way + wait + work` of each call, as often as it is made. Calls in a
//! row add up to the mean time of the answer, of calls at the same time the slowest counts.

use super::connections::under_way;
use super::plan::Plan;
use super::walk::mean_wait;
use super::{Depth, Wanted, latency, pools, under_load};
use crate::model::{LinkId, System};
use crate::quantity::{Duration, Rate};
use crate::syntax::link_key::Arrow;

/// In seconds: less is none.
const LEAST_WAIT: f64 = 1e-9;

/// A call, and what it takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// The link.
    pub link: LinkId,
    /// How often a request makes the call, attempts after failures included.
    pub calls: f64,
    /// Under way: round trip, bytes, sidecars, waits for copies.
    pub way: Duration,
    /// The wait for a worker; none where its pool cannot keep up.
    pub wait: Option<Duration>,
    /// The callee's work.
    pub work: Duration,
    /// Its share of the 99th percentile, what it calls in turn not included; none of large systems.
    pub share: Option<f64>,
}

/// Returns what the answer of a journey waits for, call by call, in the order of the calls.
pub fn terms(system: &System, journey: usize) -> Vec<Term> {
    let plan = Plan::new(system);
    let rates: Vec<Option<f64>> = system.journeys.iter().map(|journey| journey.rate().map(Rate::per_second)).collect();
    let load = under_load(&plan, &rates, Wanted::Waits);
    let shares = latency(system, Depth::Explained).journeys.swap_remove(journey).steps;
    let tree = &system.journeys[journey].calls;
    let runs = pools::runs(&plan, tree, &load.attempts[journey]);
    let off = tree.asynchronous();
    let answers = tree.calls().filter(|(id, call)| !off[id.index()] && call.arrow == Arrow::Call && !plan.link(call.link).is_use);
    answers
        .map(|(id, call)| Term {
            link: call.link,
            calls: runs[id.index()],
            way: Duration::new(under_way(&plan, call)),
            // The tail of an all but idle pool is no wait.
            wait: mean_wait(&plan, &load.pools, tree, id).map(|wait| if wait.seconds() < LEAST_WAIT { Duration::new(0.0) } else { wait }),
            work: Duration::new(plan.work(call.callee)),
            share: shares.iter().find(|(node, _)| *node == id).map(|(_, share)| *share),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::terms;
    use crate::model::testing::system;

    /// A user's call to `app` (M/M/1 at 50/s and 10 ms waits 10 ms), which asks `db` (M/M/1 at 100/s and 5 ms waits 5 ms) twice, 2 ms there and back: 20 + 2·12 = 44 ms in all.
    #[test]
    fn a_time_is_the_sum_of_its_terms() {
        let system = system(
            "[components]\nuser = { kind = \"actor\" }\napp = { kind = \"service\", service-time = \"10ms\", concurrency = 1 }\n\
             db = { kind = \"database\", service-time = \"5ms\", concurrency = 1 }\n[links]\n\"user -> app\" = { protocol = \"in-process\", round-trip = \"0ms\" }\n\
             \"app -> db\" = { effect = \"read\", round-trip = \"2ms\" }\n[assumptions]\n\"round-trip-tail.same-zone\" = 1\n\"round-trip-tail.cross-zone\" = 1\n\"round-trip-tail.internet\" = 1\n\
             [journeys.j]\nrate = \"50/s\"\nsteps = [\"user -> app\", { call = \"app -> db\", times = 2 }]\n",
        );
        let found = terms(&system, 0);
        let [_, db] = found.as_slice() else { panic!("{found:?}") };
        let ms = |seconds: f64| (seconds * 1e6).round() / 1e3;
        assert_eq!((db.calls, ms(db.way.seconds()), ms(db.work.seconds())), (2.0, 2.0, 5.0));
        assert_eq!(db.wait.map(|wait| ms(wait.seconds())), Some(5.0));
        let all: f64 = found
            .iter()
            .map(|term| term.calls * (term.way.seconds() + term.wait.map_or(0.0, crate::quantity::Duration::seconds) + term.work.seconds()))
            .sum();
        let latency = crate::analysis::latency::latency(&system, crate::analysis::latency::Depth::Judged);
        let mean = latency.journeys[0].mean_load.as_ref().expect("it has times").mean.seconds();
        assert!((all / mean - 1.0).abs() < 1e-3, "{all} and {mean}");
        let shares: f64 = found.iter().filter_map(|term| term.share).sum();
        assert!((shares - 1.0).abs() < 0.02, "{found:?}");
    }
}
