//! Pre-authentication encoding (PASETO, Common Implementation Details).

/// Hands out the number of pieces, then each piece behind its length, as 64 bits in little-endian order. The highest bit
/// stays clear because no slice is that long.
pub(super) fn pae<const N: usize>(pieces: [&[u8]; N], mut take: impl FnMut(&[u8])) {
    take(&(N as u64).to_le_bytes());
    for piece in pieces {
        take(&(piece.len() as u64).to_le_bytes());
        take(piece);
    }
}
