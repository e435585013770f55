//! How a run ends: one list, from which the process's exit status, `--help` and `docs/exit-codes.md` are made.

/// How a run ended, and what became of the published report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exit {
    /// Published, or nothing changed.
    Done,
    /// Published, but an `optional = true` source could not be used.
    DoneWithoutOptional,
    /// A required source cannot be used, or too many rows were set aside.
    Data,
    /// Another run holds the lock.
    Locked,
    /// The disclosure gate held.
    Disclosure,
    /// A required source is missing or late.
    Missing,
    /// Something could not be written.
    Write,
    /// The ledger or the identities do not balance, or something unforeseen happened: our bug.
    Internal,
    /// The command line is wrong.
    Usage,
    /// The spec, codebook or recodes are wrong, or a column they name is not in the file.
    Spec,
    /// Interrupted (SIGINT).
    Interrupted,
    /// Terminated (SIGTERM).
    Terminated,
}

/// One line of the table of exit codes.
#[derive(Debug, Clone, Copy)]
pub struct ExitLine {
    pub exit: Exit,
    pub when: &'static str,
    pub release: &'static str,
}

/// Every way a run can end, in the order of the documentation.
pub const EXITS: [ExitLine; 12] = [
    ExitLine {
        exit: Exit::Done,
        when: "published (rows set aside within the declared limits are said on page one), or nothing changed",
        release: "new / old",
    },
    ExitLine {
        exit: Exit::DoneWithoutOptional,
        when: "an `optional = true` source could not be used",
        release: "new, said on page one",
    },
    ExitLine {
        exit: Exit::Data,
        when: "a required source is unreadable, password-protected, undecidable or without accepted rows; or more rows were set aside than the spec allows",
        release: "old stays",
    },
    ExitLine { exit: Exit::Locked, when: "another run holds the lock", release: "old stays" },
    ExitLine { exit: Exit::Disclosure, when: "the disclosure gate held", release: "old stays" },
    ExitLine { exit: Exit::Missing, when: "a required source is missing or late", release: "old stays" },
    ExitLine { exit: Exit::Write, when: "cannot write: no permission, full disk, failed fsync", release: "old stays" },
    ExitLine {
        exit: Exit::Internal,
        when: "the ledger or the identities do not balance, or anything unforeseen: please report it",
        release: "old stays",
    },
    ExitLine { exit: Exit::Usage, when: "the command line is wrong", release: "old stays" },
    ExitLine {
        exit: Exit::Spec,
        when: "the spec, codebook or recodes are wrong, or a column they name is not in the file",
        release: "old stays",
    },
    ExitLine { exit: Exit::Interrupted, when: "interrupted (SIGINT)", release: "old stays" },
    ExitLine { exit: Exit::Terminated, when: "terminated (SIGTERM)", release: "old stays" },
];

impl Exit {
    /// The process's exit status.
    pub const fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::DoneWithoutOptional => 3,
            Exit::Data => 10,
            Exit::Locked => 11,
            Exit::Disclosure => 12,
            Exit::Missing => 13,
            Exit::Write => 20,
            Exit::Internal => 21,
            Exit::Usage => 64,
            Exit::Spec => 78,
            Exit::Interrupted => 130,
            Exit::Terminated => 143,
        }
    }
}
