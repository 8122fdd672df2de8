//! The product and its peers, open, to be asked the same.

use super::draw::Draw;
use super::duckdb::DuckDb;
use super::postgres::Postgres;
use super::product::Product;
use super::question::{Question, Rows};
use super::sqlite::Sqlite;
use super::stands::Stands;

/// One of those that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    DuckDb,
    Postgres,
    Product,
}

impl Engine {
    /// Every one; the first is what all others must agree with.
    pub(crate) const ALL: [Self; 4] = [Self::Sqlite, Self::DuckDb, Self::Postgres, Self::Product];

    /// For people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "bare SQLite",
            Self::DuckDb => "DuckDB",
            Self::Postgres => "PostgreSQL",
            Self::Product => "Vouchsafe",
        }
    }

    /// Name of its folder.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::DuckDb => "duckdb",
            Self::Postgres => "postgres",
            Self::Product => "product",
        }
    }
}

/// The loaded engines, open.
pub(crate) struct Engines {
    /// Always there.
    pub(crate) sqlite: Sqlite,
    duckdb: Option<DuckDb>,
    postgres: Option<Postgres>,
    pub(crate) product: Product,
    /// What is asked for.
    pub(crate) draw: Draw,
}

impl Engines {
    /// Opens all that were loaded.
    pub(crate) async fn open(stands: &Stands) -> Self {
        let sqlite = Sqlite::on(&stands.database(Engine::Sqlite));
        let duckdb = stands.python.as_ref().map(|python| python.serve(&stands.database(Engine::DuckDb)));
        let postgres = match &stands.cluster {
            Some(cluster) => Some(Postgres::on(cluster).await),
            None => None,
        };
        let product = Product::on(&stands.folder(Engine::Product)).await;
        let draw = Draw::from(&sqlite);
        Self { sqlite, duckdb, postgres, product, draw }
    }

    /// Asks one of them; the rows, so that they can be compared, and the milliseconds. `None` if it is not there or
    /// refuses.
    pub(crate) async fn ask(&mut self, engine: Engine, question: &Question) -> Option<(Rows, f64)> {
        let (rows, took) = match engine {
            Engine::Sqlite => self.sqlite.ask(question),
            Engine::DuckDb => self.duckdb.as_mut()?.ask(question),
            Engine::Postgres => self.postgres.as_mut()?.ask(question).await,
            Engine::Product => self.product.ask(question).await?,
        };
        Some((question.comparable(rows), took))
    }
}
