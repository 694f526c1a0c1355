"""Invented providers in real cities; no name here is that of a hospital or clinic we know of."""

from dataclasses import dataclass

from rotations.providers.models import ProviderKind

K = ProviderKind


@dataclass(frozen=True)
class Doctor:
    name: str
    credentials: str
    specialty: str
    shown: str = "public"


@dataclass(frozen=True)
class Host:
    slug: str
    name: str
    kind: str
    about: str
    site: str
    street: str
    city: str
    region: str
    zip: str
    zone: str
    doctors: tuple[Doctor, Doctor, Doctor]


HOSTS = (
    Host(
        "lantern-row",
        "Lantern Row Medical Group",
        K.PRACTICE,
        "Nine internists and two cardiologists who see adults of all ages.",
        "Lantern Row Clinic",
        "100 Demo Street",
        "Chicago",
        "IL",
        "60601",
        "America/Chicago",
        (
            Doctor("Daniel Ortega", "MD, FACP", "internal-medicine"),
            Doctor("Helen Kwan", "MD", "cardiology"),
            Doctor("Ruth Adler", "DO", "internal-medicine", "signed_in"),
        ),
    ),
    Host(
        "quillback",
        "Quillback Teaching Hospital",
        K.HOSPITAL,
        "A community teaching hospital with residents in medicine and surgery.",
        "Quillback Main Building",
        "20 Example Avenue",
        "Brooklyn",
        "NY",
        "11201",
        "America/New_York",
        (
            Doctor("Samuel Okafor", "MD, FACP", "internal-medicine"),
            Doctor("Priya Raman", "MD", "general-surgery"),
            Doctor("Leo Hartmann", "MD", "nephrology", "in_offer"),
        ),
    ),
    Host(
        "pelican-row",
        "Pelican Row Family Practice",
        K.PRACTICE,
        "Three family physicians; most patients speak Spanish or English.",
        "Pelican Row Office",
        "7 Sample Lane",
        "Miami",
        "FL",
        "33130",
        "America/New_York",
        (
            Doctor("Isabel Duarte", "MD", "family-medicine"),
            Doctor("Marcus Lindqvist", "DO", "family-medicine"),
            Doctor("Noor Haddad", "MD", "geriatrics", "signed_in"),
        ),
    ),
    Host(
        "bluestem",
        "Bluestem Neuroscience Associates",
        K.PRACTICE,
        "A neurology practice with an EEG laboratory and a stroke clinic.",
        "Bluestem Clinic",
        "455 Placeholder Road",
        "Houston",
        "TX",
        "77002",
        "America/Chicago",
        (
            Doctor("Tomas Varga", "MD", "neurology"),
            Doctor("Yuki Tanabe", "MD", "epilepsy"),
            Doctor("Grace Mbeki", "MD", "stroke", "in_offer"),
        ),
    ),
    Host(
        "copperwick",
        "Copperwick University Clinics",
        K.UNIVERSITY,
        "The outpatient clinics of an invented medical school.",
        "Copperwick Ambulatory Center",
        "1 Invented Square",
        "Philadelphia",
        "PA",
        "19104",
        "America/New_York",
        (
            Doctor("Anneke de Wit", "MD, PhD", "pediatrics"),
            Doctor("Joseph Mensah", "MD", "infectious-disease"),
            Doctor("Carla Benedetti", "MD", "obstetrics-gynecology", "signed_in"),
        ),
    ),
    Host(
        "juniper-gate",
        "Juniper Gate Psychiatry",
        K.CLINIC,
        "Outpatient psychiatry with telehealth days.",
        "Juniper Gate Clinic",
        "32 Mock Boulevard",
        "Newark",
        "NJ",
        "07102",
        "America/New_York",
        (
            Doctor("Miriam Castellan", "MD", "psychiatry"),
            Doctor("Owen Fairley", "MD", "child-psychiatry"),
            Doctor("Sana Qureshi", "DO", "addiction-medicine", "in_offer"),
        ),
    ),
    Host(
        "tern-harbor",
        "Tern Harbor Pediatrics",
        K.PRACTICE,
        "Primary care for children from birth to 18.",
        "Tern Harbor Office",
        "88 Demo Wharf",
        "Boston",
        "MA",
        "02110",
        "America/New_York",
        (
            Doctor("Lucia Ferrante", "MD, FAAP", "pediatrics"),
            Doctor("Patrick Doyle", "MD", "pediatrics"),
            Doctor("Wen Li Zhao", "MD", "neonatology", "signed_in"),
        ),
    ),
    Host(
        "whistling-elm",
        "Whistling Elm Community Hospital",
        K.HOSPITAL,
        "A 140-bed hospital with an emergency department and hospitalist teams.",
        "Whistling Elm Hospital",
        "600 Fictional Parkway",
        "Detroit",
        "MI",
        "48201",
        "America/Detroit",
        (
            Doctor("Karim Saleh", "MD", "hospital-medicine"),
            Doctor("Beth Lindgren", "MD", "emergency-medicine"),
            Doctor("Andre Toussaint", "MD", "critical-care", "in_offer"),
        ),
    ),
    Host(
        "northlight",
        "Northlight Clinical Placements",
        K.AGENCY,
        "Places learners with four partner practices in one city.",
        "Northlight Partner Practices",
        "210 Example Plaza",
        "Atlanta",
        "GA",
        "30303",
        "America/New_York",
        (
            Doctor("Deborah Quist", "MD", "internal-medicine"),
            Doctor("Rafael Monteiro", "MD", "gastroenterology"),
            Doctor("Ingrid Solheim", "MD", "endocrinology", "signed_in"),
        ),
    ),
    Host(
        "saltgrass",
        "Saltgrass Heart and Lung",
        K.CLINIC,
        "Cardiology and pulmonology under one roof.",
        "Saltgrass Clinic",
        "14 Placeholder Street",
        "Los Angeles",
        "CA",
        "90012",
        "America/Los_Angeles",
        (
            Doctor("Vikram Sethi", "MD, FACC", "cardiology"),
            Doctor("Naomi Bergstrom", "MD", "pulmonology"),
            Doctor("Elias Papadakis", "MD", "sleep-medicine", "in_offer"),
        ),
    ),
    Host(
        "farrow-vale",
        "Farrow and Vale Surgeons",
        K.PRACTICE,
        "Five general surgeons; cases in two partner hospitals.",
        "Farrow and Vale Office",
        "9 Sample Court",
        "Cleveland",
        "OH",
        "44114",
        "America/New_York",
        (
            Doctor("Margaret Vale", "MD, FACS", "general-surgery"),
            Doctor("Tunde Adeyemi", "MD", "general-surgery"),
            Doctor("Hugo Brandt", "MD", "vascular-surgery", "signed_in"),
        ),
    ),
    Host(
        "marrow-lane",
        "Marrow Lane Oncology Center",
        K.CLINIC,
        "Hematology and oncology clinics with an infusion suite.",
        "Marrow Lane Center",
        "77 Mock Terrace",
        "Phoenix",
        "AZ",
        "85004",
        "America/Phoenix",
        (
            Doctor("Fatima Benali", "MD", "hematology-oncology"),
            Doctor("George Whitlock", "MD", "hematology-oncology"),
            Doctor("Mei Ashworth", "MD", "palliative-medicine", "in_offer"),
        ),
    ),
    Host(
        "open-door",
        "Open Door Free Clinic",
        K.CLINIC,
        "A volunteer clinic that takes observers without a fee.",
        "Open Door Clinic",
        "3 Example Alley",
        "Baltimore",
        "MD",
        "21201",
        "America/New_York",
        (
            Doctor("Clara Whitfield", "MD", "family-medicine"),
            Doctor("Hassan Idris", "MD", "internal-medicine"),
            Doctor("June Park", "DO", "primary-care", "signed_in"),
        ),
    ),
)
