//! Every kind of chart draws whatever it is given: usual values, none, many, and labels of any length.
//!
//! With `REACH_SHOW_CHARTS=folder` the pictures are written there to be looked at.

use reach::report::chart::{
    Bar, Bars, ChartData, Frame, NARROW, Panel, Panels, Series, Step, StepKind, Tick, Trend, WIDE, Waterfall, draw,
};

fn frame(width: i32) -> Frame {
    Frame {
        width,
        id: "c".into(),
        title: "A finding & <b>more</b>".into(),
        description: "What it shows".into(),
        alone: None,
    }
}
fn bar(label: &str, value: Option<f64>) -> Bar {
    let text = value.filter(|v| v.is_finite()).map_or("[c]".to_owned(), |v| format!("{v}"));
    Bar { group: None, label: label.into(), value, least: false, low: None, high: None, text, aside: String::new() }
}

fn samples() -> Vec<(&'static str, ChartData)> {
    let long = "A place with an exceedingly long name that goes on and on, as names of partnerships do, until everybody has been named at last";
    let site = |i: usize| bar(&format!("Library number {i}"), Some((i * i * 1371 % 99_991) as f64));
    let share = |label: &str, n: u32, of: u32| Bar {
        group: None,
        label: label.into(),
        value: Some(f64::from(n) * 100.0 / f64::from(of)),
        least: n == 7,
        low: Some((f64::from(n) * 100.0 / f64::from(of) - 12.0).max(0.0)),
        high: Some((f64::from(n) * 100.0 / f64::from(of) + 9.0).min(100.0)),
        text: format!("{}%", n * 100 / of),
        aside: format!("{n} of {of}"),
    };
    let months = |seed: u64, gap: bool| -> Vec<Option<f64>> {
        (0..194u64)
            .map(|m| {
                let wave = (m * 7919 + seed * 104_729) % 9_000;
                (!(gap && (146..156).contains(&m) || m == 30)).then_some((40_000 + wave * 3 - m * 90) as f64)
            })
            .collect()
    };
    let periods: Vec<Tick> = (0..194)
        .map(|m| Tick { mark: if m % 12 == 9 { (2008 + (m + 3) / 12).to_string() } else { String::new() } })
        .collect();
    let line = |label: &str, seed: u64| Series {
        label: label.into(),
        values: months(seed, true),
        named: vec![(2, "June 2008: 67,000".into())],
    };
    vec![
        ("bars", ChartData::Bars(Bars { bars: (1..13).map(site).collect(), full: None })),
        ("bars-one", ChartData::Bars(Bars { bars: vec![bar("City", Some(1234.0))], full: None })),
        ("bars-forty", ChartData::Bars(Bars { bars: (1..41).map(site).collect(), full: None })),
        (
            "bars-long",
            ChartData::Bars(Bars {
                bars: vec![bar(long, Some(10.0)), bar("Short", Some(3.0)), bar(&"W".repeat(120), Some(f64::NAN))],
                full: None,
            }),
        ),
        (
            "bars-withheld",
            ChartData::Bars(Bars { bars: (0..4).map(|i| bar(&format!("Group {i}"), None)).collect(), full: None }),
        ),
        (
            "distribution",
            ChartData::Bars(Bars {
                bars: vec![
                    share("Yes, very much", 22, 40),
                    share("Yes, somewhat", 11, 40),
                    share("No", 0, 40),
                    share("Don't know <script>", 7, 40),
                ],
                full: Some(100.0),
            }),
        ),
        (
            "trend",
            ChartData::Trend(Trend {
                periods: periods.clone(),
                series: vec![line("", 3)],
                full: None,
                gap: "no figures",
            }),
        ),
        (
            "trend-three",
            ChartData::Trend(Trend {
                periods: periods.clone(),
                series: vec![line("City", 3), line("Gosforth", 5), line("Walker", 9)],
                full: None,
                gap: "no figures",
            }),
        ),
        (
            "panels",
            ChartData::Panels(Panels {
                panels: (0..7)
                    .map(|i| Panel {
                        label: format!("Library {i}"),
                        values: months(i, i % 2 == 0),
                        note: "highest: 66,000 in May 2009".into(),
                    })
                    .collect(),
                first: "April 2008".into(),
                last: "May 2024".into(),
                full: None,
            }),
        ),
        (
            "waterfall",
            ChartData::Waterfall(Waterfall {
                steps: [
                    ("Rows read", 80_752.0, StepKind::Whole),
                    ("Duplicate", 412.0, StepKind::Less),
                    ("Out of the programme's period", 9_000.0, StepKind::Less),
                    ("Rows that count", 71_340.0, StepKind::Left),
                ]
                .into_iter()
                .map(|(label, value, kind)| Step {
                    label: label.into(),
                    value: Some(value),
                    text: format!("{value}"),
                    kind,
                })
                .collect(),
            }),
        ),
    ]
}

#[test]
fn every_kind_draws_at_both_widths_and_alone() {
    let show = std::env::var_os("REACH_SHOW_CHARTS");
    for (name, data) in samples() {
        for (at, frame) in [
            ("wide", frame(WIDE)),
            ("narrow", frame(NARROW)),
            (
                "alone",
                Frame {
                    alone: Some(("What was asked. Percentage of 40 people".into(), "Source: a form".into())),
                    ..frame(WIDE)
                },
            ),
        ] {
            let svg = draw(&data, &frame).unwrap();
            assert_eq!(svg, draw(&data, &frame).unwrap(), "{name}: the same twice");
            assert!(
                !svg.contains("NaN") && !svg.contains("inf") && !svg.contains("<b>") && !svg.contains("<script"),
                "{name}"
            );
            if let Some(folder) = &show {
                std::fs::write(std::path::Path::new(folder).join(format!("{name}-{at}.svg")), &svg).unwrap();
            }
        }
    }
}
