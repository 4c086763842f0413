//! A diagram as the address of its picture on a PlantUML server.
//!
//! The address carries the architecture to whoever runs the server, so there is no default server.

use std::fmt;

/// The longest address that is made: browsers and servers cut longer ones.
pub const MAX_URL_CHARS: usize = 4_096;

/// Why there is no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UrlError {
    /// The server is not `http://…` or `https://…`.
    NotAServer(String),
    /// The address would have this many characters.
    TooLong(usize),
    /// The encoder's own words.
    Encoding(String),
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAServer(server) => {
                write!(f, "`{server}` is no address of a PlantUML server; write it as `https://plantuml.example.org/plantuml`")
            }
            Self::TooLong(length) => {
                write!(
                    f,
                    "the address has {length} characters and servers cut at {MAX_URL_CHARS}; write the diagram to a file instead, or draw a part of it"
                )
            }
            Self::Encoding(words) => write!(f, "the diagram cannot be encoded: {words}"),
        }
    }
}

impl std::error::Error for UrlError {}

/// Returns the address of a diagram's SVG on a server.
///
/// # Errors
/// When `server` is no address, or the result is longer than [`MAX_URL_CHARS`].
pub fn url(server: &str, text: &str) -> Result<String, UrlError> {
    let host = server.strip_prefix("https://").or_else(|| server.strip_prefix("http://"));
    if !host.is_some_and(|host| !host.is_empty() && !host.starts_with('/') && !host.contains(|c: char| c.is_whitespace() || c.is_control()))
    {
        return Err(UrlError::NotAServer(server.to_owned()));
    }
    let encoded = plantuml_encoding::encode_plantuml_deflate(text).map_err(|error| UrlError::Encoding(error.0))?;
    let url = format!("{}/svg/{encoded}", server.trim_end_matches('/'));
    let length = url.chars().count();
    if length > MAX_URL_CHARS { Err(UrlError::TooLong(length)) } else { Ok(url) }
}

#[cfg(test)]
mod tests {
    use super::{MAX_URL_CHARS, UrlError, url};

    #[test]
    fn a_small_diagram_has_an_address() {
        // The example of the text encoding's own page.
        let shown = url("https://plantuml.example.org/plantuml/", "@startuml\nPUML -> RUST\n@enduml").expect("short");
        assert_eq!(shown, "https://plantuml.example.org/plantuml/svg/SoWkIImgAStDuGe8zVLHqBLJ20eD3k5oICrB0Ge20000");
    }

    #[test]
    fn a_large_diagram_has_none() {
        // Deflate cannot shorten what never repeats: every line names another number.
        let text: String = (0..4_000_u32).map(|n| format!("{}\n", n.wrapping_mul(2_654_435_761))).collect();
        let error = url("https://plantuml.example.org", &text).expect_err("too long");
        assert!(matches!(error, UrlError::TooLong(length) if length > MAX_URL_CHARS));
        assert!(error.to_string().contains("4096"));
    }

    #[test]
    fn there_is_no_default_server() {
        for server in ["", "plantuml.example.org", "file:///etc", "https://", "https:///x", "https://a b"] {
            assert_eq!(url(server, "@startuml\n@enduml"), Err(UrlError::NotAServer(server.to_owned())));
        }
    }
}
