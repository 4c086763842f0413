//! Objects of figures, each number with its range beside it.

use serde_json::{Map, Value, json};

use crate::assessment::Ranges;

/// An object whose numbers get their range beside them.
pub(super) struct Figures<'a> {
    fields: Map<String, Value>,
    path: String,
    ranges: &'a Ranges,
}

impl<'a> Figures<'a> {
    pub(super) fn new(path: String, ranges: &'a Ranges) -> Self {
        Self { fields: Map::new(), path, ranges }
    }

    pub(in crate::report) fn number(&mut self, name: &str, value: f64) {
        self.fields.insert(name.to_owned(), number(value));
        if let Some((low, high)) = self.ranges.get(&format!("{}.{name}", self.path)) {
            self.fields.insert(format!("{name}_range"), json!([number(*low), number(*high)]));
        }
    }

    pub(super) fn optional(&mut self, name: &str, value: Option<f64>) {
        match value {
            Some(value) => self.number(name, value),
            None => self.other(name, Value::Null),
        }
    }

    pub(super) fn other(&mut self, name: &str, value: impl Into<Value>) {
        self.fields.insert(name.to_owned(), value.into());
    }

    pub(super) fn into_value(self) -> Value {
        Value::Object(self.fields)
    }
}

/// Writes whole numbers without a fraction.
pub(in crate::report) fn number(value: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value == value.trunc() && value.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
        return Value::from(value as i64);
    }
    serde_json::Number::from_f64(value).map_or(Value::Null, Value::Number)
}
