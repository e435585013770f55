//! The programme's key, and the pseudonyms made under it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The programme's secret key. It has no `Debug`, `Display` or `Serialize`: nothing can print it. It orders nothing that a
/// reader sees.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// The key with these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Key(bytes)
    }

    /// Eight hexadecimal digits that tell keys apart: the start of a BLAKE3 hash derived from the key under a context of its own.
    /// Safe to publish; nothing of the key can be computed from it.
    pub fn id(&self) -> String {
        let hash = blake3::derive_key("reach 2026 key id", &self.0);
        hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }

    /// What makes pseudonyms under this key.
    pub(super) fn pseudonymiser(&self) -> Pseudonymiser {
        // HMAC pads a short key with zeros to the hash's block (RFC 2104, section 2): padding here makes the constructor infallible.
        let mut block = [0u8; 64];
        for (to, from) in block.iter_mut().zip(self.0) {
            *to = from;
        }
        Pseudonymiser(Hmac::<Sha256>::new(&block.into()))
    }
}

/// HMAC-SHA-256 (RFC 2104, FIPS 180-4) of `kind:identity` under the programme's key.
pub(super) struct Pseudonymiser(Hmac<Sha256>);

impl Pseudonymiser {
    /// The pseudonym of a normalised identity of this kind (`person`, `e-mail`).
    pub(super) fn of(&self, kind: &str, identity: &str) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(kind.as_bytes());
        mac.update(b":");
        mac.update(identity.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_are_hmac_sha_256() {
        let key = Key::from_bytes([7; 32]);
        let hex: String = key.pseudonymiser().of("person", "p001").iter().map(|b| format!("{b:02x}")).collect();
        // python3 -c 'import hmac; print(hmac.new(bytes([7]*32), b"person:p001", "sha256").hexdigest())'
        assert_eq!(hex, "34720f2b227e9e1a7d16252e51324a1c8cf84f00e0fb87c991f48cb912268cfe");
    }

    #[test]
    fn the_id_tells_keys_apart_and_is_no_part_of_the_key() {
        let (a, b) = (Key::from_bytes([0xab; 32]), Key::from_bytes([0xac; 32]));
        assert_eq!(a.id().len(), 8);
        assert_ne!(a.id(), b.id());
        assert_ne!(a.id(), "abababab");
    }
}
