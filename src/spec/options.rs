//! The option lists of the codebook: `A | B`, `||` for a bar, `(other)`, `(none) …`, `(refused) …`, `@agree-5`.

use super::{Class, Options, fold, lists, words};

/// The most options one question may have.
const MOST: usize = 1000;

/// An option list as read, with what is wrong in it.
#[derive(Debug, Default)]
pub struct Parsed {
    pub options: Options,
    /// What is wrong, each with what to do next.
    pub wrong: Vec<(String, String)>,
    /// The strictest class of the ready lists it names.
    pub class: Option<Class>,
    /// Ready lists that need a licence line.
    pub licensed: Vec<&'static str>,
}

/// Splits at single bars; `||` is a bar in the text.
pub fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        if c != '|' {
            if let Some(part) = parts.last_mut() {
                part.push(c);
            }
        } else if letters.next_if_eq(&'|').is_some() {
            if let Some(part) = parts.last_mut() {
                part.push('|');
            }
        } else {
            parts.push(String::new());
        }
    }
    parts.iter().map(|part| part.trim().to_string()).collect()
}

/// An option as it is written in a codebook: the opposite of [`split`] for one option.
pub fn escape(option: &str) -> String {
    option.replace('|', "||")
}

/// Reads an `options` cell. An empty cell gives an empty list.
pub fn parse(text: &str) -> Parsed {
    let mut out = Parsed::default();
    if text.trim().is_empty() {
        return out;
    }
    for part in split(text) {
        if part.is_empty() {
            out.wrong.push((
                "an option between two bars is empty".into(),
                "remove the bar that is too many; a bar inside an option is written ||".into(),
            ));
        } else if let Some(name) = part.strip_prefix('@') {
            match lists::named(name) {
                Some(list) => {
                    out.class = out.class.max(list.class.as_deref().and_then(class));
                    if list.licence {
                        out.licensed.push(&list.name);
                    }
                    for option in &list.options {
                        one(&mut out, option);
                    }
                }
                None => out.wrong.push((
                    format!("there is no ready list {}", words::quote(&part)),
                    words::hint(name, lists::all().iter().map(|list| list.name.as_str())),
                )),
            }
        } else {
            one(&mut out, &part);
        }
        if out.options.list.len() > MOST {
            out.wrong.push((
                format!("there are more than {MOST} options"),
                "a question with so many answers is text: write `text` in the column type".into(),
            ));
            break;
        }
    }
    if out.options.list.is_empty() && out.wrong.is_empty() {
        out.wrong.push((
            "there is no option besides (other)".into(),
            "write the options people could choose, or `free text` in the column type".into(),
        ));
    }
    out
}

/// The marks that may stand before an option.
const MARKS: [&str; 3] = ["other", "none", "refused"];

/// Adds one option that is no ready list.
fn one(out: &mut Parsed, part: &str) {
    let (mark, rest) = match part.strip_prefix('(').and_then(|part| part.split_once(')')) {
        Some((mark, rest)) => (fold(mark), rest.trim()),
        None => (String::new(), part),
    };
    let text = match mark.as_str() {
        "other" => {
            // "(other) Other, please write" names the open option; its own words are no closed answer.
            out.options.other = true;
            return;
        }
        "none" if rest.is_empty() => {
            out.wrong.push((
                "(none) stands without its option".into(),
                "write it as people saw it, such as: (none) None of the above".into(),
            ));
            return;
        }
        "none" => rest,
        "refused" if rest.is_empty() => "Prefer not to say",
        "refused" => rest,
        _ => {
            if mark.len() > 3
                && let Some(word) = words::did_you_mean(&mark, MARKS)
            {
                let message = format!("{} is not a mark of an option", words::quote(&format!("({mark})")));
                out.wrong.push((message, format!("did you mean `({word})`?")));
                return;
            }
            part
        }
    };
    if eaten(text) {
        out.wrong.push((
            format!("the option {} looks like a range that a spreadsheet program turned into a date or number", words::quote(text)),
            "format the column as text and type the option again (such as 10-14); the .xlsx codebook that `reach init` writes keeps it".into(),
        ));
        return;
    }
    let folded = fold(text);
    if out.options.list.iter().any(|other| fold(other) == folded) {
        out.wrong.push((format!("the option {} stands twice", words::quote(text)), "remove one of the two".into()));
        return;
    }
    let index = out.options.list.len();
    match mark.as_str() {
        "none" => out.options.exclusive.push(index),
        "refused" => out.options.refused.push(index),
        _ => {}
    }
    out.options.list.push(text.to_string());
}

/// `about you` and its like.
pub fn class(word: &str) -> Option<Class> {
    match fold(word).replace('-', " ").as_str() {
        "plain" => Some(Class::Plain),
        "opinion" => Some(Class::Opinion),
        "about you" => Some(Class::AboutYou),
        "sensitive" => Some(Class::Sensitive),
        _ => None,
    }
}

/// Whether a text is what a spreadsheet program makes of `10-14` (`14-Oct`, `Oct-14`) or of a long number (`1.0E+11`).
pub fn eaten(text: &str) -> bool {
    let month = |s: &str| s.len() == 3 && super::vocabulary::month_of(s).is_some();
    let text = text.trim().to_ascii_lowercase();
    if let Some((a, b)) = text.split_once('-') {
        let digits = |s: &str| (1..=2).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
        if (digits(a) && month(b)) || (month(a) && digits(b)) {
            return true;
        }
    }
    text.split_once("e+").is_some_and(|(mantissa, exponent)| {
        !exponent.is_empty()
            && exponent.bytes().all(|b| b.is_ascii_digit())
            && mantissa.contains('.')
            && mantissa.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_and_marks() {
        let p = parse("Yes | No, never | either || or | (none) None of these | (refused) | (other)");
        assert!(p.wrong.is_empty(), "{:?}", p.wrong);
        assert_eq!(p.options.list, ["Yes", "No, never", "either | or", "None of these", "Prefer not to say"]);
        assert_eq!(p.options.exclusive, [3]);
        assert_eq!(p.options.refused, [4]);
        assert!(p.options.other);
        assert_eq!(parse("(a) Yes | (b) No").options.list, ["(a) Yes", "(b) No"]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for bad in ["A | | B", "A | a", "(none)", "(othr) x | A", "@agre-5", "14-Oct | 15-19", "1.0E+11", "(other)"] {
            assert!(!parse(bad).wrong.is_empty(), "{bad}");
        }
        assert!(parse("@agre-5").wrong[0].1.contains("agree-5"));
        assert!(parse("").wrong.is_empty());
    }

    #[test]
    fn ready_lists_bring_their_class_and_licence() {
        let p = parse("@swemwbs");
        assert_eq!(p.class, Some(Class::Sensitive));
        assert_eq!(p.licensed, ["swemwbs"]);
        assert_eq!(parse("@age-uk").options.refused, [8]);
    }

    #[test]
    fn escaping_is_undone_by_splitting() {
        for option in ["plain", "a|b", "a||b", "|", "x | y"] {
            assert_eq!(split(&escape(option)), [option.to_string()]);
        }
    }
}
