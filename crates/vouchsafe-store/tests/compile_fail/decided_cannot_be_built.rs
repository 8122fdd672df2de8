use vouchsafe_core::decided::Decided;
use vouchsafe_core::id::TenantId;
use vouchsafe_core::permit::SetUp;

fn decide(subject: TenantId) -> Decided<SetUp> {
    Decided { subject, entries: Vec::new(), writes: Vec::new(), notices: Vec::new() }
}

fn main() {}
