/// One of the 16384 hash slots of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(u16);

impl Slot {
    /// The number of groups of neighbouring slots. Neighbours are usually on one node.
    pub(super) const GROUPS: usize = 64;

    /// Returns the slot that a key belongs to.
    pub(crate) fn of(key: &[u8]) -> Self {
        Self(crc16(hashed_part(key)) % 16_384)
    }

    pub(super) fn number(self) -> u16 {
        self.0
    }

    pub(super) fn group(self) -> usize {
        usize::from(self.0) * Self::GROUPS / 16_384
    }
}

/// Returns what is between the first pair of braces, or the whole key if that is nothing.
fn hashed_part(key: &[u8]) -> &[u8] {
    let braced = key.iter().position(|byte| *byte == b'{').and_then(|open| {
        let rest = &key[open + 1..];
        let close = rest.iter().position(|byte| *byte == b'}')?;
        Some(&rest[..close])
    });
    braced.filter(|part| !part.is_empty()).unwrap_or(key)
}

/// Computes CRC-16/XMODEM, which the cluster specification prescribes.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            let shifted = crc << 1;
            if crc & 0x8000 == 0 {
                shifted
            } else {
                shifted ^ 0x1021
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_those_of_the_specification() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
        assert_eq!(Slot::of(b"foo").number(), 12_182);
        assert_eq!(Slot::of(b"{foo}bar"), Slot::of(b"foo"));
        assert_eq!(Slot::of(b"{}foo"), Slot(crc16(b"{}foo") % 16_384));
        assert_eq!(Slot(16_383).group(), Slot::GROUPS - 1);
    }
}
