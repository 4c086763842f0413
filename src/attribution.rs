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

/// What one group of changes weighs, if it is known: the larger of the parts of the differences that it makes as the first and as the last change.
struct Weighed {
    weight: f64,
    group: Group,
}

/// Leaves at most [`MAX_GROUPS`] groups. What weighs at least an equal share of all stays alone. The rest stands together table by table, and the heaviest of these
/// heaps is divided, in the order of ids, until there are as many groups as there may be: so none is left that explains most and names nothing. Of more than
/// [`MAX_TRIED`] changes none is weighed, and heaps are of equal size.
fn coarsen(groups: Vec<Group>, game: &mut Game<'_>, none: &[Option<f64>], all: &[Option<f64>], differing: &[usize]) -> Vec<Group> {
    if groups.len() <= MAX_GROUPS {
        return groups;
    }
    let weigh = |group: &Group, game: &mut Game<'_>| {
        let is_in = |path: &str| group.elements.iter().any(|own| own == path);
        let (alone, without) = (game.value(&is_in), game.value(&|path| !is_in(path)));
        // What leaves a system without the figure matters to it as much as all changes together.
        let moved = |found: &Option<Vec<Option<f64>>>, from: &[Option<f64>], at: usize, whole: f64| {
            let both = found.as_ref().and_then(|found| found[at]).zip(from[at]);
            both.map_or(1.0, |(to, from)| (to - from).abs() / whole)
        };
        let weights = differing.iter().map(|at| {
            let whole = (all[*at].unwrap_or_default() - none[*at].unwrap_or_default()).abs();
            moved(&alone, none, *at, whole) + moved(&without, all, *at, whole)
        });
        weights.fold(0.0, f64::max)
    };
    let is_tried = groups.len() <= MAX_TRIED;
    let mut weighed: Vec<Weighed> =
        groups.into_iter().map(|group| Weighed { weight: if is_tried { weigh(&group, game) } else { 1.0 }, group }).collect();
    // A stable sort: what weighs the same stays in the order of ids.
    weighed.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let mut still = weighed.split_off(weighed.iter().take_while(|one| one.weight > 0.0).count());
    let most = MAX_GROUPS - usize::from(!still.is_empty());
    if weighed.len() > most {
        let share = weighed.iter().map(|one| one.weight).sum::<f64>() / most as f64;
        // One place is kept for what is left: shares of equal weights may be rounded down.
        let n_alone = weighed.iter().take_while(|one| one.weight >= share).count().min(most - 1);
        let rest = weighed.split_off(n_alone);
        let mut heaps = by_table(rest, most - n_alone);
        while n_alone + heaps.len() < most
            && let Some(at) = heaviest(&heaps)
        {
            let half = divide(&mut heaps[at]);
            heaps.insert(at + 1, half);
        }
        for heap in heaps {
            // At most one: what is left of too many tables. It has no name of its own.
            if heap.iter().any(|one| table_of(&one.group) != table_of(&heap[0].group)) {
                still.extend(heap);
            } else {
                weighed.push(together(heap));
            }
        }
    }
    let mut groups: Vec<Group> = weighed.into_iter().map(|one| one.group).collect();
    if !still.is_empty() {
        groups.push(rest_of(still));
    }
    groups
}

/// Heaps changes by their tables, the elements of each in the order of their ids; of more tables than there may be heaps the lightest stand together.
fn by_table(changes: Vec<Weighed>, most: usize) -> Vec<Vec<Weighed>> {
    let mut tables: BTreeMap<String, Vec<Weighed>> = BTreeMap::new();
    for one in changes {
        tables.entry(table_of(&one.group).to_owned()).or_default().push(one);
    }
    let mut heaps: Vec<Vec<Weighed>> = tables.into_values().collect();
    heaps.sort_by(|a, b| weight_of(b).total_cmp(&weight_of(a)));
    while heaps.len() > most.max(1)
        && let Some(lightest) = heaps.pop()
        && let Some(next) = heaps.last_mut()
    {
        next.extend(lightest);
    }
    heaps.iter_mut().for_each(|heap| heap.sort_by(|a, b| a.group.name.cmp(&b.group.name)));
    heaps
}

fn weight_of(heap: &[Weighed]) -> f64 {
    heap.iter().map(|one| one.weight).sum()
}

/// Finds the heaviest heap that can be divided.
fn heaviest(heaps: &[Vec<Weighed>]) -> Option<usize> {
    let divisible = (0..heaps.len()).filter(|at| heaps[*at].len() > 1);
    divisible.fold(None, |most: Option<usize>, at| match most {
        Some(most) if weight_of(&heaps[most]) >= weight_of(&heaps[at]) => Some(most),
        _ => Some(at),
    })
}

/// Cuts a heap of at least two where both parts weigh most alike, and returns the second.
fn divide(heap: &mut Vec<Weighed>) -> Vec<Weighed> {
    let whole = weight_of(heap);
    let imbalance = |cut: usize| (weight_of(&heap[..cut]) * 2.0 - whole).abs();
    let cut = (1..heap.len()).fold(1, |best, cut| if imbalance(cut) < imbalance(best) { cut } else { best });
    heap.split_off(cut)
}

/// Makes one group of a heap of one table; it is called by the first and the last of its elements.
fn together(mut heap: Vec<Weighed>) -> Weighed {
    if heap.len() == 1
        && let Some(only) = heap.pop()
    {
        return only;
    }
    let weight = weight_of(&heap);
    let (first, last) = (&heap[0].group.name, &heap[heap.len() - 1].group.name);
    let name = format!("{first}{TO}{}{OF}{}", id_of(last), heap.len());
    Weighed { weight, group: Group { name, elements: heap.into_iter().flat_map(|one| one.group.elements).collect() } }
}

/// What stands between the first and the last element of a group that is called by them, and before their number.
const TO: &str = " … ";
const OF: &str = " ×";

/// Makes one group of what is not told apart.
fn rest_of(changes: Vec<Weighed>) -> Group {
    let mut elements: Vec<String> = changes.into_iter().flat_map(|one| one.group.elements).collect();
    elements.sort_unstable();
    Group { name: format!("{} other element{}", elements.len(), if elements.len() == 1 { "" } else { "s" }), elements }
}

/// Returns the table of a group that is called by an element; one like `[cost]` has its own.
fn table_of(group: &Group) -> &str {
    group.name.split_once('.').map_or(&group.name, |(table, _)| table)
}

fn id_of(path: &str) -> &str {
    path.split_once('.').map_or(path, |(_, id)| id)
}

impl Group {
    /// Says whether it is what is not told apart.
    pub fn is_rest(&self) -> bool {
        self.name.ends_with(" other element") || self.name.ends_with(" other elements")
    }

    /// Says whether several elements with their links stand together in it.
    pub fn is_heap(&self) -> bool {
        self.is_rest() || self.name.contains(TO)
    }
}

/// Says what a group is, for people.
pub fn words(group: &Group) -> String {
    if group.name == PRICES {
        return "the price books".to_owned();
    }
    if group.is_rest() {
        return group.name.clone();
    }
    let Some((table, id)) = group.name.split_once('.') else { return format!("`[{}]`", group.name) };
    let (one, several) = match table {
        "components" => ("", "components"),
        "links" => ("", "links"),
        "locations" => ("", "locations"),
        "journeys" => ("journey ", "journeys"),
        "teams" => ("team ", "teams"),
        "entities" => ("entity ", "entities"),
        "shared-fate" => ("shared fate ", "shared fates"),
        "assumptions" => ("assumption ", "assumptions"),
        "network" => ("network ", "networks"),
        other => return format!("{other} `{id}`"),
    };
    if let Some((first, (last, number))) = id.split_once(TO).and_then(|(first, rest)| Some((first, rest.rsplit_once(OF)?))) {
        return format!("{number} {several}, `{first}` to `{last}`");
    }
    let links = group.elements.iter().filter(|path| path.starts_with("links.")).count();
    let is_own = group.elements.contains(&group.name);
    let extra = match (is_own && table != "links", links) {
        (true, 0) | (false, _) => String::new(),
        (true, 1) => " and its link".to_owned(),
        (true, links) => format!(" and its {links} links"),
    };
    format!("{one}`{id}`{extra}")
}

#[cfg(test)]
mod tests {
    use super::{Group, MAX_GROUPS, attribute, shapley, words};
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

    /// Thirty journeys of one weight each: each is named with its neighbours, and none stands for most of the difference.
    #[test]
    fn equal_changes_stand_together_with_their_neighbours() {
        let many = |rate: usize| {
            let journeys: String = (0..30).map(|at| format!("j{at:02} = {{ rate = \"{rate}/s\", steps = [\"u -> a\"] }}\n")).collect();
            format!(
                "schema = 1\n[components]\nu = {{ kind = \"service\" }}\na = {{ kind = \"service\" }}\n[links]\n\"u -> a\" = {{ payload = \"1KB\", response = \"1KB\" }}\n[journeys]\n{journeys}"
            )
        };
        let (whole, shares) = shared_out(&many(1), &many(2), "links.u -> a.bytes_per_s");
        assert_eq!(shares.len(), MAX_GROUPS, "{shares:?}");
        // Thirty in twelve heaps, each divided in half: none holds more than four.
        assert!(shares.iter().all(|(name, share)| *share <= whole * 4.0 / 30.0 + 1e-9 && name.starts_with("journeys.j")), "{shares:?}");
    }

    #[test]
    fn groups_are_named_in_words() {
        let group = |name: &str, elements: &[&str]| Group {
            name: name.to_owned(),
            elements: elements.iter().map(|one| (*one).to_owned()).collect(),
        };
        for (name, elements, expected) in [
            ("components.a", &["components.a", "links.b -> a", "links.c -> a"][..], "`a` and its 2 links"),
            ("entities.order", &["entities.order"][..], "entity `order`"),
            ("shared-fate.rack", &["shared-fate.rack"][..], "shared fate `rack`"),
            ("entities.a … z ×9", &[][..], "9 entities, `a` to `z`"),
            ("links.a -> b … y -> z ×3", &[][..], "3 links, `a -> b` to `y -> z`"),
            ("cost", &["cost"][..], "`[cost]`"),
            ("prices", &["prices"][..], "the price books"),
            ("7 other elements", &[][..], "7 other elements"),
        ] {
            assert_eq!(words(&group(name, elements)), expected);
        }
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
        // The links grow by 1 to 20 KB, 210 together, and an equal share of 12 is 17.5: the last three stand alone, the others in the order of their names.
        let is_there = |name: &str| shares.iter().any(|(own, _)| own == name);
        assert!(["links.u -> c17", "links.u -> c18", "links.u -> c19"].into_iter().all(is_there), "{shares:?}");
        assert!(shares.iter().any(|(name, _)| name.starts_with("links.u -> c00 … u -> c")), "{shares:?}");
        assert!(shares.iter().all(|(_, share)| *share < 34_000.0), "no heap explains most: {shares:?}");
        let sum: f64 = shares.iter().map(|(_, share)| share).sum();
        assert!((sum - whole).abs() < 1e-9 * whole);
    }
}
