//! What the server counts about itself, as Prometheus text.
//!
//! Not here: figures about customers. Those are `indicators` and `metrics` of the firm, never of the machine.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;
use std::time::Duration;

/// Upper edges of the duration buckets, in seconds.
const EDGES: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Counters of the server since it started.
#[derive(Default)]
pub(crate) struct Metrics {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    requests: BTreeMap<(String, String, u16), u64>,
    durations: BTreeMap<String, Histogram>,
    cycle: Option<Duration>,
    cycles: u64,
    cycles_failed: u64,
    standing: Option<Standing>,
}

#[derive(Default)]
struct Histogram {
    buckets: [u64; EDGES.len()],
    sum: f64,
    count: u64,
}

/// What stands in the folder at the moment of asking.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Standing {
    pub(crate) facts: u64,
    pub(crate) sequence: u64,
}

impl Metrics {
    pub(crate) fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        let mut kept = self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        *kept.requests.entry((route.to_owned(), method.to_owned(), status)).or_default() += 1;
        let histogram = kept.durations.entry(route.to_owned()).or_default();
        let seconds = took.as_secs_f64();
        for (bucket, edge) in histogram.buckets.iter_mut().zip(EDGES) {
            *bucket += u64::from(seconds <= edge);
        }
        histogram.sum += seconds;
        histogram.count += 1;
    }

    pub(crate) fn cycle(&self, took: Duration, done: bool) {
        let mut kept = self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        kept.cycle = Some(took);
        kept.cycles += 1;
        kept.cycles_failed += u64::from(!done);
    }

    pub(crate) fn standing(&self) -> Option<Standing> {
        self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).standing
    }

    pub(crate) fn stands(&self, standing: Standing) {
        self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).standing = Some(standing);
    }

    /// The text a Prometheus server reads.
    pub(crate) fn text(&self, standing: Option<Standing>) -> String {
        let kept = self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let mut out = String::new();
        head(&mut out, "liuke_http_requests_total", "counter", "Requests answered, by route, method and status.");
        for ((route, method, status), count) in &kept.requests {
            let _ = writeln!(
                out,
                "liuke_http_requests_total{{route=\"{}\",method=\"{}\",status=\"{status}\"}} {count}",
                escape(route),
                escape(method)
            );
        }
        head(&mut out, "liuke_http_request_duration_seconds", "histogram", "Time to answer, by route.");
        for (route, histogram) in &kept.durations {
            histogram.write(&mut out, &escape(route));
        }
        head(&mut out, "liuke_cycles_total", "counter", "Cycles begun by this server.");
        let _ = writeln!(out, "liuke_cycles_total {}", kept.cycles);
        head(&mut out, "liuke_cycles_failed_total", "counter", "Of those, how many failed.");
        let _ = writeln!(out, "liuke_cycles_failed_total {}", kept.cycles_failed);
        if let Some(took) = kept.cycle {
            head(&mut out, "liuke_cycle_duration_seconds", "gauge", "Time the last cycle took.");
            let _ = writeln!(out, "liuke_cycle_duration_seconds {}", took.as_secs_f64());
        }
        if let Some(standing) = standing {
            head(&mut out, "liuke_facts", "gauge", "Facts in the record.");
            let _ = writeln!(out, "liuke_facts {}", standing.facts);
            head(&mut out, "liuke_sequence", "gauge", "Number of the last fact.");
            let _ = writeln!(out, "liuke_sequence {}", standing.sequence);
        }
        out
    }
}

impl Histogram {
    fn write(&self, out: &mut String, route: &str) {
        let name = "liuke_http_request_duration_seconds";
        for (bucket, edge) in self.buckets.iter().zip(EDGES) {
            let _ = writeln!(out, "{name}_bucket{{route=\"{route}\",le=\"{edge}\"}} {bucket}");
        }
        let _ = writeln!(out, "{name}_bucket{{route=\"{route}\",le=\"+Inf\"}} {}", self.count);
        let _ = writeln!(out, "{name}_sum{{route=\"{route}\"}} {}", self.sum);
        let _ = writeln!(out, "{name}_count{{route=\"{route}\"}} {}", self.count);
    }
}

fn head(out: &mut String, name: &str, sort: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {sort}");
}

fn escape(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_counted_once_in_every_bucket_that_holds_it() {
        let metrics = Metrics::default();
        metrics.request("GET", "/api/today", 200, Duration::from_millis(30));
        metrics.request("GET", "/api/today", 200, Duration::from_secs(60));
        let text = metrics.text(Some(Standing { facts: 7, sequence: 9 }));
        let has = |line: &str| assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        has("liuke_http_requests_total{route=\"/api/today\",method=\"GET\",status=\"200\"} 2");
        has("liuke_http_request_duration_seconds_bucket{route=\"/api/today\",le=\"0.025\"} 0");
        has("liuke_http_request_duration_seconds_bucket{route=\"/api/today\",le=\"0.05\"} 1");
        has("liuke_http_request_duration_seconds_bucket{route=\"/api/today\",le=\"+Inf\"} 2");
        has("liuke_facts 7");
        has("liuke_sequence 9");
    }
}
