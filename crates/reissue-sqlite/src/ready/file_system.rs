//! What the file system of the database tells.

use std::path::Path;

use reissue::store::Finding;

/// Returns a finding if less than a twentieth of the file system is free.
#[cfg(unix)]
pub(super) fn disk_nearly_full(path: &Path) -> Option<Finding> {
    let status = rustix::fs::statvfs(path).ok()?;
    let percent = status
        .f_bavail
        .saturating_mul(100)
        .checked_div(status.f_blocks)?;
    (percent < 5).then(|| Finding {
        code: "disk-nearly-full",
        detail: format!("{percent} % of the disk is free; expected at least 5 %"),
    })
}

/// Returns a finding if the file is on a network file system.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn network_file_system(path: &Path) -> Option<Finding> {
    let status = rustix::fs::statfs(path).ok()?;
    // The kernel's type of it differs between machines, and its values fit 32 bits.
    let name = network_name(status.f_type as u32)?;
    Some(Finding {
        code: "network-file-system",
        detail: format!(
            "the database is on {name}; expected a local disk, since locks across machines are not \
             reliable and a broken lock damages the database"
        ),
    })
}

/// The name of a network file system, by the number that Linux gives it (`statfs(2)`).
#[cfg(any(target_os = "linux", target_os = "android", test))]
const fn network_name(number: u32) -> Option<&'static str> {
    Some(match number {
        0x0000_517b => "SMB",
        0x0000_564c => "NCP",
        0x0000_6969 => "NFS",
        0x00c3_6400 => "Ceph",
        0x0102_1997 => "9P",
        0x0bd0_0bd0 => "Lustre",
        0x0116_1970 => "GFS2",
        0x4750_4653 => "GPFS",
        0x5346_414f | 0x6b41_4653 => "AFS",
        0x6573_5546 => "FUSE",
        0x7461_636f => "OCFS2",
        0xfe53_4d42 | 0xff53_4d42 => "CIFS",
        _ => return None,
    })
}

#[cfg(not(unix))]
pub(super) fn disk_nearly_full(_: &Path) -> Option<Finding> {
    None
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn network_file_system(_: &Path) -> Option<Finding> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_file_systems_have_names_and_local_ones_have_none() {
        assert_eq!(network_name(0x6969), Some("NFS"));
        assert_eq!(network_name(0xff53_4d42), Some("CIFS"));
        // ext4, btrfs, xfs, tmpfs, overlayfs.
        for local in [0xef53, 0x9123_683e, 0x5846_5342, 0x0102_1994, 0x794c_7630] {
            assert_eq!(network_name(local), None);
        }
    }
}
