use vouchsafe_core::decided::{Context, Decided, Draft};
use vouchsafe_core::id::TenantId;
use vouchsafe_core::permit::SetUp;

fn decide(subject: TenantId, cx: &Context) -> Decided<SetUp> {
    Draft::new(cx).decided(subject)
}

fn main() {}
