//! Pre-authentication encoding (PASETO, Common Implementation Details).

/// Passes on the number of pieces, then each piece after its length, both as 64 bits in
/// little-endian order. The highest bit stays clear because no slice is that long.
pub(crate) fn pae<const N: usize>(pieces: [&[u8]; N], mut take: impl FnMut(&[u8])) {
    take(&(N as u64).to_le_bytes());
    for piece in pieces {
        take(&(piece.len() as u64).to_le_bytes());
        take(piece);
    }
}
