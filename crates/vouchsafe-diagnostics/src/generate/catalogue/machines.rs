//! Computers and phones.

/// A kind of machine.
#[derive(Debug)]
pub(in crate::generate) struct Machine {
    /// As sign-ins name the system, and as the directory does.
    pub(in crate::generate) system: &'static str,
    pub(in crate::generate) directory_system: &'static str,
    pub(in crate::generate) version: &'static str,
    pub(in crate::generate) browser: &'static str,
    pub(in crate::generate) agent: &'static str,
    /// Beginning of its name.
    pub(in crate::generate) prefix: &'static str,
    /// Names of the manufacturer and the model in the directory.
    pub(in crate::generate) make: (&'static str, &'static str),
}

/// Computers, with their weights.
pub(in crate::generate) static COMPUTERS: [(u32, Machine); 3] = [
    (
        7,
        Machine {
            system: "Windows 11",
            directory_system: "Windows",
            version: "10.0.26100.7171",
            browser: "Edge 142.0.0",
            agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
            prefix: "LT",
            make: ("Example Computers", "Slate 14"),
        },
    ),
    (
        2,
        Machine {
            system: "MacOs",
            directory_system: "MacMDM",
            version: "26.1",
            browser: "Safari 26.1",
            agent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
            prefix: "MB",
            make: ("Example Fruit", "Notebook 13"),
        },
    ),
    (
        1,
        Machine {
            system: "Linux",
            directory_system: "Linux",
            version: "24.04",
            browser: "Firefox 145.0",
            agent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
            prefix: "WS",
            make: ("Example Computers", "Tower 5"),
        },
    ),
];

/// Phones, with their weights.
pub(in crate::generate) static PHONES: [(u32, Machine); 2] = [
    (
        1,
        Machine {
            system: "Ios 26.1",
            directory_system: "IPhone",
            version: "26.1",
            browser: "Mobile Safari 26.1",
            agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
            prefix: "PH",
            make: ("Example Fruit", "Phone 17"),
        },
    ),
    (
        1,
        Machine {
            system: "Android 16",
            directory_system: "AndroidForWork",
            version: "16",
            browser: "Chrome Mobile 142.0.0",
            agent: "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
            prefix: "PH",
            make: ("Example Mobile", "Pebble 9"),
        },
    ),
];
