//! *Why does a figure differ?* Its difference, shared out among the changes of the model.
//!
//! Changes act together: a call that is made ten times as often costs more over a slower link. So each group of changes `i` gets its Shapley value, the mean of
//! what it adds over all orders in which the changes could have been made,
//!
//! `φᵢ = Σ_{S ⊆ N∖{i}} |S|!·(n − |S| − 1)!/n! · (v(S ∪ {i}) − v(S))`,
//!
//! where `v(S)` is the figure of the system in which the groups `S` are as they are now, and all others as they were. The shares add up to the difference, and a
//! group that never matters has none. All `2ⁿ` systems are evaluated, at likely values: nothing is sampled.
//!
//! Source: L. S. Shapley, *A Value for n-Person Games*, Contributions to the Theory of Games II, Princeton 1953, theorem and equation 12.

use std::collections::{BTreeMap, BTreeSet};

use crate::assessment::{Figures, figures_of};
use crate::model::{Between, Choice, PRICES, System};
use crate::syntax::keys::Figure;

/// The most groups: 4,096 systems are evaluated.
pub const MAX_GROUPS: usize = 12;

/// Changed elements beyond which they are not tried one by one, but taken in the order of their ids.
const MAX_TRIED: usize = 200;

/// A difference, shared out.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribution {
    /// The groups of changes, those that move a figure most first.
    pub groups: Vec<Group>,
    /// How many groups there would be if each changed element with its links were one; more than there are where they were put together.
    pub changed: usize,
    /// The figures.
    pub figures: Vec<Attributed>,
}

/// Changes that are made together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The element, or how many there are.
    pub name: String,
    /// The paths of the changed elements.
    pub elements: Vec<String>,
}

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Attributed {
    /// Its path.
    pub path: String,
    /// Its value before, and now.
    pub from: f64,
    /// Its value now.
    pub to: f64,
    /// What each group adds; else the groups that, changed alone, leave a system without the figure.
    pub shares: Result<Vec<f64>, Vec<usize>>,
}

/// What is tried, so that long runs can say how far they are.
pub type Watch<'w> = &'w mut dyn FnMut(usize, usize);

/// Shares out the differences of some figures, by path, between two systems that differ in some elements. Figures that one of them does not have, or that do not
/// differ, are left out.
pub fn attribute(before: &System, after: &System, changed: &[String], wanted: &[String], watch: Watch<'_>) -> Attribution {
    let between = Between::of(before, after);
    let changed = with_shares_of_changes(&between, changed);
    let mut game = Game::new(&between, wanted);
    let none = game.value(&|_| false);
    let all = game.value(&|_| true);
    let differing: Vec<usize> = match (&none, &all) {
        (Some(none), Some(all)) => {
            (0..wanted.len()).filter(|at| matches!((none[*at], all[*at]), (Some(from), Some(to)) if from.total_cmp(&to).is_ne())).collect()
        }
        _ => Vec::new(),
    };
    let (Some(none), Some(all), false) = (none, all, differing.is_empty()) else {
        return Attribution { groups: Vec::new(), changed: 0, figures: Vec::new() };
    };
    let finest = finest(&changed);
    let count = finest.len();
    let groups = coarsen(finest, &mut game, &none, &all, &differing);
    let index: BTreeMap<&str, usize> =
        groups.iter().enumerate().flat_map(|(at, group)| group.elements.iter().map(move |path| (path.as_str(), at))).collect();
    let systems = 1_usize << groups.len();
    let values: Vec<Option<Vec<Option<f64>>>> = (0..systems)
        .map(|set| {
            watch(set, systems);
            game.value(&|path| index.get(path).is_some_and(|at| set >> at & 1 == 1))
        })
        .collect();
    let figures = differing
        .into_iter()
        .map(|at| {
            let of = |set: usize| values[set].as_ref().and_then(|values| values[at]);
            let undefined = (0..systems).find(|set| of(*set).is_none());
            Attributed {
                path: wanted[at].clone(),
                from: none[at].unwrap_or_default(),
                to: all[at].unwrap_or_default(),
                shares: match undefined {
                    None => Ok(shapley(groups.len(), &|set| of(set).unwrap_or_default())),
                    Some(set) => Err((0..groups.len()).filter(|group| set >> group & 1 == 1).collect()),
                },
            }
        })
        .collect();
    let mut found = Attribution { groups, changed: count, figures };
    found.sort();
    found
}

impl Attribution {
    /// Puts the groups that move figures most first, and leaves out those that move none.
    fn sort(&mut self) {
        let weight = |group: usize| {
            let shares = self.figures.iter().filter_map(|one| Some((one.shares.as_ref().ok()?[group] / (one.to - one.from)).abs()));
            shares.fold(0.0, f64::max)
        };
        let weights: Vec<f64> = (0..self.groups.len()).map(weight).collect();
        let mut order: Vec<usize> = (0..self.groups.len()).collect();
        order.sort_by(|a, b| weights[*b].total_cmp(&weights[*a]).then(a.cmp(b)));
        if self.figures.iter().all(|one| one.shares.is_ok()) {
            order.retain(|at| weights[*at] > 0.0);
        }
        self.groups = order.iter().map(|at| self.groups[*at].clone()).collect();
        for one in &mut self.figures {
            one.shares = match &one.shares {
                Ok(shares) => Ok(order.iter().map(|at| shares[*at]).collect()),
                Err(groups) => Err((0..order.len()).filter(|at| groups.contains(&order[*at])).collect()),
            };
        }
    }
}

/// Computes the Shapley value of each of `n` players of a game that is given on the sets of players, as bits.
fn shapley(n: usize, value: &dyn Fn(usize) -> f64) -> Vec<f64> {
    let mut factorial = vec![1.0];
    (1..=n).for_each(|k| factorial.push(factorial[k - 1] * k as f64));
    (0..n)
        .map(|player| {
            let without = (0..1_usize << n).filter(|set| set >> player & 1 == 0);
            without
                .map(|set| {
                    let size = set.count_ones() as usize;
                    factorial[size] * factorial[n - size - 1] / factorial[n] * (value(set | 1 << player) - value(set))
                })
                .sum()
        })
        .collect()
}

/// The figures of the systems between two, each system evaluated once.
struct Game<'a> {
    between: &'a Between,
    wanted: &'a [String],
    known: BTreeMap<Vec<Choice>, Option<Vec<Option<f64>>>>,
    kinds: Vec<Figure>,
}

impl<'a> Game<'a> {
    fn new(between: &'a Between, wanted: &'a [String]) -> Self {
        let mut game = Self { between, wanted, known: BTreeMap::new(), kinds: Figure::ALL.to_vec() };
        // Only the analyses that a wanted figure needs are run.
        let mut kinds = BTreeSet::new();
        for side in [false, true] {
            let Some(system) = between.together(&between.choose(|_| side)) else { continue };
            for kind in Figure::ALL {
                let figures = figures_of(*kind, &system);
                if wanted.iter().any(|path| figures.0.contains_key(path)) {
                    kinds.insert(*kind);
                }
            }
        }
        game.kinds = kinds.into_iter().collect();
        game
    }

    /// Returns the figures of a system; nothing where its parts do not fit.
    fn value(&mut self, is_after: &dyn Fn(&str) -> bool) -> Option<Vec<Option<f64>>> {
        let chosen = self.between.choose(is_after);
        if let Some(known) = self.known.get(&chosen) {
            return known.clone();
        }
        let found = self.between.together(&chosen).map(|system| {
            let figures: Vec<Figures> = self.kinds.iter().map(|kind| figures_of(*kind, &system)).collect();
            let find = |path: &String| figures.iter().find_map(|figures| figures.0.get(path)).map(|(_, value)| *value);
            self.wanted.iter().map(find).collect()
        });
        self.known.insert(chosen, found.clone());
        found
    }
}

/// Adds the components whose share of their unit's deploys differs: no fact of theirs says so.
fn with_shares_of_changes(between: &Between, changed: &[String]) -> Vec<String> {
    let [before, after] = between.sides();
    let mut all: BTreeSet<String> = changed.iter().cloned().collect();
    for path in before.parts.keys().filter(|path| after.parts.contains_key(*path)) {
        if let Some(id) = path.strip_prefix("components.")
            && before.share_of_changes(id).total_cmp(&after.share_of_changes(id)).is_ne()
        {
            all.insert(path.clone());
        }
    }
    all.into_iter().collect()
}

/// Puts every changed link to the changed component that it leads to, else to the one that it comes from.
fn finest(changed: &[String]) -> Vec<Group> {
    let components: BTreeSet<&str> = changed.iter().filter_map(|path| path.strip_prefix("components.")).collect();
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in changed {
        let ends = path.strip_prefix("links.").and_then(|link| {
            let (link, _) = link.split_once(" #").unwrap_or((link, ""));
            let mut parts = link.split(' ');
            Some((parts.next()?, parts.nth(1)?))
        });
        let home = ends.and_then(|(from, to)| [to, from].into_iter().find(|end| components.contains(end)));
        let name = match home {
            Some(component) => format!("components.{component}"),
            None => path.clone(),
        };
        groups.entry(name).or_default().push(path.clone());
    }
    groups.into_iter().map(|(name, elements)| Group { name, elements }).collect()
}

/// Leaves at most [`MAX_GROUPS`] groups: what moves no figure, first or last, and what moves it least is put together.
fn coarsen(groups: Vec<Group>, game: &mut Game<'_>, none: &[Option<f64>], all: &[Option<f64>], differing: &[usize]) -> Vec<Group> {
    if groups.len() <= MAX_GROUPS {
        return groups;
    }
    let weigh = |group: &Group, game: &mut Game<'_>| {
        let is_in = |path: &str| group.elements.iter().any(|own| own == path);
        let (alone, without) = (game.value(&is_in), game.value(&|path| !is_in(path)));
        let moved = |found: &Option<Vec<Option<f64>>>, from: &[Option<f64>], at: usize| match (found.as_ref().and_then(|f| f[at]), from[at])
        {
            (Some(to), Some(from)) => (to - from).abs(),
            _ => f64::INFINITY,
        };
        let weights = differing.iter().map(|at| {
            let whole = (all[*at].unwrap_or_default() - none[*at].unwrap_or_default()).abs();
            (moved(&alone, none, *at) + moved(&without, all, *at)) / whole
        });
        weights.fold(0.0, f64::max)
    };
    let is_tried = groups.len() <= MAX_TRIED;
    let mut weighed: Vec<(f64, Group)> =
        groups.into_iter().map(|group| (if is_tried { weigh(&group, game) } else { 1.0 }, group)).collect();
    weighed.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let moving = weighed.iter().filter(|(weight, _)| *weight > 0.0).count();
    let kept = if moving < MAX_GROUPS { moving } else { MAX_GROUPS - 1 };
    let mut kept_groups: Vec<Group> = weighed.drain(..kept).map(|(_, group)| group).collect();
    let mut elements: Vec<String> = weighed.into_iter().flat_map(|(_, group)| group.elements).collect();
    elements.sort_unstable();
    kept_groups.push(Group { name: format!("{} other elements", elements.len()), elements });
    kept_groups
}

/// Says what a group is, for people.
pub fn words(group: &Group) -> String {
    let links = group.elements.iter().filter(|path| path.starts_with("links.")).count();
    let own = group.elements.contains(&group.name);
    match group.name.split_once('.') {
        _ if group.name == PRICES => "the price books".to_owned(),
        Some((table, id)) => {
            let what = match table {
                "components" | "links" | "locations" => String::new(),
                "journeys" => "journey ".to_owned(),
                "teams" => "team ".to_owned(),
                "assumptions" => "assumption ".to_owned(),
                other => format!("{other} "),
            };
            let extra = match (own && table != "links", links) {
                (true, 0) | (false, _) => String::new(),
                (true, 1) => " and its link".to_owned(),
                (true, links) => format!(" and its {links} links"),
            };
            format!("{what}`{id}`{extra}")
        }
        None if group.name.ends_with(" elements") => group.name.clone(),
        None => format!("`[{}]`", group.name),
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_GROUPS, attribute, shapley};
    use crate::difference::{changed_elements, changes};
    use crate::model::testing::model;

    /// The glove game: one left glove (player 0), two right gloves; a pair is worth 1. Its Shapley value is (4/6, 1/6, 1/6), in every textbook of cooperative
    /// games.
    #[test]
    fn the_glove_game_is_shared_as_the_textbooks_say() {
        let value = |set: usize| if set & 1 == 1 && set & 6 != 0 { 1.0 } else { 0.0 };
        let shares = shapley(3, &value);
        for (found, expected) in shares.iter().zip([4.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0]) {
            assert!((found - expected).abs() < 1e-15, "{shares:?}");
        }
    }

    const BEFORE: &str = "schema = 1\n[components]\nu = { kind = \"service\" }\na = { kind = \"service\" }\nb = { kind = \"service\" }\n[links]\n\"u -> a\" = {}\n\"a -> b\" = { payload = \"1KB\", response = \"1KB\" }\n[journeys]\nj = { rate = \"1/s\", steps = [\"u -> a\", { call = \"a -> b\", times = 2 }] }\n";

    fn shared_out(before: &str, after: &str, figure: &str) -> (f64, Vec<(String, f64)>) {
        let (before, after) = (model(&[("system.toml", before)]), model(&[("system.toml", after)]));
        let changed = changed_elements(&changes((&before.base, &before.sources), (&after.base, &after.sources)));
        let found = attribute(&before.base, &after.base, &changed, &[figure.to_owned()], &mut |_, _| {});
        let one = &found.figures[0];
        let shares = one.shares.as_ref().expect("every mixture has it");
        (one.to - one.from, found.groups.iter().map(|group| group.name.clone()).zip(shares.iter().copied()).collect())
    }

    /// Two calls of 2 KB become 6 of 4 KB. By hand: 4 KB; with the payload alone 8, with the calls alone 12, with both 24. So the payload adds (4 + 12) ÷ 2 = 8, the
    /// calls (8 + 16) ÷ 2 = 12, and both together 20. What the third change says moves no byte.
    #[test]
    fn changes_that_act_together_share_what_they_do_together() {
        let after = BEFORE.replace("\"1KB\", response = \"1KB\"", "\"2KB\", response = \"2KB\"").replace("times = 2", "times = 6");
        let after = after.replace("b = { kind = \"service\" }", "b = { kind = \"service\", name = \"Other\" }");
        let (whole, shares) = shared_out(BEFORE, &after, "journeys.j.communication.bytes");
        let near = |found: f64, expected: f64| assert!((found / expected - 1.0).abs() < 1e-3, "{found} is not {expected}: {shares:?}");
        near(whole, 20_000.0);
        assert_eq!(shares.len(), 2, "{shares:?}");
        // The link belongs to the component that it leads to, which differs, too.
        assert_eq!((shares[0].0.as_str(), shares[1].0.as_str()), ("journeys.j", "components.b"));
        near(shares[0].1, 12_000.0);
        near(shares[1].1, 8_000.0);
        let sum: f64 = shares.iter().map(|(_, share)| share).sum();
        assert!((sum - whole).abs() < 1e-9 * whole);
    }

    /// A journey that gets a new call brings the component and the link with it, whichever order is taken.
    #[test]
    fn what_an_element_needs_comes_with_it() {
        let after = BEFORE
            .replace("[links]\n", "c = { kind = \"service\" }\n[links]\n\"b -> c\" = {}\n")
            .replace("times = 2 }]", "times = 2 }, \"b -> c\"]");
        let (whole, shares) = shared_out(BEFORE, &after, "journeys.j.communication.messages");
        // The call runs below each of the two calls of `b`: two times two messages more.
        assert_eq!(whole, 4.0, "{shares:?}");
        assert_eq!(shares, [("journeys.j".to_owned(), 4.0)]);
    }

    /// Twenty links that grow, the last one most: the groups stay few, the largest are told apart, and the shares add up.
    #[test]
    fn many_changes_are_put_together() {
        let many = |kilobytes: &dyn Fn(usize) -> usize| {
            let (mut components, mut links, mut steps) = (String::new(), String::new(), Vec::new());
            for at in 0..20 {
                components.push_str(&format!("c{at:02} = {{ kind = \"service\" }}\n"));
                links.push_str(&format!("\"u -> c{at:02}\" = {{ payload = \"{}KB\", response = \"1KB\" }}\n", kilobytes(at)));
                steps.push(format!("\"u -> c{at:02}\""));
            }
            format!(
                "schema = 1\n[components]\nu = {{ kind = \"service\" }}\n{components}[links]\n{links}[journeys]\nj = {{ rate = \"1/s\", steps = [{}] }}\n",
                steps.join(", ")
            )
        };
        let (whole, shares) = shared_out(&many(&|_| 1), &many(&|at| at + 2), "journeys.j.communication.bytes");
        assert_eq!(shares.len(), MAX_GROUPS, "{shares:?}");
        let (first, last) = (&shares[0], &shares[MAX_GROUPS - 1]);
        assert!(shares.iter().any(|(name, _)| name == "links.u -> c19") && first.0.ends_with(" other elements"), "{shares:?}");
        assert!(last.1 > 0.0);
        let sum: f64 = shares.iter().map(|(_, share)| share).sum();
        assert!((sum - whole).abs() < 1e-9 * whole);
    }
}
