//! From a number to points: a piecewise linear curve.

use indicators::definition::Node;
use vocab::{Finding, Text};

/// How many points a number earns, 0 to 100, high is good.
///
/// Straight lines between the given corners; before the first and after the last it stays flat.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    corners: Vec<(f64, f64)>,
}

impl Curve {
    /// From corners `(number, points)`.
    ///
    /// `None` without a corner, if the numbers do not rise strictly, or if points leave 0..=100.
    pub fn new(corners: Vec<(f64, f64)>) -> Option<Curve> {
        let rising = corners.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let fits = corners.iter().all(|(x, points)| x.is_finite() && (0.0..=100.0).contains(points));
        (!corners.is_empty() && rising && fits).then_some(Curve { corners })
    }

    /// The corners, numbers rising.
    pub fn corners(&self) -> &[(f64, f64)] {
        &self.corners
    }

    /// Points of a number, 0 to 100.
    pub fn points(&self, x: f64) -> f64 {
        let after = self.corners.partition_point(|corner| corner.0 <= x);
        if after == 0 {
            return self.corners[0].1;
        }
        let (x0, points0) = self.corners[after - 1];
        match self.corners.get(after) {
            Some((x1, points1)) => (points0 + (points1 - points0) * ((x - x0) / (x1 - x0))).clamp(0.0, 100.0),
            None => points0,
        }
    }

    pub(crate) fn read(node: &Node, findings: &mut Vec<Finding>) -> Option<Curve> {
        let corner = |item: &Node| match item.as_list() {
            Some([x, points]) => x.as_number().zip(points.as_number()),
            _ => None,
        };
        let corners = node.as_list().and_then(|items| items.iter().map(corner).collect::<Option<Vec<_>>>());
        let curve = corners.and_then(Curve::new);
        if curve.is_none() {
            findings.push(node.finding(
                "bad_curve",
                Text::new("不是计分曲线", "not a curve"),
                Text::new(
                    "写法：[[数值, 分数], …]，数值递增，分数 0–100",
                    "write [[number, points], …], numbers rising, points from 0 to 100",
                ),
            ));
        }
        curve
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_lie_on_straight_lines_and_stay_flat_outside() {
        let curve = Curve::new(vec![(0.0, 100.0), (10.0, 50.0), (30.0, 0.0)]).unwrap();
        let points: Vec<f64> = [-5.0, 0.0, 5.0, 10.0, 20.0, 30.0, 1e9].into_iter().map(|x| curve.points(x)).collect();
        assert_eq!(points, [100.0, 100.0, 75.0, 50.0, 25.0, 0.0, 0.0]);
    }

    #[test]
    fn a_curve_that_goes_back_or_leaves_the_scale_is_none() {
        assert_eq!(Curve::new(vec![]), None);
        assert_eq!(Curve::new(vec![(1.0, 0.0), (1.0, 50.0)]), None);
        assert_eq!(Curve::new(vec![(1.0, 0.0), (2.0, 101.0)]), None);
        assert_eq!(Curve::new(vec![(f64::NAN, 0.0)]), None);
    }
}
