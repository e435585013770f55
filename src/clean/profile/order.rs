//! Options that have an order by themselves: bands of ages, amounts, numbers.

use crate::spec::fold;

/// The options from the lowest band up, where all of them are bands or numbers of one thing; words such as "Prefer not to say" stand
/// last. `None` where they are not.
pub(super) fn ascending(options: &[(String, u64)]) -> Option<Vec<(String, u64)>> {
    let (mut bands, mut rest): (Vec<_>, Vec<_>) =
        options.iter().cloned().map(|option| (band(&option.0), option)).partition(|(band, _)| band.is_some());
    if bands.len() < 2 || bands.len() < rest.len() * 2 {
        return None;
    }
    bands.sort_by_key(|band| band.0);
    let mut starts: Vec<_> = bands.iter().map(|(band, _)| *band).collect();
    starts.dedup();
    // "Room 1" and "Room 2 or 3" have numbers too: bands do not share where they begin.
    let words = |text: &str| -> String { fold(text).chars().filter(|c| c.is_alphabetic()).collect() };
    let named = bands.iter().any(|(_, (text, _))| words(text).chars().count() > 24);
    if starts.len() < bands.len() || named {
        return None;
    }
    bands.append(&mut rest);
    Some(bands.into_iter().map(|(_, option)| option).collect())
}

/// Where a band begins: `16-24`, `Under 16`, `65+`, `£10,000 to £20,000`, `3`, `less than 1 year`. An open beginning lies below its number.
fn band(text: &str) -> Option<(u64, u8)> {
    const BELOW: [&str; 8] = ["under", "less", "below", "up to", "fewer", "<", "younger", "before"];
    const UNITS: [(&str, u64); 8] = [
        ("minute", 1),
        ("hour", 60),
        ("day", 1_440),
        ("week", 10_080),
        ("month", 43_200),
        ("year", 525_600),
        ("k", 1_000),
        ("m", 1_000_000),
    ];
    let folded = fold(text).replace(',', "");
    let from = folded.find(|c: char| c.is_ascii_digit())?;
    let rest = folded.get(from..)?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).take(12).collect();
    let number: u64 = digits.parse().ok()?;
    // Nothing but a few words may stand before the number.
    if folded.get(..from)?.split_whitespace().count() > 3 {
        return None;
    }
    let unit = rest
        .split(|c: char| !c.is_alphabetic())
        .filter(|w| !w.is_empty())
        .find_map(|w| UNITS.iter().find(|(unit, _)| w.strip_suffix('s').unwrap_or(w) == *unit))
        .map_or(1, |(_, n)| *n);
    let below = BELOW.iter().any(|word| folded.starts_with(word))
        || folded.ends_with(" or less")
        || folded.ends_with(" or under")
        || folded.ends_with(" and under");
    let above = ["more than", "over", ">"].iter().any(|word| folded.starts_with(word));
    Some((
        number.checked_mul(unit)?,
        if below {
            0
        } else if above {
            2
        } else {
            1
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(options: &[&str]) -> Option<Vec<String>> {
        let options: Vec<(String, u64)> = options.iter().map(|o| ((*o).to_owned(), 3)).collect();
        ascending(&options).map(|list| list.into_iter().map(|(text, _)| text).collect())
    }

    #[test]
    fn bands_stand_from_the_lowest() {
        let is = |given: &[&str], want: &[&str]| assert_eq!(sorted(given).unwrap(), want);
        is(
            &["65+", "16-24", "Under 16", "Prefer not to say", "25 - 64"],
            &["Under 16", "16-24", "25 - 64", "65+", "Prefer not to say"],
        );
        is(
            &["£10,000 to £19,999", "Less than £10,000", "£20,000 or more"],
            &["Less than £10,000", "£10,000 to £19,999", "£20,000 or more"],
        );
        is(&["1-5 years", "less than 1 month", "over 5 years"], &["less than 1 month", "1-5 years", "over 5 years"]);
        is(&["10", "2", "1"], &["1", "2", "10"]);
        for other in [
            &["Yes", "No"][..],
            &["A", "B", "C 3"],
            &["I came with 2 friends from the city library", "I came with 3 other people from the library"],
        ] {
            assert_eq!(sorted(other), None, "{other:?}");
        }
    }
}
