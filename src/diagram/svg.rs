//! A scene as SVG that needs nothing else: no font is fetched, no script runs, and colours follow the reader's choice of light, dark and print.
//!
//! Everything is drawn by class; the style sheet is inside the picture, or once in the page around it. No identifiers are made, so that many pictures can
//! stand in one page.

use std::fmt::{self, Write as _};

use super::layout::{Area, Layout, Point, ROW, Rows, SMALL_ROW, Way, label_width, layout, room};
use super::scene::{Edge, Face, Fill, Fragment, Heads, Line, Mark, Moment, Scene, SceneKind, Shape};
use super::text::Text;

/// The style sheet of every picture. Each colour stands twice, because not every reader knows variables.
pub const SVG_STYLE: &str = "\
.wb{--wb-ground:#ffffff;--wb-ink:#1b1f24;--wb-soft:#4c5661;--wb-line:#5b6672;--wb-box:#f3f5f8;--wb-frame:#fafbfc;--wb-edge:#8b96a2;--wb-bad:#b3261e;--wb-good:#1d6b34;\
--wb-f0:#e2f1e4;--wb-f1:#fff3c9;--wb-f2:#ffdca3;--wb-f3:#f8b08a;--wb-f4:#ee8a80;--wb-added:#d9f0de;--wb-removed:#f8d9d6;--wb-changed:#fff0c2;\
background:#ffffff;background:var(--wb-ground);font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'DejaVu Sans',sans-serif}\
@media (prefers-color-scheme:dark){.wb{--wb-ground:#14181d;--wb-ink:#e8ecf1;--wb-soft:#b3bdc8;--wb-line:#9aa6b3;--wb-box:#232a32;--wb-frame:#191e24;--wb-edge:#66727f;--wb-bad:#ff9a90;--wb-good:#8fd6a2;\
--wb-f0:#1f3a27;--wb-f1:#463c12;--wb-f2:#57390f;--wb-f3:#693016;--wb-f4:#7a2320;--wb-added:#1d4029;--wb-removed:#5a2522;--wb-changed:#4a3d10}}\
@media print{.wb{--wb-ground:#ffffff;--wb-ink:#000000;--wb-soft:#333333;--wb-line:#333333;--wb-box:#ffffff;--wb-frame:#ffffff;--wb-edge:#666666;--wb-bad:#8c1d18;--wb-good:#14532d;\
--wb-f0:#ffffff;--wb-f1:#f6f6f6;--wb-f2:#e6e6e6;--wb-f3:#d2d2d2;--wb-f4:#bcbcbc;--wb-added:#f2f2f2;--wb-removed:#dddddd;--wb-changed:#ececec}}\
.wb .wb-ground{fill:#ffffff;fill:var(--wb-ground)}\
.wb text{fill:#1b1f24;fill:var(--wb-ink);font-size:13px}\
.wb .wb-name{font-weight:600}\
.wb .wb-heading{font-size:15px;font-weight:600}\
.wb .wb-small{font-size:11px;fill:#4c5661;fill:var(--wb-soft)}\
.wb .wb-box{fill:#f3f5f8;fill:var(--wb-box);stroke:#8b96a2;stroke:var(--wb-edge)}\
.wb .wb-frame{fill:#fafbfc;fill:var(--wb-frame);stroke:#8b96a2;stroke:var(--wb-edge)}\
.wb .wb-frame{fill-opacity:.3}\
.wb .wb-open{fill:none;stroke:#8b96a2;stroke:var(--wb-edge)}\
.wb .wb-neighbour{fill:#ffffff;fill:var(--wb-ground);stroke-dasharray:4 3}\
.wb .wb-f0{fill:#e2f1e4;fill:var(--wb-f0)}.wb .wb-f1{fill:#fff3c9;fill:var(--wb-f1)}.wb .wb-f2{fill:#ffdca3;fill:var(--wb-f2)}.wb .wb-f3{fill:#f8b08a;fill:var(--wb-f3)}.wb .wb-f4{fill:#ee8a80;fill:var(--wb-f4)}\
.wb .wb-added{fill:#d9f0de;fill:var(--wb-added);stroke:#1d6b34;stroke:var(--wb-good)}.wb .wb-removed{fill:#f8d9d6;fill:var(--wb-removed);stroke:#b3261e;stroke:var(--wb-bad);stroke-dasharray:4 3}.wb .wb-changed{fill:#fff0c2;fill:var(--wb-changed)}\
.wb .wb-way{fill:none;stroke:#5b6672;stroke:var(--wb-line);stroke-width:1.3}\
.wb .wb-dashed{stroke-dasharray:6 4}.wb .wb-dotted{stroke-dasharray:1.5 3.5}\
.wb .wb-head{fill:#5b6672;fill:var(--wb-line);stroke:none}\
.wb .wb-way.wb-bad{stroke:#b3261e;stroke:var(--wb-bad)}.wb .wb-head.wb-bad{fill:#b3261e;fill:var(--wb-bad)}\
.wb .wb-way.wb-good{stroke:#1d6b34;stroke:var(--wb-good)}.wb .wb-head.wb-good{fill:#1d6b34;fill:var(--wb-good)}\
.wb .wb-back{fill:#ffffff;fill:var(--wb-ground);opacity:.85}\
";

/// A text as it stands in SVG or HTML: between tags, or in quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SvgText(String);

impl SvgText {
    /// Escapes a text.
    pub fn new(text: &Text) -> Self {
        Self::of(text.as_str())
    }

    /// Escapes any visible text.
    pub(super) fn of(text: &str) -> Self {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                c => out.push(c),
            }
        }
        Self(out)
    }
}

impl fmt::Display for SvgText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a picture's style sheet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Styled {
    /// In the picture: a file of its own.
    Itself,
    /// In the page around it.
    ByPage,
}

/// Writes a scene as SVG.
pub fn svg(scene: &Scene, styled: Styled) -> String {
    let layout = layout(scene);
    let heading = 34.0;
    let lines: Vec<Text> = scene.legend.iter().cloned().chain(two_heads(scene)).collect();
    let legend = if lines.is_empty() { 0.0 } else { lines.len() as f64 * SMALL_ROW + 16.0 };
    let widest = lines.iter().map(|line| label_width(line) + 40.0).fold(layout.width, f64::max);
    let width = widest.max(label_width(&scene.title) * 1.5 + 32.0);
    let height = heading + layout.height + legend;
    let mut out = open(width, height, &scene.title, &description(scene), styled);
    let _ = writeln!(out, r#"<text class="wb-heading" x="16" y="24">{}</text>"#, SvgText::new(&scene.title));
    let _ = writeln!(out, r#"<g transform="translate({} {heading})">"#, number(((width - layout.width) / 2.0).max(0.0)));
    match scene.kind {
        SceneKind::Graph => write_graph(&mut out, scene, &layout),
        SceneKind::Sequence(_) => write_sequence(&mut out, scene, &layout),
    }
    out.push_str("</g>\n");
    for (at, line) in lines.iter().enumerate() {
        let y = heading + layout.height + 8.0 + (at as f64 + 0.5) * SMALL_ROW;
        let _ = writeln!(out, r#"<text class="wb-small" x="16" y="{}">{}</text>"#, number(y), SvgText::new(line));
    }
    out.push_str("</svg>\n");
    out
}

/// Says what an arrow with two heads stands for, where there is one.
fn two_heads(scene: &Scene) -> Option<Text> {
    let mut drawn = scene.edges.iter().filter(|edge| !edge.is_hidden && edge.heads == Heads::Both).peekable();
    drawn.peek()?;
    let (several, one): (Vec<&Edge>, Vec<&Edge>) = drawn.partition(|edge| edge.links.len() > 1);
    let words = match (several.is_empty(), one.is_empty()) {
        (false, true) => "links both ways",
        (true, _) => "a call, and the response to it",
        (false, false) => "links both ways, or a call and the response to it",
    };
    Some(Text::new(&format!("an arrow with two heads: {words}")))
}

/// Opens a picture of a size: with its title and its description for who cannot see it.
pub(super) fn open(width: f64, height: f64, title: &Text, description: &str, styled: Styled) -> String {
    let (width, height) = (number(width.ceil()), number(height.ceil()));
    let mut out = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" class="wb" role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}">"#
    );
    let _ = writeln!(out, "\n<title>{}</title>\n<desc>{}</desc>", SvgText::new(title), SvgText::of(description));
    if styled == Styled::Itself {
        let _ = writeln!(out, "<style>{SVG_STYLE}</style>");
        // The ground of a file of its own: not every reader paints `background`.
        let _ = writeln!(out, r#"<rect class="wb-ground" width="{width}" height="{height}"/>"#);
    }
    out
}

/// What the picture shows, for who cannot see it.
fn description(scene: &Scene) -> String {
    let arrows = scene.edges.iter().filter(|edge| !edge.is_hidden).count();
    let mut words = format!("{} boxes, {arrows} arrows. ", scene.nodes.len());
    for edge in scene.edges.iter().filter(|edge| !edge.is_hidden).take(MAX_DESCRIBED) {
        let joined = match edge.heads {
            Heads::End => "to",
            Heads::Both => "to and from",
            Heads::None => "with",
        };
        let label = edge.label.as_ref().map_or_else(String::new, |label| format!(" ({label})"));
        let _ = write!(words, "{} {joined} {}{label}; ", scene.face(edge.from).label, scene.face(edge.to).label);
    }
    if arrows > MAX_DESCRIBED {
        let _ = write!(words, "{} more arrows", arrows - MAX_DESCRIBED);
    }
    words.trim_end_matches([' ', ';']).to_owned()
}

/// The most arrows that a description names.
const MAX_DESCRIBED: usize = 100;

/// Prints a length with one decimal: enough for an eye, and short.
pub(super) fn number(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    // No `-0`.
    format!("{}", if rounded == 0.0 { 0.0 } else { rounded })
}

fn write_graph(out: &mut String, scene: &Scene, layout: &Layout) {
    for (group, area) in scene.groups.iter().zip(&layout.groups) {
        write_frame(out, &group.face, area);
    }
    for (edge, way) in scene.edges.iter().zip(&layout.edges) {
        if let Some(way) = way {
            write_way(out, edge, way);
        }
    }
    for port in layout.ports.iter().flatten() {
        let _ = writeln!(out, r#"<circle class="wb-head" cx="{}" cy="{}" r="4"/>"#, number(port.x), number(port.y));
    }
    for (node, area) in scene.nodes.iter().zip(&layout.nodes) {
        write_box(out, &node.face, area);
    }
    for (edge, way) in scene.edges.iter().zip(&layout.edges) {
        if let (Some(label), Some(at)) = (&edge.label, way.as_ref().and_then(|way| way.label)) {
            write_label(out, label, at);
        }
    }
}

fn write_label(out: &mut String, label: &Text, at: Point) {
    let width = label_width(label) + 6.0;
    let _ = writeln!(
        out,
        r#"<rect class="wb-back" x="{}" y="{}" width="{}" height="{}"/><text class="wb-small" x="{}" y="{}" text-anchor="middle">{}</text>"#,
        number(at.x - width / 2.0),
        number(at.y - SMALL_ROW / 2.0),
        number(width),
        number(SMALL_ROW),
        number(at.x),
        number(at.y + 4.0),
        SvgText::new(label)
    );
}

fn class_of(fill: Fill) -> &'static str {
    match fill {
        Fill::Plain => "",
        Fill::Neighbour => " wb-neighbour",
        Fill::Harmless => " wb-f0",
        Fill::Light => " wb-f1",
        Fill::Medium => " wb-f2",
        Fill::Heavy => " wb-f3",
        Fill::Total => " wb-f4",
        Fill::Marked(Mark::Added) => " wb-added",
        Fill::Marked(Mark::Removed) => " wb-removed",
        Fill::Marked(Mark::Changed) => " wb-changed",
    }
}

fn write_frame(out: &mut String, face: &Face, area: &Area) {
    let radius = if matches!(face.shape, Shape::Cloud) { 16 } else { 4 };
    let _ = writeln!(
        out,
        r#"<rect class="wb-frame{}" x="{}" y="{}" width="{}" height="{}" rx="{radius}"/>"#,
        class_of(face.fill),
        number(area.x),
        number(area.y),
        number(area.width),
        number(area.height)
    );
    write_rows(out, &Rows::of(face), Point { x: area.x + 10.0, y: area.y + 4.0 }, "start");
}

fn write_box(out: &mut String, face: &Face, area: &Area) {
    write_outline(out, face.shape, class_of(face.fill), area);
    let rows = Rows::of(face);
    let [_, top, bottom] = room(face.shape);
    let middle = area.y + top + (area.height - top - bottom) / 2.0;
    write_rows(out, &rows, Point { x: area.center().x, y: middle - rows.height() / 2.0 }, "middle");
}

fn write_rows(out: &mut String, rows: &Rows, at: Point, anchor: &str) {
    let mut y = at.y;
    for (row, class, height) in
        rows.name.iter().map(|row| (row, "wb-name", ROW)).chain(rows.small.iter().map(|row| (row, "wb-small", SMALL_ROW)))
    {
        let _ = writeln!(
            out,
            r#"<text class="{class}" x="{}" y="{}" text-anchor="{anchor}">{}</text>"#,
            number(at.x),
            number(y + height * 0.78),
            SvgText::new(row)
        );
        y += height;
    }
}

fn write_outline(out: &mut String, shape: Shape, fill: &str, area: &Area) {
    let (x, y, width, height) = (area.x, area.y, area.width, area.height);
    let n = number;
    let rect = |x: f64, y: f64, width: f64, height: f64, radius: f64| {
        format!(r#"<rect class="wb-box{fill}" x="{}" y="{}" width="{}" height="{}" rx="{}"/>"#, n(x), n(y), n(width), n(height), n(radius))
    };
    let path = |d: String, lines: String| format!(r#"<path class="wb-box{fill}" d="{d}"/><path class="wb-open" d="{lines}"/>"#);
    let drawn = match shape {
        Shape::Component | Shape::Rectangle | Shape::Frame => {
            let tabs = if shape == Shape::Component {
                format!("{}{}", rect(x - 4.0, y + 8.0, 8.0, 5.0, 0.0), rect(x - 4.0, y + 18.0, 8.0, 5.0, 0.0))
            } else {
                String::new()
            };
            rect(x, y, width, height, 4.0) + &tabs
        }
        Shape::Agent => rect(x, y, width, height, 12.0),
        Shape::Cloud => rect(x, y, width, height, (height / 2.0).min(22.0)),
        Shape::Storage => rect(x, y, width, height, (height / 2.0).min(18.0)),
        Shape::Collections => rect(x + 4.0, y, width - 4.0, height - 4.0, 3.0) + &rect(x, y + 4.0, width - 4.0, height - 4.0, 3.0),
        Shape::Node => {
            let d = 6.0;
            let (left, right, top, bottom) = (n(x), n(x + width - d), n(y + d), n(y + height));
            let (far, near) = (n(x + width), n(y));
            path(
                format!("M{left} {top}L{} {near}H{far}V{}L{right} {bottom}H{left}Z", n(x + d), n(y + height - d)),
                format!("M{left} {top}H{right}V{bottom}M{right} {top}L{far} {near}"),
            )
        }
        Shape::Database => {
            let rim = 6.0;
            let (left, top, half) = (n(x), n(y + rim), n(width / 2.0));
            let (right, bottom) = (n(x + width), n(y + height - rim));
            path(
                format!("M{left} {top}A{half} {rim} 0 0 1 {right} {top}V{bottom}A{half} {rim} 0 0 1 {left} {bottom}Z"),
                format!("M{left} {top}A{half} {rim} 0 0 0 {right} {top}"),
            )
        }
        Shape::Queue => {
            let rim = 6.0;
            let (left, right, half) = (n(x + rim), n(x + width - rim), n(height / 2.0));
            let (top, bottom) = (n(y), n(y + height));
            path(
                format!("M{left} {top}H{right}A{rim} {half} 0 0 1 {right} {bottom}H{left}A{rim} {half} 0 0 1 {left} {top}Z"),
                format!("M{right} {top}A{rim} {half} 0 0 0 {right} {bottom}"),
            )
        }
        Shape::Actor => {
            let (cx, top) = (x + width / 2.0, y + 2.0);
            format!(
                r#"<circle class="wb-box{fill}" cx="{}" cy="{}" r="6"/><path class="wb-open" d="M{} {}V{}M{} {}H{}M{} {}L{} {}L{} {}"/>"#,
                n(cx),
                n(top + 7.0),
                n(cx),
                n(top + 13.0),
                n(top + 23.0),
                n(cx - 9.0),
                n(top + 17.0),
                n(cx + 9.0),
                n(cx - 8.0),
                n(top + 32.0),
                n(cx),
                n(top + 23.0),
                n(cx + 8.0),
                n(top + 32.0)
            )
        }
    };
    out.push_str(&drawn);
    out.push('\n');
}

fn color_of(edge: &Edge) -> &'static str {
    match edge.mark {
        Some(Mark::Added) => " wb-good",
        Some(Mark::Removed) => " wb-bad",
        _ if edge.is_failed => " wb-bad",
        _ => "",
    }
}

fn write_way(out: &mut String, edge: &Edge, way: &Way) {
    let line = match edge.line {
        Line::Solid => "",
        Line::Dashed => " wb-dashed",
        Line::Dotted => " wb-dotted",
    };
    let color = color_of(edge);
    let _ = writeln!(out, r#"<path class="wb-way{line}{color}" d="{}"/>"#, smooth(&way.points, edge.from == edge.to));
    let ends = match edge.heads {
        Heads::None => [None, None],
        Heads::End => [None, tip(way.points.iter().rev())],
        Heads::Both => [tip(way.points.iter()), tip(way.points.iter().rev())],
    };
    for (at, from) in ends.into_iter().flatten() {
        write_head(out, at, from, color, edge.is_message);
    }
}

/// Returns an end, and the nearest point that is far enough from it to tell a direction.
fn tip<'a>(mut points: impl Iterator<Item = &'a Point>) -> Option<(Point, Point)> {
    let at = *points.next()?;
    let from = points.find(|point| (point.x - at.x).abs() + (point.y - at.y).abs() > 1.0)?;
    Some((at, *from))
}

fn write_head(out: &mut String, at: Point, from: Point, color: &str, is_open: bool) {
    let (dx, dy) = (at.x - from.x, at.y - from.y);
    let length = (dx * dx + dy * dy).sqrt();
    if length == 0.0 {
        return;
    }
    let (ux, uy) = (dx / length * 9.0, dy / length * 9.0);
    let wing = |side: f64| format!("{} {}", number(at.x - ux - uy * 0.42 * side), number(at.y - uy + ux * 0.42 * side));
    let (tip, a, b) = (format!("{} {}", number(at.x), number(at.y)), wing(1.0), wing(-1.0));
    let _ = if is_open {
        writeln!(out, r#"<path class="wb-way{color}" d="M{a}L{tip}L{b}"/>"#)
    } else {
        writeln!(out, r#"<path class="wb-head{color}" d="M{tip}L{a}L{b}Z"/>"#)
    };
}

/// Draws a way round at its corners.
fn smooth(points: &[Point], is_square: bool) -> String {
    let at = |point: &Point| format!("{} {}", number(point.x), number(point.y));
    let mut d = String::new();
    let [first, inner @ .., last] = points else { return d };
    let _ = write!(d, "M{}", at(first));
    if is_square || inner.is_empty() {
        for point in inner.iter().chain([last]) {
            let _ = write!(d, "L{}", at(point));
        }
        return d;
    }
    for (place, corner) in inner.iter().enumerate() {
        let next = inner.get(place + 1);
        // From the middle before a corner to the middle after it, the corner pulling.
        let end = next.map_or(*last, |next| Point { x: (corner.x + next.x) / 2.0, y: (corner.y + next.y) / 2.0 });
        let _ = write!(d, "Q{} {}", at(corner), at(&end));
    }
    d
}

// Sequences

fn write_sequence(out: &mut String, scene: &Scene, layout: &Layout) {
    for (group, area) in scene.groups.iter().zip(&layout.groups) {
        write_frame(out, &group.face, area);
    }
    for area in &layout.nodes {
        let x = number(area.center().x);
        let _ = writeln!(
            out,
            r#"<path class="wb-open" stroke-dasharray="5 5" d="M{x} {}V{}"/>"#,
            number(area.bottom()),
            number(layout.lifelines_to)
        );
    }
    for (node, area) in scene.nodes.iter().zip(&layout.nodes) {
        write_box(out, &node.face, area);
    }
    for frame in &layout.frames {
        let word = match frame.fragment {
            Fragment::Alternative => "alt",
            Fragment::Optional => "opt",
            Fragment::Parallel => "par",
            Fragment::Loop => "loop",
        };
        let area = &frame.area;
        let _ = writeln!(
            out,
            r#"<rect class="wb-open" x="{}" y="{}" width="{}" height="{}" rx="3"/>"#,
            number(area.x),
            number(area.y),
            number(area.width),
            number(area.height)
        );
        write_title(out, &Text::new(&format!("{word} [{}]", frame.title)), area.x, area.y);
        for (y, title) in &frame.parts {
            let _ = writeln!(
                out,
                r#"<path class="wb-open" stroke-dasharray="4 4" d="M{} {}H{}"/>"#,
                number(area.x),
                number(*y),
                number(area.right())
            );
            write_title(out, &Text::new(&format!("else [{title}]")), area.x, *y);
        }
    }
    let mut count = 0_usize;
    let mut numbers = vec![0; scene.edges.len()];
    if let SceneKind::Sequence(moments) = &scene.kind {
        for moment in moments {
            if let Moment::Arrow(at) = moment {
                count += 1;
                numbers[*at] = count;
            }
        }
    }
    for (at, (edge, way)) in scene.edges.iter().zip(&layout.edges).enumerate() {
        let Some(way) = way else { continue };
        write_way(out, edge, way);
        let words = edge.label.as_ref().map_or_else(|| numbers[at].to_string(), |label| format!("{} {label}", numbers[at]));
        if let Some(place) = way.label {
            write_label(out, &Text::new(&words), place);
        }
    }
}

fn write_title(out: &mut String, title: &Text, x: f64, y: f64) {
    let width = label_width(title) + 12.0;
    let _ = writeln!(
        out,
        r#"<rect class="wb-back" x="{}" y="{}" width="{}" height="18"/><text class="wb-small wb-name" x="{}" y="{}">{}</text>"#,
        number(x + 1.0),
        number(y + 1.0),
        number(width),
        number(x + 7.0),
        number(y + 14.0),
        SvgText::new(title)
    );
}
