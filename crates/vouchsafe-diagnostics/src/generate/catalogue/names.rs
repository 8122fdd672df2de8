//! Names, departments, partners.

/// Given names. Their number and that of the family names have no common factor, so all pairs come before one comes
/// again.
pub(in crate::generate) const GIVEN: [&str; 64] = [
    "Ada", "Amara", "Anil", "Aoife", "Bao", "Beatriz", "Björn", "Camille", "Carla", "Chidi", "Dalia",
    "Deniz", "Eero", "Elena", "Emeka", "Esther", "Farida", "Felix", "Gabriela", "Goran", "Hana", "Hassan",
    "Hiro", "Ines", "Isak", "Jae", "Joana", "Jonas", "Kasia", "Keiko", "Kofi", "Lars", "Leila", "Lukas",
    "Mahmoud", "Mei", "Mira", "Nadia", "Nia", "Noor", "Oskar", "Padma", "Pavel", "Petra", "Quentin",
    "Rafael", "Renée", "Rosa", "Samir", "Sofía", "Tariq", "Tove", "Uma", "Uri", "Vera", "Viktor", "Wanda",
    "Wei", "Ximena", "Yara", "Yusuf", "Zoë", "Zahra", "Zoran",
];

/// Family names.
pub(in crate::generate) const FAMILY: [&str; 61] = [
    "Abel",
    "Adeyemi",
    "Ahmed",
    "Almeida",
    "Bakker",
    "Banerjee",
    "Brandt",
    "Castillo",
    "Chen",
    "Costa",
    "Dietz",
    "Dubois",
    "Eriksen",
    "Farouk",
    "Ferreira",
    "Fischer",
    "Gallo",
    "Gruber",
    "Haddad",
    "Horváth",
    "Ibrahim",
    "Ivanova",
    "Jansen",
    "Jørgensen",
    "Kaya",
    "Kim",
    "Kowalski",
    "Lindt",
    "Lê",
    "Maas",
    "Mensah",
    "Moreau",
    "Müller",
    "Nakamura",
    "Novak",
    "Núñez",
    "Okafor",
    "Osei",
    "Papadakis",
    "Pereira",
    "Petrov",
    "Quinn",
    "Rahman",
    "Reyes",
    "Rossi",
    "Sato",
    "Silva",
    "Singh",
    "Tanaka",
    "Tran",
    "Ueda",
    "Urban",
    "Vargas",
    "Vogel",
    "Weber",
    "Wójcik",
    "Xu",
    "Yildiz",
    "Young",
    "Zeman",
    "Zhou",
];

/// A name as it stands in a sign-in name: lower case, letters without marks.
pub(in crate::generate) fn ascii(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .map(|letter| match letter {
            'á' => 'a',
            'é' | 'ê' | 'ë' => 'e',
            'í' => 'i',
            'ñ' => 'n',
            'ó' | 'ö' | 'ø' => 'o',
            'ú' | 'ü' => 'u',
            other => other,
        })
        .collect()
}

/// A part of the organisation and its jobs, the usual one first.
#[derive(Debug)]
pub(in crate::generate) struct Department {
    pub(in crate::generate) name: &'static str,
    pub(in crate::generate) jobs: [&'static str; 4],
}

const fn department(name: &'static str, jobs: [&'static str; 4]) -> Department {
    Department { name, jobs }
}

/// The departments, with how many people of a hundred work there. Administrators are among those of the first.
pub(in crate::generate) static DEPARTMENTS: [(u32, Department); 8] = [
    (
        8,
        department(
            "Information Technology",
            ["Systems Administrator", "Service Desk Agent", "Network Engineer", "Identity Engineer"],
        ),
    ),
    (
        18,
        department(
            "Engineering",
            ["Software Engineer", "Test Engineer", "Data Engineer", "Engineering Manager"],
        ),
    ),
    (
        16,
        department(
            "Sales",
            ["Account Manager", "Sales Representative", "Presales Consultant", "Sales Director"],
        ),
    ),
    (18, department("Operations", ["Shift Lead", "Dispatcher", "Warehouse Planner", "Operations Manager"])),
    (10, department("Finance", ["Accountant", "Controller", "Payroll Specialist", "Treasurer"])),
    (10, department("Customer Care", ["Support Agent", "Support Agent", "Team Lead", "Quality Analyst"])),
    (
        8,
        department(
            "Human Resources",
            ["Recruiter", "People Partner", "Payroll Officer", "Learning Designer"],
        ),
    ),
    (12, department("Marketing", ["Campaign Manager", "Content Editor", "Designer", "Market Analyst"])),
];

/// Another organisation, whose people are guests.
#[derive(Debug)]
pub(in crate::generate) struct Partner {
    pub(in crate::generate) name: &'static str,
    pub(in crate::generate) domain: &'static str,
}

/// Where guests come from.
pub(in crate::generate) static PARTNERS: [Partner; 2] = [
    Partner { name: "Larkspur Audit", domain: "larkspur-audit.example" },
    Partner { name: "Meridian Logistics", domain: "meridian-logistics.example" },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_in_names_are_plain() {
        for name in GIVEN.iter().chain(&FAMILY) {
            assert!(ascii(name).bytes().all(|byte| byte.is_ascii_lowercase()), "{name}");
        }
        let all: u32 = DEPARTMENTS.iter().map(|(share, _)| *share).sum();
        assert_eq!(all, 100);
    }
}
