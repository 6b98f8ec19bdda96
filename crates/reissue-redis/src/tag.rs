/// Identifies a request: the family or id that it is about, and the attempt.
///
/// Every reply repeats the tag of its request. A reply with another tag belongs to another request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag([u8; 24]);

impl Tag {
    pub(crate) const LENGTH: usize = 24;

    pub(crate) fn new(about: &[u8; 16], attempt: &[u8; 8]) -> Self {
        let mut tag = [0; 24];
        tag[..16].copy_from_slice(about);
        tag[16..].copy_from_slice(attempt);
        Self(tag)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 24] {
        &self.0
    }
}
