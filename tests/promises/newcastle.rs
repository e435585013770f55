//! Newcastle Libraries: what real logs say, counted by this program and by hand.

use std::collections::BTreeMap;

use reach::measure::{Figure, Measured, Status, check, figures, identity, measure};

use crate::support;

fn measured() -> Option<(tempfile::TempDir, Measured, BTreeMap<String, Figure>)> {
    let folder = support::newcastle()?;
    let spec = reach::spec::load(&folder.path().join("reach.toml")).unwrap_or_else(|p| panic!("{p:#?}"));
    let intake = reach::ingest::read(&spec);
    let cleaned = reach::clean::clean(intake, &spec, None);
    let linked = reach::link::link(cleaned, &spec, &reach::link::Key::from_bytes([7; 32]));
    let measured = measure(&linked, &spec);
    assert_eq!(check(&measured), Vec::<String>::new());
    let mut out = BTreeMap::new();
    for table in &measured.tables {
        for figure in figures(&measured, table, &identity(&measured, table.family)) {
            assert!(out.insert(figure.id.clone(), figure).is_none());
        }
    }
    Some((folder, measured, out))
}

/// The sum of a log by `csv` alone: per library and April–March year, what is known; and how many cells are blank.
fn by_hand(folder: &std::path::Path, file: &str) -> BTreeMap<(String, String), f64> {
    let mut reader = csv::Reader::from_path(folder.join("activity").join(file)).unwrap();
    let years: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .skip(1)
        .map(|month| {
            let (year, month) = month.split_once('-').unwrap();
            let (year, month): (u32, u32) = (year.parse().unwrap(), month.parse().unwrap());
            let start = if month >= 4 { year } else { year - 1 };
            format!("{start}-{:02}", (start + 1) % 100)
        })
        .collect();
    let mut sums = BTreeMap::new();
    for record in reader.records() {
        let record = record.unwrap();
        let library = record[0].trim().replace("Cruddas Park", "Cruddas");
        for (year, cell) in years.iter().zip(record.iter().skip(1)) {
            if !cell.trim().is_empty() {
                *sums.entry((library.clone(), year.clone())).or_insert(0.0) += cell.trim().parse::<f64>().unwrap();
            }
        }
    }
    sums
}

#[test]
fn totals_by_library_and_year_agree_with_a_sum_by_csv_alone() {
    let Some((folder, _, figures)) = measured() else { return };
    for (source, file) in [("visits", "newcastle-monthly-visits.csv"), ("enquiries", "newcastle-monthly-enquiries.csv")]
    {
        let sums = by_hand(folder.path(), file);
        assert!(sums.len() > 200);
        let mut checked = 0;
        for figure in figures.values().filter(|f| f.table == format!("counts:{source}/site,year")) {
            let at = (figure.dimensions[0].label.clone(), figure.dimensions[1].value.clone());
            assert_eq!(figure.value, sums.get(&at).copied(), "{}", figure.id);
            checked += usize::from(figure.value.is_some());
        }
        assert_eq!(checked, sums.len());
        for (table, of) in [("site", 0), ("year", 1)] {
            let mut totals: BTreeMap<String, f64> = BTreeMap::new();
            for ((library, year), sum) in &sums {
                *totals.entry(if of == 0 { library.clone() } else { year.clone() }).or_default() += sum;
            }
            for figure in figures.values().filter(|f| f.table == format!("counts:{source}/{table}")) {
                assert_eq!(figure.value, totals.get(&figure.dimensions[0].label).copied(), "{}", figure.id);
            }
        }
        assert_eq!(figures[&format!("counts:{source}/total")].value, Some(sums.values().sum::<f64>()));
    }
}

/// Seven hundred districts have fewer than ten members each: to name one would say that somebody of it is a member.
#[test]
fn no_rare_postcode_district_is_named() {
    let Some((_folder, measured, figures)) = measured() else { return };
    let rare = |f: &&Figure| f.table == "people-list:members/district" && f.value.is_some_and(|v| v < 10.0);
    let rare: Vec<&str> = figures.values().filter(rare).map(|f| f.dimensions[0].value.as_str()).collect();
    assert!(rare.len() > 600);
    let out = crate::protect::gate(&measured);
    let shown: Vec<&Figure> =
        out.figures.iter().map(|f| f.get()).filter(|f| f.table == "people-list:members/district").collect();
    assert!(shown.len() > 50);
    for condition in shown.iter().flat_map(|f| &f.dimensions) {
        assert!(condition.value.split('+').all(|code| !rare.contains(&code)), "{}", condition.value);
    }
}

#[test]
fn ten_months_without_a_column_are_gaps() {
    let Some((_folder, _, figures)) = measured() else { return };
    for source in ["visits", "enquiries"] {
        let table = format!("counts:{source}/month");
        let months: Vec<&Figure> = figures.values().filter(|f| f.table == table).collect();
        let codes: Vec<&str> = months.iter().map(|f| f.dimensions[0].value.as_str()).collect();
        for month in ["2020-06", "2020-12", "2021-01", "2021-03"] {
            let figure = &figures[&format!("{table}/month={month}")];
            assert_eq!((figure.value, figure.status), (None, Status::NotCollected));
            assert!(figure.missing.not_asked.unwrap() > 0 && figure.missing.blank == Some(0));
        }
        // Twelve years and two months before the first of them, none left out.
        assert_eq!((codes[0], codes[146], codes[155], codes[156]), ("2008-04", "2020-06", "2021-03", "2021-04"));
    }
    // A zero is a zero: twenty-two stand in the log of visits.
    let zeros = |f: &&Figure| f.table == "counts:visits/site,month" && f.value == Some(0.0);
    assert_eq!(figures.values().filter(zeros).count(), 22);
}

#[test]
fn what_the_forms_say_has_the_base_of_those_who_were_asked() {
    let Some((_folder, measured, figures)) = measured() else { return };
    let base = |id: &str| figures[id].base.as_ref().unwrap().n;
    // "Fun" was an option of the reading group's form only, "Interesting" of both.
    assert_eq!(base("answers:groups:find/total/q:find=fun"), 37);
    assert_eq!(base("answers:groups:find/total/q:find=interesting"), 47);
    assert_eq!(figures["people-list:members/total"].value, Some(80_752.0));
    let not_known = &figures["people-list:members/joined-month/joined-month=not-known"];
    assert_eq!(not_known.value, Some(256.0));
    let title = |t: &&reach::measure::Table| t.id == "people-list:members/joined-month";
    let title = &measured.tables.iter().find(title).unwrap().title;
    assert!(title.contains("active on 6 April 2016 by month of joining"), "{title}");
}

#[test]
fn the_report_says_what_its_members_are_and_which_date_was_filled_in() {
    let Some(folder) = support::newcastle() else { return };
    let ran = support::reach(&["run", folder.path().join("reach.toml").to_str().unwrap()]);
    assert_eq!(ran.exit, Some(0), "{}", ran.stderr);
    let page = std::fs::read_to_string(ran.stdout.trim()).unwrap();
    assert!(page.contains("people active on 6 April 2016"), "who these members are");
    assert!(!page.to_lowercase().contains("new members"), "they are not those who joined");
    assert!(page.contains("Many have the date 25 August 1996"), "the default date is said where the months are shown");
    assert!(ran.stderr.contains("4,374 rows have 25 August 1996"), "{}", ran.stderr);
    assert!(ran.stderr.contains("261 rows are equal to an earlier one"), "{}", ran.stderr);
}
