//! How product lines are usually named: by which properties, and how one fact names several.

/// Properties by which files and programs usually name a product line.
pub const USUAL_LINE_NAMES: [&str; 14] = [
    "product_line",
    "category",
    "product",
    "plan",
    "course",
    "brand",
    "产品线",
    "品类",
    "商品分类",
    "产品类别",
    "类目",
    "产品",
    "套餐",
    "课程",
];

/// What stands between the names where one fact names several lines.
pub const LINES_SEPARATOR: &str = "、";
