//! `docs/privacy.md`: what is read, kept and published, made from the lists that the program itself obeys.

use crate::protect;
use crate::publish::state::FILES;
use crate::spec::role::ROLES;

/// The page for a data protection officer.
pub fn page() -> String {
    let mut out = String::from(
        "# Privacy\n\n\
         For data protection officers: what `reach` reads, keeps, publishes and withholds. Made from the program's own lists by\n\
         `UPDATE_DOCS=1 cargo test`; a test holds it true.\n\n\
         `reach` runs on your own computer, sends nothing anywhere and opens no network connection. A run writes into two folders only:\n\
         `.reach/` beside `reach.toml`, and the folder of reports. A report \"passes profile people-10\"; nobody should call it anonymous on\n\
         the program's word alone.\n\n\
         ## What is read that is personal\n\n\
         Columns with these roles in the codebook hold personal texts. They are in memory from reading to joining and no longer; their\n\
         cells are never printed, logged, reported or kept.\n\n\
         | role | what it holds |\n|---|---|\n",
    );
    for line in ROLES.iter().filter(|line| line.personal) {
        out.push_str(&format!("| {} | {} |\n", line.word, line.meaning));
    }
    out.push_str(
        "\n\
         - Identifiers and e-mail addresses become pseudonyms (HMAC-SHA-256 under the programme's key), in memory only: no file holds a\n  \
           pseudonym. Of a postcode only the district is used.\n\
         - Free text is counted, never shown. A column that no line of the codebook names is not used.\n\
         - Questions have a class in the codebook: *opinion*, *about you* (age, gender, ethnic group, disability, area, membership) or\n  \
           *sensitive* (health and wellbeing, anything of Article 9, children's lives). The class decides how answers are protected.\n\n\
         ## What is kept between runs\n\n\
         In `.reach/`, which only its owner can open (0700):\n\n\
         | file | what it is |\n|---|---|\n",
    );
    for (name, what) in FILES {
        out.push_str(&format!("| `{name}` | {what} |\n"));
    }
    out.push_str(
        "\n\
         These are counts, not people, but counts of small groups: personal data in law. Keep the folder with the exports, and back it up:\n\
         without it a new report cannot be compared with earlier ones, and people who came or went between two reports could be worked out.\n\n\
         ## What is published\n\n\
         What stands under `public/` in a report's folder, and nothing else. Every number there passed one gate with one of these profiles;\n\
         a withheld number has no value, limit, base or count.\n\n\
         Of each source the report says how many rows count and how many were set aside, by reason (test entries, the same entry twice, no\n\
         session of that reference …), however few: this is said of rows, and tells nothing of who anybody is. Where fewer than 10 people\n\
         stand behind the rows that count, or fewer than 10 rows of a register say who did not come, the rows of that source are withheld.\n\n\
         ```text\n",
    );
    out.push_str(protect::help().trim_end());
    out.push_str(
        "\n```\n\n\
         `public/manifest.json` names the input files and gives digests of them that are made under the programme's key, as is the\n\
         release's own number: nobody without the key can confirm a guess about the data.\n\n\
         ## What is for you alone\n\n\
         `internal/` in a report's folder (0700) has the numbers of rows that were set aside and why, what joins did not match, near misses\n\
         among the names of places, and what the gate withheld. No personal text and no free text is in it, but row numbers lead back to people:\n\
         it remains personal data in law. Do not hand it on.\n\n\
         ## Messages and logs\n\n\
         Messages name a file, a sheet, a row and a column, and the text of a cell only where it is a place, a strand, a level, a partner\n\
         organisation or a closed choice. With `--log json` and `--nightly` not even that: a line has the problem's code and place.\n\
         A fault of the program says where in the program it was, never what it was about.\n\n\
         ## Erasing a person\n\n\
         Take the person's rows out of the exports, or name the person's ids in the list `erased` of `[rows]` ([spec.md](spec.md)), and run\n\
         again: the new report does not count them. Earlier reports hold no name and no\n\
         row, only counts that passed the gate; delete a folder under `releases/` that must go. Deleting `.reach/key` makes all pseudonyms of\n\
         later runs unlike those of earlier ones.\n",
    );
    out
}
