//! The report as one page that needs nothing else: pictures inside, no script, nothing fetched, and a policy that forbids both.

use sha2::{Digest as _, Sha256};

use super::charts::{CHART_STYLE, Chart};
use super::screen::Screen;
use super::sections::Section;
use super::table::{Align, Table};
use super::text::is_harmful;
use super::view::{AlternativeView, DiagramView, View};
use crate::diagram::{SVG_STYLE, Scene, Styled, svg};
use crate::parallel;

/// The style of the page around the pictures; colours of text on ground have at least 4.5 : 1.
const STYLE: &str = "\
:root{color-scheme:light dark;--ground:#ffffff;--ink:#1b1f24;--soft:#4c5661;--line:#d3d9e0;--band:#f3f5f8;--link:#0b57d0}\
@media (prefers-color-scheme:dark){:root{--ground:#14181d;--ink:#e8ecf1;--soft:#b3bdc8;--line:#39434e;--band:#1e242b;--link:#8ab4f8}}\
*{box-sizing:border-box}\
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'DejaVu Sans',sans-serif}\
header,main,footer{max-width:76rem;margin:0 auto;padding:0 1.25rem}\
header{padding-top:2rem}\
h1{font-size:1.8rem;line-height:1.2;margin:0 0 .6rem}h2{font-size:1.4rem;margin:2.6rem 0 .6rem;padding-top:.9rem;border-top:1px solid var(--line)}main>h2:first-child{border-top:0;margin-top:1rem}h3{font-size:1.08rem;margin:1.8rem 0 .4rem}\
p,li{max-width:48rem}.headline{font-size:1.15rem;font-weight:600}\
nav ul{display:flex;flex-wrap:wrap;gap:.35rem 1.2rem;list-style:none;padding:.7rem 0;margin:1rem 0 0;border-top:1px solid var(--line);border-bottom:1px solid var(--line)}\
a{color:var(--link)}code{font:.92em ui-monospace,'SFMono-Regular',Menlo,Consolas,'DejaVu Sans Mono',monospace}\
.scroll{overflow-x:auto;margin:.5rem 0}\
table{border-collapse:collapse;font-size:.92rem}\
th,td{text-align:left;vertical-align:top;padding:.35rem .8rem .35rem 0;border-bottom:1px solid var(--line)}\
th{color:var(--soft);font-weight:600;white-space:nowrap}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\
.legend{color:var(--soft);font-size:.88rem;margin:.2rem 0 .6rem}\
.screen dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem .9rem;margin:.6rem 0 0;max-width:60rem}.screen dt{font-weight:600}.screen dd{margin:0}@media (max-width:40rem){.screen dl{grid-template-columns:1fr;gap:0}.screen dd{margin:0 0 .5rem}}\
ul.notes{color:var(--soft);font-size:.88rem;padding-left:1.1rem;margin:.4rem 0}\
figure{margin:1.2rem 0}figcaption{font-weight:600;margin-bottom:.4rem}\
figure svg{display:block;height:auto;max-width:none}\
.fits svg{max-width:100%}\
summary{cursor:pointer;font-weight:600;padding:.4rem 0}\
footer{color:var(--soft);font-size:.88rem;padding-top:1.5rem;padding-bottom:3rem}\
@media print{:root{--ground:#ffffff;--ink:#000000;--soft:#333333;--line:#999999;--band:#ffffff;--link:#000000}nav{display:none}.scroll{overflow:visible}figure svg{max-width:100%}\
h2,h3,figcaption{break-after:avoid}figure,tr{break-inside:avoid}}\
";

/// The widest picture, in its own units, that is shrunk to the page instead of scrolled.
const WIDEST_SHRUNK: f64 = 1_000.0;

/// A text as it stands in the page: between tags, or in quotes. Backticks around words of the model become code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HtmlText(String);

impl HtmlText {
    /// Escapes a text.
    pub fn new(text: &str) -> Self {
        let mut out = String::with_capacity(text.len() + 16);
        let mut rest = text;
        while let Some((before, inner, after)) = code_span(rest) {
            escape(before, &mut out);
            out.push_str("<code>");
            escape(inner, &mut out);
            out.push_str("</code>");
            rest = after;
        }
        escape(rest, &mut out);
        Self(out)
    }

    /// Escapes a text for the value of an attribute, where no code can stand.
    pub fn attribute(text: &str) -> Self {
        let mut out = String::with_capacity(text.len() + 16);
        escape(&text.replace('`', ""), &mut out);
        Self(out)
    }
}

impl std::fmt::Display for HtmlText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Splits a text at its first pair of backticks.
fn code_span(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('`')?;
    let (inner, after) = rest.split_once('`')?;
    (!inner.is_empty()).then_some((before, inner, after))
}

fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            letter if is_harmful(letter) => out.push_str(&format!("&lt;U+{:04X}&gt;", letter as u32)),
            letter => out.push(letter),
        }
    }
}

/// Writes the report as a page.
pub fn render(view: &View) -> String {
    let style = format!("{STYLE}{SVG_STYLE}{CHART_STYLE}");
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        base64(&Sha256::digest(style.as_bytes()))
    );
    let mut first = Page { out: String::new(), contents: Vec::new(), charts: 0, pictures: Vec::new().into_iter() };
    if let Some(screen) = &view.screen {
        first.screen(screen);
    }
    let scenes: Vec<&Scene> = view.alternatives.iter().flat_map(|one| &one.diagrams).map(|diagram| &diagram.scene).collect();
    // The layers of a large picture take most of the time of a page.
    let pictures = parallel::map(&scenes, |scene| svg(scene, Styled::ByPage)).into_iter();
    let mut page = Page { out: String::with_capacity(64 * 1024), contents: Vec::new(), charts: 0, pictures };
    page.body(view);
    let contents: String =
        page.contents.iter().map(|(id, title)| format!("<li><a href=\"#{id}\">{}</a></li>\n", HtmlText::new(title))).collect();
    let lead: String = view.lead.iter().map(|line| format!("<p>{}</p>\n", HtmlText::new(line))).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>{}</title>\n<style>{style}</style>\n</head>\n<body>\n\
         <header>\n<h1>{}</h1>\n<p class=\"headline\">{}</p>\n{}{lead}<nav aria-label=\"Contents\">\n<ul>\n{contents}</ul>\n</nav>\n</header>\n<main>\n{}</main>\n<footer>\n<p>Made by {} with the set of assumptions {}.</p>\n</footer>\n</body>\n</html>\n",
        HtmlText::attribute(&view.title),
        HtmlText::new(&view.title),
        HtmlText::new(&view.headline),
        first.out,
        page.out,
        HtmlText::new(&view.tool),
        HtmlText::new(&view.assumption_set),
    )
}

/// The page as it grows, with what its contents name.
struct Page {
    out: String,
    contents: Vec<(String, String)>,
    charts: usize,
    /// The diagrams' pictures, in the order in which they are shown: they are drawn all at once.
    pictures: std::vec::IntoIter<String>,
}

impl Page {
    fn body(&mut self, view: &View) {
        if !view.verdict.lines.is_empty() {
            self.heading("The verdict");
            view.verdict.lines.iter().for_each(|line| self.paragraph(line));
            view.verdict.sections.iter().for_each(|section| self.section(section));
        }
        if view.opening.iter().any(|section| !section.table.rows.is_empty()) {
            self.heading("Side by side");
            view.opening.iter().for_each(|section| self.section(section));
            view.charts.iter().for_each(|chart| self.chart(chart));
        }
        view.alternatives.iter().for_each(|alternative| self.alternative(alternative));
        self.heading("How to reproduce this");
        view.reproduce.iter().for_each(|line| self.paragraph(line));
    }

    /// What a reader needs first: the designs against what is asked of them, and what follows.
    fn screen(&mut self, screen: &Screen) {
        self.out.push_str("<div class=\"screen\">\n");
        let table = Table { title: "The designs against what is asked of them".to_owned(), ..screen.table.clone() };
        self.table(&table);
        let notes: String = table.notes.iter().map(|note| format!("<p class=\"legend\">{}</p>\n", HtmlText::new(note))).collect();
        self.out.push_str(&notes);
        let points =
            screen.points.iter().map(|point| format!("<dt>{}</dt><dd>{}</dd>\n", HtmlText::new(point.label), HtmlText::new(&point.text)));
        self.out.push_str(&format!("<dl>\n{}</dl>\n</div>\n", points.collect::<String>()));
    }

    fn heading(&mut self, title: &str) {
        // The id is generated: no text of a user is ever an identifier.
        let id = format!("s{}", self.contents.len() + 1);
        self.out.push_str(&format!("<h2 id=\"{id}\">{}</h2>\n", HtmlText::new(title)));
        self.contents.push((id, title.to_owned()));
    }

    fn paragraph(&mut self, text: &str) {
        self.out.push_str(&format!("<p>{}</p>\n", HtmlText::new(text)));
    }

    fn alternative(&mut self, view: &AlternativeView) {
        self.heading(&view.heading);
        view.summary.iter().for_each(|line| self.paragraph(line));
        if !view.because.is_empty() {
            let lines: String = view.because.iter().map(|line| format!("<li>{}</li>\n", HtmlText::new(line))).collect();
            self.out.push_str(&format!("<ul>\n{lines}</ul>\n"));
        }
        view.sections.iter().for_each(|section| self.section(section));
        view.charts.iter().for_each(|chart| self.chart(chart));
        if !view.diagrams.is_empty() || view.matrix.is_some() {
            self.out.push_str("<h3>Diagrams</h3>\n");
        }
        for diagram in &view.diagrams {
            self.figure(diagram);
        }
        if let Some(matrix) = &view.matrix {
            self.folded("Who depends on whom", &matrix.svg(Styled::ByPage));
        }
        self.out.push_str("<h3>How far to trust this</h3>\n");
        self.paragraph(&view.coverage);
        view.trust.iter().for_each(|section| self.section(section));
    }

    /// A chart, and the table that it is drawn from; that opens without a script.
    fn chart(&mut self, chart: &Chart) {
        self.charts += 1;
        let picture = chart.svg(self.charts);
        let title = HtmlText::new(&chart.title);
        self.out.push_str(&format!(
            "<figure class=\"chart\">\n<figcaption>{title}</figcaption>\n<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Chart: {}\">\n{picture}</div>\n<details>\n<summary>Its figures</summary>\n",
            HtmlText::attribute(&chart.title)
        ));
        self.table(&Table { title: format!("Figures: {}", chart.title), ..chart.table.clone() });
        for note in &chart.table.notes {
            self.paragraph(note);
        }
        self.out.push_str("</details>\n</figure>\n");
    }

    fn figure(&mut self, diagram: &DiagramView) {
        let picture = self.pictures.next().unwrap_or_default();
        if diagram.is_detail() {
            self.folded(&diagram.title, &picture);
        } else {
            self.out.push_str(&format!(
                "<figure>\n<figcaption>{}</figcaption>\n{}</figure>\n",
                HtmlText::new(&diagram.title),
                framed(&diagram.title, &picture)
            ));
        }
    }

    /// A picture that most readers do not need at once; it opens without a script.
    fn folded(&mut self, title: &str, picture: &str) {
        self.out.push_str(&format!("<details>\n<summary>{}</summary>\n{}</details>\n", HtmlText::new(title), framed(title, picture)));
    }

    fn section(&mut self, section: &Section) {
        let table = &section.table;
        if table.rows.is_empty() && table.notes.is_empty() {
            return;
        }
        if !table.title.is_empty() {
            self.out.push_str(&format!("<h3>{}</h3>\n", HtmlText::new(&table.title)));
        }
        if !table.rows.is_empty() {
            self.table(table);
        }
        if !table.notes.is_empty() {
            let notes: String = table.notes.iter().map(|note| format!("<li>{}</li>\n", HtmlText::new(note))).collect();
            self.out.push_str(&format!("<ul class=\"notes\">\n{notes}</ul>\n"));
        }
    }

    fn table(&mut self, table: &Table) {
        let class = |at: usize| if table.columns.get(at).is_some_and(|column| column.align == Align::Right) { " class=\"n\"" } else { "" };
        // A region that scrolls can be reached by keys, and says what it is.
        let label = if table.title.is_empty() { "table".to_owned() } else { HtmlText::attribute(&table.title).to_string() };
        self.out.push_str(&format!("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{label}\">\n<table>\n<thead><tr>"));
        for (at, column) in table.columns.iter().enumerate() {
            // A head without words is no head for who hears the table.
            let cell = if column.head.is_empty() { "td" } else { "th" };
            let scope = if column.head.is_empty() { "" } else { " scope=\"col\"" };
            self.out.push_str(&format!("<{cell}{scope}{}>{}</{cell}>", class(at), HtmlText::new(&column.head)));
        }
        self.out.push_str("</tr></thead>\n<tbody>\n");
        for row in &table.rows {
            self.out.push_str("<tr>");
            for (at, cell) in row.iter().enumerate() {
                self.out.push_str(&format!("<td{}>{}</td>", class(at), HtmlText::new(cell)));
            }
            self.out.push_str("</tr>\n");
        }
        self.out.push_str("</tbody>\n</table>\n</div>\n");
    }
}

/// Puts a picture into a frame: shrunk to the page where its words stay readable, else scrolled.
fn framed(title: &str, picture: &str) -> String {
    let width = picture.split_once("width=\"").and_then(|(_, rest)| rest.split_once('"')).and_then(|(width, _)| width.parse::<f64>().ok());
    let class = if width.is_some_and(|width| width <= WIDEST_SHRUNK) { "scroll fits" } else { "scroll" };
    format!("<div class=\"{class}\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">\n{picture}</div>\n", HtmlText::attribute(title))
}

/// The hash of a style in the form that the policy has: base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for part in bytes.chunks(3) {
        let number = part.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) << (8 * (3 - part.len()));
        for at in 0..4 {
            let letter = LETTERS[(number >> (18 - 6 * at) & 63) as usize];
            out.push(if at <= part.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{HtmlText, base64};

    /// RFC 4648, section 10.
    #[test]
    fn base64_is_the_standard_one() {
        for (raw, encoded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(raw.as_bytes()), encoded);
        }
    }

    #[test]
    fn a_name_is_text() {
        assert_eq!(HtmlText::new("`a -> b` <x>").to_string(), "<code>a -&gt; b</code> &lt;x&gt;");
        assert_eq!(HtmlText::new("`<script>alert(1)</script>`").to_string(), "<code>&lt;script&gt;alert(1)&lt;/script&gt;</code>");
        assert_eq!(HtmlText::attribute("a\" onload=`x` b='").to_string(), "a&quot; onload=x b=&#39;");
        assert_eq!(HtmlText::new("a\u{202e}b").to_string(), "a&lt;U+202E&gt;b");
        assert_eq!(HtmlText::new("a ` b").to_string(), "a ` b");
    }
}
