/// A key that tokens can name.
pub trait Identified {
    /// Every name that the key goes by.
    fn key_ids(&self) -> impl Iterator<Item = &str>;
}
