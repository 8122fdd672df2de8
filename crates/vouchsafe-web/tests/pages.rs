//! Every sample page: the golden HTML, and what must hold for any page.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a check that cannot go on ends the test"
)]

#[path = "../examples/gallery"]
mod gallery {
    pub(crate) mod samples;
}
#[path = "pages/markup.rs"]
mod markup;

use std::collections::HashSet;

use gallery::samples::{self, Sample};
use markup::{Element, Markup};
use vouchsafe_web::asset;
use vouchsafe_web::paths::{Method, ROUTES};

/// Says of which sample something does not hold.
fn for_each(check: impl Fn(&str, &Markup)) {
    for Sample { name, html } in samples::all() {
        let html = html.unwrap();
        check(name, &Markup::read(&html).unwrap_or_else(|wrong| panic!("{name}: {wrong}")));
    }
}

#[test]
fn samples_are_as_recorded() {
    for Sample { name, html } in samples::all() {
        let style_free = without_hashes(&html.unwrap());
        insta::assert_snapshot!(name, style_free);
    }
}

/// The style sheet may change without every page's golden file changing.
fn without_hashes(html: &str) -> String {
    let style = vouchsafe_web::style_sheet();
    html.replace(style, "/assets/vouchsafe.css")
}

#[test]
fn names_of_samples_are_unique() {
    let all = samples::all();
    let names: HashSet<&str> = all.iter().map(|sample| sample.name).collect();
    assert_eq!(names.len(), all.len());
}

#[test]
fn ids_are_unique_and_what_refers_to_them_exists() {
    for_each(|name, page| {
        let mut ids = HashSet::new();
        for id in page.elements.iter().filter_map(|element| element.get("id")) {
            assert!(!id.is_empty() && !id.contains(char::is_whitespace), "{name}: id {id:?}");
            assert!(ids.insert(id), "{name}: id {id} twice");
        }
        for element in &page.elements {
            let refers = ["for", "aria-labelledby", "aria-describedby"].iter().filter_map(|a| element.get(a));
            for id in refers.flat_map(str::split_whitespace) {
                assert!(ids.contains(id), "{name}: nothing has the id {id}");
            }
            if let Some(id) = element.get("href").and_then(|href| href.strip_prefix('#')) {
                assert!(ids.contains(id), "{name}: nothing has the id {id}");
            }
        }
    });
}

#[test]
fn every_input_has_a_label() {
    for_each(|name, page| {
        let labels: HashSet<&str> = page.all("label").filter_map(|label| label.get("for")).collect();
        for element in
            page.elements.iter().filter(|e| matches!(e.tag.as_str(), "input" | "select" | "textarea"))
        {
            if element.get("type") == Some("hidden") {
                continue;
            }
            let id = element.get("id").unwrap_or_default();
            assert!(labels.contains(id), "{name}: {element:?} has no label");
        }
        for fieldset in page.all("fieldset") {
            let legend = page.elements.get(fieldset.at + 1);
            assert_eq!(legend.map(|e| e.tag.as_str()), Some("legend"), "{name}: fieldset without a legend");
        }
    });
}

#[test]
fn a_page_has_one_heading_and_its_landmarks() {
    for_each(|name, page| {
        for tag in ["h1", "main", "header", "footer", "title"] {
            assert_eq!(page.all(tag).count(), 1, "{name}: {tag}");
        }
        assert_eq!(page.all("html").next().and_then(|e| e.get("lang")), Some("en"), "{name}");
        let skip = page.all("a").next().expect("a link");
        assert_eq!(skip.get("href"), Some("#content"), "{name}: the first link skips to the content");
        let navigations: Vec<Option<&str>> = page.all("nav").map(|e| e.get("aria-label")).collect();
        let names: HashSet<_> = navigations.iter().collect();
        assert!(!navigations.contains(&None) && names.len() == navigations.len(), "{name}: {navigations:?}");
    });
}

#[test]
fn headings_never_skip_a_level() {
    for_each(|name, page| {
        let mut last = 0;
        for heading in &page.elements {
            let level = match heading.tag.as_str() {
                "h1" => 1,
                "h2" => 2,
                "h3" => 3,
                "h4" => 4,
                _ => continue,
            };
            let is_summary_of_errors = heading.get("id") == Some("error-summary");
            assert!(level <= last + 1 || is_summary_of_errors, "{name}: h{level} after h{last}");
            last = level;
        }
    });
}

#[test]
fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
    for_each(|name, page| {
        for element in &page.elements {
            assert!(!matches!(element.tag.as_str(), "style" | "iframe" | "object"), "{name}: {element:?}");
            if element.tag == "script" {
                // Only the one that passkeys need, from a file.
                let file = element.get("src").and_then(asset);
                let scripts = file.is_some_and(|file| file.content_type.starts_with("text/javascript"));
                assert!(scripts && element.get("defer").is_some(), "{name}: {element:?}");
            }
            for (attribute, value) in &element.attributes {
                assert!(attribute != "style" && !attribute.starts_with("on"), "{name}: {element:?}");
                if matches!(attribute.as_str(), "href" | "src" | "action" | "formaction") {
                    let own = value.starts_with('#') || (value.starts_with('/') && !value.starts_with("//"));
                    assert!(own, "{name}: {attribute}={value}");
                }
            }
            if element.tag == "link" {
                assert!(asset(element.get("href").unwrap()).is_some(), "{name}: {element:?}");
            }
        }
    });
}

#[test]
fn hostile_words_come_out_as_words() {
    let mut seen = 0;
    for Sample { name, html } in samples::all() {
        let html = html.unwrap();
        assert!(!html.contains("<script>"), "{name}");
        let escaped = html.contains("&#60;script&#62;alert(&#34;&#38;&#39;x&#39;&#34;)&#60;/script&#62;");
        if name.contains("hostile") {
            assert!(escaped, "{name}: the hostile words are missing");
        }
        seen += usize::from(escaped);
    }
    assert!(seen > 10);
}

#[test]
fn links_and_forms_lead_to_routes_and_send_their_fields() {
    let elsewhere = ["/openapi.json"];
    for_each(|name, page| {
        for link in page.all("a").filter_map(|a| a.get("href")).filter(|href| href.starts_with('/')) {
            let path = link.split(['?', '#']).next().unwrap_or_default();
            let known = ROUTES.iter().any(|r| r.method == Method::Get && r.matches(path));
            assert!(known || elsewhere.contains(&path), "{name}: no page at {link}");
        }
        for form in page.all("form") {
            check_form(name, page, form);
        }
    });
}

fn check_form(name: &str, page: &Markup, form: &Element) {
    let action = form.get("action").expect("an action");
    let method = match form.get("method").expect("a method") {
        "post" => Method::Post,
        "get" => Method::Get,
        other => panic!("{name}: method {other}"),
    };
    let route = ROUTES.iter().find(|route| route.method == method && route.matches(action));
    let route = route.unwrap_or_else(|| panic!("{name}: no route for {action}"));
    for field in page.within(form).iter().filter_map(|element| element.get("name")) {
        assert!(route.fields.contains(&field), "{name}: {action} does not take {field}");
    }
    assert!(page.within(form).iter().any(|e| e.tag == "button" && e.get("type") == Some("submit")), "{name}");
}

#[test]
fn cells_say_what_they_are_where_the_head_is_hidden() {
    for_each(|name, page| {
        for cell in page.all("td") {
            assert!(cell.get("data-label").is_some() || cell.get("class") == Some("act"), "{name}: {cell:?}");
        }
        for head in page.all("th") {
            assert!(head.get("scope").is_some(), "{name}: {head:?}");
        }
        for table in page.all("table") {
            assert_eq!(page.elements.get(table.at + 1).map(|e| e.tag.as_str()), Some("caption"), "{name}");
        }
    });
}

#[test]
fn the_side_of_the_support_request_tenant_says_nothing_of_the_other() {
    for Sample { name, html } in samples::all().into_iter().filter(|s| s.name.contains("for-other")) {
        let html = html.unwrap();
        for word in ["Aster Clinics", "Remove access", "Read so far", "/grants/", "Until</dt>"] {
            assert!(!html.contains(word), "{name}: {word}");
        }
        assert!(html.contains("The other tenant decides for itself"), "{name}");
    }
}

#[test]
fn pages_stay_light() {
    for Sample { name, html } in samples::all() {
        assert!(html.unwrap().len() < 60_000, "{name}");
    }
    let style = asset(vouchsafe_web::style_sheet()).expect("the style sheet");
    assert!(style.bytes.len() < 40_000);
}
