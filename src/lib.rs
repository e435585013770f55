//! `reach` shows, honestly, whom community engagement reaches.
//!
//! Data flows one way through the rooms below; each takes one door's type and gives the next:
//!
//! ```text
//!  reach.toml · codebook · recodes ──▶ spec
//!                                       │
//!  files ─▶ ingest ─▶ clean ─▶ link ─▶ measure ─▶ protect ─▶ report ─▶ publish
//!         Intake   Cleaned  Linked   Measured   Protected   Rendered   Release
//! ```
//!
//! `stats` is a room of pure functions that `measure` calls. `draft` (what `init` and `inspect` write) and `demo` stand
//! beside the flow. `problem`, `exit` and `ledger` are the words that every room uses. The plan is in
//! `docs/architecture.md`.

#![forbid(unsafe_code)]

pub mod clean;
pub mod cli;
pub mod demo;
pub mod draft;
pub mod exit;
pub mod ingest;
pub mod ledger;
pub mod link;
pub mod measure;
pub mod problem;
pub mod protect;
pub mod publish;
pub mod report;
pub mod spec;
pub mod stats;
