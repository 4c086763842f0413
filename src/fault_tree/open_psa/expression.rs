//! The numbers of an Open-PSA file: constants, parameters, and the usual laws of a probability over the mission time.

use std::collections::BTreeMap;

use roxmltree::Node;

use super::{Definitions, opening};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::FileId;

/// The mission time in hours: a year.
const MISSION_TIME: f64 = 8_760.0;

/// The largest depth of an expression, parameters included.
const MAX_DEPTH: usize = 64;

/// Computes expressions; parameters once each.
#[derive(Debug)]
pub(super) struct Expressions<'d, 'a> {
    definitions: &'d Definitions<'a>,
    parameters: BTreeMap<&'a str, f64>,
}

impl<'d, 'a> Expressions<'d, 'a> {
    pub(super) fn new(definitions: &'d Definitions<'a>) -> Self {
        Self { definitions, parameters: BTreeMap::new() }
    }

    /// Returns the value of the expression that a definition gives, if it gives one.
    pub(super) fn of_definition(&mut self, file: FileId, definition: Node<'a, 'a>, depth: usize) -> Result<Option<f64>, Box<Diagnostic>> {
        let mut elements =
            definition.children().filter(|child| child.is_element() && !matches!(child.tag_name().name(), "label" | "attributes"));
        elements.next().map(|element| self.value(file, element, depth)).transpose()
    }

    fn value(&mut self, file: FileId, node: Node<'a, 'a>, depth: usize) -> Result<f64, Box<Diagnostic>> {
        let wrong = |message: String| Diagnostic::new(Code::MalformedFaultTree, opening(file, node), message);
        if depth > MAX_DEPTH {
            return Err(wrong(format!("the expression is more than {MAX_DEPTH} levels deep, which is the limit")).into());
        }
        let tag = node.tag_name().name();
        match tag {
            "float" | "int" => {
                let text = node.attribute("value").unwrap_or_default();
                let value = text.trim().parse::<f64>().ok().filter(|value| value.is_finite());
                return value.ok_or_else(|| wrong(format!("`{text}` is no number")).help("write `value = \"0.01\"`").into());
            }
            "bool" => return Ok(if node.attribute("value") == Some("true") { 1.0 } else { 0.0 }),
            "system-mission-time" => return Ok(MISSION_TIME),
            "pi" => return Ok(std::f64::consts::PI),
            "parameter" => {
                let name = node.attribute("name").unwrap_or_default();
                if let Some(known) = self.parameters.get(name) {
                    return Ok(*known);
                }
                let Some(definition) = self.definitions.parameters.get(name) else {
                    return Err(
                        Diagnostic::new(Code::UndefinedEvent, opening(file, node), format!("no parameter is called `{name}`")).into()
                    );
                };
                let value = self.of_definition(definition.file, definition.node, depth + 1)?.ok_or_else(|| {
                    Box::new(Diagnostic::new(Code::MalformedFaultTree, definition.span(), format!("the parameter `{name}` has no value")))
                })?;
                self.parameters.insert(name, value);
                return Ok(value);
            }
            _ => {}
        }
        let mut arguments = Vec::new();
        for child in node.children().filter(Node::is_element) {
            arguments.push(self.value(file, child, depth + 1)?);
        }
        match (tag, arguments.as_slice()) {
            ("neg", [a]) => Ok(-a),
            ("add", all) => Ok(all.iter().sum()),
            ("mul", all) => Ok(all.iter().product()),
            ("sub", [first, rest @ ..]) => Ok(rest.iter().fold(*first, |value, one| value - one)),
            ("div", [first, rest @ ..]) => Ok(rest.iter().fold(*first, |value, one| value / one)),
            // 1 − e^(−λt)
            ("exponential", [rate, time]) => Ok(-libm::expm1(-rate * time)),
            // (λ − (λ − γ(λ + μ))·e^(−(λ + μ)t)) ÷ (λ + μ)
            ("GLM", [on_demand, failure, repair, time]) => {
                let sum = failure + repair;
                Ok((failure - (failure - on_demand * sum) * libm::exp(-sum * time)) / sum)
            }
            // 1 − e^(−((t − t₀) ÷ α)^β)
            ("Weibull", [scale, shape, start, time]) => Ok(-libm::expm1(-libm::pow((time - start) / scale, *shape))),
            // Of a random figure its mean counts.
            ("uniform-deviate", [low, high]) => Ok((low + high) / 2.0),
            ("normal-deviate", [mean, _]) | ("lognormal-deviate", [mean, _, _]) => Ok(*mean),
            ("gamma-deviate", [shape, scale]) => Ok(shape * scale),
            ("beta-deviate", [alpha, beta]) => Ok(alpha / (alpha + beta)),
            _ => Err(wrong(format!("`{tag}` with {} arguments is no expression that is read", arguments.len()))
                .help("state the probability: `<float value=\"0.01\"/>`")
                .into()),
        }
    }
}
