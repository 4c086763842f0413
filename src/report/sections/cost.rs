//! What a month costs, line by line, and what would change it.

use super::{MAX_ROWS, Section};
use crate::analysis::cost::{
    Bill, Bound, BreakEven, Category, Cost, Line, PremiumLine, Rates, Subject, break_evens, premium as premium_lines,
};
use crate::assessment::{Assessed, Ranges};
use crate::model::System;
use crate::quantity::Exact;
use crate::report::table::Table;
use crate::report::words::{at_least, bounded, design, marked, number};

/// How many of the most expensive lines are named.
const DRIVERS: usize = 5;

/// The alternatives side by side: a row per category, the premium below.
pub(super) fn side_by_side(assessed: &[Assessed<'_>]) -> Section {
    let costs: Vec<Option<&Cost>> = assessed.iter().map(|one| one.assessment.cost.as_ref()).collect();
    let Some(base) = costs.first().copied().flatten() else { return Section::new("cost-side-by-side", Table::new("", &[])) };
    let mut heads = vec![String::new()];
    heads.extend(assessed.iter().map(|one| if one.system.is_base() { ">today".to_owned() } else { format!(">{}", one.system.id) }));
    let mut table =
        Table::new(format!("Cost of a month in {}", base.bill.currency.code()), &heads.iter().map(String::as_str).collect::<Vec<_>>());
    let mut row = |name: &str, cell: &dyn Fn(&Cost, &Ranges) -> String| {
        let mut cells = vec![name.to_owned()];
        cells.extend(costs.iter().zip(assessed).map(|(cost, one)| match cost {
            Some(cost) if cost.bill.currency == base.bill.currency => cell(cost, &one.ranges),
            Some(cost) => format!("in {}", cost.bill.currency.code()),
            None => "no provider".to_owned(),
        }));
        table.row(cells);
    };
    for category in Category::ALL {
        if costs.iter().flatten().any(|cost| cost.bill.categories.contains_key(category)) {
            row(category.title(), &|cost, _| cost.bill.categories.get(category).map_or_else(String::new, |sum| sum.grouped_cents()));
        }
    }
    row("total", &|cost, _| total(&cost.bill));
    row("low to high", &|cost, ranges| format!("{}{}", at_least(&cost.bill), low_to_high(&cost.bill, ranges)));
    row("premium over today", &|cost, _| {
        // Today is what it is, whatever has no price.
        let bound = if std::ptr::eq(cost, base) { Bound::Exact } else { Bound::of(&base.bill, &cost.bill) };
        bounded(bound, &signed(cost.bill.monthly.likely - base.bill.monthly.likely))
    });
    row("for 1,000 requests", &|cost, _| {
        cost.per_1000.map_or_else(|| "no rate".into(), |amount| format!("{}{}", at_least(&cost.bill), small(amount)))
    });
    row("runaway bound", &|cost, _| match cost.runaway.bound {
        Some(bound) => format!("{}{}", at_least(&cost.bill), bound.grouped_cents()),
        None if cost.runaway.uncapped.is_empty() => "not known".into(),
        None => "unbounded".into(),
    });
    row("idle share of instances", &|cost, _| {
        cost.idle_share.map_or_else(String::new, |share| format!("{} %", (share * Exact::whole(100)).grouped(0)))
    });
    if costs.iter().flatten().any(|cost| cost.people.is_some()) {
        row("people, not in the total", &|cost, _| cost.people.as_ref().map_or_else(String::new, |people| people.total().grouped_cents()));
    }
    let months = |cost: &Cost| cost.people.as_ref()?.engineer_months(cost.bill.monthly.likely - base.bill.monthly.likely);
    if costs.iter().skip(1).flatten().any(|cost| months(cost).is_some()) {
        row("premium in engineer-months", &|cost, _| {
            let bound = if std::ptr::eq(cost, base) { Bound::Exact } else { Bound::of(&base.bill, &cost.bill) };
            months(cost).map_or_else(String::new, |months| bounded(bound, &months.grouped(2)))
        });
    }
    if costs.iter().flatten().any(|cost| !cost.bill.is_complete()) {
        table.note(
            "`≥`: something that is used has no known price, and is not in the total. A premium is then `≥` where this design lacks the price, `≤` where today \
             does, and `?` where both do.",
        );
        assessed
            .iter()
            .filter_map(|one| lacking(one.system, &one.assessment.cost.as_ref()?.bill))
            .for_each(|sentence| table.note(sentence));
    }
    for sentence in crossings(assessed) {
        table.note(sentence);
    }
    for one in &assessed[1..] {
        if let Some(sentence) = one.assessment.cost.as_ref().and_then(|cost| pay_back(base, cost)) {
            table.note(format!("`{}`: {sentence}", one.system.id));
        }
    }
    table.note(
        "Good enough to decide, no invoice: calibrate it with your bill. The premium is what distribution adds to the bill of today.",
    );
    Section::new("cost-side-by-side", table)
}

/// Says where the bills of two designs cross: of every two of which one is not always the cheaper, and of today and each other.
fn crossings(assessed: &[Assessed<'_>]) -> Vec<String> {
    let name = |at: usize| design(&assessed[at].system.id);
    let sentence = |found: &BreakEven| {
        let (first, second) = (name(found.first), name(found.second));
        let rates: Vec<String> = found.rates.iter().map(|rate| number(*rate)).collect();
        match rates.as_slice() {
            [] if found.first > 0 => None,
            [] => {
                let word = if found.is_dearer_at_first { "more" } else { "no more" };
                Some(format!("{second} costs {word} than today at every load, from a 64th of the stated one to 64 times it."))
            }
            rates => Some(format!("{second} and {first} cost the same at {} requests per second.", rates.join(" and "))),
        }
    };
    let designs: Vec<_> = assessed.iter().map(|one| (one.system, &one.assessment.communication)).collect();
    let mut sentences: Vec<String> = break_evens(&designs).iter().filter_map(sentence).collect();
    let lacks = |at: &usize| assessed[*at].assessment.cost.as_ref().is_some_and(|cost| !cost.bill.is_complete());
    let lacking: Vec<String> = (0..assessed.len()).filter(lacks).map(name).collect();
    if !lacking.is_empty() && assessed.len() > 1 {
        sentences.push(format!("At which load designs cost the same is not known of {}: prices are missing.", lacking.join(", ")));
    }
    sentences
}

/// Names what a bill has no price for; nothing where it has all.
fn lacking(system: &System, bill: &Bill) -> Option<String> {
    let name = if system.is_base() { "Today".to_owned() } else { format!("`{}`", system.id) };
    let items: Vec<String> =
        bill.unpriced.iter().take(DRIVERS).map(|one| format!("{} {} ({})", marked(one.subject.id(system)), one.what, one.needs)).collect();
    let more = bill.unpriced.len() - items.len();
    let more = if more > 0 { format!("; {more} more") } else { String::new() };
    (!items.is_empty()).then(|| format!("{name} has no price for {}{more}.", items.join("; ")))
}

/// How many lines of a premium are named; what is left of a category is added up.
const NAMED: usize = 30;

/// Why a design costs more than today: each category, and in it each line that differs.
pub(super) fn premium(assessed: &Assessed<'_>, base: Option<&Assessed<'_>>) -> Section {
    let none = || Section::new("premium", Table::new("", &[]));
    let (Some(own), Some(base)) = (&assessed.assessment.cost, base.and_then(|base| Some((base.system, base.assessment.cost.as_ref()?))))
    else {
        return none();
    };
    let (system, today) = base;
    let Some(lines) = premium_lines((system, &today.bill), (assessed.system, &own.bill)) else { return none() };
    let code = own.bill.currency.code();
    let mut table =
        Table::new(format!("The premium over today, line by line, in {code}"), &["category", "line", ">today", ">here", ">difference"]);
    let money = |amount: Option<Exact>| amount.map_or_else(String::new, Exact::grouped_cents);
    let named = named(&lines);
    for category in Category::ALL {
        let of: Vec<(usize, &PremiumLine)> = lines.iter().enumerate().filter(|(_, line)| line.category == *category).collect();
        if of.is_empty() {
            continue;
        }
        let sum = |bill: &Bill| bill.categories.get(category).copied();
        let (from, to) = (sum(&today.bill), sum(&own.bill));
        let difference = to.unwrap_or_default() - from.unwrap_or_default();
        table.row(vec![category.title().to_owned(), "all".to_owned(), money(from), money(to), signed(difference)]);
        let (mut shown, mut left): (Vec<_>, Vec<_>) = of.into_iter().partition(|(at, _)| named[*at]);
        if left.len() == 1 {
            shown.append(&mut left);
        }
        for (_, line) in &shown {
            let what = format!("{} {}", marked(&line.subject), line.what);
            table.row(vec![String::new(), what, money(line.base), money(line.own), signed(line.amount())]);
        }
        if !left.is_empty() {
            let rest = left.iter().map(|(_, line)| line.amount()).sum();
            table.row(vec![String::new(), format!("{} smaller differences", left.len()), String::new(), String::new(), signed(rest)]);
        }
    }
    let (from, to) = (today.bill.monthly.likely, own.bill.monthly.likely);
    let bound = Bound::of(&today.bill, &own.bill);
    table.row(vec!["total".to_owned(), String::new(), total(&today.bill), total(&own.bill), bounded(bound, &signed(to - from))]);
    table.note("Each shown amount is rounded, sums are of unrounded lines; lines that cost the same in both are left out.");
    if !today.bill.is_complete() || !own.bill.is_complete() {
        table.note("Something that is used has no known price, and is in neither bill: the premium is that of the rest.");
    }
    Section::new("premium", table)
}

/// Says of each line whether it is among the largest differences.
fn named(lines: &[PremiumLine]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(lines[*at].amount().magnitude()));
    let mut named = vec![false; lines.len()];
    order.into_iter().take(NAMED).for_each(|at| named[at] = true);
    named
}

/// Says when a declared migration pays back.
fn pay_back(base: &Cost, own: &Cost) -> Option<String> {
    let migration = own.migration?;
    let currency = own.bill.currency.code();
    let effort = if migration.is_range() {
        format!("{} to {} {currency}", migration.low.grouped_cents(), migration.high.grouped_cents())
    } else {
        format!("{} {currency}", migration.likely.grouped_cents())
    };
    let saving = base.bill.monthly.likely - own.bill.monthly.likely;
    let bound = Bound::of(&base.bill, &own.bill);
    let is_saving = !saving.is_negative() && !saving.is_zero();
    // What this design lacks a price for takes from the saving, what today lacks one for adds to it.
    if bound == Bound::Open || (bound == Bound::AtLeast && is_saving) || (bound == Bound::AtMost && !is_saving) {
        return Some(format!("moving costs {effort}; whether a bill pays it back is not known: prices are missing."));
    }
    if saving.is_negative() || saving.is_zero() {
        return Some(format!("moving costs {effort}, and no bill pays it back: this design costs more each month."));
    }
    let months = |amount: Exact| amount.over(saving).map_or_else(String::new, |months| months.grouped(1));
    let or_less = if bound == Bound::AtMost { ", or sooner: today lacks prices" } else { "" };
    let (low, high) = (months(migration.low), months(migration.high));
    let span = if low == high { low } else { format!("{low} to {high}") };
    Some(format!("moving costs {effort}, paid back in {span} months{or_less}."))
}

/// The lines of a bill, dearest first.
pub(super) fn lines(assessed: &Assessed<'_>) -> Section {
    let Some(cost) = &assessed.assessment.cost else { return Section::new("cost", Table::new("", &[])) };
    let (system, bill) = (assessed.system, &cost.bill);
    let mut table = Table::new(
        format!("Cost of a month: {} {}", total(bill), bill.currency.code()),
        &["what", ">quantity", ">price", ">amount", "basis"],
    );
    for line in bill.drivers(bill.lines.len()) {
        table.row(cells(system, line));
    }
    let top: Vec<String> =
        bill.drivers(DRIVERS).iter().map(|line| format!("`{}` {} {}", line.subject.id(system), line.what, share(line, bill))).collect();
    if !top.is_empty() {
        table.note(format!("It is driven by {}.", top.join("; ")));
    }
    if let Some(per_1000) = cost.per_1000 {
        table.note(format!("1,000 requests cost {}{} {}.", at_least(bill), small(per_1000), bill.currency.code()));
    }
    table.note(format!(
        "Range over the stated ranges and the bounds of scaling: {}{} {}.",
        at_least(bill),
        low_to_high(bill, &assessed.ranges),
        bill.currency.code()
    ));
    if !cost.growth.is_empty() {
        let growth: Vec<String> =
            cost.growth.iter().map(|one| format!("× {}: {}{}", one.factor, at_least(bill), one.monthly.grouped_cents())).collect();
        table.note(format!("Against the load: {}. Instances without `autoscale` stay as many as they are.", growth.join("; ")));
        table.notes.extend(above_a_cap(system, cost));
    }
    if !cost.tornado.is_empty() {
        let sways: Vec<String> = cost
            .tornado
            .iter()
            .take(DRIVERS)
            .map(|sway| format!("`{}` {} to {}", sway.input, sway.low.grouped_cents(), sway.high.grouped_cents()))
            .collect();
        table.note(format!("Each ranged input alone sways it: {}.", sways.join("; ")));
    }
    table.note(runaway(cost));
    if let Some(people) = &cost.people {
        table.note(format!(
            "People, not in the total: on-call {}, calls {} {} a month. Rotas needed, one of each team that owns something that runs: {}; people who can be called at any hour: {}{}.",
            people.on_call.unwrap_or_default().grouped_cents(),
            people.calls.unwrap_or_default().grouped_cents(),
            bill.currency.code(),
            people.rotas_needed.len(),
            people.people_on_call,
            match people.without_rota.iter().map(|team| format!("`{team}`")).collect::<Vec<_>>().as_slice() {
                [] => String::new(),
                teams => format!("; nobody of {} can", teams.join(", ")),
            }
        ));
    }
    if let Some(used) = bill.kilowatt_hours() {
        table.note(format!("Own hardware uses {} kWh a month; what others run uses electricity that only they know.", used.grouped(1)));
    }
    if let Some((day, key)) = bill.oldest() {
        let age = super::super::prices::aged(day, assessed.today);
        let seen = if day == "unknown" { "on a day that nobody knows".to_owned() } else { format!("{day}{age}") };
        table.note(format!("The oldest price that matters was seen {seen}: `{key}`. Books: {}.", system.prices.books().join(", ")));
    }
    table.note(format!("Never in the total: {}.", cost.not_counted.join(", ")));
    table.limit(MAX_ROWS, "lines");
    Section::new("cost", table)
}

fn cells(system: &System, line: &Line) -> Vec<String> {
    let what = match line.subject {
        Subject::Component(_) | Subject::Link(_) | Subject::Location(_) => format!("{} {}", marked(line.subject.id(system)), line.what),
    };
    let basis = match line.price.confidence {
        crate::pricing::Confidence::Checked | crate::pricing::Confidence::Sourced => line.basis.word().to_owned(),
        other => format!("{}; price {}", line.basis.word(), other.word()),
    };
    vec![
        what,
        format!("{} {}", line.quantity.likely.grouped(2), line.price.unit.text),
        format!("{} {}", line.price.first_paid(), line.price.currency.code()),
        line.amount.likely.grouped_cents(),
        basis,
    ]
}

fn runaway(cost: &Cost) -> String {
    let currency = cost.bill.currency.code();
    let caps: Vec<String> =
        cost.runaway.caps.iter().take(DRIVERS).map(|one| format!("`{}` at `{}`, {}/s", one.journey, one.cap, number(one.rate))).collect();
    let mut shared: Vec<&str> = cost.runaway.caps.iter().map(|one| one.cap.as_str()).collect();
    shared.sort_unstable();
    let is_shared = shared.windows(2).any(|pair| pair[0] == pair[1]);
    match cost.runaway.bound {
        Some(bound) => format!(
            "With everything at its cap a month costs {}{} {currency}{} ({}){}.",
            at_least(&cost.bill),
            bound.grouped_cents(),
            if cost.bill.is_complete() { " at most" } else { "" },
            if caps.is_empty() { "nothing grows".to_owned() } else { caps.join("; ") },
            if is_shared { "; where journeys share a cap, the dearest takes all of it" } else { "" }
        ),
        None if cost.runaway.uncapped.is_empty() => {
            let needs: Vec<&str> = cost.runaway.unstated.iter().take(DRIVERS).map(String::as_str).collect();
            format!("Everything that grows has a cap, but no bound is known in {currency} without {}.", needs.join(", "))
        }
        None => {
            let mut sentence = format!(
                "Unbounded: no cap on {}",
                cost.runaway.uncapped.iter().take(DRIVERS).map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ")
            );
            if let Some(slope) = cost.runaway.per_million {
                sentence.push_str(&format!("; a million more requests cost {} {currency}", slope.grouped_cents()));
            }
            if let Some(hours) = cost.runaway.hours_until_budget {
                sentence.push_str(&format!("; at ten times the peak the month's budget is gone in {} hours", hours.grouped(0)));
            }
            format!("{sentence}.")
        }
    }
}

/// What has no price.
pub(super) fn unpriced(assessed: &Assessed<'_>) -> Section {
    let mut table = Table::new("Used, but without a price", &["what", "needs"]);
    for one in assessed.assessment.cost.as_ref().map_or(&[][..], |cost| &cost.bill.unpriced) {
        table.row(vec![format!("{} {}", marked(one.subject.id(assessed.system)), one.what), one.needs.clone()]);
    }
    table.limit(MAX_ROWS, "items");
    Section::new("unpriced", table)
}

/// Says from which multiple of the load on a journey is above its first cap: what is billed there does not get through.
fn above_a_cap(system: &System, cost: &Cost) -> Option<String> {
    let rates = Rates::of(system);
    let mean = |id: &str| system.find_journey(id).and_then(|id| rates.get(id.index())).map_or(0.0, |(mean, _)| mean);
    cost.growth.iter().find_map(|one| {
        #[expect(clippy::cast_precision_loss, reason = "factors are small")]
        let factor = one.factor as f64;
        let mut capped = cost.runaway.caps.iter().filter(|cap| mean(&cap.journey) * factor > cap.rate);
        capped.next().map(|cap| {
            format!("From × {} on `{}` is above its first cap, `{}`: so much does not get through.", one.factor, cap.journey, cap.cap)
        })
    })
}

fn total(bill: &Bill) -> String {
    format!("{}{}", at_least(bill), bill.monthly.likely.grouped_cents())
}

fn low_to_high(bill: &Bill, ranges: &Ranges) -> String {
    let (low, high) = crate::report::machine::money_range(bill, ranges);
    format!("{} to {}", low.grouped_cents(), high.grouped_cents())
}

/// A small amount keeps the digits that tell it from another.
fn small(amount: Exact) -> String {
    if amount < Exact::ONE { amount.grouped(6) } else { amount.grouped_cents() }
}

fn signed(amount: Exact) -> String {
    if amount.is_negative() || amount.is_zero() { amount.grouped_cents() } else { format!("+{}", amount.grouped_cents()) }
}

fn share(line: &Line, bill: &Bill) -> String {
    (line.amount.likely * Exact::whole(100)).over(bill.monthly.likely).map_or_else(String::new, |share| format!("({} %)", share.grouped(0)))
}
