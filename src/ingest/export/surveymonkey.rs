//! SurveyMonkey: a row of stems, blank over their continuation cells, above a row of option labels and "Response".

use super::stems::{RESPONSE, two_rows};
use super::{Found, IGNORE, Platform};
use crate::ingest::layout::Rec;
use crate::spec::fold;

/// SurveyMonkey.
pub(super) const PLATFORM: Platform = Platform {
    name: "surveymonkey",
    title: "SurveyMonkey",
    system: &[
        ("respondent id", Some("response")),
        ("respondentid", Some("response")),
        ("collector id", IGNORE),
        ("collectorid", IGNORE),
        ("start date", IGNORE),
        ("startdate", IGNORE),
        ("date created", IGNORE),
        ("date modified", Some("date")),
        ("end date", Some("date")),
        ("enddate", Some("date")),
        ("ip address", IGNORE),
        ("email address", Some("email")),
        ("first name", Some("name")),
        ("last name", Some("name")),
        ("custom data 1", IGNORE),
        ("collector title", IGNORE),
    ],
    recognise: |platform, records| {
        let two = marked(platform, records).map(|found| platform.with_system(found));
        two.or_else(|| platform.one_row(records, &["respondent id", "collector id"]))
    },
};

/// SurveyMonkey's two header rows, by the words that only it writes in the second.
fn marked(platform: &Platform, records: &[Rec]) -> Option<Found> {
    let (top, below) = (records.first()?, records.get(1)?);
    let labels: Vec<String> = (0..below.cells.len()).map(|i| fold(below.cell(i))).collect();
    let responses = labels.iter().filter(|l| RESPONSE.contains(&l.as_str())).count();
    let others = labels.iter().filter(|l| l.starts_with("other (please specify")).count();
    let continued = (1..labels.len()).filter(|&i| top.cell(i).is_empty() && !below.cell(i).is_empty()).count();
    let stemless = (0..top.cells.len()).filter(|&i| !top.cell(i).is_empty() && below.cell(i).is_empty());
    // A stem without a label below is a metadata column; any other says that the second row is a row of data.
    let metadata = stemless.clone().filter(|&i| platform.is_system(&fold(top.cell(i)))).count();
    if stemless.count() > metadata + 1 || top.fill() == 0 {
        return None;
    }
    let reason = match (responses, others, continued) {
        (1.., _, 1..) => {
            format!("the second header row says \"Response\" under {responses} stems and names options under others")
        }
        (2.., _, 0) => format!("the second header row says \"Response\" under {responses} stems"),
        (0, 1.., 1..) => "the second header row names options and \"Other (please specify)\"".to_owned(),
        _ => return None,
    };
    Some(two_rows(records, platform.name, reason))
}
