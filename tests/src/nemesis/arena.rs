//! Where things go wrong, and what can.

use super::Dice;

/// Some store that a nemesis may do things to. All methods block.
pub trait Arena: Send {
    /// What can go wrong here.
    fn faults(&self) -> Vec<Fault<Self>>
    where
        Self: Sized;

    /// Waits until everything is as it should be, and has all that was written.
    fn wait_until_well(&self);

    /// Changes when writes may have been lost, whether somebody asked for it or not.
    fn epoch(&self) -> String;
}

/// Something that can go wrong.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "complete by definition")]
pub struct Fault<A> {
    /// What it is called.
    pub name: &'static str,
    /// Whether writes that were answered may be lost in it.
    pub loses_writes: bool,
    /// Does it, lets it last, and undoes it.
    pub strike: fn(&A, &mut Dice),
}

impl<A> Fault<A> {
    pub(super) const fn new(name: &'static str, strike: fn(&A, &mut Dice)) -> Self {
        Self {
            name,
            loses_writes: false,
            strike,
        }
    }

    pub(super) const fn losing_writes(name: &'static str, strike: fn(&A, &mut Dice)) -> Self {
        Self {
            name,
            loses_writes: true,
            strike,
        }
    }
}
