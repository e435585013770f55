//! No text brings a reading of values down, whatever a file holds.

use proptest::prelude::*;

use super::numbers::Style;
use super::{age, cluster, number_words, numbers, partial, personal, postcode, scale, states, tokens, written};
use crate::ingest::Texts;
use crate::spec::{Missing, Role};

/// Texts of the pieces that values are made of, and any others.
fn texts() -> impl Strategy<Value = String> {
    const PIECES: [&str; 48] = [
        "1",
        "12",
        "2024",
        "99999",
        "0",
        "/",
        "-",
        ".",
        ",",
        ":",
        " ",
        "T",
        "Z",
        "am",
        "May",
        "août",
        "th",
        "½",
        "(",
        ")",
        "%",
        "£",
        "€",
        "+",
        "<",
        "about ",
        "strongly ",
        "agree",
        "not at all ",
        "very ",
        "★",
        "😀",
        "@",
        "<a@b>",
        "mailto:",
        "NE1",
        "4XJ",
        "É",
        "ß",
        "\u{a0}",
        "\u{feff}",
        "\n",
        "#",
        "|",
        "years",
        "hundred",
        "twenty",
        "İ",
    ];
    prop_oneof![
        proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..10).prop_map(|p| p.concat()),
        ".{0,70}"
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_written_is_read_or_not(text in texts(), other in texts()) {
        if let Some(date) = written::take_apart(&text) {
            let _ = (date.serial(), date.month(2026), date.shape.text());
            for order in [crate::spec::DateOrder::DayMonthYear, crate::spec::DateOrder::MonthDayYear] {
                let _ = date.read(order, 2026);
            }
        }
        let _ = (partial::partial(&text), written::month_header(&text, 2026), states::state(&text));
        for style in [Style::Point, Style::Comma] {
            let _ = (numbers::parse(&text, style), number_words::unusual(&text, style, number_words::YEARS));
        }
        let _ = (number_words::odd(&text), age::read(&text), age::eaten(&text), age::bands(&[&text, &other]));
        // A postcode that is read is read again as itself.
        if let Some(code) = postcode::read(&text) {
            prop_assert_eq!(postcode::read(&code.text()), Some(code));
        }
        let _ = (postcode::meant(&text), Missing::read(&text), Missing::misspelt(&text));
        let _ = cluster::clusters([(text.as_str(), 2), (other.as_str(), 1)]);
        let _ = scale::falls(&[text.clone(), other.clone(), "Agree".to_owned()]);
        if let Some(scale) = scale::recognise(&[(&text, 3), (&other, 2), ("Strongly agree", 1)]) {
            // Every row is a step, stands outside or is told.
            let steps: u64 = scale.levels.iter().map(|l| l.rows).sum();
            let told: u64 = scale.misspelt.iter().map(|m| m.rows).sum::<u64>() + scale.outside.iter().map(|o| o.1).sum::<u64>();
            let blank = |t: &str| crate::spec::fold(t).is_empty();
            let all = 1 + if blank(&text) { 0 } else { 3 } + if blank(&other) { 0 } else { 2 };
            prop_assert_eq!(steps + told + scale.strange, all, "{:?}", scale);
            prop_assert!(scale.misspelt.iter().all(|m| m.level < scale.levels.len()));
        }
        let mut column = Texts::new();
        column.push(&text, 0);
        for expect in [tokens::Expect::Numbers, tokens::Expect::Labels, tokens::Expect::Answers] {
            let context =
                tokens::Context { expect, header: &other, platform: "limesurvey", options: &[], declared: None };
            let missing = tokens::Missing::of(&column, &context);
            for role in [Role::Email, Role::Postcode, Role::Person] {
                prop_assert_eq!(personal::read(&column, role, &missing).values.len(), 1);
            }
        }
    }
}
