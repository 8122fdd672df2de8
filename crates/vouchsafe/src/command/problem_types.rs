//! `vouchsafe problem-types`

use clap::Subcommand;
use vouchsafe_client::api::problem_type::{CreateProblemType, ProblemType, UpdateProblemType};

use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;

#[derive(Debug, Subcommand)]
pub(crate) enum ProblemTypes {
    /// Show the tree
    List,
    /// Add a type (managers)
    Add {
        /// Path from the root, such as signIn/tokens; what stands above it must be there
        id: String,
        /// Its name, as customers read it
        #[arg(long)]
        name: String,
    },
    /// Change a name, on old cases too (managers)
    Rename {
        /// Path from the root
        id: String,
        /// The new name
        #[arg(long)]
        name: String,
    },
    /// Offer a type, and all below it, for new cases no more (managers)
    Retire {
        /// Path from the root
        id: String,
    },
    /// Offer a retired type again (managers)
    Restore {
        /// Path from the root
        id: String,
    },
}

impl ProblemTypes {
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let (client, out) = (&session.client, &session.out);
        match self {
            Self::List => list(session).await,
            Self::Add { id, name } => {
                let added = client.add_problem_type(&CreateProblemType { id, display_name: name }).await?;
                out.answer(&added, |added| format!("{} is there.", added.id))
            }
            Self::Rename { id, name } => {
                let body = UpdateProblemType { display_name: Some(name), retired: None };
                let renamed = client.update_problem_type(&id, &body).await?;
                out.answer(&renamed, |renamed| format!("{} is called {}.", renamed.id, renamed.display_name))
            }
            Self::Retire { id } => retire(session, &id, true).await,
            Self::Restore { id } => retire(session, &id, false).await,
        }
    }
}

async fn retire(session: &Session, id: &str, retired: bool) -> Result<(), Failure> {
    let body = UpdateProblemType { display_name: None, retired: Some(retired) };
    let changed = session.client.update_problem_type(id, &body).await?;
    session.out.answer(&changed, |changed| {
        // One above it may be retired still.
        let state = if changed.retired { "retired" } else { "offered again" };
        format!("{} is {state}.", changed.id)
    })
}

/// Prints the tree, each type followed by what is below it.
pub(crate) async fn list(session: &Session) -> Result<(), Failure> {
    fn add(table: &mut Table, node: &ProblemType) {
        let state = if node.retired { "retired" } else { "" };
        table.row([node.id.clone(), node.display_name.clone(), state.to_owned()]);
        node.children.iter().for_each(|child| add(table, child));
    }
    session.list(session.client.problem_types(), true, &["Id", "Name", "State"], add).await.map(drop)
}
