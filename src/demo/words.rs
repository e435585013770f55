//! The words of the demo: places, strands, names and remarks, all invented.

/// (name, how the session log and survey sometimes write it).
pub const SITES: [(&str, &str); 3] = [
    ("Harbour Gallery", "harbour gallery "),
    ("Ropeworks Museum", "Ropeworks"),
    ("Old Customs House", "Old Custom House"),
];

/// (strand, what its sessions are called in the log, usual hours ×2).
pub const STRANDS: [(&str, [&str; 3], u64); 4] = [
    ("Making Sense", ["Workshop", "Planning group", "Workshop"], 4),
    ("Young Makers", ["Workshop", "Workshop", "Open studio"], 3),
    ("Memory Café", ["Conversation", "Talk", "Conversation"], 4),
    ("Open Doors", ["Talk", "Handling session", "Community panel"], 2),
];

pub const FIRST: [&str; 24] = [
    "Amira", "Bram", "Chidi", "Dorota", "Efua", "Fergus", "Goran", "Hanneke", "Idris", "Jolanta", "Kemal", "Lowri",
    "Mirela", "Nkechi", "Oisin", "Parveen", "Quentin", "Roshni", "Sorcha", "Tamsin", "Ulrich", "Vesna", "Wilfred",
    "Yusuf",
];

pub const LAST: [&str; 24] = [
    "Abernethy",
    "Brzezinski",
    "Cattermole",
    "Dunmore",
    "Ekwueme",
    "Farrokhzad",
    "Gillespie",
    "Holtby",
    "Iqbal",
    "Jankowski",
    "Kirkbride",
    "Llewellyn",
    "Mbeki",
    "Nightingale",
    "Olufemi",
    "Pemberton",
    "Qureshi",
    "Rutherford",
    "Szymanska",
    "Thackeray",
    "Umarov",
    "Vasquez",
    "Wainwright",
    "Yildirim",
];

pub const AGES: [&str; 7] = ["16-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+"];

pub const AGREE: [&str; 5] = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"];

pub const HEARD: [&str; 6] = [
    "Friends or family",
    "Poster, leaflet or banner",
    "Social media (e.g. Instagram, Facebook)",
    "Local press, radio or TV",
    "Our website",
    "School, college or community group",
];

pub const LIKED: [&str; 10] = [
    "The rope-making demonstration",
    "Talking to the volunteers, who knew my street",
    "That I could touch things",
    "The quiet room",
    "My grandson's drawing is on the wall!",
    "Seeing the boats from the top floor",
    "Everything, thank you",
    "the cafe; and the stories of the dockers",
    "Hearing Kurdish spoken in a museum",
    "=the film about the flood",
];

pub const REMARKS: [&str; 8] = [
    "I had never been inside before.",
    "More evening sessions please",
    "It was good to be asked what we think.",
    "I found the room cold",
    "We planned the display together and they kept their word.",
    "My hip makes the stairs hard.",
    "n/a",
    "I would like to bring my sister",
];
