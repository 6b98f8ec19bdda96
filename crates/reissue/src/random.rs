//! Random bytes from the operating system.

#[cfg(not(all(test, feature = "issue")))]
use aws_lc_rs::rand::fill;

#[cfg(test)]
#[cfg(feature = "issue")]
use crate::secret::tests::fill;

/// The error for an operating system that gives no randomness. No secrets can be generated then.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the operating system gave no randomness")]
#[non_exhaustive]
pub struct NoRandomness;

/// Returns random bytes from the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}
