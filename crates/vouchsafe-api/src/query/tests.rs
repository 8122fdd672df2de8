use super::*;

fn parse(raw: &str) -> Result<QueryOptions, String> {
    QueryOptions::parse(Some(raw), QueryOption::ALL).map_err(|error| format!("{} {error}", error.code()))
}

#[test]
fn absence_means_the_defaults() {
    assert_eq!(QueryOptions::parse(None, &[]), Ok(QueryOptions::default()));
    assert_eq!(parse("&"), Ok(QueryOptions::default()));
    assert_eq!(QueryOptions::default().encode(), "");
}

#[test]
fn values_are_decoded_once() {
    let options = parse(
        "$filter=startswith(displayName,+%27O%27%27Neil%27)&%24orderby=createdDateTime%20desc,status/errorCode\
         &$top=7&$skiptoken=a%2Bb%253D&$count=true&$select=id,deviceDetail/browser",
    )
    .unwrap();
    assert_eq!(options.filter.as_deref(), Some("startswith(displayName, 'O''Neil')"));
    assert_eq!(
        options.orderby,
        [
            OrderBy { path: "createdDateTime".into(), descending: true },
            OrderBy { path: "status/errorCode".into(), descending: false }
        ]
    );
    assert_eq!((options.top, options.count), (7, true));
    assert_eq!(options.skiptoken.as_deref(), Some("a+b%3D"));
    assert_eq!(options.select.unwrap(), ["id", "deviceDetail/browser"]);
}

#[test]
fn what_is_written_reads_back() {
    let options = QueryOptions {
        filter: Some("userPrincipalName eq 'zoë+1@contoso.example' and a gt 100%".into()),
        orderby: vec![OrderBy { path: "createdDateTime".into(), descending: true }],
        top: 1000,
        skiptoken: Some("&=#?".into()),
        count: true,
        select: Some(vec!["id".into(), "status/errorCode".into()]),
        by: None,
    };
    assert_eq!(parse(&options.encode()), Ok(options));
}

#[test]
fn errors_name_the_option() {
    for (raw, expected) in [
        (
            "$skip=1",
            "unknownQueryOption `$skip`: not a query option of this resource; it takes $filter, $orderby, \
                     $top, $skiptoken, $count, $select",
        ),
        (
            "top=1",
            "unknownQueryOption `top`: not a query option of this resource; it takes $filter, $orderby, $top, \
                   $skiptoken, $count, $select",
        ),
        ("$top=5&%24top=5", "invalidRequest `$top`: given twice"),
        ("$filter=", "invalidRequest `$filter`: has no value"),
        ("$filter=%20", "invalidRequest `$filter`: has no value"),
        ("$count", "invalidRequest `$count`: has no value"),
        ("$top=0", "invalidRequest `$top`: not a whole number from 1 to 1000"),
        ("$top=1001", "invalidRequest `$top`: not a whole number from 1 to 1000"),
        ("$top=%2B5", "invalidRequest `$top`: not a whole number from 1 to 1000"),
        ("$top=99999999999999999999", "invalidRequest `$top`: not a whole number from 1 to 1000"),
        ("$count=True", "invalidRequest `$count`: neither `true` nor `false`"),
        ("$filter=%zz", "invalidRequest `$filter`: not percent-encoded UTF-8"),
        ("$filter=%2", "invalidRequest `$filter`: not percent-encoded UTF-8"),
        ("$filter=%ff", "invalidRequest `$filter`: not percent-encoded UTF-8"),
        ("$orderby=a up", "invalidRequest `$orderby`: a path may be followed by `asc` or `desc` only"),
        ("$orderby=a desc desc", "invalidRequest `$orderby`: a path may be followed by `asc` or `desc` only"),
        ("$select=a,,b", "invalidRequest `$select`: not a list of property paths such as `status/errorCode`"),
        (
            "$select=a;drop",
            "invalidRequest `$select`: not a list of property paths such as `status/errorCode`",
        ),
    ] {
        assert_eq!(parse(raw), Err(expected.to_owned()), "{raw}");
    }
}

#[test]
fn limits_hold() {
    let long = format!("$filter={}", "a".repeat(MAX_QUERY_BYTES));
    assert_eq!(parse(&long), Err("invalidRequest the query is longer than 16384 bytes".into()));
    let many = format!("$select={}", vec!["a"; MAX_PATHS + 1].join(","));
    assert_eq!(parse(&many), Err("invalidRequest `$select`: more than 50 paths".into()));
    let only_top = QueryOptions::parse(Some("$count=true"), &[QueryOption::Top]).unwrap_err();
    assert_eq!((only_top.option(), only_top.code()), ("$count", Code::UnknownQueryOption));
}
