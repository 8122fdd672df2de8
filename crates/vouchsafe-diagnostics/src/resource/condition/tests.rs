use serde_json::json;

use super::*;
use crate::filter::parse;
use crate::resource::Resource;

fn condition(text: &str) -> Result<Condition, Unanswerable> {
    Condition::new(Resource::SignIn.schema(), &parse(text).unwrap())
}

fn object() -> Value {
    json!({
        "id": "S1", "createdDateTime": "2026-11-23T09:00:00Z", "userId": "11111111-AAAA-4111-8111-111111111111",
        "userPrincipalName": "Ada@Contoso.example", "ipAddress": "2001:DB8::1", "appDisplayName": "",
        "status": { "errorCode": 50074, "failureReason": "Strong authentication is required." },
        "location": { "city": "Bern", "geoCoordinates": { "latitude": 46.5, "longitude": 7, "altitude": null } },
        "riskEventTypes_v2": ["unfamiliarFeatures", "anonymizedIPAddress"],
        "appliedConditionalAccessPolicies": [
            { "displayName": "Require MFA", "result": "success", "enforcedGrantControls": ["mfa"] },
            { "displayName": "Block", "result": "failure", "enforcedGrantControls": [] },
        ],
        "authenticationDetails": [{ "succeeded": true, "authenticationStepDateTime": "2026-11-23T10:00:00+01:00" }],
    })
}

#[test]
fn the_whole_grammar_holds_where_it_should() {
    for (text, expected) in [
        ("userPrincipalName eq 'ada@contoso.EXAMPLE'", true),
        ("userId eq 11111111-aaaa-4111-8111-111111111111", true),
        ("ipAddress eq '2001:db8:0::1' and startswith(ipAddress, '2001:db8:')", true),
        ("status/errorCode ge 50074 and status/errorCode lt 50075", true),
        ("status/errorCode in (1, 50074)", true),
        ("status/errorCode in (1, null)", false),
        ("appDisplayName eq null and appDisplayName eq ''", true),
        ("appDisplayName ne 'x' and not (appDisplayName eq 'x')", true),
        ("appDisplayName gt 'a' or appDisplayName lt 'z'", false),
        ("userDisplayName in (null, 'x')", true),
        ("mfaDetail eq null and location ne null", true),
        ("contains(status/failureReason, 'AUTHENTICATION') and endswith(location/city, 'rn')", true),
        ("contains(location/city, '')", true),
        ("startswith(userDisplayName, '')", false),
        ("location/geoCoordinates/latitude gt 46 and location/geoCoordinates/latitude lt 47", true),
        ("location/geoCoordinates/latitude eq 46", false),
        ("location/geoCoordinates/longitude eq 7", true),
        ("location/geoCoordinates/altitude ne null", false),
        ("riskEventTypes_v2/any(r: r eq 'AnonymizedIpAddress')", true),
        ("riskEventTypes_v2/any(r: startswith(r, 'x'))", false),
        ("riskEventTypes/any(r: r ne 'x')", false),
        (
            "appliedConditionalAccessPolicies/any(p: p/displayName eq 'block' and p/result eq 'success')",
            false,
        ),
        ("appliedConditionalAccessPolicies/any(p: p/displayName eq 'block' and p/result eq 'failure')", true),
        ("appliedConditionalAccessPolicies/any(p: p/enforcedGrantControls/any(c: c eq 'mfa'))", true),
        ("appliedConditionalAccessPolicies/result eq 'failure'", true),
        ("appliedConditionalAccessPolicies/result ne 'failure'", false),
        ("authenticationDetails/any(d: d/authenticationStepDateTime eq 2026-11-23T09:00:00Z)", true),
        ("authenticationDetails/any(d: d/succeeded eq true)", true),
        ("createdDateTime ge 2026-11-23 and createdDateTime lt 2026-11-23T09:00:00.000001Z", true),
        ("createdDateTime in (2026-11-23T09:00:00Z)", true),
        ("id eq 's1'", false),
    ] {
        assert_eq!(condition(text).unwrap().holds(&object()), expected, "{text}");
        assert_eq!(condition(&format!("not ({text})")).unwrap().holds(&object()), !expected, "not {text}");
    }
}

#[test]
fn what_cannot_be_answered_is_named() {
    for (text, told) in [
        ("nonsense eq 1", "`nonsense` is not a property of `signIn`"),
        ("status/nonsense eq 1", "`status/nonsense` is not a property of `signIn`"),
        ("riskEventTypes_v2/any(r: r/x eq 1)", "`riskEventTypes_v2/x` is not a property of `signIn`"),
        ("status/errorCode eq 'x'", "`status/errorCode` is a whole number"),
        ("userId eq 5", "`userId` is text: write the value in single quotes"),
        ("isInteractive gt true", "`isInteractive` is true or false: use `eq` or `ne`"),
        ("userId gt null", "`userId` can be compared with null by `eq` and `ne` only"),
        ("contains(status/errorCode, '5')", "`status/errorCode` is no text: it does not take `contains`"),
        ("contains(createdDateTime, '5')", "`createdDateTime` is no text: it does not take `contains`"),
        (
            "createdDateTime gt 'x'",
            "`createdDateTime` is a time: write it without quotes, as in 2026-11-23T09:00:00Z",
        ),
    ] {
        assert_eq!(condition(text).unwrap_err().to_string(), told, "{text}");
    }
}

#[test]
fn a_needle_stands_in_every_object_that_fulfils_the_condition() {
    for (text, needle) in [
        ("contains(status/failureReason, 'Strong')", Some("strong")),
        ("location/city eq 'Bern' and contains(userAgent, 'Mozilla')", Some("mozilla")),
        ("location/city eq 'Bern' or location/city eq 'Ulm'", None),
        ("location/city ne 'Bern'", None),
        ("location/city eq 'Zürich'", None),
        ("contains(location/city, '\"')", None),
        ("ipAddress eq '2001:DB8::1'", None),
        ("location/city in ('Bern', 'Ulm')", None),
    ] {
        assert_eq!(condition(text).unwrap().needle(), needle, "{text}");
    }
}
