use std::fs;
use std::path::Path;

use reissue_sqlite::SqliteStore;

use crate::{SESSIONS, load, session};

/// Prints the size of the file after logins, and after ten rotations of each session.
pub(crate) async fn report(file: &Path) {
    let store = SqliteStore::builder(file)
        .with_relaxed_refreshes()
        .build()
        .expect("a store");
    session::log_in(&store, SESSIONS).await;
    let logged_in = per_session(file);
    load::run(&store, 64, 10 * SESSIONS).await;
    let rotated = per_session(file);
    println!("\nbytes a session: {logged_in:.0} after the login, {rotated:.0} after ten rotations");
}

/// Bytes of a copy are those of the content; the file may have more.
fn per_session(file: &Path) -> f64 {
    let copy = file.with_extension("copy");
    let _ = fs::remove_file(&copy);
    reissue_sqlite::backup(file, &copy).expect("a copy");
    let size = fs::metadata(&copy).expect("the copy").len();
    let whole = fs::metadata(file).expect("the file").len();
    println!(
        "file of {whole} bytes ({:.0} a session), of which {size} are the content",
        whole as f64 / SESSIONS as f64
    );
    whole as f64 / SESSIONS as f64
}
