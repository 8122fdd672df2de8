use std::marker::PhantomData;

use vouchsafe_core::id::TenantId;
use vouchsafe_core::permit::{Permit, SetUp, WorkId};

fn forge(subject: TenantId, work: WorkId) -> Permit<SetUp> {
    Permit { subject, work, action: PhantomData }
}

fn main() {}
