//! A secret from the standard input.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use zeroize::Zeroizing;

/// Reads one line without its end. At a terminal it asks for it, and does not show it.
pub(super) fn read_secret(prompt: &str) -> io::Result<Zeroizing<String>> {
    let stdin = io::stdin();
    let hidden = if stdin.is_terminal() {
        write!(io::stderr(), "{prompt}: ")?;
        io::stderr().flush()?;
        Some(Hidden::begin()?)
    } else {
        None
    };
    let mut line = Zeroizing::new(String::with_capacity(LONGEST));
    stdin.lock().read_line(&mut line)?;
    if hidden.is_some() {
        writeln!(io::stderr())?;
    }
    drop(hidden);
    let text = line.strip_suffix('\n').unwrap_or(&line);
    let text = text.strip_suffix('\r').unwrap_or(text);
    Ok(Zeroizing::new(text.to_owned()))
}

/// Whether a person types.
pub(super) fn is_typed() -> bool {
    io::stdin().is_terminal()
}

/// What is typed is not shown, until this is dropped.
#[cfg(unix)]
struct Hidden(rustix::termios::Termios);

#[cfg(unix)]
impl Hidden {
    fn begin() -> io::Result<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

        let shown = tcgetattr(io::stdin())?;
        let mut hidden = shown.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &hidden)?;
        Ok(Self(shown))
    }
}

#[cfg(unix)]
impl Drop for Hidden {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};

        // A terminal that is gone shows nothing.
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0);
    }
}

#[cfg(not(unix))]
struct Hidden;

#[cfg(not(unix))]
impl Hidden {
    fn begin() -> io::Result<Self> {
        Ok(Self)
    }
}

/// Of most lines: a longer one leaves a copy behind when it grows.
const LONGEST: usize = 4096;
