//! Patterns in which `*` stands for any characters: names of files, ids, keys of prices.

/// Says whether a name matches a pattern. Time is the product of the lengths at most.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    // A byte of a letter is equal to no byte of another letter at the same place in it, and `*` is one byte.
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        if p < pattern.len() && pattern[p] == b'*' {
            star = Some((p, n));
            p += 1;
        } else if p < pattern.len() && pattern[p] == name[n] {
            p += 1;
            n += 1;
        } else if let Some((at, from)) = star {
            p = at + 1;
            n = from + 1;
            star = Some((at, from + 1));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|letter| *letter == b'*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_characters() {
        assert!(matches("*.toml", "a.toml") && matches("a*b*.toml", "aXbY.toml") && matches("*", "") && matches("gr*n", "grün"));
        assert!(!matches("*.toml", "a.tom") && !matches("b*", "a") && !matches("ü", "u") && !matches("*u", "grün"));
    }
}
