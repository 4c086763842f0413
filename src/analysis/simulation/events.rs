//! What is to come, the earliest first; of one time what was planned first.
//!
//! A heap in which each entry has four below it: half as deep as one with two, and the four lie side by side in memory. Most of a simulation's time is spent here. What is taken leaves a hole
//! at the top: mostly it brings about something else, which goes in there, and the heap is put in order once instead of twice.
//!
//! Source: D. B. Johnson, Priority queues with update and finding minimum spanning trees, Information Processing Letters 4, 1975.

/// How many entries lie below each.
const BELOW: usize = 4;

/// Things that are to come.
#[derive(Debug)]
pub(super) struct Events<T> {
    /// By time and number: the key's upper half are the bits of a time that is not negative, which are in its order.
    heap: Vec<(u128, T)>,
    /// Whether the first entry was taken already.
    has_hole: bool,
    planned: u64,
}

impl<T: Copy> Events<T> {
    pub(super) const fn new() -> Self {
        Self { heap: Vec::new(), has_hole: false, planned: 0 }
    }

    /// Plans something; a time before 0 is 0.
    pub(super) fn plan(&mut self, time: f64, what: T) {
        self.planned += 1;
        let entry = ((u128::from(time.max(0.0).to_bits()) << 64) | u128::from(self.planned), what);
        if self.has_hole {
            self.fill(entry);
            return;
        }
        let mut at = self.heap.len();
        self.heap.push(entry);
        while at > 0 {
            let above = (at - 1) / BELOW;
            if self.heap[above].0 <= entry.0 {
                break;
            }
            self.heap[at] = self.heap[above];
            at = above;
        }
        self.heap[at] = entry;
    }

    /// Takes what comes first, with its time.
    pub(super) fn next(&mut self) -> Option<(f64, T)> {
        if self.has_hole {
            let last = self.heap.pop()?;
            if self.heap.is_empty() {
                self.has_hole = false;
            } else {
                self.fill(last);
            }
        }
        let (key, what) = *self.heap.first()?;
        self.has_hole = true;
        Some((time(key), what))
    }

    /// Puts an entry into the hole at the top, and down to its place.
    fn fill(&mut self, entry: (u128, T)) {
        self.has_hole = false;
        let count = self.heap.len();
        let mut at = 0;
        loop {
            let first = at * BELOW + 1;
            if first >= count {
                break;
            }
            let below = &self.heap[first..count.min(first + BELOW)];
            let (mut least, mut of) = (below[0].0, 0);
            for (number, other) in below.iter().enumerate().skip(1) {
                if other.0 < least {
                    (least, of) = (other.0, number);
                }
            }
            if entry.0 <= least {
                break;
            }
            self.heap[at] = self.heap[first + of];
            at = first + of;
        }
        self.heap[at] = entry;
    }
}

const fn time(key: u128) -> f64 {
    f64::from_bits((key >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use super::Events;
    use crate::analysis::simulation::random::Random;

    /// Against a stable sort by time, with many equal times, planned and taken in turns.
    #[test]
    fn the_earliest_comes_first_and_of_one_time_what_was_planned_first() {
        let mut random = Random::stream(5, 0);
        let (mut events, mut open) = (Events::new(), Vec::new());
        for number in 0..5_000_u32 {
            let time = (random.share() * 50.0).floor() + f64::from(number / 100);
            events.plan(time, number);
            open.push((time, number));
            if random.happens(0.45) {
                open.sort_by(|a, b| a.0.total_cmp(&b.0));
                assert_eq!(events.next(), Some(open.remove(0)));
            }
        }
        open.sort_by(|a, b| a.0.total_cmp(&b.0));
        let rest: Vec<(f64, u32)> = std::iter::from_fn(|| events.next()).collect();
        assert_eq!(rest, open);
    }
}
