//! Whose file is it? A derived file says in its first lines what it was derived with, and the SHA-256 of all that follows. While that fits, nobody has touched it.

use sha2::{Digest, Sha256};

use super::Wanted;

/// How the first line begins.
const FIRST: &str = "# Derived: weighbridge derive --as ";

/// How the second line begins.
const SECOND: &str = "# Fingerprint: ";

/// The digits of a fingerprint that are written: as many as tell texts apart that nobody forges.
const DIGITS: usize = 16;

/// Whose a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authorship {
    /// It was derived, and nobody has touched it since.
    Derived,
    /// It was derived and edited since.
    Edited,
    /// It was written by hand.
    Hand,
}

/// Puts the first lines before a text.
pub(super) fn sealed(wanted: &Wanted, body: &str) -> String {
    let parts = if wanted.parts.is_empty() { String::new() } else { format!(" --parts {}", wanted.parts.join(",")) };
    format!(
        "{FIRST}{}{parts}\n{SECOND}{} of the lines below: deriving again replaces this file while they are untouched, and never after.\n{body}",
        wanted.target.word(),
        &sha256(body)[..DIGITS],
    )
}

/// Says whose a text is.
pub fn authorship(text: &str) -> Authorship {
    let Some((first, rest)) = text.split_once('\n') else { return Authorship::Hand };
    let Some((second, body)) = rest.split_once('\n') else { return Authorship::Hand };
    let (true, Some(stated)) = (first.starts_with(FIRST), second.strip_prefix(SECOND)) else { return Authorship::Hand };
    // Who checks out files with other line ends has edited nothing.
    let body = body.replace("\r\n", "\n");
    if stated.split(' ').next() == Some(&sha256(&body)[..DIGITS]) { Authorship::Derived } else { Authorship::Edited }
}

/// Returns the SHA-256 of a text in hexadecimal digits, as `sha256sum` prints it.
pub(crate) fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{Authorship, authorship, sealed, sha256};
    use crate::derivation::{Target, Wanted};

    /// FIPS 180-4, the example of one block.
    #[test]
    fn the_fingerprint_is_sha_256() {
        assert_eq!(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn a_derived_file_is_told_from_an_edited_one_and_from_a_hand_s() {
        let text = sealed(&Wanted { target: Target::Single, parts: Vec::new() }, "schema = 1\nextends = \"../system.toml\"\n");
        assert_eq!(authorship(&text), Authorship::Derived);
        assert_eq!(authorship(&text.replace('\n', "\r\n")), Authorship::Derived, "other line ends edit nothing");
        assert_eq!(authorship(&text.replace("schema = 1", "schema = 1 # mine")), Authorship::Edited);
        assert_eq!(authorship(&format!("{text}# mine\n")), Authorship::Edited);
        assert_eq!(authorship("schema = 1\n"), Authorship::Hand);
        assert_eq!(authorship(""), Authorship::Hand);
    }
}
