//! The promises of `reach`, one module each, kept by the real binary and library.
#![allow(
    clippy::allow_attributes,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::iter_over_hash_type,
    dead_code,
    reason = "tests write their own inputs, and a failed step is a failed test"
)]

use cap::Cap;

/// Counts what the tests' process holds, so that a test can forbid more.
#[global_allocator]
static ALLOCATOR: Cap<std::alloc::System> = Cap::new(std::alloc::System, usize::MAX);

mod attack;
mod bad_input;
mod canaries;
mod charts;
mod clean;
mod command_line;
mod cuts;
mod deleted_rows;
mod demo;
mod encodings;
mod exports;
mod foreign;
mod forms;
mod history;
mod hostile;
mod hostile_workbooks;
mod ingest;
mod init;
mod inspect;
mod link;
mod measure;
mod mutated;
mod newcastle;
mod programme;
mod protect;
mod publish;
mod report;
mod responses;
mod rows;
mod same_bytes;
mod spec;
mod statistics;
mod structure;
mod support;
mod survey_exports;
mod survey_platforms;
mod twins;
mod unread;
mod values;
mod versions;
mod workbook_files;
mod workbooks;
