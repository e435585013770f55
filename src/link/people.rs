//! Persons: identities become pseudonyms and dense numbers, and personal texts end.

use std::collections::BTreeMap;

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;

use crate::clean::{CleanColumn, CleanTable};
use crate::problem::Problem;
use crate::spec::{Kind, Role, Spec};

use super::books::{Books, many};
use super::columns;
use super::key::{Key, Pseudonymiser};
use super::{People, Pseudonym};

/// HMAC-SHA-256 of a kind and a normalised identity.
pub(super) type Digest = [u8; 32];

/// Stands for "nobody" in dense tables.
pub(super) const NOBODY: u32 = u32::MAX;

/// How the rows of a table name their person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Person,
    Email,
}

impl By {
    pub fn word(self) -> &'static str {
        match self {
            By::Person => "person",
            By::Email => "e-mail",
        }
    }
}

/// The identities in a column, as digests per code.
pub(super) struct Identities<'a> {
    pub by: By,
    pub column: &'a CleanColumn,
    pub digests: Vec<Option<Digest>>,
}

/// Everybody met so far.
pub(super) struct Persons {
    pseudonymiser: Pseudonymiser,
    numbers: HashMap<Digest, u32, FixedState>,
    people: People,
    /// Persons whom a people register with identifiers has.
    registered: HashSet<Digest, FixedState>,
    /// Folded identifiers that two spellings of one register share: these stay apart and match exactly or not at all.
    split: HashSet<Digest, FixedState>,
    /// From the digest of an e-mail to that of its person; `None` where an e-mail belongs to several persons.
    emails: HashMap<Digest, Option<Digest>, FixedState>,
    /// The digests of the registers of people, by account, until their lists are made.
    kept: BTreeMap<usize, Vec<Option<Digest>>>,
    /// Whether a people register with identifiers exists.
    pub any_register: bool,
}

impl Persons {
    /// Reads the registers of people (wherever they stand in the spec), so that identities elsewhere can be resolved.
    pub fn open(tables: &[CleanTable], spec: &Spec, key: &Key, books: &mut Books) -> Self {
        let mut persons = Persons {
            pseudonymiser: key.pseudonymiser(),
            numbers: HashMap::default(),
            people: People::default(),
            registered: HashSet::default(),
            split: HashSet::default(),
            emails: HashMap::default(),
            kept: BTreeMap::new(),
            any_register: false,
        };
        let kind = |table: &&CleanTable| spec.sources.get(table.source).map(|source| source.kind);
        for table in tables.iter().filter(|table| kind(table) == Some(Kind::People)) {
            persons.find_split(table);
        }
        for table in tables.iter().filter(|table| kind(table) == Some(Kind::People)) {
            persons.register(table, books);
        }
        // Without an identifier, an attendance by e-mail makes a person, whom a survey may name by the same e-mail.
        for table in tables.iter().filter(|table| kind(table) == Some(Kind::Attendance)) {
            if columns::column(table, Role::Person).is_some() {
                continue;
            }
            if let Some(found) = persons.identities(table) {
                for row in columns::accepted(table) {
                    if let Some(digest) = found.digests.get(columns::code(found.column, row)).copied().flatten() {
                        persons.emails.entry(digest).or_insert(Some(digest));
                    }
                }
            }
        }
        persons
    }

    fn find_split(&mut self, table: &CleanTable) {
        let Some(column) = columns::column(table, Role::Person) else { return };
        let texts = columns::identifiers(column);
        let identities: Vec<Option<String>> = texts.iter().map(|text| text.map(columns::identity)).collect();
        let mut seen: std::collections::HashMap<&str, &str> = std::collections::HashMap::new();
        for row in columns::accepted(table) {
            let code = columns::code(column, row);
            if let (Some(Some(text)), Some(Some(identity))) = (texts.get(code), identities.get(code))
                && *seen.entry(identity).or_insert(text) != *text
            {
                self.split.insert(self.pseudonymiser.of("person", identity));
            }
        }
    }

    fn register(&mut self, table: &CleanTable, books: &mut Books) {
        let Some(found) = self.identities(table).filter(|found| found.by == By::Person) else { return };
        self.any_register = true;
        let emails = columns::column(table, Role::Email).map(|column| (column, self.email_digests(column)));
        let mut shared = 0;
        for row in columns::accepted(table) {
            let Some(person) = found.digests.get(columns::code(found.column, row)).copied().flatten() else { continue };
            self.registered.insert(person);
            let Some((column, digests)) = &emails else { continue };
            let Some(email) = digests.get(columns::code(column, row)).copied().flatten() else { continue };
            let known = self.emails.entry(email).or_insert(Some(person));
            if *known != Some(person) {
                shared += 1;
                *known = None;
            }
        }
        self.kept.insert(table.account, found.digests);
        books.note(
            Problem::noted(
                "e-mail-shared",
                books.place(table),
                format!(
                    "{} an e-mail that another person has too; that e-mail leads to neither of them",
                    many(shared, "person has", "people have")
                ),
            )
            .count(shared),
        );
    }

    /// How this table names its persons: by identifier; by e-mail only where it has no identifier.
    pub fn identities<'a>(&self, table: &'a CleanTable) -> Option<Identities<'a>> {
        if let Some(column) = columns::column(table, Role::Person) {
            let texts = columns::identifiers(column);
            let mut digests = self.digest_all(&texts, |text| ("person", columns::identity(text)));
            if !self.split.is_empty() {
                for (digest, text) in digests.iter_mut().zip(&texts) {
                    if let (Some(folded), Some(text)) = (*digest, text)
                        && self.split.contains(&folded)
                    {
                        *digest = Some(self.pseudonymiser.of("person", text));
                    }
                }
            }
            return Some(Identities { by: By::Person, column, digests });
        }
        let column = columns::column(table, Role::Email)?;
        Some(Identities { by: By::Email, column, digests: self.email_digests(column) })
    }

    /// The digests per code of the identifiers of a register of people, which were made when it was opened.
    pub fn of_register(&mut self, table: &CleanTable) -> Option<Vec<Option<Digest>>> {
        self.kept.remove(&table.account)
    }

    fn email_digests(&self, column: &CleanColumn) -> Vec<Option<Digest>> {
        let texts: Vec<Option<&str>> =
            columns::identifiers(column).into_iter().map(|text| text.filter(|t| t.contains('@'))).collect();
        self.digest_all(&texts, |text| ("e-mail", columns::identity(text)))
    }

    fn digest_all(
        &self,
        texts: &[Option<&str>],
        normal: impl Fn(&str) -> (&'static str, String) + Sync,
    ) -> Vec<Option<Digest>> {
        texts
            .par_iter()
            .with_min_len(1024)
            .map(|text| {
                let (kind, identity) = normal((*text)?);
                (!identity.is_empty()).then(|| self.pseudonymiser.of(kind, &identity))
            })
            .collect()
    }

    /// The person an e-mail leads to, if it leads to exactly one.
    pub fn by_email(&self, email: &Digest) -> Option<Digest> {
        self.emails.get(email).copied().flatten()
    }

    /// Whether a people register has this person.
    pub fn is_registered(&self, person: &Digest) -> bool {
        self.registered.contains(person)
    }

    /// How many persons the registers have.
    pub fn registered(&self) -> u64 {
        self.registered.len() as u64
    }

    /// The number of a person, a new one at the first meeting.
    pub fn number(&mut self, digest: Digest) -> u32 {
        let next = self.people.pseudonyms.len() as u32;
        let number = *self.numbers.entry(digest).or_insert(next);
        if number == next {
            self.people.pseudonyms.push(Pseudonym(digest));
        }
        number
    }

    /// How many persons have a number.
    pub fn len(&self) -> usize {
        self.people.pseudonyms.len()
    }

    /// The persons as they leave this room.
    pub fn into_people(self) -> People {
        self.people
    }
}
