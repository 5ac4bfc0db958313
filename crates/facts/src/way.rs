//! Work that can wait: done by a thread that gives way to those for whose answers somebody waits.

/// How far it gives way: ten steps of twenty, about a tenth of a busy core and all of an idle one.
#[cfg(target_os = "linux")]
const STEPS: i32 = 10;

/// Does some work on a thread of its own that gives way to all others, and waits for it; here and now where it cannot wait.
///
/// # Edges
/// A thread cannot take back that it gives way, so it ends with its work. Elsewhere than on Linux, where only whole
/// processes give way, it works like any other; and so it does where the system does not let it. It should hold no lock for
/// which others wait.
pub fn giving_way<T: Send>(can_wait: bool, work: impl FnOnce() -> T + Send) -> T {
    if !can_wait {
        return work();
    }
    std::thread::scope(|scope| {
        let working = scope.spawn(|| {
            #[cfg(target_os = "linux")]
            let _ = rustix::process::nice(STEPS);
            work()
        });
        working.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_for_the_work_keeps_its_own_place_and_gets_the_answer() {
        let place = || rustix::process::getpriority_process(None).unwrap();
        let before = place();
        assert_eq!(giving_way(false, place), before);
        let within = giving_way(true, place);
        assert_eq!(place(), before);
        assert!(within >= before);
        #[cfg(target_os = "linux")]
        assert_eq!(within, (before + STEPS).min(19));
    }
}
