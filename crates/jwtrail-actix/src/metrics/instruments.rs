use super::text::MetricsText;
use crate::trail::Durations;

/// Where the families are written: each begins, and its samples follow.
pub(super) trait Instruments {
    fn begin(&mut self, kind: Kind, name: &'static str, help: &'static str);
    /// Labels without a value are left out.
    fn count(&mut self, labels: &[(&str, &str)], value: u64);
    fn seconds(&mut self, labels: &[(&str, &str)], micros: u64);
    fn histogram(&mut self, labels: &[(&str, &str)], durations: &Durations);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// The text format of Prometheus.
pub(super) struct AsText<'t> {
    text: &'t mut MetricsText,
    name: &'static str,
}

impl<'t> AsText<'t> {
    pub(super) const fn new(text: &'t mut MetricsText) -> Self {
        Self { text, name: "" }
    }
}

impl Instruments for AsText<'_> {
    fn begin(&mut self, kind: Kind, name: &'static str, help: &'static str) {
        self.name = name;
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        self.text.family(name, kind, help);
    }

    fn count(&mut self, labels: &[(&str, &str)], value: u64) {
        self.text.sample(self.name, labels, value);
    }

    fn seconds(&mut self, labels: &[(&str, &str)], micros: u64) {
        self.text.sample(self.name, labels, seconds(micros));
    }

    fn histogram(&mut self, labels: &[(&str, &str)], durations: &Durations) {
        let name = self.name;
        let buckets = format!("{name}_bucket");
        let mut bucket = |bound: &str, count: u64| {
            let labels = [labels, &[("le", bound)]].concat();
            self.text.sample(&buckets, &labels, count);
        };
        for (bound, count) in durations.bounds() {
            bucket(&seconds(bound), count);
        }
        let count = durations.count();
        bucket("+Inf", count);
        let sum = seconds(durations.sum_us);
        self.text.sample(&format!("{name}_sum"), labels, sum);
        self.text.sample(&format!("{name}_count"), labels, count);
    }
}

fn seconds(micros: u64) -> String {
    let (whole, rest) = (micros / 1_000_000, micros % 1_000_000);
    let fraction = format!(".{rest:06}");
    format!(
        "{whole}{}",
        fraction.trim_end_matches('0').trim_end_matches('.')
    )
}
