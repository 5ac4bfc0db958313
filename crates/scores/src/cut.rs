//! Where to cut a row of numbers so that about so many of them lie above.

/// The number at or above which the share of `values` comes closest to `share`.
///
/// Only numbers that occur are cuts, so that equal customers are never told apart; `least` leaves out cuts at or below it.
///
/// # Edges
/// Two cuts equally near: the higher one, which takes in fewer. Nobody, or no number above `least`: `None`.
pub(crate) fn cut(values: &[f64], share: f64, least: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let mut best: Option<(f64, f64)> = None;
    for (place, value) in sorted.iter().enumerate() {
        let is_last_of_its_kind = sorted.get(place + 1).is_none_or(|next| next < value);
        if !is_last_of_its_kind || *value <= least {
            continue;
        }
        let distance = ((place + 1) as f64 - share * sorted.len() as f64).abs();
        if best.is_none_or(|(nearest, _)| distance < nearest) {
            best = Some((distance, *value));
        }
    }
    best.map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: f64 = f64::NEG_INFINITY;

    #[test]
    fn ten_different_customers_are_cut_where_asked() {
        let values: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!(cut(&values, 0.2, NONE), Some(9.0));
        assert_eq!(cut(&values, 0.5, NONE), Some(6.0));
    }

    #[test]
    fn equals_stay_together_and_the_nearest_share_wins() {
        // Six bought once, four more than that: half cannot be had, four tenths is nearer than all.
        let values = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 3.0, 5.0];
        assert_eq!(cut(&values, 0.5, NONE), Some(2.0));
        assert_eq!(cut(&[7.0; 5], 0.2, NONE), Some(7.0), "who are all alike are all alike");
    }

    #[test]
    fn nothing_is_no_cut() {
        assert_eq!(cut(&[], 0.5, NONE), None);
        assert_eq!(cut(&[0.0, 0.0, -3.0], 0.5, 0.0), None);
        assert_eq!(cut(&[0.0, 0.0, 0.0, 4.0], 0.5, 0.0), Some(4.0));
    }
}
