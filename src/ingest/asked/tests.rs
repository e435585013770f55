use super::*;
use crate::ingest::Texts;

fn column(header: &[&str], part: Part, question: u32, cells: &[&str]) -> Column {
    let mut texts = Texts::new();
    let mut codes = Vec::new();
    for (row, cell) in (0u32..).zip(cells) {
        let known = texts.iter().find(|(_, t, _)| t == cell).map(|(c, _, _)| c);
        codes.push(match known {
            Some(code) => {
                texts.count_one(code);
                code
            }
            None => texts.push(cell, row),
        });
    }
    let header = header.iter().map(|h| (*h).to_owned()).collect();
    Column { header, part, question, codes, texts, ..Column::default() }
}

fn table(columns: Vec<Column>) -> Table {
    let rows = columns.first().map_or(0, |c| c.codes.len());
    Table { platform: "plain", header_rows: 1, rows, columns, ..Table::default() }
}

fn one(header: &str, cells: &[&str]) -> How {
    asked(&table(vec![column(&[header], Part::Whole, 0, cells)])).remove(0).how
}

#[test]
fn one_column_is_what_its_cells_are() {
    assert_eq!(one("a", &["", " "]), How::Blank);
    assert_eq!(one("a", &["1", "1,204", "7%"]), How::Number);
    assert_eq!(one("a", &["13/04/2024", "14/04/2024 10:01"]), How::Date);
    assert_eq!(one("a", &["the soup", "the choir", "all of it"]), How::Text);
    let How::One(closed) = one("a", &["Yes", "No", "Yes", "No", "Yes", "my own words"]) else { panic!() };
    assert_eq!(closed.options.iter().map(|o| (o.text.as_str(), o.rows)).collect::<Vec<_>>(), [("Yes", 3), ("No", 2)]);
    assert_eq!(closed.other, 1);
    assert!(matches!(one("a", &["Tea;", "Coffee;Tea;"]), How::Joined(Separator::Semicolon, _)));
    assert!(matches!(one("a", &["1,2,5", "2", "1,2", "1", "5", "2,5"]), How::Joined(Separator::Comma, _)));
}

#[test]
fn options_with_a_column_each() {
    let columns = |ticks: &[(&str, &str, &str)], stem: &str| {
        let cell = |at: usize| -> Vec<&str> { ticks.iter().map(|t| [t.0, t.1, t.2][at]).collect() };
        let option = |at: usize, label: &str| column(&[stem, label], Part::Option, 3, &cell(at));
        asked(&table(vec![option(0, "Art"), option(1, "Music"), option(2, "Walks")]))
    };
    let found = columns(&[("Art", "Music", ""), ("", "", ""), ("", "", "Walks")], "Which?");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].columns, [0, 1, 2]);
    let How::Ticked(closed) = &found[0].how else { panic!() };
    assert_eq!(closed.options.iter().map(|o| o.rows).collect::<Vec<_>>(), [1, 1, 1]);
    let once: Vec<(&str, &str, &str)> =
        (0..30).map(|n| [("Art", "", ""), ("", "Music", ""), ("", "", "Walks")][n % 3]).collect();
    assert!(matches!(columns(&once, "Which?")[0].how, How::Spread(_)));
    assert!(matches!(columns(&once[..6], "Which?")[0].how, How::Ticked(_)));
    assert!(matches!(columns(&once, "Which? Tick all that apply")[0].how, How::Ticked(_)));
    let zeros = [("1", "1", "0"), ("0", "0", "1"), ("0", "0", "0")];
    let How::Ticked(closed) = &columns(&zeros, "Which?")[0].how else { panic!() };
    assert_eq!(closed.options.iter().map(|o| o.rows).collect::<Vec<_>>(), [1, 1, 1]);
}

#[test]
fn rows_of_a_grid_and_ranks() {
    let row = |label: &str, cells: &[&str]| column(&["How was", label], Part::Row, 0, cells);
    let grid =
        asked(&table(vec![row("soup", &["Good", "Bad", "Good", "Good"]), row("tea", &["Bad", "Bad", "", "Good"])]));
    assert_eq!((grid.len(), grid[0].columns.as_slice()), (1, &[0usize, 1][..]));
    assert!(matches!(&grid[0].how, How::Grid(None, closed) if closed.options.len() == 2));
    let ranks = asked(&table(vec![
        row("a", &["1", "2", "3", "1", "2", "3", "1"]),
        row("b", &["2", "3", "1", "3", "1", "2", "2"]),
        row("c", &["3", "1", "2", "2", "3", "1", "3"]),
    ]));
    assert_eq!(ranks[0].how, How::Ranked { places: 3 });
    let points = asked(&table(vec![row("a", &["1", "5", "5", "1"]), row("b", &["1", "2", "5", "2"])]));
    assert!(matches!(&points[0].how, How::Grid(None, closed) if closed.options.len() == 3));
    let ticks = asked(&table(vec![row("a", &["Mon, Tue", "Mon", "Tue"]), row("b", &["Wed", "Mon, Wed", "Tue, Wed"])]));
    assert!(matches!(&ticks[0].how, How::Grid(Some(Separator::CommaSpace), closed) if closed.options.len() == 3));
}

#[test]
fn other_texts_and_comments_belong_to_their_question() {
    let found = asked(&table(vec![
        column(&["Which?"], Part::Whole, 0, &["Art", "Art", "Music", "Music"]),
        column(&["Other (please specify)"], Part::Whole, 1, &["", "my aunt", "", ""]),
        column(&["Why?", "Fun"], Part::Option, 2, &["Fun", "", "", ""]),
        column(&["Why?", "Other (please specify)"], Part::OtherText, 2, &["", "a b", "", ""]),
        column(&["Why?", "Tell us more"], Part::Comment, 2, &["", "a b", "", ""]),
        Column { system: Some("date"), ..column(&["When"], Part::Whole, 5, &["", "", "", ""]) },
    ]));
    let seen: Vec<_> = found.iter().map(|q| (q.columns.clone(), q.others.clone(), q.comments.clone())).collect();
    assert_eq!(seen, [(vec![0], vec![1], vec![]), (vec![2], vec![3], vec![4])]);
}
