//! Microsoft Forms: one header row in a workbook, with the form's own columns first.

use super::{IGNORE, Platform};

/// Microsoft Forms.
pub(super) const PLATFORM: Platform = Platform {
    name: "microsoft-forms",
    title: "Microsoft Forms",
    system: &[
        ("id", Some("response")),
        ("start time", IGNORE),
        ("completion time", Some("date")),
        ("email", Some("email")),
        ("name", Some("name")),
        ("last modified time", IGNORE),
        ("language", Some("language")),
        ("total points", IGNORE),
        ("quiz feedback", IGNORE),
        ("grade posted time", IGNORE),
    ],
    recognise: |platform, records| platform.one_row(records, &["id", "start time", "completion time"]),
};
