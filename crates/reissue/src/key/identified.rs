/// A key that tokens can name.
pub trait Identified {
    /// Returns every name of the key.
    fn key_ids(&self) -> impl Iterator<Item = &str>;
}
