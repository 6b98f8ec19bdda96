//! What the system says of a process. Linux only: elsewhere there is nothing to read.

use std::fs;
use std::io;
use std::time::Duration;

/// The CPU time that a process has used so far, ended threads included.
///
/// # Errors
///
/// There is no such process, or the system does not tell.
pub fn cpu_time(pid: u32) -> io::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    ticks(&stat)
        .map(|ticks| Duration::from_millis(ticks * (1_000 / TICKS_PER_SECOND)))
        .ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// The memory of a process that is in RAM.
///
/// # Errors
///
/// There is no such process, or the system does not tell.
pub fn resident_bytes(pid: u32) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|value| value.trim().strip_suffix(" kB"))
        .and_then(|kilobytes| kilobytes.parse::<u64>().ok())
        .map(|kilobytes| kilobytes * 1_024)
        .ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// `utime` and `stime`. The name before them, in parentheses, may hold anything.
fn ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_ascii_whitespace().skip(11);
    let user: u64 = times.next()?.parse().ok()?;
    let system: u64 = times.next()?.parse().ok()?;
    Some(user + system)
}

/// `USER_HZ`, which is 100 on every architecture that Linux shows to programs.
const TICKS_PER_SECOND: u64 = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_process_may_hold_parentheses() {
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 30 12 0 0";
        assert_eq!(ticks(stat), Some(42));
    }
}
