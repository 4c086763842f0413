//! Diagrams between two marked lines of a document, whatever its language: only what stands between them is written.

use std::path::Path;

use anyhow::{Result, bail};

use crate::cli::{Outcome, disk, output};
use crate::report::text::Fences;

/// Writes each text between the lines that name it, or says whether it stands there.
pub(super) fn embed(file: &Path, texts: &[(String, String)], only_check: bool) -> Result<Outcome> {
    let old = disk::read_text(file)?;
    let mut new = old.clone();
    let mut found = 0;
    for (name, text) in texts {
        match replaced(&new, name, text) {
            Ok(Some(text)) => {
                new = text;
                found += 1;
            }
            Ok(None) => {}
            Err(words) => bail!("`{}`: {words}", file.display()),
        }
    }
    if found == 0 {
        let names: Vec<&str> = texts.iter().map(|(name, _)| name.as_str()).collect();
        bail!(
            "`{}` has no place for {}; write these two lines where the picture belongs:\n<!-- weighbridge:{2}:begin -->\n<!-- weighbridge:{2}:end -->",
            file.display(),
            names.join(", "),
            names.first().copied().unwrap_or("deployment")
        );
    }
    if old == new {
        return Ok(Outcome::Pass);
    }
    if only_check {
        output::narrate(&format!("`{}` is stale: its diagram is not what the model draws now", file.display()));
        return Ok(Outcome::Fail);
    }
    disk::write_atomically(file, &new)?;
    output::narrate(&format!("wrote {}", file.display()));
    Ok(Outcome::Pass)
}

/// Returns the document with a text between the marks of a name; none where it has no such marks.
fn replaced(document: &str, name: &str, text: &str) -> Result<Option<String>, String> {
    let (begin, end) = (format!("weighbridge:{name}:begin"), format!("weighbridge:{name}:end"));
    // A mark is a word of its own: `deployment` is not `deployment-overview`, and not a part of a path.
    let is_mark = |line: &str, mark: &str| line.split_whitespace().any(|word| word == mark);
    let (mut out, mut found, mut inside) = (String::with_capacity(document.len() + text.len()), false, false);
    let mut fences = Fences::default();
    for line in document.split_inclusive('\n') {
        // A mark that a fenced block shows is an example.
        if !inside && fences.holds(line.trim_end()) {
            out.push_str(line);
            continue;
        }
        if is_mark(line, &begin) {
            if inside || found {
                return Err(format!("`{begin}` stands there twice"));
            }
            out.push_str(line);
            if !line.ends_with('\n') {
                return Err(format!("`{begin}` is not followed by `{end}`"));
            }
            let line_end = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
            // Languages of documents want a block apart from the comment before it.
            out.push_str(line_end);
            out.push_str(&text.replace('\n', line_end));
            out.push_str(line_end);
            (found, inside) = (true, true);
        } else if is_mark(line, &end) {
            if !inside {
                return Err(format!("`{end}` stands before `{begin}`"));
            }
            inside = false;
            out.push_str(line);
        } else if !inside {
            out.push_str(line);
        }
    }
    if inside {
        return Err(format!("`{begin}` is not followed by `{end}`"));
    }
    Ok(found.then_some(out))
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn only_what_stands_between_the_marks_is_written() {
        let document = "a\n<!-- weighbridge:x:begin -->\nold\n<!-- weighbridge:x:end -->\nb\n";
        let new = replaced(document, "x", "new\n").expect("marked well").expect("it is there");
        assert_eq!(new, "a\n<!-- weighbridge:x:begin -->\n\nnew\n\n<!-- weighbridge:x:end -->\nb\n");
        assert_eq!(replaced(&new, "x", "new\n"), Ok(Some(new.clone())), "again changes nothing");
        assert_eq!(replaced(document, "y", "new\n"), Ok(None));
        let fenced = format!("```markdown\n{document}```\n");
        assert_eq!(replaced(&fenced, "x", "new\n"), Ok(None), "an example is no place");
        let both = replaced(&format!("{fenced}{document}"), "x", "new\n").expect("marked well").expect("it is there");
        assert_eq!(both, format!("{fenced}{new}"));
        let windows =
            replaced("# weighbridge:x:begin\r\n# weighbridge:x:end\r\n", "x", "new\n").expect("marked well").expect("it is there");
        assert_eq!(windows, "# weighbridge:x:begin\r\n\r\nnew\r\n\r\n# weighbridge:x:end\r\n");
    }

    #[test]
    fn broken_marks_are_named() {
        for broken in [
            "weighbridge:x:begin\n",
            "weighbridge:x:end\n",
            "weighbridge:x:begin",
            "weighbridge:x:begin\nweighbridge:x:begin\nweighbridge:x:end\n",
        ] {
            assert!(replaced(broken, "x", "new").is_err(), "{broken}");
        }
    }
}
