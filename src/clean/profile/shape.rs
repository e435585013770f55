//! What one text is by its signs alone: a time of day, an e-mail address, a postcode, a network address.

use crate::clean::postcode;

/// A time of day: `8:45`, `08:45:00`, `8:45 pm`.
pub fn is_time(text: &str) -> bool {
    let text = text.trim_end_matches(|c: char| matches!(c.to_ascii_lowercase(), 'a' | 'p' | 'm' | '.' | ' '));
    let parts: Vec<&str> = text.split(':').collect();
    (2..=3).contains(&parts.len())
        && parts.iter().all(|p| (1..=2).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
}

/// An e-mail address, as far as it can be told.
pub fn is_email(text: &str) -> bool {
    let text = text.trim();
    let mut parts = text.split('@');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(name), Some(host), None) => !name.is_empty() && host.contains('.') && !text.contains(char::is_whitespace),
        _ => false,
    }
}

/// A machine's address in a network: `192.0.2.7`, `2001:db8::7`. Whoever knows it knows a person.
pub fn is_network_address(text: &str) -> bool {
    text.trim().parse::<std::net::IpAddr>().is_ok()
}

/// A UK postcode, its sector or its district: `NE1 4XF`, `NE1 4`, `NE1`. `A1` is none: no area of the Royal Mail is called A.
pub fn is_postcode(text: &str) -> bool {
    postcode::read(text).is_some()
}

/// A number with leading zeros: `0012`. Whoever writes it means a code.
pub fn has_leading_zero(text: &str) -> bool {
    let text = text.trim();
    text.len() > 1 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_by_their_signs() {
        for text in ["NE1", "ne15 8ab", "EC1A 1BB", "NE1 4"] {
            assert!(is_postcode(text), "{text}");
        }
        for text in ["Q", "Yes", "A level", "10-14", "NE", "2024", "A1", "A5"] {
            assert!(!is_postcode(text), "{text}");
        }
        assert!(is_time("8:45:00") && is_time("08:45 pm") && !is_time("8.45") && !is_time("Reason: 4"));
        assert!(is_network_address("192.168.100.200") && !is_network_address("192.168"));
        assert!(is_email(" a.b@c.org ") && !is_email("at @ home") && !is_email("a@b"));
        assert!(has_leading_zero("0012") && !has_leading_zero("0") && !has_leading_zero("0.5"));
    }
}
