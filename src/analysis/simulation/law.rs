//! How a time is drawn: from the law that the model states, not from the histogram that the formulas use, so that the two check each other.

use super::random::Random;
use crate::analysis::latency::Scaling;
use crate::analysis::latency::plan::Service;
use crate::distribution::{Distribution, Quantiles};
use crate::model::{Component, ComponentId, System};
use crate::syntax::keys::component;
use crate::syntax::value::{Fact, NORMAL_P99, ServiceTime};

/// What a time is drawn from, in seconds.
#[derive(Debug, Clone)]
pub(super) enum Law {
    /// Always the same.
    Constant(f64),
    /// Exponential with a mean.
    Exponential(f64),
    /// Gamma with a shape and a scale.
    Gamma(f64, f64),
    /// Lognormal with the mean and the deviation of its logarithm.
    Lognormal(f64, f64),
    /// What the formulas found, by its quantiles: round trips over several distances, waits for copies.
    Quantiles(Quantiles),
}

impl Law {
    /// Returns the law of a component's work as its facts state it; 0 where it has none.
    pub(super) fn of_service(component: &Component, planned: &Service) -> Self {
        let Service::Known { mean: planned_mean, .. } = planned else { return Self::Constant(0.0) };
        let Fact::Stated(stated) = component.facts.get(component::SERVICE_TIME) else { return Self::Exponential(planned_mean.seconds()) };
        match stated {
            ServiceTime::Mean(mean) => Self::Exponential(mean.likely.seconds()),
            ServiceTime::Variation { mean, scv } => Self::of_variation(mean.likely.seconds(), scv.likely),
            ServiceTime::Percentiles { p50, p99 } => {
                let (p50, p99) = (p50.likely.seconds(), p99.likely.seconds());
                if p50 <= 0.0 || p99 <= p50 {
                    return Self::Constant(p50.max(0.0));
                }
                Self::Lognormal(libm::log(p50), libm::log(p99 / p50) / NORMAL_P99)
            }
        }
    }

    /// A mean with a variation up to 1 is gamma, above 1 lognormal.
    fn of_variation(mean: f64, scv: f64) -> Self {
        if mean <= 0.0 || scv < 1e-6 || scv.is_nan() {
            Self::Constant(mean.max(0.0))
        } else if scv == 1.0 {
            Self::Exponential(mean)
        } else if scv < 1.0 {
            Self::Gamma(1.0 / scv, mean * scv)
        } else {
            let variance = libm::log1p(scv);
            Self::Lognormal(libm::log(mean) - variance / 2.0, libm::sqrt(variance))
        }
    }

    /// Returns the law of a time that the formulas made.
    pub(super) fn of_distribution(time: &Distribution) -> Self {
        let quantiles = time.quantiles();
        quantiles.only().map_or(Self::Quantiles(quantiles), |only| Self::Constant(only.seconds()))
    }

    /// Returns the law of times multiplied by a factor.
    fn scaled(self, factor: f64) -> Self {
        match self {
            Self::Constant(seconds) => Self::Constant(seconds * factor),
            Self::Exponential(mean) => Self::Exponential(mean * factor),
            Self::Gamma(shape, scale) => Self::Gamma(shape, scale * factor),
            Self::Lognormal(mean, deviation) => Self::Lognormal(mean + libm::log(factor), deviation),
            Self::Quantiles(quantiles) => Self::Quantiles(quantiles),
        }
    }

    /// Draws a time.
    pub(super) fn draw(&self, random: &mut Random) -> f64 {
        match self {
            Self::Constant(seconds) => *seconds,
            Self::Exponential(mean) => mean * random.exponential(),
            Self::Gamma(shape, scale) => scale * random.gamma(*shape),
            Self::Lognormal(mean, deviation) => libm::exp(mean + deviation * random.normal()),
            Self::Quantiles(quantiles) => quantiles.at(random.share()).seconds(),
        }
    }

    /// Returns the mean.
    pub(super) fn mean(&self) -> f64 {
        match self {
            Self::Constant(seconds) => *seconds,
            Self::Exponential(mean) => *mean,
            Self::Gamma(shape, scale) => shape * scale,
            Self::Lognormal(mean, deviation) => libm::exp(mean + deviation * deviation / 2.0),
            Self::Quantiles(quantiles) => quantiles.mean().seconds(),
        }
    }
}

/// Returns the laws of all components' work.
pub(super) fn services(system: &System, planned: &[Service]) -> Vec<Law> {
    let law = |id: ComponentId, planned: &Service| {
        let law = Law::of_service(system.component(id), planned);
        Scaling::of(system, id).map_or(law.clone(), |scaling| law.scaled(scaling.slowdown(scaling.replicas)))
    };
    system.component_ids().zip(planned).map(|(id, planned)| law(id, planned)).collect()
}
