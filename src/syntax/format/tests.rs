//! Layout of model files: the rules of the module's documentation, one by one, and the laws over any text.

use std::collections::BTreeMap;

use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::{prop_assert, prop_assert_eq, proptest};

use super::format;

fn formatted(text: &str) -> String {
    format(text).expect("the text is TOML")
}

/// Checks one rewriting, and that writing again changes nothing.
fn check(text: &str, expected: &str) {
    let once = formatted(text);
    assert_eq!(once, expected);
    assert_eq!(formatted(&once), once, "formatting is idempotent");
    assert_same_meaning(text, &once);
}

/// Values are equal, and no comment is lost or made.
fn assert_same_meaning(before: &str, after: &str) {
    assert_eq!(
        toml::from_str::<toml::Table>(before).map(seconds),
        toml::from_str::<toml::Table>(after).map(seconds),
        "{before:?} became {after:?}"
    );
    assert_eq!(comments(before), comments(after), "{before:?} became {after:?}");
}

/// A time without seconds is the time with `:00`.
fn seconds(mut table: toml::Table) -> toml::Table {
    fn fill(value: &mut toml::Value) {
        match value {
            toml::Value::Datetime(datetime) => {
                if let Some(time) = &mut datetime.time {
                    time.second.get_or_insert(0);
                }
            }
            toml::Value::Array(values) => values.iter_mut().for_each(fill),
            toml::Value::Table(table) => table.iter_mut().for_each(|(_, value)| fill(value)),
            _ => {}
        }
    }
    table.iter_mut().for_each(|(_, value)| fill(value));
    table
}

fn comments(text: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for token in toml_parser::Source::new(text).lex() {
        if token.kind() == toml_parser::lexer::TokenKind::Comment {
            let raw = text.get(token.span().start()..token.span().end()).expect("a token lies in the text");
            *found.entry(raw.trim_end().to_owned()).or_default() += 1;
        }
    }
    found
}

#[test]
fn equal_signs_of_a_run_stand_in_one_column() {
    check("a=1\nlong-key   =2\n\nb  = 3\n[t] \nc=4\n", "a        = 1\nlong-key = 2\n\nb = 3\n[t]\nc = 4\n");
}

#[test]
fn a_comment_does_not_end_a_run_and_a_list_over_lines_does_not_either() {
    check("a = 1\n# why\nbcd = [\n'x',\n]\n", "a   = 1\n# why\nbcd = [\n  'x',\n]\n");
}

#[test]
fn a_run_with_very_different_keys_is_not_aligned() {
    let long = "k".repeat(42);
    check(&format!("a = 1\n{long} = 2\n"), &format!("a = 1\n{long} = 2\n"));
    let shorter = "k".repeat(41);
    check(&format!("a = 1\n{shorter} = 2\n"), &format!("a{} = 1\n{shorter} = 2\n", " ".repeat(40)));
}

#[test]
fn comments_behind_neighbours_stand_in_one_column() {
    check("a = 1 # x\nb = 100      #y  \nc = 1\nd = 1#z\n", "a = 1    # x\nb = 100  #y\nc = 1\nd = 1  #z\n");
}

#[test]
fn one_blank_line_stays_of_several_and_none_at_the_ends() {
    check("\n\na = 1\r\n  \r\n\r\n\tb = 2\n\n\n", "a = 1\n\nb = 2\n");
    check("", "");
    check("\n\n", "");
    check("# only\n\n", "# only\n");
}

#[test]
fn a_missing_last_line_end_is_added() {
    check("a = 1", "a = 1\n");
}

#[test]
fn a_list_that_is_too_long_gets_one_member_per_line() {
    let step = format!("\"{}\"", "s".repeat(54));
    check(&format!("k = [{step}, {step}]\n"), &format!("k = [{step}, {step}]\n"));
    check(&format!("kk = [{step}, {step}]\n"), &format!("kk = [\n  {step},\n  {step},\n]\n"));
}

#[test]
fn a_list_that_the_author_broke_stays_broken() {
    check("k = [ \"a\",\n\"b\" ]\n", "k = [\n  \"a\",\n  \"b\",\n]\n");
    check("k = [\n]\n", "k = []\n");
    check("k = [ # why\n 1, # one\n\n\n # two\n 2\n ]\n", "k = [\n  # why\n  1,  # one\n\n  # two\n  2,\n]\n");
}

#[test]
fn a_step_that_is_too_long_breaks_its_lists_of_steps() {
    let step = format!("\"{}\"", "s".repeat(60));
    check(
        &format!("steps = [\n{{ parallel = [{step}, [{step}]], quorum = 1 }}]\n"),
        &format!("steps = [\n  {{ parallel = [\n    {step},\n    [{step}],\n  ], quorum = 1 }},\n]\n"),
    );
}

#[test]
fn an_inline_table_that_was_written_on_one_line_stays_there() {
    let long = format!("k = {{ a = \"{}\", b = 1 }}\n", "x".repeat(200));
    check(&long, &long);
    check("k={a=1,b.c = {  }}\n", "k = { a = 1, b.c = {} }\n");
}

/// `fmt` rewrites TOML 1.1.
#[test]
fn an_inline_table_over_lines_becomes_one_line() {
    check("k = {\n  a = 1,\n  b = [1, ],\n}\n", "k = { a = 1, b = [1] }\n");
    check("k = { a = 1, b = [\n 1 ] }\n", "k = { a = 1, b = [\n  1,\n] }\n");
    check("k = { a = 1, }\n", "k = { a = 1 }\n");
}

#[test]
fn an_inline_table_with_comments_gets_a_header_behind_its_neighbours() {
    check(
        "[links]\n# first\n\"a -> b\" = {\n  # about x\n  x = 1, # one\n  long = 2,\n} # end\n\"b -> c\" = {}\n\n# next\n[other]\n",
        "[links]\n\"b -> c\" = {}\n\n# first\n[links.\"a -> b\"]  # end\n# about x\nx    = 1  # one\nlong = 2\n\n# next\n[other]\n",
    );
}

#[test]
fn an_inline_table_over_lines_that_does_not_fit_one_gets_a_header() {
    check("k = {\n  a = 1,\n  b = [\n 1 ],\n}\n", "[k]\na = 1\nb = [\n  1,\n]\n");
    let long = "x".repeat(120);
    check(&format!("k = {{\n  a = \"{long}\",\n  t = {{ # why\n b = 1 }} }}\n"), &format!("[k]\na = \"{long}\"\n\n[k.t]\n# why\nb = 1\n"));
}

#[test]
fn comments_go_above_where_no_header_can_stand() {
    check("a.b = { # why\n  c = 1, # one\n}\n", "# why\n# one\na.b = { c = 1 }\n");
    check("steps = [ { call = \"a -> b\", # why\n times = 2 } ]\n", "steps = [\n  # why\n  { call = \"a -> b\", times = 2 },\n]\n");
}

#[test]
fn newer_escapes_and_times_become_older_ones() {
    check(
        "a = \"\\e[0m \\xe9 \\\\e\"\nb = 07:32\nc = 1979-05-27 07:32Z\nd = 1979-05-27T07:32-07:00\ne = 07:32:01.5\nf = '\\e'\n",
        "a = \"\\u001B[0m \\u00e9 \\\\e\"\nb = 07:32:00\nc = 1979-05-27 07:32:00Z\nd = 1979-05-27T07:32:00-07:00\ne = 07:32:01.5\nf = '\\e'\n",
    );
}

#[test]
fn headers_and_dotted_keys_lose_their_blanks() {
    check("[ a . \"b c\" ]# why\nx . y=1\n[[ l ]]\n", "[a.\"b c\"]  # why\nx.y = 1\n[[l]]\n");
}

/// A malformed key is `check`'s to report, and two spellings of one link are a mistake that only the author can resolve.
#[test]
fn link_keys_get_their_usual_spaces() {
    assert_eq!(
        formatted("[links]\n\"a -> b,c  ,  d\" = {}\n\"a ->  b\" = {}\n"),
        "[links]\n\"a -> b, c, d\" = {}\n\"a ->  b\"      = {}\n"
    );
    assert_eq!(formatted("[links.\"a -> b,c\"]\nx = 1\n"), "[links.\"a -> b, c\"]\nx = 1\n");
    assert_eq!(formatted("links.\"a -> b,c\".x = 1\n"), "links.\"a -> b, c\".x = 1\n");
    check("[links]\n\"a -> b,c\" = {}\n\"a -> b, c\" = {}\n", "[links]\n\"a -> b,c\"  = {}\n\"a -> b, c\" = {}\n");
    check("[links]\n\"a->b\" = {}\n[meta]\n\"a -> b,c\" = {}\n", "[links]\n\"a->b\" = {}\n[meta]\n\"a -> b,c\" = {}\n");
}

#[test]
fn a_file_that_is_not_toml_is_refused_with_its_mistakes() {
    let error = format("a = \nb = 1\nb = 2\n").expect_err("not TOML");
    let file = crate::source::Sources::default().add("x.toml", "");
    assert!(error.to_string().contains("set twice"), "{error}");
    assert_eq!(error.diagnostics(file).len(), 2);
    assert!(format(&"[".repeat(20_000)).is_err());
}

#[test]
fn deep_nesting_takes_no_longer_than_its_size() {
    let long = "x".repeat(130);
    let text = format!("k = {}\n\"{long}\"{}\n", "[{ a = [".repeat(26), "] }]".repeat(26));
    let once = formatted(&text);
    assert_eq!(formatted(&once), once);
    assert_same_meaning(&text, &once);
}

/// Pieces of TOML that a file may be made of, some of them broken.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("\n"),
        Just("\r\n"),
        Just(" "),
        Just("# c\n"),
        Just("  # d \n"),
        Just("a"),
        Just("b-1"),
        Just("\"x -> y\""),
        Just("\"x -> y,z\""),
        Just("."),
        Just(" = "),
        Just("="),
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(","),
        Just("1"),
        Just("\"s\\e\\x41\""),
        Just("'l'"),
        Just("\"\"\"m\nn\"\"\""),
        Just("07:32"),
        Just("true"),
        Just("links"),
        Just("[links]\n"),
        Just("[[t]]\n"),
    ]
    .prop_map(str::to_owned)
}

/// A value of some depth, as text, with comments and line ends wherever TOML 1.1 allows them.
fn value() -> impl Strategy<Value = String> {
    let gap = || prop_oneof![4 => Just(""), 1 => Just("\n"), 1 => Just(" # c\n"), 1 => Just("\n\n # d\n")];
    let leaf = prop_oneof![
        Just("1".to_owned()),
        Just("\"a -> b\"".to_owned()),
        Just("2026-11-20".to_owned()),
        Just("07:32".to_owned()),
        Just("\"\"\"m\n n\"\"\"".to_owned()),
        proptest::string::string_regex("'[a-z]{50,70}'").expect("a pattern"),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let list = proptest::collection::vec((gap(), inner.clone(), gap()), 0..4)
            .prop_map(|members| members.into_iter().map(|(before, member, after)| format!("{before}{member}{after},")).collect::<String>());
        let table = proptest::collection::vec((gap(), inner, gap()), 0..4).prop_map(|members| {
            members
                .into_iter()
                .enumerate()
                .map(|(at, (before, member, after))| format!("{before}k{at} = {member}{after},"))
                .collect::<String>()
        });
        prop_oneof![
            (list, gap()).prop_map(|(members, end)| format!("[{members}{end}]")),
            (table, gap()).prop_map(|(members, end)| format!("{{{members}{end}}}"))
        ]
    })
}

/// A whole file: tables with entries, comments and blank lines.
fn file() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        4 => (0_u8..30, value(), prop_oneof![Just(""), Just("# e")]).prop_map(|(key, value, comment)| format!("key-{key} = {value} {comment}\n")),
        1 => (0_u8..30, value()).prop_map(|(key, value)| format!("dotted-{key}.x = {value}\n")),
        1 => Just("# f\n".to_owned()),
        1 => Just("\n".to_owned()),
        1 => (0_u8..9, prop_oneof![Just(""), Just(" # g")]).prop_map(|(table, comment)| format!("[t{table}]{comment}\n")),
        1 => (0_u8..3).prop_map(|table| format!("[[l{table}]]\n")),
    ];
    proptest::collection::vec(line, 0..20).prop_map(|lines| lines.concat())
}

proptest! {
    #[test]
    fn any_text_is_formatted_or_refused(text in "\\PC{0,80}") {
        let _ = format(&text);
    }

    #[test]
    fn what_is_formatted_means_the_same_and_stays(pieces in proptest::collection::vec(piece(), 0..24)) {
        let text = pieces.concat();
        if let Ok(once) = format(&text) {
            prop_assert_eq!(&formatted(&once), &once);
            if !text.contains("y,z") {
                assert_same_meaning(&text, &once);
            }
        }
    }

    #[test]
    fn files_with_values_of_any_depth_keep_their_meaning(text in file()) {
        if let Ok(once) = format(&text) {
            prop_assert_eq!(&formatted(&once), &once);
            assert_same_meaning(&text, &once);
            prop_assert!(once.is_empty() || once.ends_with('\n') && !once.ends_with("\n\n"));
        }
    }

    #[test]
    fn a_mutated_model_is_formatted_or_refused(at in 0_usize..2_000, cut in 0_usize..4, piece in piece()) {
        let mut text = include_str!("../../../models/shop/system.toml").to_owned();
        let start = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let end = (start + cut..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
        text.replace_range(start..end, &piece);
        if let Ok(once) = format(&text) {
            prop_assert_eq!(&formatted(&once), &once);
            if !text.contains("y,z") {
                assert_same_meaning(&text, &once);
            }
        }
    }
}
