//! Where everything of a picture stands, for the writers that draw by themselves. The question: *which place has each box, and which way each arrow?*
//!
//! Letters are measured by a table, not by a font: a font would differ from machine to machine. The unit is a pixel at which text is 13 high.

mod graph;
mod sequence;
mod shelves;

use super::scene::{Edge, Face, Scene, SceneKind, Shape};
use super::text::Text;

pub(super) use sequence::Frame;

/// The height of a row of a name.
pub(super) const ROW: f64 = 16.0;

/// The height of a row of smaller text.
pub(super) const SMALL_ROW: f64 = 14.0;

/// The size of a name's letters.
const LETTERS: f64 = 13.0;

/// The size of smaller letters.
const SMALL_LETTERS: f64 = 11.0;

/// The room between a box and its words.
const PADDING: f64 = 10.0;

/// The most characters of a row in a box.
const MAX_ROW_CHARS: usize = 30;

/// The room around a picture.
pub(super) const MARGIN: f64 = 16.0;

/// A place in the picture.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// A box: its upper left corner and its size.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Area {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Area {
    pub(super) fn center(&self) -> Point {
        Point { x: self.x + self.width / 2.0, y: self.y + self.height / 2.0 }
    }

    pub(super) fn right(&self) -> f64 {
        self.x + self.width
    }

    pub(super) fn bottom(&self) -> f64 {
        self.y + self.height
    }
}

/// The way of an arrow, and where its words are centred.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Way {
    pub(super) points: Vec<Point>,
    pub(super) label: Option<Point>,
}

/// A picture in which everything has its place.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    /// By the index of the scene's groups.
    pub(super) groups: Vec<Area>,
    /// Where arrows meet a group that is an end of one.
    pub(super) ports: Vec<Option<Point>>,
    /// By the index of the scene's nodes.
    pub(super) nodes: Vec<Area>,
    /// By the index of the scene's edges; none of a hidden one.
    pub(super) edges: Vec<Option<Way>>,
    /// The frames of a sequence.
    pub(super) frames: Vec<Frame>,
    /// Where the lifelines of a sequence end.
    pub(super) lifelines_to: f64,
}

/// Gives everything of a scene its place.
pub(super) fn layout(scene: &Scene) -> Layout {
    match &scene.kind {
        SceneKind::Graph => graph::place(scene).unwrap_or_else(|| shelves::place(scene)),
        SceneKind::Sequence(moments) => sequence::place(scene, moments),
    }
}

/// The words of a box in rows: of the name, and of the smaller lines.
pub(super) struct Rows {
    pub(super) name: Vec<Text>,
    pub(super) small: Vec<Text>,
}

impl Rows {
    pub(super) fn of(face: &Face) -> Self {
        let mut name = face.label.as_str().to_owned();
        for badge in &face.badges {
            name.push(' ');
            name.push_str(badge.as_str());
        }
        let name = broken(&name).iter().map(|row| Text::new(row)).collect();
        let small = face.lines.iter().flat_map(|line| broken(line.as_str())).map(|row| Text::new(&row)).collect();
        Self { name, small }
    }

    pub(super) fn height(&self) -> f64 {
        self.name.len() as f64 * ROW + self.small.len() as f64 * SMALL_ROW
    }

    pub(super) fn width(&self) -> f64 {
        let name = self.name.iter().map(|row| text_width(row.as_str(), LETTERS, true));
        let small = self.small.iter().map(|row| text_width(row.as_str(), SMALL_LETTERS, false));
        name.chain(small).fold(0.0, f64::max)
    }
}

/// Breaks a text at spaces into rows of at most [`MAX_ROW_CHARS`]; a longer word is broken where it reaches that.
fn broken(text: &str) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    let mut used = 0;
    for word in text.split(' ') {
        let letters: Vec<char> = word.chars().collect();
        for (at, part) in letters.chunks(MAX_ROW_CHARS).enumerate() {
            let part: String = part.iter().collect();
            let length = part.chars().count();
            match rows.last_mut() {
                Some(row) if at == 0 && used + 1 + length <= MAX_ROW_CHARS => {
                    row.push(' ');
                    row.push_str(&part);
                    used += 1 + length;
                }
                _ => {
                    rows.push(part);
                    used = length;
                }
            }
        }
    }
    rows
}

/// The width of a text in a plain sans-serif face, a little more than most draw.
pub fn text_width(text: &str, size: f64, is_bold: bool) -> f64 {
    let letter = |c: char| match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.32,
        'f' | 't' | 'r' | ' ' | '(' | ')' | '-' | '[' | ']' | '/' => 0.40,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '…' => 0.92,
        'A'..='Z' | '0'..='9' => 0.68,
        c if c.is_ascii() => 0.59,
        // Cyrillic, Greek, accents.
        '\u{80}'..='\u{7ff}' => 0.68,
        // The widest of any script's letters.
        _ => 1.1,
    };
    let heavier = if is_bold { 1.07 } else { 1.0 };
    text.chars().map(letter).sum::<f64>() * size * heavier
}

/// The width of the words on an arrow.
pub(super) fn label_width(text: &Text) -> f64 {
    text_width(text.as_str(), SMALL_LETTERS, false)
}

/// The size of a box: its words, and the room that its outline takes.
fn size_of(face: &Face) -> (f64, f64) {
    let rows = Rows::of(face);
    let [left_right, top, bottom] = room(face.shape);
    ((rows.width() + 2.0 * (PADDING + left_right)).max(70.0), (rows.height() + 2.0 * 8.0 + top + bottom).max(40.0))
}

/// The room that an outline takes besides its words: at the sides, above, below.
pub(super) const fn room(shape: Shape) -> [f64; 3] {
    match shape {
        Shape::Actor => [0.0, 30.0, 0.0],
        Shape::Database => [0.0, 12.0, 6.0],
        Shape::Queue => [8.0, 0.0, 0.0],
        Shape::Node => [4.0, 6.0, 0.0],
        Shape::Collections => [2.0, 0.0, 5.0],
        Shape::Cloud | Shape::Storage => [6.0, 2.0, 2.0],
        Shape::Agent | Shape::Component => [6.0, 0.0, 0.0],
        Shape::Frame | Shape::Rectangle => [0.0, 0.0, 0.0],
    }
}

/// The size of a frame's title.
fn title_size(face: &Face) -> (f64, f64) {
    let rows = Rows::of(face);
    (rows.width() + 2.0 * PADDING, rows.height() + 8.0)
}

/// Whether an arrow is drawn.
fn is_drawn(edge: &Edge) -> bool {
    !edge.is_hidden
}

/// Returns the point at which the way from a box's centre to a point leaves the box.
fn leave(area: &Area, toward: Point) -> Point {
    let center = area.center();
    let (dx, dy) = (toward.x - center.x, toward.y - center.y);
    if dx == 0.0 && dy == 0.0 {
        return Point { x: center.x, y: area.bottom() };
    }
    let across = if dx == 0.0 { f64::INFINITY } else { area.width / 2.0 / dx.abs() };
    let along = if dy == 0.0 { f64::INFINITY } else { area.height / 2.0 / dy.abs() };
    let part = across.min(along).min(1.0);
    Point { x: center.x + dx * part, y: center.y + dy * part }
}

/// The way from a box to itself.
fn loop_at(area: &Area) -> Way {
    let (x, y) = (area.right(), area.center().y);
    Way {
        points: vec![
            Point { x, y: y - 8.0 },
            Point { x: x + 24.0, y: y - 8.0 },
            Point { x: x + 24.0, y: y + 8.0 },
            Point { x, y: y + 8.0 },
        ],
        label: None,
    }
}
