//! How irregular a stream of arrivals is: after a station, after a split, after a merger.
//!
//! Measured by the squared coefficient of variation of the times between arrivals: 0 for a clock, 1 for a Poisson stream. Approximations of two moments.
//!
//! Source: W. Whitt, The Queueing Network Analyzer, Bell System Technical Journal 62, 1983, equations 24, 38, 39.

/// Returns the variation of what leaves a station: `1 + (1 − ρ²)·(ca² − 1) + ρ²·(max(cs², .2) − 1)/√c`.
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53 servers")]
pub fn departures(arrival_scv: f64, service_scv: f64, utilization: f64, servers: u64) -> f64 {
    let busy = utilization.clamp(0.0, 1.0) * utilization.clamp(0.0, 1.0);
    1.0 + (1.0 - busy) * (arrival_scv - 1.0) + busy * (service_scv.max(0.2) - 1.0) / libm::sqrt(servers.max(1) as f64)
}

/// Returns the variation of a random part of a stream: `share·c² + 1 − share`.
pub fn split(scv: f64, share: f64) -> f64 {
    share * scv + 1.0 - share
}

/// Returns the variation of several streams merged, each given with its rate and its variation: a mean weighed by rate, moved towards 1 where the station
/// is not busy or the streams are many.
///
/// `w·Σ pᵢcᵢ² + 1 − w` with `w = 1/(1 + 4·(1 − ρ)²·(v − 1))` and `v = 1/Σ pᵢ²`.
pub fn merged(streams: &[(f64, f64)], utilization: f64) -> f64 {
    let total: f64 = streams.iter().map(|(rate, _)| rate).sum();
    if total <= 0.0 {
        return 1.0;
    }
    let mean: f64 = streams.iter().map(|(rate, scv)| rate / total * scv).sum();
    let evenness: f64 = streams.iter().map(|(rate, _)| (rate / total) * (rate / total)).sum();
    let idle = 1.0 - utilization.clamp(0.0, 1.0);
    let weight = 1.0 / (1.0 + 4.0 * idle * idle * (1.0 / evenness - 1.0));
    weight * mean + 1.0 - weight
}
