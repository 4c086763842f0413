//! Random numbers that are the same everywhere: a stream is decided by its seed and its number alone.
//!
//! The generator is xoshiro256++ with a state filled by SplitMix64; each replication has a stream of its own, 2¹²⁸ numbers apart from the next.
//!
//! Source: D. Blackman, S. Vigna, Scrambled Linear Pseudorandom Number Generators, ACM Transactions on Mathematical Software 47, 2021; published as public domain at prng.di.unimi.it.

use std::sync::LazyLock;

/// The layers of equal area into which the exponential density is cut.
const LAYERS: usize = 256;

/// Where the lowest of them ends and the tail begins, and the area of each.
///
/// Source: G. Marsaglia, W. W. Tsang, The Ziggurat Method for Generating Random Variables, Journal of Statistical Software 5, issue 8, 2000.
const TAIL: f64 = 7.697_117_470_131_05;
const AREA: f64 = 3.949_659_822_581_557e-3;

static ZIGGURAT: LazyLock<Ziggurat> = LazyLock::new(Ziggurat::new);

/// The right ends of the layers, the lowest first, which stands for its box and the tail; and the density there.
#[derive(Debug)]
struct Ziggurat {
    ends: [f64; LAYERS + 1],
    heights: [f64; LAYERS + 1],
}

impl Ziggurat {
    fn new() -> Self {
        let mut ends = [0.0; LAYERS + 1];
        (ends[0], ends[1]) = (AREA * libm::exp(TAIL), TAIL);
        for layer in 2..LAYERS {
            let below = ends[layer - 1];
            ends[layer] = -libm::log(libm::exp(-below) + AREA / below);
        }
        Self { ends, heights: ends.map(|end| libm::exp(-end)) }
    }
}

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub(super) struct Random {
    state: [u64; 4],
    ziggurat: &'static Ziggurat,
    /// The second of two normal numbers that were made together.
    spare: Option<f64>,
}

/// The polynomial that moves a state 2¹²⁸ numbers on.
const JUMP: [u64; 4] = [0x180e_c6d3_3cfd_0aba, 0xd5a6_1266_f0c9_392c, 0xa958_2618_e03f_c9aa, 0x39ab_dc45_29b1_661c];

impl Random {
    /// Makes the stream of a number under a seed.
    pub(super) fn stream(seed: u64, number: u32) -> Self {
        let mut fill = seed;
        let mut random = Self { state: std::array::from_fn(|_| split_mix(&mut fill)), ziggurat: &ZIGGURAT, spare: None };
        for _ in 0..number {
            random.jump();
        }
        random
    }

    /// Returns 64 random bits.
    pub(super) const fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    const fn jump(&mut self) {
        let mut jumped = [0_u64; 4];
        let mut bit = 0;
        while bit < 256 {
            if JUMP[bit / 64] >> (bit % 64) & 1 == 1 {
                let mut word = 0;
                while word < 4 {
                    jumped[word] ^= self.state[word];
                    word += 1;
                }
            }
            self.bits();
            bit += 1;
        }
        self.state = jumped;
    }

    /// Returns a number from 0 up to, but not, 1: a multiple of 2⁻⁵³.
    pub(super) const fn share(&mut self) -> f64 {
        share_of(self.bits())
    }

    /// Says whether something of a probability happens; draws nothing where that is sure.
    pub(super) const fn happens(&mut self, probability: f64) -> bool {
        probability >= 1.0 || (probability > 0.0 && self.share() < probability)
    }

    /// Returns an exponential number of mean 1, by the ziggurat method: nearly always one draw, one product and one comparison, where a logarithm takes ten times as long.
    pub(super) fn exponential(&mut self) -> f64 {
        let mut beyond = 0.0;
        loop {
            // The low bits choose the layer, and are none of those that choose the place in it.
            let bits = self.bits();
            let layer = (bits % LAYERS as u64) as usize;
            let Ziggurat { ends, heights } = self.ziggurat;
            let found = share_of(bits) * ends[layer];
            if found < ends[layer + 1] {
                return beyond + found;
            }
            if layer == 0 {
                // What is longer than a long time is longer by as much as any.
                beyond += TAIL;
            } else if heights[layer] + (heights[layer + 1] - heights[layer]) * self.share() < libm::exp(-found) {
                return beyond + found;
            }
        }
    }

    /// Returns a normal number, by G. Marsaglia's polar method.
    pub(super) fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (x, y) = (2.0 * self.share() - 1.0, 2.0 * self.share() - 1.0);
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                let factor = libm::sqrt(-2.0 * libm::log(square) / square);
                self.spare = Some(y * factor);
                return x * factor;
            }
        }
    }

    /// Returns a gamma number of a shape of at least 1 and scale 1.
    ///
    /// Source: G. Marsaglia, W. W. Tsang, A simple method for generating gamma variables, ACM Transactions on Mathematical Software 26, 2000.
    pub(super) fn gamma(&mut self, shape: f64) -> f64 {
        let d = shape.max(1.0) - 1.0 / 3.0;
        let c = 1.0 / libm::sqrt(9.0 * d);
        loop {
            let normal = self.normal();
            let root = 1.0 + c * normal;
            if root <= 0.0 {
                continue;
            }
            let cube = root * root * root;
            let share = 1.0 - self.share();
            if libm::log(share) < 0.5 * normal * normal + d - d * cube + d * libm::log(cube) {
                return d * cube;
            }
        }
    }
}

/// Makes a number from 0 up to, but not, 1 of the upper 53 bits.
#[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
const fn share_of(bits: u64) -> f64 {
    (bits >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

const fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::{AREA, LAYERS, Random, TAIL, ZIGGURAT, split_mix};

    /// The first numbers of the state 1, 2, 3, 4: the reference values of the authors' C program.
    #[test]
    fn the_published_sequence() {
        let mut random = Random { state: [1, 2, 3, 4], ziggurat: &ZIGGURAT, spare: None };
        let expected: [u64; 6] =
            [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386, 9_228_616_714_210_784_205, 9_973_669_472_204_895_162];
        assert_eq!(expected.map(|_| random.bits()), expected);
        // SplitMix64 of 1234567, from the same source.
        let mut state = 1_234_567;
        assert_eq!(split_mix(&mut state), 6_457_827_717_110_365_317);
        assert_eq!(split_mix(&mut state), 3_203_168_211_198_807_973);
    }

    /// All layers have the same area: the highest closes at the density's top, which is 1, and the lowest is its box and the tail.
    #[test]
    fn the_layers_fill_the_density() {
        let top = ZIGGURAT.heights[LAYERS - 1] + AREA / ZIGGURAT.ends[LAYERS - 1];
        assert!((top - 1.0).abs() < 1e-12, "{top}");
        let lowest = TAIL * libm::exp(-TAIL) + libm::exp(-TAIL);
        assert!((lowest / AREA - 1.0).abs() < 1e-12, "{lowest}");
        assert!(ZIGGURAT.ends.is_sorted_by(|a, b| a > b), "{:?}", ZIGGURAT.ends);
    }

    /// The distribution function at a hundred places, of 400,000 numbers, the tail beyond the layers included: five standard errors.
    #[test]
    fn exponential_numbers_are_exponential() {
        const COUNT: u32 = 400_000;
        let mut random = Random::stream(11, 0);
        let numbers: Vec<f64> = (0..COUNT).map(|_| random.exponential()).collect();
        for place in 1..=100 {
            let place = f64::from(place) * 0.1;
            let expected = libm::exp(-place);
            let beyond = numbers.iter().filter(|number| **number > place).count() as f64 / f64::from(COUNT);
            let error = libm::sqrt(expected * (1.0 - expected) / f64::from(COUNT));
            assert!((beyond - expected).abs() < 5.0 * error, "beyond {place}: {beyond}, not {expected}");
        }
    }

    #[test]
    fn streams_differ_and_repeat() {
        let mut first = Random::stream(7, 0);
        let mut second = Random::stream(7, 1);
        assert_ne!(first.bits(), second.bits());
        assert_eq!(Random::stream(7, 3).bits(), Random::stream(7, 3).bits());
        assert_ne!(Random::stream(7, 3).bits(), Random::stream(8, 3).bits());
    }

    /// Means and variances of 200,000 numbers; four standard errors.
    #[test]
    fn moments() {
        const COUNT: u32 = 200_000;
        let mut random = Random::stream(1, 0);
        let mut check = |draw: fn(&mut Random) -> f64, mean: f64, variance: f64, fourth: f64| {
            let numbers: Vec<f64> = (0..COUNT).map(|_| draw(&mut random)).collect();
            let count = f64::from(COUNT);
            let found = numbers.iter().sum::<f64>() / count;
            let spread = numbers.iter().map(|number| (number - found) * (number - found)).sum::<f64>() / count;
            assert!((found - mean).abs() < 4.0 * libm::sqrt(variance / count), "mean {found}, not {mean}");
            assert!(
                (spread - variance).abs() < 4.0 * libm::sqrt((fourth - variance * variance) / count),
                "variance {spread}, not {variance}"
            );
        };
        // Uniform: fourth central moment 1/80; exponential 9; normal 3; gamma of shape 4: 3·4² + 6·4.
        check(Random::share, 0.5, 1.0 / 12.0, 1.0 / 80.0);
        check(Random::exponential, 1.0, 1.0, 9.0);
        check(Random::normal, 0.0, 1.0, 3.0);
        check(|random| random.gamma(4.0), 4.0, 4.0, 72.0);
    }
}
