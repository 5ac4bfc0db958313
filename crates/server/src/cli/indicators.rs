//! `liuke indicators`: figures of customers at one or many moments, and what can be done with definitions alone.

use std::path::{Path, PathBuf};

use app::{App, Format, IndicatorQuery};
use vocab::{AsOf, Lang, Text, Window, Zone};

use super::arguments::{Indicators, IndicatorsAction};
use super::console::Console;
use super::failure::{Done, Failure};
use super::folder;
use super::tables::{Target, write_file};

/// Of the customers of an open folder.
pub(crate) fn of_folder(app: &App, asked: &Indicators, console: &mut Console) -> Result<Done, Failure> {
    let target = Target::of(asked.out.as_deref(), console)?;
    let given = asked.as_of.iter().map(|text| Ok(app.moment(text)?)).collect::<Result<Vec<AsOf>, Failure>>()?;
    let catalog = catalog(asked, console);
    let query = query(asked, given, catalog.as_deref(), app.zone())?;
    let table = app.indicators_table(&query)?;
    tell(table.note(), console);
    match &target {
        Target::File(path, Format::Parquet) => {
            write_file(path, |file| table.write_parquet(file))?;
            written(path, console);
            Ok(Done::All)
        }
        target => target.write(&table.table(), console),
    }
}

/// Of the customers in a plain file of facts, without a lake.
pub(crate) fn of_file(asked: &Indicators, console: &mut Console) -> Result<Done, Failure> {
    let target = Target::of(asked.out.as_deref(), console)?;
    let zone = folder::zone(asked.timezone.as_deref())?.unwrap_or_default();
    let given = asked.as_of.iter().map(|text| moment(&zone, text)).collect::<Result<Vec<AsOf>, Failure>>()?;
    let file = console.path(asked.facts.as_deref().unwrap_or(Path::new("")));
    let catalog = catalog(asked, console);
    let query = query(asked, given, catalog.as_deref(), &zone)?;
    match &target {
        Target::File(path, Format::Parquet) => {
            let note = write_file(path, |out| app::write_indicators_of_file(&file, &query, &zone, out))?;
            tell(note.as_ref(), console);
            written(path, console);
            Ok(Done::All)
        }
        target => {
            let table = app::indicators_of_file(&file, &query, &zone)?;
            tell(table.note(), console);
            target.write(&table.table(), console)
        }
    }
}

/// `check` and `schema`.
pub(crate) fn on_definitions(asked: &Indicators, console: &mut Console) -> Result<Done, Failure> {
    match &asked.action {
        Some(IndicatorsAction::Check(check)) => {
            let catalog = app::read_catalog(&console.path(&check.path))?;
            let (count, version) = (catalog.indicators().len(), catalog.version());
            let said = match console.lang {
                Lang::Zh => format!("{count} 个指标，没有发现问题；版本 {version}\n"),
                Lang::En => format!("{count} indicators, nothing wrong; version {version}\n"),
            };
            console.out(said.as_bytes())?;
        }
        Some(IndicatorsAction::Schema(_)) => console.out(format!("{}\n", app::indicator_schema()).as_bytes())?,
        None => {}
    }
    Ok(Done::All)
}

fn catalog(asked: &Indicators, console: &Console) -> Option<PathBuf> {
    asked.catalog.as_ref().map(|path| console.path(path))
}

/// The moments given, and those that lie `--every` so long before them.
fn query<'a>(
    asked: &Indicators,
    given: Vec<AsOf>,
    catalog: Option<&'a Path>,
    zone: &Zone,
) -> Result<IndicatorQuery<'a>, Failure> {
    let mut moments = Vec::new();
    for first in given {
        let mut at = first;
        moments.push(at);
        if let (Some(every), Some(count)) = (&asked.every, asked.moments) {
            let step: Window = every.parse().map_err(|_| {
                Failure::usage(
                    (format!("不是统计周期：“{every}”"), format!("not a window: \"{every}\"")),
                    ("写法：14d、1w、1mo", "write 14d, 1w or 1mo"),
                )
            })?;
            for _ in 1..count {
                at = AsOf(step.start(at, zone));
                moments.push(at);
            }
        }
    }
    moments.sort_unstable();
    moments.dedup();
    Ok(IndicatorQuery { catalog, moments, reasons: asked.reasons })
}

fn tell(note: Option<&Text>, console: &mut Console) {
    if let Some(note) = note {
        console.sink.err(note.get(console.lang));
    }
}

fn written(path: &Path, console: &mut Console) {
    let shown = path.display();
    console.say(format!("已写入 {shown}"), format!("written to {shown}"));
}

fn moment(zone: &Zone, text: &str) -> Result<AsOf, Failure> {
    zone.parse(text).map(AsOf).map_err(|_| {
        Failure::usage(
            (format!("不是日期或时间：“{text}”"), format!("not a date or time: \"{text}\"")),
            ("请写成 2025-06-01 或 2025-06-01T08:00:00+08:00", "write 2025-06-01 or 2025-06-01T08:00:00+08:00"),
        )
    })
}
