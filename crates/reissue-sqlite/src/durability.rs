/// When the result of an operation is returned: once a power failure cannot undo it, or before.
///
/// It makes no difference to a crash of the process, which loses nothing either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Before it is on the disk: a power failure, or a crash of the operating system, may undo it.
    Relaxed,
    /// Once it is on the disk.
    #[default]
    Synchronous,
}
