//! The codebook: one row per column of every source, resolved to roles and questions.

use std::collections::{BTreeMap, BTreeSet};

use super::sheet::{Sheet, cell};
use super::vocabulary::{self as vocab, Type, find};
use super::{Answers, Class, ColumnRule, Is, Kind, Question, RoleType, Selector, fold, lists, options, role, words};
use crate::exit::Exit;
use crate::problem::{Place, Problem, Problems};

/// The columns of a codebook; the first three are needed. `note` is the evaluator's own, and never read.
pub const COLUMNS: [&str; 10] =
    ["source", "column", "is", "type", "options", "class", "outcome", "text", "missing", "note"];

/// What the codebook is checked against.
pub(super) struct Known<'a> {
    /// The sources of `reach.toml`, with their kind where it is known.
    pub sources: &'a [(String, Option<Kind>)],
    /// Whether `reach.toml` could be read whole: only then can a source be called unknown.
    pub whole: bool,
    /// The outcome framework's name, known to exist.
    pub outcomes: &'a str,
    /// Scales with a licence line.
    pub licensed: &'a [(String, String)],
}

/// One row, as written.
struct Row<'a> {
    row: u64,
    source: usize,
    kind: Option<Kind>,
    column: &'a str,
    is: &'a str,
    kind_of_answer: &'a str,
    options: &'a str,
    class: &'a str,
    outcome: &'a str,
    text: &'a str,
    missing: &'a str,
}

/// Reads all rows; gives the rules of each source, in the order of `known.sources`.
pub(super) fn check(sheet: &Sheet, known: &Known<'_>, problems: &mut Problems) -> Vec<Vec<ColumnRule>> {
    let mut out: Vec<Vec<ColumnRule>> = known.sources.iter().map(|_| Vec::new()).collect();
    let Some(at) = sheet.columns(COLUMNS, 3, problems) else { return out };
    let mut rows = Vec::new();
    for (number, cells) in &sheet.rows {
        let [source, column, is, kind_of_answer, options, class, outcome, text, missing, _] =
            at.map(|place| cell(cells, place));
        if cells.iter().all(|cell| cell.is_empty()) {
            continue;
        }
        let place = || sheet.place(*number);
        for (what, value) in [("source", source), ("column", column), ("is", is)] {
            if value.is_empty() {
                let hint = match what {
                    "is" => {
                        "write what the column is: a role (`reach help roles`), a question's short name, or (ignore)"
                    }
                    "column" => "write the column's header, (months) or (others)",
                    _ => "write the name of a source of reach.toml",
                };
                let message = format!("the cell {what} is empty");
                problems.push(wrong("codebook-empty", place().column(what), message, hint));
            }
        }
        if source.is_empty() || column.is_empty() || is.is_empty() {
            continue;
        }
        let folded = fold(source);
        let Some(index) = known.sources.iter().position(|(name, _)| *name == folded) else {
            if known.whole {
                let names = known.sources.iter().map(|(name, _)| name.as_str());
                let message = format!("reach.toml has no source {}", words::quote(source));
                problems.push(wrong("codebook-source", place().column("source"), message, words::hint(source, names)));
            }
            continue;
        };
        let kind = known.sources.get(index).and_then(|(_, kind)| *kind);
        rows.push(Row {
            row: *number,
            source: index,
            kind,
            column,
            is,
            kind_of_answer,
            options,
            class,
            outcome,
            text,
            missing,
        });
    }
    let mut reader = Reader { sheet, known, problems, first: BTreeMap::new(), unlicensed: BTreeSet::new() };
    for row in &rows {
        if let Some(rule) = reader.rule(row)
            && let Some(rules) = out.get_mut(row.source)
        {
            reader.twice(rules, &rule, row);
            rules.push(rule);
        }
    }
    reader.inherit(&mut out);
    out
}

/// A fault of the codebook.
fn wrong(code: &'static str, place: Place, message: impl Into<String>, hint: impl Into<String>) -> Problem {
    Problem::stops(code, Exit::Spec, place, message).hint(hint)
}

struct Reader<'a> {
    sheet: &'a Sheet,
    known: &'a Known<'a>,
    problems: &'a mut Problems,
    /// The first full row of each question, by (source, key): rows of one question may leave the rest empty.
    first: BTreeMap<(usize, String), (u64, Question)>,
    /// Scales already asked a licence for.
    unlicensed: BTreeSet<&'static str>,
}

impl Reader<'_> {
    fn say(
        &mut self,
        code: &'static str,
        row: &Row<'_>,
        column: &str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.problems.push(wrong(code, self.sheet.place(row.row).column(column), message, hint));
    }

    fn rule(&mut self, row: &Row<'_>) -> Option<ColumnRule> {
        let selector = self.selector(row)?;
        let is = self.is(row)?;
        if let Some((mark, meant)) = super::Missing::misspelt(row.missing) {
            let message = format!("{} is not a mark of a missing word", words::quote(&mark));
            self.say("codebook-missing", row, "missing", message, format!("did you mean `({meant})`?"));
        }
        let missing = (!row.missing.is_empty()).then(|| super::Missing::read(row.missing));
        Some(ColumnRule { selector, is, missing, row: row.row })
    }

    fn selector(&mut self, row: &Row<'_>) -> Option<Selector> {
        let folded = fold(row.column);
        match folded.as_str() {
            "(months)" => {
                if row.kind.is_some_and(|kind| kind != Kind::Counts) {
                    let hint = "write the column's header; or make the source kind = \"counts\"";
                    self.say("codebook-column", row, "column", "(months) is for sources of kind counts", hint);
                    return None;
                }
                Some(Selector::Months)
            }
            "(others)" => Some(Selector::Others),
            _ => {
                if let Some(inner) = folded.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'))
                    && let Some(word) = words::did_you_mean(inner, ["months", "others"])
                {
                    let message = format!("{} is not a word for columns", words::quote(row.column));
                    self.say("codebook-column", row, "column", message, format!("did you mean ({word})?"));
                    return None;
                }
                Some(Selector::Named(row.column.to_string()))
            }
        }
    }

    fn is(&mut self, row: &Row<'_>) -> Option<Is> {
        let word = fold(row.is);
        match word.as_str() {
            "(ignore)" | "ignore" => return Some(Is::Ignore),
            "(free text)" | "free text" => return Some(Is::FreeText),
            _ => {}
        }
        if word.starts_with('(') {
            let message = format!("{} is not a word for what a column is", words::quote(row.is));
            self.say("codebook-is", row, "is", message, words::hint(row.is, ["(ignore)", "(free text)"]));
            return None;
        }
        if let Some(role) = role::parse(row.is) {
            return self.role(role, row);
        }
        let written = if row.kind_of_answer.is_empty() { None } else { Some(row.kind_of_answer) };
        let kind_of_answer = written.and_then(|word| find(word, &vocab::TYPES));
        if self.misspelt(row, &word, kind_of_answer) {
            return None;
        }
        if let (Some(word), None) = (written, kind_of_answer) {
            let message = format!("{} is no type of answer", words::quote(word));
            let known = vocab::TYPES.iter().map(|(word, _)| *word);
            self.say("codebook-type", row, "type", message, words::hint(word, known));
            return None;
        }
        self.question(row, word, kind_of_answer)
    }

    /// Says so where the word is a misspelt role, or neither a role nor a whole question.
    fn misspelt(&mut self, row: &Row<'_>, word: &str, kind_of_answer: Option<Type>) -> bool {
        let close = words::did_you_mean(word, role::words());
        let key = (row.source, word.to_string());
        if row.kind_of_answer.is_empty() {
            if self.first.contains_key(&key) {
                return false; // one more row of a question declared above
            }
            let message = format!("{} is no role, and a question needs a type", words::quote(row.is));
            let hint = match close {
                Some(role) => format!(
                    "did you mean the role `{role}`? If it is a question, write its type (choice, choices, scale, number, text, free text)"
                ),
                None => "write its type: choice, choices, scale, number, percent, date, text or free text; \
                         the roles are in `reach help roles`"
                    .to_string(),
            };
            self.say("codebook-is", row, "is", message, hint);
            return true;
        }
        if kind_of_answer == Some(Type::Id) {
            let message = format!("{} is no role, and only a role can have the type id", words::quote(row.is));
            let hint = close.map_or_else(
                || "did you mean `response`, `person` or `session`?".to_string(),
                |role| format!("did you mean the role `{role}`?"),
            );
            self.say("codebook-is", row, "is", message, hint);
            return true;
        }
        // One slip away from a role that could have this type: never taken for a new question.
        let slip = word.len() >= 4
            && word.len() <= 40
            && role::ROLES.iter().any(|line| {
                strsim::damerau_levenshtein(word, line.word) == 1
                    && kind_of_answer.and_then(role_type).is_some_and(|t| t == line.reading || line.also.contains(&t))
            });
        if let (true, Some(role)) = (slip, close) {
            let message = format!("{} looks like the role `{role}` with a slip of the keyboard", words::quote(row.is));
            let hint = format!("write `{role}`; if it is a question of its own, give it another short name");
            self.say("codebook-is", row, "is", message, hint);
        }
        slip && close.is_some()
    }

    fn role(&mut self, role: super::Role, row: &Row<'_>) -> Option<Is> {
        let line = role.line()?;
        if let Some(kind) = row.kind
            && !line.kinds.contains(&kind)
        {
            let kinds = line.kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", ");
            let message = format!("a source of kind {} has no column `{}`", kind.word(), line.word);
            let hint = format!(
                "`{}` stands in sources of kind {kinds}; write (ignore) if you do not need the column",
                line.word
            );
            self.say("codebook-role-kind", row, "is", message, hint);
            return None;
        }
        let mut reading = RoleType::Usual;
        if !row.kind_of_answer.is_empty() {
            let asked = find(row.kind_of_answer, &vocab::TYPES).and_then(role_type);
            match asked {
                Some(asked) if asked == line.reading || line.also.contains(&asked) => reading = asked,
                _ => {
                    let can: Vec<&str> =
                        std::iter::once(line.reading).chain(line.also.iter().copied()).map(|t| t.word()).collect();
                    let message =
                        format!("the role `{}` cannot be of type {}", line.word, words::quote(row.kind_of_answer));
                    self.say(
                        "codebook-type",
                        row,
                        "type",
                        message,
                        format!("leave the type empty, or write: {}", can.join(" or ")),
                    );
                    return None;
                }
            }
        }
        if !row.options.is_empty() {
            let parsed = options::parse(row.options);
            let yes_no = parsed.options.list.iter().all(|option| matches!(fold(option).as_str(), "yes" | "no"));
            let yes_no_role = matches!(role, super::Role::Present | super::Role::ConsentToQuote);
            if yes_no_role && !yes_no {
                let hint = format!(
                    "leave options empty, and say in recodes which word means Yes and which No: {},Attended,Yes",
                    line.word
                );
                self.say("codebook-options", row, "options", format!("`{}` is answered Yes or No", line.word), hint);
            } else if !yes_no_role {
                let message = format!("the role `{}` has no options", line.word);
                self.say("codebook-options", row, "options", message, "leave the cell empty");
            }
        }
        Some(Is::Role(role, reading))
    }

    fn question(&mut self, row: &Row<'_>, key: String, kind_of_answer: Option<Type>) -> Option<Is> {
        let id = (row.source, key.clone());
        let first = self.first.get(&id).cloned();
        if !key.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '\'')) || key.chars().count() > 60
        {
            let message = format!("{} cannot be a question's short name", words::quote(row.is));
            let hint = "use at most 60 letters, digits, spaces and hyphens; the full wording goes into the column text";
            self.say("codebook-key", row, "is", message, hint);
            return None;
        }
        if matches!(
            key.as_str(),
            "month" | "quarter" | "year" | "source" | "wave" | "instrument" | "district" | "entry"
        ) {
            let message = format!("{} is a word of reach's own", words::quote(row.is));
            self.say("codebook-key", row, "is", message, "give the question another short name");
            return None;
        }
        let parsed = options::parse(row.options);
        let mut bad = !parsed.wrong.is_empty();
        for (message, hint) in &parsed.wrong {
            self.say("codebook-options", row, "options", message.clone(), hint.clone());
        }
        for list in &parsed.licensed {
            let has = self.known.licensed.iter().any(|(name, _)| name == list);
            if !has && self.unlicensed.insert(list) {
                let message = format!("the scale @{list} is copyright, and needs a licence");
                let hint = format!(
                    "register it, then add to reach.toml: [scale.{list}] and below it licence = \"registered on …\""
                );
                self.say("codebook-licence", row, "options", message, hint);
            }
        }
        let answers = match (kind_of_answer, &first) {
            (None, Some((_, first))) => first.answers.clone(),
            (None, None) => return None,
            (Some(t), first) => {
                let same = first.as_ref().and_then(|(_, first)| first.answers.options());
                let list = if row.options.is_empty() { same.cloned() } else { Some(parsed.options.clone()) };
                let closed = matches!(t, Type::Choice | Type::Choices | Type::Scale);
                if !closed && !row.options.is_empty() {
                    let message = format!("an answer of type {} has no options", t.word());
                    let hint = "leave options empty, or write choice, choices or scale in the column type";
                    self.say("codebook-options", row, "options", message, hint);
                    bad = true;
                }
                if closed && list.is_none() && !bad && !self.open_list_is_fine(row, t) {
                    let message = format!("a question of type {} needs its options", t.word());
                    let hint = "write them in their order, divided by bars: Yes | No | (other)";
                    self.say("codebook-options", row, "options", message, hint);
                    bad = true;
                }
                let list = list.unwrap_or_default();
                match t {
                    Type::Choice => Answers::Choice(list),
                    Type::Choices => Answers::Choices(list),
                    Type::Scale => Answers::Scale(list),
                    Type::Number => Answers::Number,
                    Type::Percent => Answers::Percent,
                    Type::Date => Answers::Date,
                    Type::Text => Answers::Text,
                    Type::FreeText | Type::Id => Answers::FreeText,
                }
            }
        };
        if bad {
            return None;
        }
        let class = self.class(row, &key, parsed.class, first.as_ref().map(|(_, first)| first.class));
        let outcome = self.outcomes(row);
        let question = Question {
            key,
            text: if row.text.is_empty() { None } else { Some(one_line(row.text)) },
            answers,
            class,
            outcome,
        };
        match first {
            None => {
                self.first.insert(id, (row.row, question.clone()));
            }
            Some((at, first)) => self.agrees(row, at, &first, &question),
        }
        Some(Is::Question(question))
    }

    /// An attribute of a place or a session may take whatever values the file has: nobody stands behind it.
    fn open_list_is_fine(&self, row: &Row<'_>, t: Type) -> bool {
        t == Type::Choice && matches!(row.kind, None | Some(Kind::Sites | Kind::Sessions | Kind::Counts))
    }

    fn class(&mut self, row: &Row<'_>, key: &str, of_list: Option<Class>, first: Option<Class>) -> Class {
        let by_kind = match row.kind {
            Some(Kind::People | Kind::Attendance) => Class::AboutYou,
            Some(Kind::Sites | Kind::Sessions | Kind::Counts) => Class::Plain,
            Some(Kind::Survey) | None => Class::Opinion,
        };
        let nobody = matches!(row.kind, Some(Kind::Sites | Kind::Sessions | Kind::Counts));
        let of_name = if nobody { None } else { role::class_of_name(key) };
        let usual = by_kind.max(of_list.unwrap_or(Class::Plain)).max(of_name.unwrap_or(Class::Plain));
        if row.class.is_empty() {
            return first.unwrap_or(usual);
        }
        let Some(class) = find(row.class, &vocab::CLASSES) else {
            let message = format!("{} is no class", words::quote(row.class));
            let known = vocab::CLASSES.iter().map(|(word, _)| *word);
            self.say("codebook-class", row, "class", message, words::hint(row.class, known));
            return usual.max(Class::Sensitive);
        };
        if class < usual && usual >= Class::AboutYou {
            let message =
                format!("`{key}` is protected as {} only, and such answers usually are {}", class.word(), usual.word());
            self.problems.push(
                Problem::assumed("class-looser", self.sheet.place(row.row).column("class"), message)
                    .hint(format!("write {} unless you are sure", usual.word())),
            );
        }
        class
    }

    fn outcomes(&mut self, row: &Row<'_>) -> Vec<String> {
        let framework = lists::frameworks().iter().find(|f| f.name == self.known.outcomes);
        let plain = |text: &str| fold(text).replace('-', " ");
        let mut out = Vec::new();
        for part in options::split(row.outcome).into_iter().filter(|part| !part.is_empty()) {
            let known = framework.and_then(|f| f.outcomes.iter().find(|outcome| plain(outcome) == plain(&part)));
            match known {
                Some(outcome) => out.push(outcome.clone()),
                None => {
                    let names = framework.map(|f| f.outcomes.as_slice()).unwrap_or_default();
                    let close = words::did_you_mean(&part, names.iter().map(String::as_str));
                    let title = framework.map_or("", |f| f.title.as_str());
                    let message = format!("{} is no outcome of {title}", words::quote(&part));
                    let hint = match close {
                        Some(word) => format!("did you mean `{word}`?"),
                        None => format!(
                            "known there: {}; another framework is chosen with outcomes = \"…\" in [programme]",
                            words::list(names.iter().map(String::as_str))
                        ),
                    };
                    self.say("codebook-outcome", row, "outcome", message, hint);
                }
            }
        }
        out
    }

    /// Two rows with one short name are one question, so they must say the same of it.
    fn agrees(&mut self, row: &Row<'_>, at: u64, first: &Question, this: &Question) {
        let differs = if std::mem::discriminant(&first.answers) != std::mem::discriminant(&this.answers) {
            "type"
        } else if first.answers != this.answers {
            "options"
        } else if first.class != this.class {
            "class"
        } else {
            return;
        };
        let message = format!("`{}` stands in row {at} with another {differs}", this.key);
        let hint = "rows of one source with the same short name are one question: write the same in both rows \
                    (the whole list of options), or give one of them another short name";
        self.say("codebook-disagrees", row, differs, message, hint);
    }

    /// Says so where a column has two rows that contradict each other.
    fn twice(&mut self, rules: &[ColumnRule], rule: &ColumnRule, row: &Row<'_>) {
        let same = |other: &&ColumnRule| match (&other.selector, &rule.selector) {
            (Selector::Named(a), Selector::Named(b)) => fold(a) == fold(b),
            (a, b) => a == b,
        };
        let kept = |is: &Is| matches!(is, Is::Ignore | Is::FreeText);
        let clash = rules.iter().filter(same).find(|other| match (&other.is, &rule.is) {
            (a, b) if kept(a) || kept(b) => true,
            (Is::Role(a, _), Is::Role(b, _)) => a == b,
            (Is::Question(a), Is::Question(b)) => a.key == b.key,
            _ => false,
        });
        if let Some(clash) = clash {
            let message = format!("this column already stands in row {}", clash.row);
            let hint = "delete one of the two rows; a column may have two rows only where it is two different things";
            self.say("codebook-twice", row, "column", message, hint);
        }
    }

    /// Rows of one question that left text or outcome empty get them from the first that has them.
    fn inherit(&mut self, out: &mut [Vec<ColumnRule>]) {
        for rules in out {
            let mut texts: BTreeMap<String, (Option<String>, Vec<String>)> = BTreeMap::new();
            for rule in rules.iter() {
                if let Is::Question(q) = &rule.is {
                    let (text, outcome) = texts.entry(q.key.clone()).or_default();
                    if text.is_none() {
                        text.clone_from(&q.text);
                    }
                    if outcome.is_empty() {
                        outcome.clone_from(&q.outcome);
                    }
                }
            }
            for rule in rules.iter_mut() {
                if let Is::Question(q) = &mut rule.is
                    && let Some((text, outcome)) = texts.get(&q.key)
                {
                    q.text.clone_from(text);
                    q.outcome.clone_from(outcome);
                }
            }
        }
    }
}

/// A type as a role can have it.
fn role_type(t: Type) -> Option<RoleType> {
    match t {
        Type::Id => Some(RoleType::Id),
        Type::Text => Some(RoleType::Text),
        Type::Number => Some(RoleType::Number),
        Type::Percent => Some(RoleType::Percent),
        Type::Date => Some(RoleType::Date),
        Type::Choice => Some(RoleType::Choice),
        Type::Choices | Type::Scale | Type::FreeText => None,
    }
}

/// A text on one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Answers {
    /// The closed list of options, if the answers have one.
    pub fn options(&self) -> Option<&super::Options> {
        match self {
            Answers::Choice(options) | Answers::Choices(options) | Answers::Scale(options) => Some(options),
            _ => None,
        }
    }
}
