//! One way to make a page of a template.

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use sha2::{Digest, Sha256};

use super::super::{RenderError, safe};

/// The template with its values, every text escaped for HTML; without characters that no page may hold.
pub fn fill(name: &'static str, template: &'static str, values: Value) -> Result<String, RenderError> {
    let failed = |e: minijinja::Error| RenderError::Template { name, why: format!("{e:#}") };
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.add_template(name, template).map_err(failed)?;
    let page = environment.get_template(name).and_then(|t| t.render(values)).map_err(failed)?;
    let mut out = String::with_capacity(page.len());
    for line in page.split('\n') {
        out.push_str(&safe::scrub(line));
        out.push('\n');
    }
    Ok(out)
}

/// The SHA-256 of a style as a content security policy names it.
pub fn csp_hash(style: &str) -> String {
    base64(&Sha256::digest(style.as_bytes()))
}

/// Base64 with padding (RFC 4648).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let mut group = [0u8; 3];
        for (slot, byte) in group.iter_mut().zip(chunk) {
            *slot = *byte;
        }
        let bits = u32::from(group[0]) << 16 | u32::from(group[1]) << 8 | u32::from(group[2]);
        for i in 0..4 {
            let letter = LETTERS.get((bits >> (18 - 6 * i)) as usize & 63).copied().unwrap_or(b'A');
            out.push(if i <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_agrees_with_the_rfc() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }
}
