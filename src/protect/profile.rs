//! Which rules hold: profiles are data (`data/reference/profiles/*.toml`), checked when they are read.
//!
//! Profiles that need rounding (NHS, HESA, OfS) are left out until rounding exists: a profile that is named but not kept would
//! be worse than none.

use serde::Deserialize;

use crate::spec::Class;

/// The profiles that exist, the default first.
const TEXTS: [(&str, &str); 2] = [
    ("people-10", include_str!("../../data/reference/profiles/people-10.toml")),
    ("strict-10", include_str!("../../data/reference/profiles/strict-10.toml")),
];

/// A disclosure profile: what may be published of whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The name that stands in `reach.toml`, `figures.csv` and the manifest.
    pub name: String,
    /// What it does, in a few words.
    pub title: String,
    /// Whether opinions in a base that is large enough are shown whole, or held to the cell rule like facts about people.
    pub opinions: Opinions,
    /// The fewest people a result, or a group of a breakdown, may rest on.
    pub group_least: u64,
    /// The least count of people by *about you* or *sensitive* values that is shown.
    pub cell_least: u64,
    /// The interval that must stay possible for a cell withheld by a rule.
    pub protect: (i64, i64),
    /// The fewest people by whom two releases of one universe may differ.
    pub release_least: u64,
    /// Classes for which "everybody the same" is withheld.
    pub unanimous: Vec<Class>,
}

/// What holds for opinions in a base that is large enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Opinions {
    /// Shown, small counts included, unless crossed with *about you* or *sensitive*.
    ShownWhole,
    /// Counts of opinions are held to the cell rule.
    CellRule,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    title: String,
    opinions: Opinions,
    group: Least,
    cell: CellRule,
    release: Least,
    unanimous: Unanimous,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Least {
    least: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CellRule {
    least: u64,
    protect: (i64, i64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unanimous {
    classes: Vec<ClassName>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ClassName {
    AboutYou,
    Sensitive,
}

impl Profile {
    /// The profile of this name, or `None` where there is none.
    ///
    /// ```
    /// let profile = reach::protect::Profile::named("people-10").expect("the default profile exists");
    /// assert_eq!(profile.group_least, 10);
    /// assert!(reach::protect::Profile::named("nhs").is_none());
    /// ```
    pub fn named(name: &str) -> Option<Profile> {
        let (_, text) = TEXTS.iter().find(|(known, _)| *known == name)?;
        let file: File = toml::from_str(text).ok()?;
        Some(Profile {
            name: file.name,
            title: file.title,
            opinions: file.opinions,
            group_least: file.group.least,
            cell_least: file.cell.least,
            protect: file.cell.protect,
            release_least: file.release.least,
            unanimous: file
                .unanimous
                .classes
                .iter()
                .map(|c| match c {
                    ClassName::AboutYou => Class::AboutYou,
                    ClassName::Sensitive => Class::Sensitive,
                })
                .collect(),
        })
    }

    /// Whether counts by values of this class are held to the cell rule.
    pub(crate) fn guards(&self, class: Class) -> bool {
        match class {
            Class::Plain => false,
            Class::Opinion => self.opinions == Opinions::CellRule,
            Class::AboutYou | Class::Sensitive => true,
        }
    }

    /// The rules as sentences for an evaluator or a data protection officer.
    pub fn rules(&self) -> Vec<String> {
        let mut out = vec![
            format!(
                "No result of any kind on fewer than {} people, nor a breakdown that has such a group. Small groups are put \
                 together with their neighbours or into “other”; if that does not help, the whole breakdown is withheld and \
                 the total stays.",
                self.group_least
            ),
            format!(
                "Counts of people by what they are (age, gender, health and the like: questions of class “about you” or \
                 “sensitive”; postcode districts), alone or crossed, are not shown under {}, zeros and missing answers included; they are put together, or the whole \
                 breakdown is withheld, so that no subtraction gives them back: an outsider is left with at least {} to {}.",
                self.cell_least, self.protect.0, self.protect.1
            ),
        ];
        out.push(match self.opinions {
            Opinions::ShownWhole => format!(
                "Opinions of {} people or more are shown whole, small counts included, unless crossed with what people are. Of such \
                 a crossing, where it is withheld, an outsider is left with at least {} to {}, or to as many as hold the opinion \
                 in all where those are fewer.",
                self.group_least, self.protect.0, self.protect.1
            ),
            Opinions::CellRule => format!("Counts of opinions under {} are treated in the same way.", self.cell_least),
        });
        let classes: Vec<&str> = self.unanimous.iter().map(|c| class_word(*c)).collect();
        out.push(format!(
            "That everybody gave the same answer is withheld for questions of class {}.",
            classes.join(" or ")
        ));
        out.push(format!(
            "People who came or went between two reports are a group too: where fewer than {} did, what would tell of them is \
             withheld until more have.",
            self.release_least
        ));
        out
    }
}

/// The name of a class as the codebook writes it.
pub fn class_word(class: Class) -> &'static str {
    match class {
        Class::Plain => "plain",
        Class::Opinion => "opinion",
        Class::AboutYou => "about you",
        Class::Sensitive => "sensitive",
    }
}

/// The names of all profiles, the default first.
pub fn names() -> Vec<&'static str> {
    TEXTS.iter().map(|(name, _)| *name).collect()
}

/// What `reach help profiles` prints.
pub fn help() -> String {
    let mut out = String::from(
        "A profile says what may be published. It stands in reach.toml:  profile = \"people-10\"\n\
         Numbers of visits, sessions and other counts with nobody behind them are always shown.\n",
    );
    for (i, profile) in names().iter().filter_map(|n| Profile::named(n)).enumerate() {
        let default = if i == 0 { " (the default)" } else { "" };
        out.push_str(&format!("\n{}{default}: {}\n", profile.name, profile.title));
        for rule in profile.rules() {
            out.push_str(&format!("  - {rule}\n"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_is_read_and_bears_its_own_name() {
        for name in names() {
            let profile = Profile::named(name).expect("an embedded profile is well formed");
            assert_eq!(profile.name, name);
            assert!(profile.protect.0 == 0 && profile.protect.1 == profile.cell_least as i64 - 1);
            assert!(help().contains(&profile.title));
        }
    }
}
