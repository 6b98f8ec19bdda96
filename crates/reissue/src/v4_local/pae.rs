//! Pre-authentication encoding (PASETO, Common Implementation Details).

/// Passes the number of pieces to `take`, and then each piece after its length, both as 64 bits in
/// little-endian order. The highest bit is clear because no slice is that long.
pub(crate) fn pae<const N: usize>(pieces: [&[u8]; N], mut take: impl FnMut(&[u8])) {
    take(&(N as u64).to_le_bytes());
    for piece in pieces {
        take(&(piece.len() as u64).to_le_bytes());
        take(piece);
    }
}
