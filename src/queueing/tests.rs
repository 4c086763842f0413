//! Closed forms, and laws over random stations.

use proptest::prelude::*;

use super::{Queue, Station, departures, erlang_c, merged, queue, split};
use crate::distribution::{Distribution, Series};
use crate::quantity::{Duration, Rate};

fn ms(milliseconds: f64) -> Duration {
    Duration::new(milliseconds * 1e-3)
}

fn near(found: Duration, expected: f64, tolerance: f64) {
    let found = found.seconds() * 1e3;
    assert!((found / expected - 1.0).abs() <= tolerance, "{found} is not {expected} to {tolerance}");
}

fn exponential_station(arrivals: f64, servers: u64, service: &Distribution) -> Queue {
    let station = Station { arrivals: Rate::new(arrivals), arrival_scv: 1.0, servers, service, is_exponential: true };
    queue(&station).expect("it keeps up")
}

fn general_station(arrivals: f64, servers: u64, service: &Distribution) -> Queue {
    let station = Station { arrivals: Rate::new(arrivals), arrival_scv: 1.0, servers, service, is_exponential: false };
    queue(&station).expect("it keeps up")
}

/// M/M/1 at 80/s and 10 ms: the time there is exponential with mean `10/(1 − .8)` = 50 ms.
#[test]
fn one_exponential_server() {
    let service = Distribution::exponential(ms(10.0));
    let found = exponential_station(80.0, 1, &service);
    assert!((found.utilization - 0.8).abs() < 1e-6 && found.is_exact);
    let time = found.waiting.then(&service);
    near(time.mean(), 50.0, 2e-4);
    for (share, expected) in [(0.5, 34.657), (0.95, 149.787), (0.99, 230.259), (0.999, 345.388)] {
        near(time.percentile(share), expected, 1e-3);
    }
    // The general formula finds the same without knowing that the service is exponential.
    let time = general_station(80.0, 1, &service).waiting.then(&service);
    near(time.mean(), 50.0, 1e-3);
    for (share, expected) in [(0.5, 34.657), (0.95, 149.787), (0.99, 230.259), (0.999, 345.388)] {
        near(time.percentile(share), expected, 2e-3);
    }
}

/// M/M/4 at 600/s and 5.2 ms: `C(4, 3.12)` = .560908, mean `5.2 + C·5.2/(4·.22)`.
#[test]
fn four_exponential_servers() {
    assert!((erlang_c(3.12, 4) - 0.560_908).abs() < 1e-6);
    let service = Distribution::exponential(ms(5.2));
    let time = exponential_station(600.0, 4, &service).waiting.then(&service);
    near(time.mean(), 8.514_5, 2e-4);
    near(time.percentile(0.99), 33.675, 1e-3);
}

/// Five M/M/1 in a row at 100/s and 5 ms: by Burke's theorem each is a station of its own, with 10 ms; together an Erlang distribution of 5 phases.
#[test]
fn five_exponential_servers_in_a_row() {
    let service = Distribution::exponential(ms(5.0));
    let waiting = exponential_station(100.0, 1, &service).waiting;
    let mut series = Series::default();
    for _ in 0..5 {
        series.add(waiting.clone());
        series.add(service.clone());
    }
    let time = series.total();
    near(time.mean(), 50.0, 2e-4);
    near(time.percentile(0.99), 116.046, 1e-3);
}

/// M/D/1 at 80/s and 10 ms: mean `10 + .8·10/(2·.2)`.
#[test]
fn one_constant_server() {
    let service = Distribution::constant(ms(10.0));
    let time = general_station(80.0, 1, &service).waiting.then(&service);
    near(time.mean(), 30.0, 1e-3);
}

/// M/G/1 by Pollaczek and Khinchine: mean wait `ρ·S·(1 + cs²)/(2·(1 − ρ))`, variance by the third moment for an Erlang service of 4 phases.
#[test]
fn one_erlang_server() {
    let service = Distribution::gamma(ms(10.0), 0.25);
    let found = general_station(70.0, 1, &service);
    near(found.waiting.mean(), 0.7 * 10.0 * 1.25 / 0.6, 1e-3);
    assert!((found.probability_of_waiting - 0.7).abs() < 1e-5 && found.is_exact);
}

#[test]
fn a_station_that_cannot_keep_up_has_no_wait() {
    let service = Distribution::exponential(ms(10.0));
    // At exactly 100/s rounding decides on which side it is; whatever is said, no wait is negative or no number.
    for rate in [100.001, 101.0, 1e300, f64::INFINITY, f64::NAN] {
        let station = Station { arrivals: Rate::new(rate), arrival_scv: 1.0, servers: 1, service: &service, is_exponential: true };
        assert!(queue(&station).is_none(), "{rate}");
    }
    let full = queue(&Station { arrivals: Rate::new(100.0), arrival_scv: 1.0, servers: 1, service: &service, is_exponential: true });
    assert!(full.is_none_or(|found| found.waiting.mean().seconds() > 1_000.0));
    let idle = exponential_station(0.0, 1, &service);
    assert!(idle.waiting.is_zero());
}

#[test]
fn a_pool_of_any_size_is_bounded() {
    let service = Distribution::exponential(ms(10.0));
    let found = exponential_station(1e12, u64::MAX, &service);
    assert!(found.utilization < 1.0 && found.waiting.mean().seconds() < 1e-3);
}

/// Whitt 1983: a Poisson stream stays one through M/M/1, a split and a merger.
#[test]
fn poisson_streams_stay_so() {
    assert_eq!(departures(1.0, 1.0, 0.7, 1), 1.0);
    assert_eq!(split(1.0, 0.3), 1.0);
    assert!((merged(&[(1.0, 1.0), (2.0, 1.0)], 0.8) - 1.0).abs() < 1e-12);
    // A busy single server with constant service makes its departures regular: 1 − .81·.8.
    assert!((departures(1.0, 0.0, 0.9, 1) - 0.352).abs() < 1e-12);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn more_servers_never_slow_the_mean(load in 0.05..0.95_f64, servers in 1_u64..30, scv in 0.1..4.0_f64) {
        let service = Distribution::gamma(ms(10.0), scv);
        #[expect(clippy::cast_precision_loss, reason = "a few servers")]
        let arrivals = load * servers as f64 / 0.010;
        let few = general_station(arrivals, servers, &service).waiting.mean().seconds();
        let more = general_station(arrivals, servers + 1, &service).waiting.mean().seconds();
        prop_assert!(more <= few * 1.001);
    }

    #[test]
    fn more_arrivals_never_wait_less(load in 0.05..0.9_f64, servers in 1_u64..30) {
        let service = Distribution::exponential(ms(10.0));
        #[expect(clippy::cast_precision_loss, reason = "a few servers")]
        let arrivals = load * servers as f64 / 0.010;
        let now = exponential_station(arrivals, servers, &service);
        let later = exponential_station(arrivals * 1.05, servers, &service);
        for share in [0.5, 0.9, 0.99] {
            prop_assert!(later.waiting.percentile(share).seconds() >= now.waiting.percentile(share).seconds() * 0.999);
        }
    }

    #[test]
    fn erlang_is_a_probability(load in 0.0..1.0_f64, servers in 1_u64..2_000) {
        #[expect(clippy::cast_precision_loss, reason = "a few servers")]
        let waits = erlang_c(load * servers as f64, servers);
        prop_assert!((0.0..=1.0).contains(&waits));
    }
}
