//! The same work for several things at once, on as many threads as the machine has cores. Results come in the order of the things, and no work sees another's, so
//! nothing that is computed shows how many threads there were.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The stack of a thread, in bytes: as large as a main thread's, because the same code runs on both.
const STACK_BYTES: usize = 8 << 20;

/// Applies a function to each item, and returns the results in the order of the items.
///
/// # Panics
/// When the work does.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(items.len());
    if threads <= 1 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let found: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(items.len()));
    let take = || {
        while let Some((at, item)) = Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, items.get(at)?))) {
            let result = work(item);
            found.lock().expect("no thread panics while it holds the list").push((at, result));
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            // Without another thread, this one does all of the work.
            let _ = thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, take);
        }
        take();
    });
    let mut found = found.into_inner().expect("no thread panics while it holds the list");
    found.sort_unstable_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<u64> = (0..1_000).collect();
        // The first items take longest, so that others overtake them.
        let squares = super::map(&items, |item| {
            let rounds = 1_000 - item;
            (0..rounds * 10).fold(0_u64, |sum, one| sum.wrapping_add(std::hint::black_box(one)));
            item * item
        });
        assert_eq!(squares, items.iter().map(|item| item * item).collect::<Vec<_>>());
        assert_eq!(super::map(&[], |item: &u64| *item), Vec::<u64>::new());
    }
}
