//! Signals: the first asks the run to stop at the next safe point, the second ends it at once.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::exit::Exit;
use crate::publish::disk::Stop;

/// A flag that an interruption or a request to end sets.
pub fn listen() -> Stop {
    let stop = Stop::default();
    for (signal, exit) in [(SIGINT, Exit::Interrupted), (SIGTERM, Exit::Terminated)] {
        let asked = Arc::new(AtomicBool::new(false));
        // In this order: the second signal finds the flag set by the first. Should the system refuse, its own default holds.
        let _ = flag::register_conditional_shutdown(signal, exit.code().into(), Arc::clone(&asked));
        let _ = flag::register(signal, asked);
        let _ = flag::register_usize(signal, stop.flag(), signal.unsigned_abs() as usize);
    }
    stop
}
