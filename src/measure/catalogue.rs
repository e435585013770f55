//! The measures, each declared once: figures, titles of tables and the methods appendix come from here.

use super::{Chart, Section};

/// What a measure is, in words for a reader and in settings for the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// In ids and CSVs; stable.
    pub code: &'static str,
    pub title: &'static str,
    pub definition: &'static str,
    /// What its values are in, plural. For counts of things: `what is counted`, in the source's own word.
    pub unit: &'static str,
    /// What its base is.
    pub base: &'static str,
    pub formula: &'static str,
    /// What kind of knowledge it rests on.
    pub basis: &'static str,
    pub section: Section,
    pub chart: Chart,
    pub decimals: u8,
}

/// Every measure, in the order of the report.
pub const MEASURES: &[Measure] = &[
    COUNTS,
    COUNTS_PERCENT,
    ATTENDANCES,
    HEADCOUNT,
    SESSIONS,
    PEOPLE,
    PEOPLE_NEW,
    PEOPLE_RETURNING,
    PEOPLE_LIST,
    CONTACT_HOURS,
    RESPONSES,
    ANSWERS,
    MEAN_SCORE,
    PAIRS,
    COVERAGE,
    RESPONSE_RATE,
    ROWS,
];

/// The measure with this code.
pub fn measure(code: &str) -> Option<&'static Measure> {
    MEASURES.iter().find(|m| m.code == code)
}

pub const COUNTS: Measure = Measure {
    code: "counts",
    title: "Counts by place and period",
    definition: "The numbers that a log of counts gives for a place and a month, added up. They count visits or uses, not people: one person may be behind many. A blank is not known, and no zero.",
    unit: "what is counted",
    base: "the places and months that the log covers",
    formula: "sum of the known numbers; \u{201c}at least\u{201d} where some of the places and months are not known",
    basis: "full count of what the log holds",
    section: Section::Reach,
    chart: Chart::Bars,
    decimals: 0,
};

pub const COUNTS_PERCENT: Measure = Measure {
    code: "counts-percent",
    title: "Percentages by place and month",
    definition: "The percentages that a log gives for a place and a month, as they stand there. Percentages of places of different size cannot be added up or averaged, so there are no totals.",
    unit: "percent",
    base: "one place in one month",
    formula: "the number in the log",
    basis: "full count of what the log holds",
    section: Section::Reach,
    chart: Chart::Trend,
    decimals: 0,
};

pub const ATTENDANCES: Measure = Measure {
    code: "attendances",
    title: "Attendances",
    definition: "One person at one session, by the attendance registers. Somebody who came to five sessions is five attendances.",
    unit: "attendances",
    base: "all attendances in the registers",
    formula: "number of different pairs of a person and a session",
    basis: "full count of the registers",
    section: Section::Reach,
    chart: Chart::Bars,
    decimals: 0,
};

pub const HEADCOUNT: Measure = Measure {
    code: "headcount",
    title: "Headcounts at sessions",
    definition: "The people counted at sessions, as the session log has them, added up. Somebody who came to five sessions is counted five times. Never added to attendances from registers.",
    unit: "attendances",
    base: "the sessions in the log",
    formula: "sum of the known headcounts; \u{201c}at least\u{201d} where some sessions have none",
    basis: "full count of the session log",
    section: Section::Reach,
    chart: Chart::Bars,
    decimals: 0,
};

pub const SESSIONS: Measure = Measure {
    code: "sessions",
    title: "Sessions",
    definition: "Dated activities, each counted once.",
    unit: "sessions",
    base: "all sessions",
    formula: "number of sessions",
    basis: "full count of the session log (of the registers, where there is no log)",
    section: Section::Depth,
    chart: Chart::Bars,
    decimals: 0,
};

pub const PEOPLE: Measure = Measure {
    code: "people",
    title: "People known to have taken part",
    definition: "Different people in the attendance registers, each counted once however often they came. People at several places, or in several periods, are counted in each; such numbers cannot be added up.",
    unit: "people",
    base: "all people in the attendance registers",
    formula: "number of different people with at least one attendance",
    basis: "full count of the registers; people the registers do not name are not among them",
    section: Section::People,
    chart: Chart::Bars,
    decimals: 0,
};

pub const PEOPLE_NEW: Measure = Measure {
    code: "people-new",
    title: "New people",
    definition: "People whose first attendance in these records falls in the year. Somebody who came before the records begin counts as new in the first year they appear.",
    unit: "people",
    base: "all people in the attendance registers",
    formula: "number of different people whose first dated attendance is in the year",
    basis: "full count of the registers",
    section: Section::People,
    chart: Chart::Trend,
    decimals: 0,
};

pub const PEOPLE_RETURNING: Measure = Measure {
    code: "people-returning",
    title: "Returning people",
    definition: "People with an attendance in the year and one in an earlier year of these records.",
    unit: "people",
    base: "all people in the attendance registers",
    formula: "number of different people with an attendance in the year whose first dated attendance is in an earlier year",
    basis: "full count of the registers",
    section: Section::People,
    chart: Chart::Trend,
    decimals: 0,
};

pub const PEOPLE_LIST: Measure = Measure {
    code: "people-list",
    title: "People on a list",
    definition: "The people on a register or membership list, as it stood on the day it was made. People who had left by then are not on it, so the months in which these people joined say nothing of how many joined in those months.",
    unit: "people",
    base: "all people on the list",
    formula: "number of entries (of different people, where the list has identifiers)",
    basis: "full count of the list",
    section: Section::People,
    chart: Chart::Bars,
    decimals: 0,
};

pub const CONTACT_HOURS: Measure = Measure {
    code: "contact-hours",
    title: "Contact hours",
    definition: "The time that people spent at sessions: a session of two hours with five people is ten contact hours.",
    unit: "hours",
    base: "attendances",
    formula: "sum over attendances of the session's length in minutes, divided by 60; \u{201c}at least\u{201d} where some lengths are not known",
    basis: "full count of the registers",
    section: Section::Depth,
    chart: Chart::Bars,
    decimals: 0,
};

pub const RESPONSES: Measure = Measure {
    code: "responses",
    title: "Responses",
    definition: "Filled-in questionnaires that count.",
    unit: "responses",
    base: "all responses to the questionnaire",
    formula: "number of responses",
    basis: "full count of the responses received",
    section: Section::Voices,
    chart: Chart::Bars,
    decimals: 0,
};

pub const ANSWERS: Measure = Measure {
    code: "answers",
    title: "Answers to a question",
    definition: "The share of those who answered the question. Who preferred not to say, left it blank, was not asked, or answered unreadably is not in the base and is told beside it. Where several answers could be ticked, the shares may add up to more than 100.",
    unit: "percent",
    base: "those who were asked and answered",
    formula: "100 \u{d7} number who gave the answer \u{f7} number who answered",
    basis: "as the respondents were chosen: limits where they are a random sample or everyone was asked; for those who chose to answer, limits \u{201c}as if a random sample\u{201d}",
    section: Section::Voices,
    chart: Chart::Distribution,
    decimals: 0,
};

pub const MEAN_SCORE: Measure = Measure {
    code: "mean-score",
    title: "Mean score",
    definition: "The mean position on an ordered scale, its first option scored 1, its second 2, and so on. It says less than the shares beside it.",
    unit: "points",
    base: "those who were asked and answered",
    formula: "sum of the scores \u{f7} number who answered",
    basis: "as the respondents were chosen",
    section: Section::Voices,
    chart: Chart::None,
    decimals: 2,
};

pub const PAIRS: Measure = Measure {
    code: "pairs",
    title: "People who answered both times",
    definition: "People whose responses to two waves of a questionnaire could be matched. Only they can show a change.",
    unit: "people",
    base: "responses to the earlier wave",
    formula: "number of matched pairs of responses",
    basis: "full count of the matches",
    section: Section::Coverage,
    chart: Chart::None,
    decimals: 0,
};

pub const COVERAGE: Measure = Measure {
    code: "coverage",
    title: "Coverage of the survey",
    definition: "How many questionnaires were filled in for each 100 attendances (or visits). One person may have come more than once and answered once.",
    unit: "responses per 100",
    base: "attendances (or visits) of the same period",
    formula: "100 \u{d7} responses \u{f7} attendances (or visits)",
    basis: "full counts on both sides",
    section: Section::Coverage,
    chart: Chart::Bars,
    decimals: 1,
};

pub const RESPONSE_RATE: Measure = Measure {
    code: "response-rate",
    title: "Responses for each 100 people known",
    definition: "How many questionnaires of one wave were filled in for each 100 people in the attendance registers.",
    unit: "responses per 100 people",
    base: "all people in the attendance registers",
    formula: "100 \u{d7} responses \u{f7} people known to have taken part",
    basis: "full counts on both sides",
    section: Section::Coverage,
    chart: Chart::None,
    decimals: 1,
};

pub const ROWS: Measure = Measure {
    code: "rows",
    title: "What became of the rows",
    definition: "Every row of the source's files, by what became of it: counted, or set aside for the first reason that held.",
    unit: "rows",
    base: "all rows of the source's files",
    formula: "number of rows; rows = accepted + set aside",
    basis: "full count",
    section: Section::Rows,
    chart: Chart::Waterfall,
    decimals: 0,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_found() {
        for m in MEASURES {
            assert_eq!(measure(m.code), Some(m));
            assert_eq!(MEASURES.iter().filter(|o| o.code == m.code).count(), 1);
        }
    }
}
