//! Random numbers that are the same everywhere: a stream is decided by its seed and its number alone.
//!
//! The generator is xoshiro256++ with a state filled by SplitMix64; each replication has a stream of its own, 2¹²⁸ numbers apart from the next.
//!
//! Source: D. Blackman, S. Vigna, Scrambled Linear Pseudorandom Number Generators, ACM Transactions on Mathematical Software 47, 2021; published as public domain at prng.di.unimi.it.

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub(super) struct Random {
    state: [u64; 4],
    /// The second of two normal numbers that were made together.
    spare: Option<f64>,
}

/// The polynomial that moves a state 2¹²⁸ numbers on.
const JUMP: [u64; 4] = [0x180e_c6d3_3cfd_0aba, 0xd5a6_1266_f0c9_392c, 0xa958_2618_e03f_c9aa, 0x39ab_dc45_29b1_661c];

impl Random {
    /// Makes the stream of a number under a seed.
    pub(super) fn stream(seed: u64, number: u32) -> Self {
        let mut fill = seed;
        let mut random = Self { state: std::array::from_fn(|_| split_mix(&mut fill)), spare: None };
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
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    pub(super) const fn share(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Says whether something of a probability happens; draws nothing where that is sure.
    pub(super) const fn happens(&mut self, probability: f64) -> bool {
        probability >= 1.0 || (probability > 0.0 && self.share() < probability)
    }

    /// Returns an exponential number of mean 1: `−ln(1 − u)`.
    pub(super) fn exponential(&mut self) -> f64 {
        -libm::log(1.0 - self.share())
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

const fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::{Random, split_mix};

    /// The first numbers of the state 1, 2, 3, 4: the reference values of the authors' C program.
    #[test]
    fn the_published_sequence() {
        let mut random = Random { state: [1, 2, 3, 4], spare: None };
        let expected: [u64; 6] =
            [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386, 9_228_616_714_210_784_205, 9_973_669_472_204_895_162];
        assert_eq!(expected.map(|_| random.bits()), expected);
        // SplitMix64 of 1234567, from the same source.
        let mut state = 1_234_567;
        assert_eq!(split_mix(&mut state), 6_457_827_717_110_365_317);
        assert_eq!(split_mix(&mut state), 3_203_168_211_198_807_973);
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
