//! Charts: figures as a table, which every page shows, and the same for the script that draws them.

use serde_json::{Value, json};

/// How a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Lines over time.
    Lines,
    /// Bars side by side.
    Bars,
    /// Bars on top of one another.
    Stack,
}

/// What the values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Pieces.
    Count,
    /// Parts of a hundred.
    Percent,
    /// Money, in KRW.
    Won,
}

/// Values of one kind: drawn in one colour, and a column of the table.
pub struct Column {
    /// What they are.
    pub name: String,
    /// As they are drawn; `None` leaves a gap. `None` for all of them where the column stands in the table alone.
    pub drawn: Option<Vec<Option<f64>>>,
    /// As they are written.
    pub written: Vec<String>,
}

/// A chart.
pub struct Chart {
    /// Its name within the page.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What the script draws; `None` where that would be an empty grid.
    pub data: Option<String>,
    /// The head of the table; that of the labels first.
    pub head: Vec<String>,
    /// Its rows; the label first. None where nothing is on record.
    pub rows: Vec<Vec<String>>,
}

impl Chart {
    /// A chart of `columns` over `labels`, which are what `over` says.
    pub fn new(
        (id, title): (&'static str, &'static str),
        (shape, unit): (Shape, Unit),
        (over, labels): (&str, Vec<String>),
        columns: &[Column],
    ) -> Self {
        let sets = columns.iter().filter_map(|column| column.drawn.as_ref());
        let shows = sets.flatten().flatten().any(|value| unit == Unit::Percent || *value > 0.0);
        // What stands in the table alone may tell something all the same.
        let told = shows || (!labels.is_empty() && columns.iter().any(|column| column.drawn.is_none()));
        let sets = columns.iter().filter_map(|column| {
            column.drawn.as_ref().map(|drawn| json!({ "name": column.name, "values": drawn }))
        });
        let data = json!({
            "shape": match shape {
                Shape::Lines => "lines",
                Shape::Bars => "bars",
                Shape::Stack => "stack",
            },
            "unit": match unit {
                Unit::Count => "count",
                Unit::Percent => "percent",
                Unit::Won => "won",
            },
            "labels": labels,
            "sets": sets.collect::<Vec<Value>>(),
        });
        let head = std::iter::once(over.to_owned()).chain(columns.iter().map(|column| column.name.clone()));
        let head = head.collect();
        let rows = labels.into_iter().enumerate().map(|(place, label)| {
            let written = columns.iter().map(|column| column.written.get(place).cloned().unwrap_or_default());
            std::iter::once(label).chain(written).collect()
        });
        let rows = if told { rows.collect() } else { Vec::new() };
        Self { id, title, data: shows.then(|| data.to_string()), head, rows }
    }
}

/// A whole number as it is drawn.
#[expect(clippy::cast_precision_loss, reason = "charts need no more digits than they can show")]
pub fn drawn(value: u64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_is_a_table_too() {
        let column = |name: &str, drawn: Option<Vec<Option<f64>>>, written: [&str; 2]| Column {
            name: name.to_owned(),
            drawn,
            written: written.map(str::to_owned).to_vec(),
        };
        let chart = Chart::new(
            ("hours", "By hour"),
            (Shape::Lines, Unit::Count),
            ("Hour", vec!["0".to_owned(), "1".to_owned()]),
            &[
                column("Starts", Some(vec![Some(3.0), None]), ["3", "–"]),
                column("Note", None, ["", "<\"late\">"]),
            ],
        );
        assert_eq!(chart.head, ["Hour", "Starts", "Note"]);
        assert_eq!(chart.rows, [["0", "3", ""], ["1", "–", "<\"late\">"]]);
        let data: Value = serde_json::from_str(&chart.data.unwrap()).unwrap();
        assert_eq!(data["sets"], json!([{ "name": "Starts", "values": [3.0, null] }]));
        assert_eq!((data["shape"].as_str(), data["unit"].as_str()), (Some("lines"), Some("count")));
    }
    #[test]
    fn nothing_is_no_empty_grid() {
        let labels = || vec!["0".to_owned(), "1".to_owned()];
        let chart = |unit, columns: &[Column]| {
            Chart::new(("c", "C"), (Shape::Lines, unit), ("Hour", labels()), columns)
        };
        let column = |drawn: Option<[Option<f64>; 2]>| Column {
            name: "Starts".to_owned(),
            drawn: drawn.map(Vec::from),
            written: labels(),
        };
        let shows = |chart: &Chart| (chart.data.is_some(), !chart.rows.is_empty());
        assert_eq!(shows(&chart(Unit::Won, &[])), (false, false), "nobody was paid");
        assert_eq!(shows(&chart(Unit::Count, &[column(Some([Some(0.0), None]))])), (false, false));
        assert_eq!(shows(&chart(Unit::Count, &[column(Some([Some(0.0), Some(1.0)]))])), (true, true));
        assert_eq!(shows(&chart(Unit::Percent, &[column(Some([None, None]))])), (false, false));
        let none_of_some = column(Some([None, Some(0.0)]));
        assert_eq!(
            shows(&chart(Unit::Percent, &[none_of_some])),
            (true, true),
            "nobody of somebody is a record"
        );
        let failed = [column(Some([Some(0.0), Some(0.0)])), column(None)];
        assert_eq!(shows(&chart(Unit::Count, &failed)), (false, true), "the table alone tells something");
    }
}
