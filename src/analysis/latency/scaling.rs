//! How much less than `N` times one replica `N` replicas carry.
//!
//! The question: *what do replicas cost each other?* The Universal Scalability Law: `X(N) = λ·N/(1 + σ·(N − 1) + κ·N·(N − 1))`, with `λ` what one replica carries, `σ` (`contention`) the share of
//! work that replicas do one after another, and `κ` (`coherence`) the share that each replica adds for each other one, to agree with it. With `κ > 0` there is a best number,
//! `N* = √((1 − σ)/κ)`: more replicas carry less.
//!
//! The work of a visit is taken to be longer by the divisor, at every load: what is carried is the law's, times at low load are upper bounds. A single leader works alone, whatever
//! follows it, and reads of its followers wait for no other replica: of such a store the law says nothing.
//!
//! Source: N. J. Gunther, Guerrilla Capacity Planning, Springer 2007, chapters 4 and 6.

use crate::model::{ComponentId, System};
use crate::quantity::Probability;
use crate::syntax::keys::component;

/// The law of a component that states `contention` or `coherence`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scaling {
    /// `σ`.
    pub contention: f64,
    /// `κ`.
    pub coherence: f64,
    /// The replicas that share the work of a shard.
    pub replicas: u32,
}

impl Scaling {
    /// Returns the law of a component; none where it states neither, or where a single leader works alone.
    pub fn of(system: &System, id: ComponentId) -> Option<Self> {
        let one = system.component(id);
        let share = |key| one.facts.get(key).stated().map_or(0.0, Probability::value);
        let (contention, coherence) = (share(component::CONTENTION), share(component::COHERENCE));
        let is_stated = contention > 0.0 || coherence > 0.0;
        (is_stated && !system.is_single_leader(id)).then_some(Self { contention, coherence, replicas: one.replicas.max(1) })
    }

    /// Returns by how much the work of a visit is longer on so many replicas.
    pub fn slowdown(&self, replicas: u32) -> f64 {
        let n = f64::from(replicas.max(1));
        1.0 + self.contention * (n - 1.0) + self.coherence * n * (n - 1.0)
    }

    /// Returns how many times what one replica carries so many carry.
    pub fn speedup(&self, replicas: u32) -> f64 {
        f64::from(replicas) / self.slowdown(replicas)
    }

    /// Returns the number of replicas that carry most; none where more always carry more.
    pub fn best(&self) -> Option<u32> {
        if self.coherence <= 0.0 {
            return None;
        }
        let at = libm::floor(libm::sqrt((1.0 - self.contention).max(0.0) / self.coherence)).clamp(1.0, f64::from(u32::MAX - 1));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and the largest")]
        let at = at as u32;
        Some(if self.speedup(at + 1) > self.speedup(at) { at + 1 } else { at })
    }
}

/// Returns how many times one replica's load some of a component's replicas carry: as many as they are, but for the law that it states.
pub fn speedup(scaling: Option<Scaling>, replicas: u32) -> f64 {
    scaling.map_or_else(|| f64::from(replicas), |scaling| scaling.speedup(replicas))
}

#[cfg(test)]
mod tests {
    use super::Scaling;
    use crate::analysis::capacity::capacity;
    use crate::analysis::latency::{Depth, latency};
    use crate::model::testing::system;

    /// By hand, σ = .05 and κ = .002: 8 replicas are slower by 1 + .05·7 + .002·8·7 = 1.462, and carry 8/1.462 = 5.472 times what one does. √(.95/.002) = 21.79: 21 carry 21/2.84 = 7.394,
    /// 22 carry 22/2.974 = 7.397, 23 carry 23/3.112 = 7.391.
    #[test]
    fn the_law_by_hand() {
        let law = Scaling { contention: 0.05, coherence: 0.002, replicas: 8 };
        assert!((law.slowdown(8) - 1.462).abs() < 1e-12 && (law.speedup(8) - 5.471_956).abs() < 1e-6);
        assert!((law.speedup(21) - 7.394_366).abs() < 1e-6 && (law.speedup(22) - 7.397_445).abs() < 1e-6);
        assert_eq!(law.best(), Some(22));
        assert_eq!(Scaling { coherence: 0.0, ..law }.best(), None);
        assert_eq!(Scaling { coherence: 1.0, ..law }.best(), Some(1));
    }

    /// Eight replicas with one worker of 10 ms: one carries 100/s, all of them 547.2/s, and six of them, after the loss of a zone with two, 6/(1 + .25 + .06)·100 = 458.0/s.
    #[test]
    fn capacity_follows_the_law() {
        let system = system(
            "[locations]\nr = { kind = \"region\" }\nza = { kind = \"zone\", in = \"r\" }\nzb = { kind = \"zone\", in = \"r\" }\nzc = { kind = \"zone\", in = \"r\" }\nzd = { kind = \"zone\", in = \"r\" }\n\
             [components]\nuser = { kind = \"client\" }\n\
             a = { kind = \"service\", on = [\"za\", \"zb\", \"zc\", \"zd\"], replicas = 8, service-time = \"10ms\", concurrency = 1, contention = 0.05, coherence = 0.002 }\n\
             [links]\n\"user -> a\" = {}\n[journeys.j]\nrate = \"100/s\"\nsteps = [\"user -> a\"]\n",
        );
        let found = latency(&system, Depth::Explained);
        let carried = capacity(&system, &found);
        assert!((carried.max_rate.expect("all is stated").per_second() / 547.196 - 1.0).abs() < 1e-5, "{carried:?}");
        let zone = carried.after_losing.iter().find(|lost| system.location(lost.location).id == "za").expect("it holds two");
        assert!((zone.max_rate.expect("all is stated").per_second() / 458.015 - 1.0).abs() < 1e-5, "{zone:?}");
        assert_eq!(found.stations[0].scaling.and_then(|scaling| scaling.best()), Some(22));
    }

    /// Writes are one replica's work, wherever reads go: 10 ms at one worker, 30/s of them are 30 % of it.
    #[test]
    fn a_single_leader_works_alone() {
        for reads in ["", "reads-from = \"any\", "] {
            let system = system(&format!(
                "[components]\nuser = {{ kind = \"client\" }}\na = {{ kind = \"service\", service-time = \"1ms\", concurrency = 1 }}\n\
                 db = {{ kind = \"database\", replicas = 6, {reads}replication = {{ style = \"single-leader\", ack = \"async\" }}, service-time = \"10ms\", concurrency = 1, contention = 0.1, coherence = 0.2 }}\n\
                 [links]\n\"user -> a\" = {{}}\n\"a -> db\" = {{ effect = \"write\" }}\n[journeys.j]\nrate = \"30/s\"\nsteps = [\"user -> a\", \"a -> db\"]\n",
            ));
            let found = latency(&system, Depth::Explained);
            let db = system.find_component("db").expect("it is declared");
            let busiest = found.stations.iter().filter(|one| one.component == db).filter_map(|one| one.used()).fold(0.0, f64::max);
            assert!((busiest - 0.3).abs() < 1e-9, "{busiest}");
        }
    }
}
