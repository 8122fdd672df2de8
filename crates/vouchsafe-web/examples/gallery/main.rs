//! Writes every sample page as an HTML file into a folder, to look at: `cargo run -p vouchsafe-web --example gallery
//! -- FOLDER`. The pages stand alone: the style sheet is written beside them.

mod samples;

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| "target/gallery".to_owned());
    let folder = Path::new(&folder);
    fs::create_dir_all(folder.join("assets"))?;
    let mut index =
        String::from("<!DOCTYPE html><html lang=\"en\"><title>Gallery</title><h1>Gallery</h1><ul>");
    for sample in samples::all() {
        let html = sample.html.map_err(io::Error::other)?;
        let assets: Vec<&str> = html.split('"').filter(|text| text.starts_with("/assets/")).collect();
        for path in assets {
            if let Some(asset) = vouchsafe_web::asset(path) {
                fs::write(folder.join(path.trim_start_matches('/')), asset.bytes)?;
            }
        }
        let local = html.replace("\"/assets/", "\"assets/");
        fs::write(folder.join(format!("{}.html", sample.name)), local)?;
        index.push_str(&format!("<li><a href=\"{0}.html\">{0}</a></li>", sample.name));
    }
    index.push_str("</ul></html>");
    fs::write(folder.join("index.html"), index)?;
    Ok(())
}
