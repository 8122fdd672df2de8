use super::*;

#[test]
fn passkeys_are_bound_to_a_name_over_https_or_to_localhost() {
    assert_eq!(RelyingParty::at("https://support.example").unwrap().id(), "support.example");
    assert_eq!(RelyingParty::at("https://support.example:8443").unwrap().id(), "support.example");
    assert_eq!(RelyingParty::at("http://localhost:8080").unwrap().id(), "localhost");
    for wrong in ["http://support.example", "http://127.0.0.1:8080", "https://[::1]", "support.example", ""] {
        assert!(RelyingParty::at(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_handle_names_its_account_and_nothing_else_does() {
    let (tenant, user) = (TenantId::from_uuid(Uuid::from_u128(1)), UserId::from_uuid(Uuid::from_u128(2)));
    assert_eq!(account_of(&user_handle(tenant, user)), Some((tenant, user)));
    assert_eq!(account_of(&[0; 31]), None);
}

#[test]
fn keys_are_read_in_their_canonical_form_only() {
    let key = COSEEC2Key { curve: ECDSACurve::SECP256R1, x: vec![1; 32], y: vec![2; 32] };
    let key = COSEKey { type_: COSEAlgorithm::ES256, key: COSEKeyType::EC_EC2(key) };
    let text = cose_bytes(&key).unwrap();
    assert_eq!(cose_key(&text).unwrap(), key);
    let mut bytes = BASE64URL.decode(&text).unwrap();
    assert_eq!(bytes.len(), ES256_KEY_BYTES);
    bytes.push(0);
    assert!(cose_key(&BASE64URL.encode(&bytes)).is_err());
    bytes.truncate(70);
    assert!(cose_key(&BASE64URL.encode(&bytes)).is_err());
    assert!(cose_key("").is_err());
}
