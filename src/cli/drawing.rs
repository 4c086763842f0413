//! Pictures, several at the same time: layers take most of the time of a large report, and each picture has its own.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::diagram::{Scene, Styled, svg};

/// How many pictures are drawn at the same time.
const WORKERS: usize = 4;

/// Draws the pictures of a page, in their order.
pub(super) fn for_page(scenes: &[&Scene]) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let drawn: Vec<OnceLock<String>> = scenes.iter().map(|_| OnceLock::new()).collect();
    let draw = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some((scene, place)) = scenes.get(at).zip(drawn.get(at)) else { return };
            place.get_or_init(|| svg(scene, Styled::ByPage));
        }
    };
    std::thread::scope(|scope| (0..WORKERS.min(scenes.len())).for_each(|_| drop(scope.spawn(draw))));
    drawn.into_iter().map(|place| place.into_inner().unwrap_or_default()).collect()
}
