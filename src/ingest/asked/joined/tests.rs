use super::*;

fn cells<'a>(list: &[&'a str]) -> Vec<(&'a str, u64)> {
    let mut out: Vec<(&str, u64)> = Vec::new();
    for text in list {
        match out.iter_mut().find(|(t, _)| t == text) {
            Some((_, n)) => *n += 1,
            None => out.push((text, 1)),
        }
    }
    out
}
fn found(list: &[&str]) -> Option<Split> {
    split(&cells(list), false)
}
fn names(list: &[&str]) -> (Option<Separator>, Vec<String>) {
    match found(list) {
        Some(found) => (Some(found.separator), found.closed.options.into_iter().map(|o| o.text).collect()),
        None => (None, Vec::new()),
    }
}

#[test]
fn options_with_commas_and_brackets_survive() {
    let list = [
        "Art, craft and design",
        "Art, craft and design, Music (choir, band)",
        "Music (choir, band)",
        "Music (choir, band), Walks",
        "Walks",
        "Art, craft and design, Walks",
        "Walks",
    ];
    let (by, options) = names(&list);
    assert_eq!(by, Some(Separator::CommaSpace));
    assert_eq!(options, ["Art, craft and design", "Music (choir, band)", "Walks"]);
}

#[test]
fn a_capital_behind_a_comma_is_part_of_its_option_where_it_never_stands_elsewhere() {
    let list = [
        "Talks, Tours",
        "Talks, Tours, Café",
        "Café",
        "Café, Shop",
        "Shop",
        "Talks, Tours, Shop",
        "Talks, Tours",
        "Talks, Tours",
    ];
    assert_eq!(names(&list).1, ["Talks, Tours", "Café", "Shop"]);
}

#[test]
fn answers_that_share_words_are_one_answer_each() {
    let one = [
        "Yes, definitely",
        "Yes, a bit",
        "Probably",
        "No, never",
        "Yes, definitely",
        "Probably",
        "Yes, a bit",
        "No, never",
    ];
    assert_eq!(found(&one), None);
    assert_eq!(found(&["Newcastle, UK", "Leeds, UK", "Newcastle, UK", "York, UK", "Leeds, UK", "York, UK"]), None);
    assert_eq!(found(&["Smith, Ann", "Smith, John", "Jones, Ann", "Jones, Sam", "Reed, Sam"]), None);
}

#[test]
fn sentences_and_numbers_are_no_lists() {
    let said = ["I came, I saw", "Good, but loud", "The choir, the soup, the talk", "Nothing, really", "Good", "Good"];
    assert_eq!(found(&said), None);
    assert_eq!(found(&["1,204", "3,500", "12", "1,204", "7", "12"]), None);
    assert_eq!(found(&["3,5", "4,5", "3", "4", "5", "3,5"]), None);
}

#[test]
fn a_list_that_people_typed_is_their_own_words() {
    let typed = ["python, R", "R, Python", "Python", "r", "R", "PYTHON, r", "python", "R, python", "Python, r"];
    assert_eq!(found(&typed), None);
}

#[test]
fn a_semicolon_behind_the_last_answer_is_enough() {
    let split = found(&["Tea;", "Coffee;", "Tea;my own blend;", "Tea;Coffee;"]).unwrap();
    assert_eq!((split.separator, split.closed.other), (Separator::Semicolon, 1));
    let options: Vec<(&str, u64)> = split.closed.options.iter().map(|o| (o.text.as_str(), o.rows)).collect();
    assert_eq!(options, [("Tea", 3), ("Coffee", 2)]);
    assert_eq!(
        names(&["Tea;Coffee, black", "Tea", "Coffee, black", "Tea", "Coffee, black;Tea"]).0,
        Some(Separator::Semicolon)
    );
}

#[test]
fn every_separator_of_the_platforms() {
    let with = |by: &str| -> Vec<String> {
        ["Art", "Art@Music", "Music", "Music@Walks", "Art@Walks", "Walks", "Art@Music@Walks", "Art"]
            .iter()
            .map(|t| t.replace('@', by))
            .collect()
    };
    for (by, expected) in [
        (",", Separator::Comma),
        (", ", Separator::CommaSpace),
        (";", Separator::Semicolon),
        ("; ", Separator::Semicolon),
        (" | ", Separator::Bar),
        ("|", Separator::Bar),
        ("\n", Separator::Line),
        ("\r\n", Separator::Line),
    ] {
        let list = with(by);
        let list: Vec<&str> = list.iter().map(String::as_str).collect();
        let (found, options) = names(&list);
        assert_eq!(found, Some(expected), "{by:?}");
        assert_eq!(options, ["Art", "Music", "Walks"], "{by:?}");
    }
    let space = ["art_club", "art_club old_music", "old_music", "art_club"];
    assert_eq!(names(&space).0, Some(Separator::Space));
    assert_eq!(names(&["very good", "good", "very bad", "bad", "good"]).0, None);
    let labels = ["Very good", "Good", "Very bad", "Bad", "Good", "Very good", "Bad", "Very bad"];
    assert_eq!(split(&cells(&labels), true), None);
    assert_eq!(split(&cells(&["art", "art music", "music"]), true).map(|s| s.separator), Some(Separator::Space));
}

#[test]
fn all_answers_in_every_cell_are_an_order() {
    let orders = ["Cost;Place;Time;", "Time;Cost;Place;", "Place;Time;Cost;", "Cost;Place;Time;"];
    assert!(found(&orders).is_some_and(|split| split.ordered));
    let ticks = ["Cost;Place;Time;", "Time;", "Place;Time;Cost;"];
    assert!(found(&ticks).is_some_and(|split| !split.ordered));
}
