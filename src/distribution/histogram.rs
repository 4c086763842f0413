//! Masses on the grid. Everything here is linear in the masses, so it holds for parts of a distribution too.

use super::grid::{NEAR, POINTS, STEP, floor, tables};

/// What may be merged at the low end, as a share of what varies: it lies below every percentile that is asked for. A share of all would take a rare slow branch, above a
/// constant that is not rare, for the low end.
const LOW_END: f64 = 1e-4;

/// What may be merged at the high end, as a share.
const HIGH_END: f64 = 1e-12;

/// Masses at 0 and at consecutive points of the grid.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Histogram {
    /// The mass at 0.
    pub(super) zero: f64,
    /// The grid's point of the first mass.
    pub(super) first: usize,
    /// The masses.
    pub(super) masses: Vec<f64>,
}

impl Histogram {
    /// All mass at 0.
    pub(super) const fn at_zero(mass: f64) -> Self {
        Self { zero: mass, first: 0, masses: Vec::new() }
    }

    /// A mass at one time, split between the points around it so that its mean stays.
    pub(super) fn at(seconds: f64, mass: f64) -> Self {
        let mut histogram = Self::default();
        histogram.add_at(seconds, mass);
        histogram
    }

    /// Makes a histogram of the cumulated masses at and below each point, from the point `first` on; the last one is the total.
    pub(super) fn of_cumulated(zero: f64, first: usize, cumulated: &[f64]) -> Self {
        let mut before = zero;
        let masses = cumulated.iter().map(|sum| {
            let mass = (sum - before).max(0.0);
            before = before.max(*sum);
            mass
        });
        let mut histogram = Self { zero, first, masses: masses.collect() };
        histogram.trim();
        histogram
    }

    /// Returns the point behind the last mass.
    pub(super) fn end(&self) -> usize {
        self.first + self.masses.len()
    }

    /// Returns the total mass.
    pub(super) fn total(&self) -> f64 {
        self.zero + self.masses.iter().sum::<f64>()
    }

    /// Returns the sum of masses times points: the mean, where the total is 1.
    pub(super) fn first_moment(&self) -> f64 {
        self.masses.iter().zip(&tables().points[self.first..]).map(|(mass, point)| mass * point).sum()
    }

    /// Returns the sum of masses times squared points.
    pub(super) fn second_moment(&self) -> f64 {
        self.masses.iter().zip(&tables().points[self.first..]).map(|(mass, point)| mass * point * point).sum()
    }

    /// Returns the mass at a point.
    pub(super) fn mass(&self, point: usize) -> f64 {
        point.checked_sub(self.first).and_then(|at| self.masses.get(at)).copied().unwrap_or(0.0)
    }

    /// Makes room for masses from a point to another.
    fn reserve(&mut self, from: usize, to: usize) {
        if self.masses.is_empty() {
            self.first = from;
        }
        if from < self.first {
            self.masses.splice(0..0, std::iter::repeat_n(0.0, self.first - from));
            self.first = from;
        }
        if to > self.end() {
            self.masses.resize(to - self.first, 0.0);
        }
    }

    /// Adds a mass at a time.
    pub(super) fn add_at(&mut self, seconds: f64, mass: f64) {
        if seconds <= 0.0 {
            self.zero += mass;
            return;
        }
        let points = &tables().points;
        let Some(low) = floor(seconds) else {
            let upper = seconds / points[0];
            self.zero += mass * (1.0 - upper);
            self.reserve(0, 1);
            self.masses[0] += mass * upper;
            return;
        };
        if low + 1 >= POINTS {
            self.reserve(POINTS - 1, POINTS);
            let last = POINTS - 1 - self.first;
            self.masses[last] += mass;
            return;
        }
        let upper = (seconds - points[low]) / (points[low + 1] - points[low]);
        self.reserve(low, low + 2);
        let at = low - self.first;
        self.masses[at] += mass * (1.0 - upper);
        self.masses[at + 1] += mass * upper;
    }

    /// Adds another histogram, multiplied.
    pub(super) fn add(&mut self, other: &Self, factor: f64) {
        self.zero += other.zero * factor;
        if other.masses.is_empty() {
            return;
        }
        self.reserve(other.first, other.end());
        let from = other.first - self.first;
        for (sum, mass) in self.masses[from..].iter_mut().zip(&other.masses) {
            *sum += mass * factor;
        }
    }

    /// Multiplies all masses.
    pub(super) fn weigh(&mut self, factor: f64) {
        self.zero *= factor;
        for mass in &mut self.masses {
            *mass *= factor;
        }
    }

    /// Returns the histogram of times that are longer by a constant.
    pub(super) fn later(&self, seconds: f64) -> Self {
        if seconds <= 0.0 {
            return self.clone();
        }
        let mut later = Self::default();
        later.add_at(seconds, self.zero);
        for (mass, point) in self.masses.iter().zip(&tables().points[self.first..]) {
            if *mass > 0.0 {
                later.add_at(point + seconds, *mass);
            }
        }
        later
    }

    /// Returns the histogram of times multiplied by a factor.
    pub(super) fn scaled(&self, factor: f64) -> Self {
        if factor <= 0.0 {
            return Self::at_zero(self.total());
        }
        let mut scaled = Self { zero: self.zero, ..Self::default() };
        for (mass, point) in self.masses.iter().zip(&tables().points[self.first..]) {
            scaled.add_at(point * factor, *mass);
        }
        scaled
    }

    /// Returns the histogram one point up: all times multiplied by `e^STEP`, without any loss.
    pub(super) fn one_step_up(&self) -> Self {
        let mut up = self.clone();
        if up.end() < POINTS {
            up.first += 1;
        }
        up
    }

    /// Merges what is negligible at both ends, and what lies beyond the grid. The mean stays at the low end; at the high end it loses less than
    /// the share of [`HIGH_END`].
    pub(super) fn trim(&mut self) {
        if self.end() > POINTS {
            let beyond: f64 = self.masses[POINTS.saturating_sub(self.first)..].iter().sum();
            self.masses.truncate(POINTS.saturating_sub(self.first));
            if let Some(last) = self.masses.last_mut() {
                *last += beyond;
            } else {
                self.first = POINTS - 1;
                self.masses.push(beyond);
            }
        }
        let total = self.total();
        let (mut tail, mut keep) = (0.0, self.masses.len());
        while keep > 1 && tail + self.masses[keep - 1] <= total * HIGH_END {
            keep -= 1;
            tail += self.masses[keep];
        }
        self.masses.truncate(keep);
        if let Some(last) = self.masses.last_mut() {
            *last += tail;
        }
        let points = &tables().points;
        let (mut mass, mut moment, mut cut) = (0.0, 0.0, 0);
        let most = (total - self.zero) * LOW_END;
        while cut + 1 < self.masses.len() && mass + self.masses[cut] <= most {
            mass += self.masses[cut];
            moment += self.masses[cut] * points[self.first + cut];
            cut += 1;
        }
        if cut > 0 {
            self.masses.drain(..cut);
            self.first += cut;
            let upper = moment / points[self.first];
            self.masses[0] += upper;
            self.zero += mass - upper;
        }
        if self.masses.iter().all(|mass| *mass == 0.0) {
            self.masses.clear();
            self.first = 0;
        }
    }

    /// Returns the histogram of the sum of two independent times.
    ///
    /// What becomes of a point when smaller ones are added to it depends on how far these are below it. All of those whose sums lie between the same two points
    /// are split between the two by their mass and their first moment alone, so cumulated masses and moments answer for all at once: `O(35·m)`.
    pub(super) fn sum(&self, other: &Self) -> Self {
        if self.masses.is_empty() || other.masses.is_empty() {
            let (constant, rest) = if self.masses.is_empty() { (self.zero, other) } else { (other.zero, self) };
            let mut sum = rest.clone();
            sum.weigh(constant);
            return sum;
        }
        let first = self.first.min(other.first);
        let end = self.end().max(other.end()) + super::grid::SPARE;
        let mut sum = vec![0.0; end - first];
        // Pairs of equal points are counted once.
        add_smaller(self, other, 0, first, &mut sum);
        add_smaller(other, self, 1, first, &mut sum);
        for mass in &mut sum {
            // Differences of cumulated masses may leave a rounding error of about 1e-17 below 0.
            *mass = mass.max(0.0);
        }
        for (one, factor) in [(self, other.zero), (other, self.zero)] {
            for (at, mass) in one.masses.iter().enumerate() {
                sum[one.first + at - first] += mass * factor;
            }
        }
        let mut sum = Self { zero: self.zero * other.zero, first, masses: sum };
        sum.trim();
        sum
    }
}

/// Adds the sums of pairs in which the point of `small` is at least `apart` points below that of `large`.
fn add_smaller(large: &Histogram, small: &Histogram, apart: usize, first: usize, sum: &mut [f64]) {
    let points = &tables().points;
    let below = Below::new(small, large.end());
    let most = large.masses.len();
    let none = vec![0.0; most];
    // A division takes as long as all else that is done with a pair: one for each point, and none for each distance.
    let per_point: Vec<f64> = large.masses.iter().zip(&points[large.first..]).map(|(mass, point)| mass / point).collect();
    let (mut lower, mut upper) = (vec![0.0; most], vec![0.0; most]);
    for above in &tables().sums {
        let nearest = above.nearest.max(apart);
        let begin = large.first.max(small.first + nearest);
        let end = above.farthest.map_or(large.end(), |farthest| large.end().min(small.end() + farthest));
        if begin >= end {
            continue;
        }
        let count = end - begin;
        // Of the points from `farthest` to `nearest` below each of the larger's.
        let (masses, moments) = below.up_to(begin - nearest + 1, count);
        let (far_masses, far_moments) = match above.farthest {
            Some(farthest) => below.up_to_or_none(begin, farthest, count),
            None => (&none[..count], &none[..count]),
        };
        let part = begin - large.first..end - large.first;
        let (own, per_point) = (&large.masses[part.clone()], &per_point[part]);
        let (push, scale) = (1.0 - above.low, 1.0 / above.width);
        for at in 0..count {
            let pairs = own[at] * (masses[at] - far_masses[at]);
            let moved = (per_point[at] * (moments[at] - far_moments[at]) + pairs * push) * scale;
            lower[at] = pairs - moved;
            upper[at] = moved;
        }
        let sum = &mut sum[begin + above.points - first..][..=count];
        for at in 0..count {
            sum[at] += lower[at];
        }
        for at in 0..count {
            sum[at + 1] += upper[at];
        }
    }
}

/// The mass and the first moment of what lies below each point of the grid.
struct Below {
    /// The point of the first entry, and how far it is moved so that it is never negative.
    base: usize,
    masses: Vec<f64>,
    moments: Vec<f64>,
}

impl Below {
    /// Cumulates a histogram up to a point; before it there are as many zeros as any sum looks back.
    fn new(small: &Histogram, end: usize) -> Self {
        let points = &tables().points;
        let length = NEAR + (end + 1).max(small.end() + 1) - small.first;
        let (mut masses, mut moments) = (Vec::with_capacity(length), Vec::with_capacity(length));
        masses.resize(NEAR + 1, 0.0);
        moments.resize(NEAR + 1, 0.0);
        let (mut mass, mut moment) = (0.0, 0.0);
        for (own, point) in small.masses.iter().zip(&points[small.first..]) {
            mass += own;
            moment += own * point;
            masses.push(mass);
            moments.push(moment);
        }
        masses.resize(length.max(masses.len()), mass);
        moments.resize(length.max(moments.len()), moment);
        Self { base: small.first, masses, moments }
    }

    /// Returns what lies below `count` points from `point` on, which is not below the first mass.
    fn up_to(&self, point: usize, count: usize) -> (&[f64], &[f64]) {
        let at = NEAR + point - self.base;
        (&self.masses[at..at + count], &self.moments[at..at + count])
    }

    /// The same from `back` points below `point` on, which may be before the first mass.
    fn up_to_or_none(&self, point: usize, back: usize, count: usize) -> (&[f64], &[f64]) {
        let at = NEAR + point - self.base - back;
        (&self.masses[at..at + count], &self.moments[at..at + count])
    }
}

/// Returns the ratio of neighbouring points.
pub(super) fn ratio() -> f64 {
    libm::exp(STEP)
}
