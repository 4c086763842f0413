//! What a month of each box and arrow costs, written on the picture of what runs where.
//!
//! A box shows what its components run and keep, a frame what its machines cost, an arrow what moves along it. What several boxes stand for together, such as the
//! shards of one component, is shared evenly among them. What no box stands for is told below the picture: the amounts add up to the bill.

use std::collections::BTreeMap;

use super::NamedScene;
use super::scene::{Edge, Face, Fill, Scene, Toward};
use super::text::Text;
use crate::analysis::cost::{Bill, Subject};
use crate::model::System;
use crate::quantity::Exact;

/// Writes the likely cost of a month on the boxes and arrows of deployment pictures.
pub fn label_costs(scenes: &mut [NamedScene], system: &System, bill: &Bill) {
    let mut paid = Paid::default();
    for line in &bill.lines {
        let (table, id) = (Table::of(line.subject), line.subject.id(system));
        let next = paid.amounts.len();
        let at = *paid.index.entry((table, id)).or_insert(next);
        if at == next {
            paid.amounts.push(Exact::ZERO);
        }
        paid.amounts[at] = paid.amounts[at] + line.amount.likely;
    }
    for one in scenes {
        label(&mut one.scene, &paid, bill);
    }
}

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Table {
    Components,
    Links,
    Locations,
}

impl Table {
    const fn of(subject: Subject) -> Self {
        match subject {
            Subject::Component(_) => Self::Components,
            Subject::Link(_) => Self::Links,
            Subject::Location(_) => Self::Locations,
        }
    }
}

/// What is paid for each element.
#[derive(Default)]
struct Paid<'a> {
    index: BTreeMap<(Table, &'a str), usize>,
    amounts: Vec<Exact>,
}

impl Paid<'_> {
    fn find(&self, table: Table, ids: &[String]) -> Vec<usize> {
        ids.iter().filter_map(|id| self.index.get(&(table, id.as_str())).copied()).collect()
    }

    /// Returns what a box stands for, as far as it is paid for. A box that another picture draws in full shows nothing here.
    fn of_face(&self, face: &Face) -> Vec<usize> {
        if face.fill == Fill::Neighbour {
            return Vec::new();
        }
        let parts = [(Table::Components, &face.components), (Table::Locations, &face.locations), (Table::Links, &face.links)];
        parts.into_iter().flat_map(|(table, ids)| self.find(table, ids)).collect()
    }

    /// Returns what an arrow stands for. The arrow of an answer stands for the link of its request, which has an arrow of its own.
    fn of_edge(&self, edge: &Edge) -> Vec<usize> {
        if edge.is_hidden || edge.toward == Toward::Above { Vec::new() } else { self.find(Table::Links, &edge.links) }
    }
}

fn label(scene: &mut Scene, paid: &Paid<'_>, bill: &Bill) {
    let faces: Vec<Vec<usize>> = scene.faces().map(|face| paid.of_face(face)).collect();
    let edges: Vec<Vec<usize>> = scene.edges.iter().map(|edge| paid.of_edge(edge)).collect();
    let mut sharers = vec![0_u64; paid.amounts.len()];
    faces.iter().chain(&edges).flatten().for_each(|at| sharers[*at] += 1);
    let amount = |of: &[usize]| of.iter().filter_map(|at| paid.amounts[*at].over(Exact::whole(sharers[*at]))).sum::<Exact>();
    let code = bill.currency.code();
    let words = |amount: Exact| format!("{} {code} a month", amount.grouped_cents());
    for (face, of) in scene.faces_mut().zip(&faces) {
        let amount = amount(of);
        if !amount.is_zero() {
            face.line(&words(amount));
        }
    }
    for (edge, of) in scene.edges.iter_mut().zip(&edges) {
        let amount = amount(of);
        if !amount.is_zero() {
            let own = edge.label.as_ref().map_or_else(String::new, |label| format!(": {}", label.as_str()));
            edge.label = Some(Text::new(&format!("{}{own}", words(amount))));
        }
    }
    let left: Exact = paid.amounts.iter().zip(&sharers).filter(|(_, sharers)| **sharers == 0).map(|(amount, _)| *amount).sum();
    let sign = if bill.is_complete() { "" } else { "≥ " };
    scene.note("money: the likely cost of a month");
    scene.note(&format!("of {sign}{} {code}, {} are not in this picture", bill.monthly.likely.grouped_cents(), left.grouped_cents()));
}
