//! The grid on which distributions are kept: points whose ratio is constant, so that a microsecond and an hour are resolved alike.

use std::sync::LazyLock;

/// The logarithm of the ratio of two neighbouring points: 2 %, about 115 points a decade.
pub(super) const STEP: f64 = 0.02;

/// The point number 0 is 1 ns: what is shorter is kept as a share of 0 and of 1 ns, with its mean.
const LOWEST: f64 = 1e-9;

/// The number of points: up to 1e12 s (32,000 years), where everything longer is kept.
pub(super) const POINTS: usize = 2_419;

/// The distance from which the smaller of two points moves the larger by less than one point: `e^(−STEP·d) < e^STEP − 1`.
pub(super) const NEAR: usize = 196;

/// The points beyond the last one are only there so that a sum of two points has a place before it is cut.
pub(super) const SPARE: usize = 40;

static TABLES: LazyLock<Tables> = LazyLock::new(Tables::new);

/// The points, and what the sum of two of them becomes.
pub(super) struct Tables {
    /// The points, in seconds.
    pub(super) points: Vec<f64>,
    /// For each number of points that a sum may lie above its larger part: from which to which distance the smaller part may be for that (both included).
    ///
    /// `x·(1 + e^(−STEP·d))` depends on `x` by a factor only: one table serves all points. All distances beyond the last are a sum that lies right above `x`.
    pub(super) sums: Vec<Above>,
}

/// Sums that lie equally many points above their larger part.
pub(super) struct Above {
    /// How many points.
    pub(super) points: usize,
    /// The least distance of the smaller part.
    pub(super) nearest: usize,
    /// The largest distance of the smaller part; none where all farther ones are meant.
    pub(super) farthest: Option<usize>,
    /// The point below the sum, as a multiple of the larger part.
    pub(super) low: f64,
    /// What one point's width is there, as a multiple of the larger part.
    pub(super) width: f64,
}

impl Tables {
    fn new() -> Self {
        let at = |index: f64| LOWEST * libm::exp(STEP * index);
        let ratio = libm::exp(STEP);
        #[expect(clippy::cast_precision_loss, reason = "fewer than 3,000 points")]
        let points = (0..POINTS + SPARE).map(|index| at(index as f64)).collect();
        let mut sums: Vec<Above> = Vec::new();
        for distance in 0..=NEAR {
            #[expect(clippy::cast_precision_loss, reason = "a distance is below 200")]
            let sum = 1.0 + libm::exp(-STEP * distance as f64);
            let (mut above, mut low) = (0, 1.0);
            while low * ratio <= sum {
                low *= ratio;
                above += 1;
            }
            match sums.last_mut() {
                Some(last) if last.points == above => last.farthest = Some(distance),
                _ => sums.push(Above { points: above, nearest: distance, farthest: Some(distance), low, width: low * ratio - low }),
            }
        }
        if let Some(last) = sums.last_mut() {
            last.farthest = None;
        }
        Self { points, sums }
    }
}

/// Returns the tables, made once.
pub(super) fn tables() -> &'static Tables {
    &TABLES
}

/// Returns the last point that is not above a time; none below the lowest.
pub(super) fn floor(seconds: f64) -> Option<usize> {
    let points = &tables().points[..POINTS];
    points.partition_point(|point| *point <= seconds).checked_sub(1)
}

/// Returns the border between a point and the next: the middle between them.
pub(super) fn border(index: usize) -> f64 {
    let points = &tables().points;
    f64::midpoint(points[index], points[index + 1])
}
