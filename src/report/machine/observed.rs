//! What the machine contract says of what was measured.

use serde_json::{Value, json};

use super::fields::number;
use crate::assessment::Assessed;

/// Returns what was measured of the base, beside what is modelled; null where nothing was.
pub(super) fn observed(base: &Assessed<'_>) -> Value {
    let observed = &base.assessment.observed;
    if observed.rows.is_empty() {
        return Value::Null;
    }
    let rows = observed.rows.iter().map(|row| {
        let fit =
            observed.fits.iter().find(|fit| row.path == format!("components.{}.utilization", base.system.component(fit.component).id));
        json!({
            "path": row.path,
            "unit": row.unit.word(),
            "measured": number(row.measured),
            "modelled": row.modelled.map(number),
            "after_fit": row.after_fit.map(number),
            "fit": fit.map(|fit| json!({
                "service_time_ms": number(fit.fitted.seconds() * 1e3),
                "stated_ms": fit.stated.map(|stated| number(stated.seconds() * 1e3)),
                "workers": number(fit.workers),
                "rate_per_s": number(fit.rate.per_second()),
                "rate_measured": fit.is_rate_measured,
            })),
        })
    });
    Value::Array(rows.collect())
}
