//! The console blocks of the README and of the guide run as transcripts, those of a page one after another in an empty directory.

use std::path::Path;

#[test]
fn blocks_are_transcripts() {
    for (page, at_least) in [("README.md", 1), ("docs/first-decision.md", 8)] {
        let scratch = tempfile::tempdir().expect("a scratch directory");
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).expect("the page is text");
        assert!(text.matches("```console").count() >= at_least, "{page} shows commands");
        let copy = scratch.path().join("page.md");
        std::fs::write(&copy, text).expect("a copy");
        // Transcripts run where the test runs; this binary has one test, so nothing else depends on the directory.
        let empty = scratch.path().join("empty");
        std::fs::create_dir(&empty).expect("a directory");
        std::env::set_current_dir(&empty).expect("the directory is there");
        trycmd::TestCases::new().case(copy);
    }
}
