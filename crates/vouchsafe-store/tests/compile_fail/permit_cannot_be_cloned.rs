use vouchsafe_core::permit::{Permit, SetUp};

fn double(permit: &Permit<SetUp>) -> Permit<SetUp> {
    <Permit<SetUp> as Clone>::clone(permit)
}

fn main() {}
