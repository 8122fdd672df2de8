use vouchsafe_core::id::TenantId;
use vouchsafe_core::permit::{Reach, Scope};

fn see(tenant: TenantId) -> Scope {
    Scope { reach: Reach::Tenant(tenant) }
}

fn main() {}
