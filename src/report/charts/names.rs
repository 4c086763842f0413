//! *Where does a point's name stand?* Beside it where there is room, else as near as there is, with a line to it: no name covers another, a point or another line.

use std::cmp::Reverse;

/// A rectangle, its sides left and right of, above and below what it holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Area {
    /// Makes the area around a middle.
    pub(super) const fn around(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self { left: x - width / 2.0, top: y - height / 2.0, right: x + width / 2.0, bottom: y + height / 2.0 }
    }

    fn meets(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    fn is_in(&self, room: &Self) -> bool {
        self.left >= room.left && self.right <= room.right && self.top >= room.top && self.bottom <= room.bottom
    }
}

/// A point with a name so wide.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
}

/// The place of a name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    pub(super) area: Area,
    /// The end of the line that leads from the point to it, where it does not stand beside the point.
    pub(super) line_to: Option<(f64, f64)>,
}

/// The height of a name.
pub(super) const HEIGHT: f64 = 16.0;
/// How far a name stands from its point.
const GAP: f64 = 10.0;
/// The size of a point, with the ring around it.
const POINT: f64 = 15.0;
/// How many steps up and down, and how many columns to each side, a place is looked for.
const STEPS: i32 = 80;
const COLUMNS: i32 = 6;
/// The height of such a step: finer than a name, so that names of points at uneven heights close up.
const STEP_HEIGHT: f64 = HEIGHT / 4.0;
/// The width of such a column.
const COLUMN: f64 = 28.0;
/// A line is held against the names in steps of so much.
const STEP: f64 = 3.0;

/// Finds a place for each name within `room`: clear of what is there already, of all points, and of the names placed before; if it can be, also of lines, those that
/// are there already and those that lead to names. Nothing where there is no room.
pub(super) fn place(points: &[Named], there: &[Area], lines: &[Area], room: &Area) -> Vec<Option<Place>> {
    let mut taken: Vec<Area> = there.to_vec();
    taken.extend(points.iter().map(|one| Area::around(one.x, one.y, POINT, POINT)));
    // From above, and at one height from the right, where names grow to.
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|a, b| points[*a].y.total_cmp(&points[*b].y).then(points[*b].x.total_cmp(&points[*a].x)).then(a.cmp(b)));
    let mut lines: Vec<Area> = lines.to_vec();
    let mut places = vec![None; points.len()];
    for at in order {
        let is_free = |area: &Area| area.is_in(room) && !taken.iter().any(|other| area.meets(other));
        let free = candidates(&points[at]).into_iter().filter(is_free).map(|area| {
            let line_to = leads_to(&points[at], &area);
            (Place { area, line_to }, line_to.map_or_else(Vec::new, |end| steps(&points[at], end)))
        });
        let mut free: Vec<(Place, Vec<Area>)> = free.collect();
        let is_off_lines = |place: &Place| !lines.iter().any(|line| place.area.meets(line));
        let is_clear = |way: &[Area]| !way.iter().any(|step| taken.iter().any(|other| step.meets(other)));
        // In a heap, a line may have to cross a point, or a name a line.
        let best = free.iter().position(|(place, way)| is_off_lines(place) && is_clear(way));
        let best = best.or_else(|| free.iter().position(|(place, _)| is_off_lines(place))).unwrap_or(0);
        if best < free.len() {
            let (place, way) = free.swap_remove(best);
            taken.push(place.area);
            lines.extend(way);
            places[at] = Some(place);
        }
    }
    places
}

/// Lists where a name may stand, the nearest to its point first: at either side, then above and below.
fn candidates(point: &Named) -> Vec<Area> {
    let mut found: Vec<(i64, Area)> = Vec::new();
    for step in -STEPS..=STEPS {
        let y = point.y + f64::from(step) * STEP_HEIGHT;
        for column in 0..=COLUMNS {
            let away = point.width / 2.0 + GAP + f64::from(column) * COLUMN;
            // A name's height costs less than a column, and the right side less than the left.
            let cost = i64::from(step.abs()) + i64::from(column) * 5;
            for (side, extra) in [(away, 0), (-away, 2)] {
                found.push((cost + extra, Area::around(point.x + side, y, point.width, HEIGHT)));
            }
        }
        if step != 0 {
            found.push((i64::from(step.abs()) - 1, Area::around(point.x, y, point.width, HEIGHT)));
        }
    }
    found.sort_by_key(|(cost, area)| (*cost, Reverse(area.left.to_bits())));
    found.into_iter().map(|(_, area)| area).collect()
}

/// Returns the end of the line to a name that does not touch its point.
fn leads_to(point: &Named, area: &Area) -> Option<(f64, f64)> {
    let x = point.x.clamp(area.left, area.right);
    let y = point.y.clamp(area.top + HEIGHT / 4.0, area.bottom - HEIGHT / 4.0);
    let is_beside = (x - point.x).abs() <= GAP && (y - point.y).abs() <= HEIGHT;
    (!is_beside).then_some((x, y))
}

/// Cuts the line from the edge of a point to a place into small areas.
fn steps(point: &Named, (x, y): (f64, f64)) -> Vec<Area> {
    let (dx, dy) = (x - point.x, y - point.y);
    let length = libm::hypot(dx, dy);
    let n = (length / STEP).ceil() as i32;
    (0..n)
        .map(|at| f64::from(at) * STEP)
        .filter(|way| *way > POINT && *way < length - STEP)
        .map(|way| Area::around(point.x + dx * way / length, point.y + dy * way / length, 1.0, 1.0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Area, Named, place};

    const ROOM: Area = Area { left: 62.0, top: 20.0, right: 656.0, bottom: 288.0 };

    fn check(points: &[Named], there: &[Area]) {
        let places = place(points, there, &[], &ROOM);
        let areas: Vec<Area> = places.into_iter().map(|place| place.expect("there is room").area).collect();
        for (at, area) in areas.iter().enumerate() {
            assert!(area.is_in(&ROOM), "{area:?}");
            assert!(areas[at + 1..].iter().chain(there).all(|other| !area.meets(other)), "{areas:#?}");
            assert!(!points.iter().any(|point| area.meets(&Area::around(point.x, point.y, 12.0, 12.0))), "{areas:#?}");
        }
    }

    #[test]
    fn a_name_stands_at_the_right_of_its_point_and_at_the_left_where_the_picture_ends() {
        let at = |x: f64| place(&[Named { x, y: 100.0, width: 80.0 }], &[], &[], &ROOM)[0].clone().expect("there is room");
        assert_eq!((at(100.0).area.left, at(100.0).line_to), (110.0, None));
        assert_eq!((at(650.0).area.right, at(650.0).line_to), (640.0, None));
        // A limit is not written over where the other side is free.
        let limit = Area { left: 180.0, top: 20.0, right: 181.0, bottom: 288.0 };
        let moved = place(&[Named { x: 160.0, y: 100.0, width: 80.0 }], &[], &[limit], &ROOM)[0].clone().expect("there is room");
        assert_eq!((moved.area.right, moved.line_to), (150.0, None));
    }

    /// Nine designs in a heap, in a row, in a column and in each corner; with wide names, and with the words of two limits among them.
    #[test]
    fn nine_names_never_cover_each_other() {
        let limits = [Area::around(600.0, 150.0, 110.0, 14.0), Area::around(380.0, 280.0, 44.0, 14.0)];
        for (x, y) in [(100.0, 40.0), (380.0, 150.0), (640.0, 150.0), (640.0, 280.0), (70.0, 280.0), (640.0, 30.0)] {
            for (dx, dy) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.7, -0.4), (9.0, 3.0)] {
                for width in [40.0, 120.0, 200.0] {
                    let named = |at: u32| Named {
                        x: (x + dx * f64::from(at)).clamp(62.0, 656.0),
                        y: (y + dy * f64::from(at)).clamp(20.0, 288.0),
                        width,
                    };
                    check(&(0..9).map(named).collect::<Vec<_>>(), &limits);
                }
            }
        }
    }
}
