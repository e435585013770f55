//! What `stats` computes agrees with R (base R and the `survey` package) to 1e-9 relative.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use reach::stats::{clustered, mean, proportion, special};
use serde_json::Value;

fn oracles() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/oracles");
    if folder.is_dir() {
        Some(folder)
    } else {
        println!("skipped: ../shared/oracles is not here");
        None
    }
}

fn cases(file: &str) -> Vec<Value> {
    let Some(folder) = oracles() else { return Vec::new() };
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    match serde_json::from_str(&text).unwrap() {
        Value::Array(list) => list,
        Value::Object(mut o) => o.remove("cases").and_then(|c| c.as_array().cloned()).unwrap(),
        _ => panic!("no cases in {file}"),
    }
}

/// |got − want| ≤ rel·|want| + abs, with a case's or an entry's own tolerances.
fn agrees(got: f64, want: &Value, case: &Value) -> bool {
    let (value, rel, abs) = match want {
        Value::Object(o) => (&o["value"], o.get("rel"), o.get("abs")),
        plain => (plain, None, None),
    };
    let rel = rel.or(case.get("rel_tol")).and_then(Value::as_f64).unwrap_or(1e-9);
    let abs = abs.and_then(Value::as_f64).unwrap_or(1e-15);
    value.as_f64().is_some_and(|want| (got - want).abs() <= rel * want.abs() + abs)
}

fn pair(case: &Value, name: &str, got: (f64, f64)) {
    let want = &case["expect"][name];
    let (list, own) = match want {
        Value::Object(o) => (o["value"].clone(), Some(o)),
        plain => (plain.clone(), None),
    };
    for (at, got) in [(0, got.0), (1, got.1)] {
        let one = match own {
            Some(o) => {
                let mut o = o.clone();
                o.insert("value".into(), list[at].clone());
                Value::Object(o)
            }
            None => list[at].clone(),
        };
        assert!(agrees(got, &one, case), "{} {name}: {got} is not {one}", case["id"]);
    }
}

#[test]
fn distributions_agree_with_r() {
    let mut checked = 0;
    for case in cases("distributions.json") {
        let args: Vec<f64> = case["args"].as_array().unwrap().iter().filter_map(Value::as_f64).collect();
        let got = match (case["f"].as_str().unwrap(), args.as_slice()) {
            ("pnorm", [z]) => special::normal_cdf(*z),
            ("qnorm", [p]) => special::normal_quantile(*p),
            ("pt", [t, df]) => special::t_cdf(*t, *df),
            ("qt", [p, df]) => special::t_quantile(*p, *df),
            ("pbeta", [x, a, b]) => special::beta_cdf(*x, *a, *b),
            ("qbeta", [p, a, b]) => special::beta_quantile(*p, *a, *b),
            ("lgamma", [x]) => special::ln_gamma(*x),
            _ => continue,
        };
        assert!(agrees(got, &case["value"], &case), "{case}: {got}");
        checked += 1;
    }
    assert!(checked > 150 || oracles().is_none(), "only {checked} checked");
}

#[test]
fn wilson_agrees_with_r() {
    let of_proportions = |c: &Value| c["fn"] == "proportion_intervals";
    for case in cases("plain.json").into_iter().filter(of_proportions) {
        let (x, n) = (case["args"]["x"].as_f64().unwrap(), case["args"]["n"].as_f64().unwrap());
        for (name, level) in [("wilson", 0.95), ("wilson_90", 0.90), ("wilson_99", 0.99)] {
            pair(&case, name, proportion::wilson(x, n, None, level));
        }
    }
}

/// Rows of a case's data: (cluster, 0 or 1).
fn rows(case: &Value) -> Vec<(String, f64)> {
    let file = oracles().unwrap().join("data").join(case["args"]["data"].as_str().unwrap());
    let mut reader = csv::Reader::from_path(file).unwrap();
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|h| h == name).unwrap();
    let variable = &case["args"]["variable"];
    let value_at = column(variable["column"].as_str().unwrap());
    let cluster_at = case["args"]["design"]["clusters"].get(0).and_then(Value::as_str).map(column);
    reader
        .records()
        .enumerate()
        .map(|(i, record)| {
            let record = record.unwrap();
            let cluster = cluster_at.map_or(i.to_string(), |c| record[c].to_string());
            (cluster, f64::from(u8::from(&record[value_at] == variable["value"].as_str().unwrap())))
        })
        .collect()
}

#[test]
fn korn_graubard_agrees_with_svyciprop() {
    let mut checked = 0;
    for case in cases("survey.json") {
        if case["fn"] != "survey_proportion_interval" || case["expect"].get("ci_beta").is_none() {
            continue;
        }
        let design = &case["args"]["design"];
        let id = case["id"].as_str().unwrap();
        // The interval itself, from R's own standard error, for every design whose degrees of freedom are plain to see.
        if id.starts_with("clus1nf/") {
            // One stratum of equal weights, with replacement: the whole way from the rows.
            let rows = rows(&case);
            let mut clusters: BTreeMap<String, (f64, f64)> = BTreeMap::new();
            for (cluster, y) in &rows {
                let c = clusters.entry(cluster.clone()).or_default();
                c.0 += y;
                c.1 += 1.0;
            }
            let clusters: Vec<(f64, f64)> = clusters.into_values().collect();
            let ratio = clustered::ratio(&clusters).unwrap();
            assert!(agrees(ratio.estimate, &case["expect"]["estimate"], &case), "{id}");
            assert!(agrees(ratio.standard_error, &case["expect"]["se"], &case), "{id}");
            let k = clustered::korn_graubard_of_clusters(&clusters, 0.95).unwrap();
            pair(&case, "ci_beta", (k.low, k.high));
            checked += 1;
        }
        let df = match id.split('/').next().unwrap() {
            "clus1" | "clus1nf" => 14.0,
            "srs" | "wonly" => 199.0,
            "strat" | "stratnf" => 197.0,
            _ => continue,
        };
        let n = rows(&case).len() as f64;
        let (Some(p), Some(se)) = (case["expect"]["estimate"].as_f64(), case["expect"]["se"].as_f64()) else {
            continue;
        };
        let k = clustered::korn_graubard(p, se * se, n, df, 0.95).unwrap_or_else(|| panic!("{id}: {design}"));
        pair(&case, "ci_beta", (k.low, k.high));
        checked += 1;
    }
    assert!(checked >= 5 || oracles().is_none(), "only {checked} checked");
}

#[test]
fn t_limits_agree_with_r() {
    for case in cases("plain.json").into_iter().filter(|c| c["fn"] == "describe") {
        if !case["args"]["weights"].is_null() && case["expect"].get("ci_t").is_none() {
            continue;
        }
        let file = oracles().unwrap().join("data").join(case["args"]["data"].as_str().unwrap());
        let mut reader = csv::Reader::from_path(file).unwrap();
        let name = case["args"]["variable"].as_str().unwrap();
        let at = reader.headers().unwrap().iter().position(|h| h == name).unwrap();
        let values: Vec<(f64, f64)> =
            reader.records().filter_map(|r| r.unwrap()[at].parse().ok()).map(|v| (v, 1.0)).collect();
        let summary = mean::weighted_by_count(&values);
        assert!(agrees(summary.mean, &case["expect"]["mean"], &case));
        pair(&case, "ci_t", mean::t_interval(&summary, None, 0.95).unwrap());
    }
}
