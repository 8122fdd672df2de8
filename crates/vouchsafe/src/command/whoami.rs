//! `vouchsafe whoami`

use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;

pub(crate) async fn run(session: &Session) -> Result<(), Failure> {
    let me = session.client.me().await?;
    let server = session.client.server();
    session.out.thing(&me, |me| {
        Table::properties([
            ("Name", me.display_name.clone()),
            ("Sign-in name", me.user_principal_name.clone()),
            ("Id", me.id.to_string()),
            ("Tenant", me.tenant_id.to_string()),
            ("Server", server.to_owned()),
            ("Roles", me.roles.join("\n")),
            ("Allowed", me.allowed_actions.join("\n")),
        ])
    })
}
