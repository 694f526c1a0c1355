"""The guard on a set of labelled sentences: what it finds, what it leaves alone, how fast."""

import itertools
import time
from collections import Counter

import pytest

from usce.phi import LONGEST, Kind, about_patients, find, find_in_letter

# Each with the identifier between braces, its values after it.
LABELLED: dict[Kind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Kind.DATE: (
        (
            "Admitted on {} with chest pain.",
            "She was born {}.",
            "Surgery took place ({}), without complication.",
            "DOB {}, lives alone.",
            "Seen again {}; pain gone.",
        ),
        (
            "2024-03-05", "3/5/2024", "03/05/24", "5.3.2024", "March 5, 2024", "5 March 2024",
            "Mar 5", "5th of March", "March 2024", "29 Feb 2024", "12/2023", "Sept. 3rd, 2023",
            "2024/03/05", "30-06-2025", "July 4",
        ),
    ),
    Kind.PHONE: (
        ("His number is {}.", "Call {} for the daughter.", "Phone: {}", "({}) is the pager"),
        (
            "312-555-0142", "(312) 555-0142", "312.555.0142", "+1 312 555 0142", "3125550142",
            "+91 98765 43210", "+44 20 7946 0958", "+1-312-555-0142", "+880 1712-345678",
        ),
    ),
    Kind.EMAIL: (
        ("Write to {} about him.", "E-mail: {}", "her son ({}) knows"),
        ("a.b@example.org", "maria+1@mail.example.co.uk", "X_Y@hospital.example"),
    ),
    Kind.SSN: (
        ("SSN {}", "Her number {} was on file.", "social security: {}."),
        ("123-45-6789", "987 65 4321"),
    ),
    Kind.RECORD: (
        ("MRN {}", "MRN: {} was reviewed.", "Medical record number {}", "chart no. {}",
         "Account # {}", "patient ID {}", "Member ID: {}", "accession number {}", "Policy {}"),
        ("1234567", "A-123456", "00412345", "HX12345"),
    ),
    Kind.ADDRESS: (
        ("lives at {}", "Home: {}.", "She moved to {} last year"),
        ("12 Oak Street", "4500 N. Lake Shore Drive", "P.O. Box 1234", "Chicago, IL 60611",
         "ZIP 60611", "60611-1234", "7 West Elm Ave"),
    ),
    Kind.AGE: (
        ("A {} woman fell.", "The patient, {}, was confused.", "{} with dementia"),
        ("92-year-old", "101 years old", "94 y/o", "95yo", "aged 93", "90 yr old", "97 year old"),
    ),
    Kind.URL: (
        ("see {} for her story", "posted at {}"),
        ("https://example.org/a?b=1", "www.patients.example", "facebook.com/jane.roe"),
    ),
    Kind.IP: (("logged in from {}", "address {}"), ("192.168.10.4", "2001:db8:0:1:1:1:1:1")),
    Kind.DEVICE: (
        ("pacemaker {}", "Device {}.", "the {}"),
        ("serial no. SN-44821", "serial number AB12345", "license plate ABC-1234",
         "lot number L2291", "VIN 1HGCM82633A004352"),
    ),
    Kind.NAME: (
        ("Today {} came with cough.", "I saw {} in the clinic."),
        ("Mr. Okafor", "Mrs Garcia", "patient Johnson", "Ms. Lee"),
    ),
}  # fmt: skip

CLEAN = """
A 67-year-old man with COPD presented with dyspnea; SpO2 88% on room air, RR 24, BP 150/90.
I learned how to write a SOAP note and to present in three minutes.
WBC 12.4, Hgb 9.8, platelets 450,000; creatinine rose from 1.1 to 2.3 over 48 hours.
Started ceftriaxone 1 g IV q24h and azithromycin 500 mg; continued for 5 days.
My Step 1 result is a pass and my Step 2 CK score is 245; I graduated in 2023.
Is the site reachable by public transport, and is parking about $12.50 a day?
We saw 18 patients in one morning; the youngest was 4 months old, the oldest over 90.
The attending asked me to read about hyponatremia; I read the 2014 guideline.
On hospital day 3 he was afebrile and walked 200 feet with a walker.
CT showed a 3.5 x 2.1 cm mass in the right upper lobe, SUV 8.2.
She has had type 2 diabetes since 2005 and takes metformin 1000 mg twice daily.
Hours are 8:00 to 17:00, Monday to Friday, with noon conference.
Goal: eight to twelve weeks of internal medicine, then family medicine.
The EKG had a rate of 110, PR 160 ms, QRS 90, QTc 460.
I want to improve my differential diagnosis and my English documentation.
Do you accept graduates of more than five years, with one attempt at Step 2?
A woman in her forties came with Graves disease; TSH <0.01, free T4 3.2.
The fee is $1,800.00 for four weeks; is a block of 2 weeks possible?
Third-year students rotate in groups of 2-4 with a preceptor-to-learner ratio of 1:2.
ABG: 7.31/55/60/27 on 2 L; lactate 2.4; anion gap 14.
I reflected on breaking bad news and used the SPIKES protocol.
Pain 8/10 at rest, 4/10 after 5 mg; reassessed in 30 minutes.
In the clinic we use Epic; I practiced the review of systems.
His ejection fraction fell from 55% to 35%; NYHA class III, ACC stage C.
Vaccines were given at 2, 4 and 6 months; weight 7.2 kg at the 50th percentile.
My interest is heart failure, and I hope to join a quality project in 2027.
May I attend the morning report, and may I see consults as well?
Urine: pH 6.0, WBC 25-50, nitrite positive; culture >100,000 CFU/ml E. coli.
The 12-item checklist lowered errors by 23% in 2019 (n = 1,204).
She smoked 1 pack a day for 30 years and quit in 2010.
We discussed the CHA2DS2-VASc score (4) and HAS-BLED (2).
Insulin glargine 20 units at night, lispro 6 units with meals; A1c 9.1%.
The learner is expected 15 minutes early, in a white coat.
Follow up in 2 weeks; return if fever >38.5 or saturation <90%.
A 45 y/o teacher with migraine, 3 attacks a month, 9/10 in strength.
I would like to see procedures: paracentesis, LP, central line.
The residency has 12 positions each year, of which 5 went to graduates from abroad.
Hypertension, stage 2: amlodipine 5 mg, then 10 mg after 4 weeks.
Visual acuity 20/40 right and 20/25 left; pressure 14 and 15 mmHg.
What is the dress code, and is a BLS card asked for before the start?
""".strip().splitlines()


def labelled() -> list[tuple[Kind, str, str]]:
    return [
        (kind, template.format(value), value)
        for kind, (templates, values) in LABELLED.items()
        for template, value in itertools.product(templates, values)
    ]


def is_found(kind: Kind, text: str, value: str) -> bool:
    """Whether every word of the identifier that tells something lies within a hit of any kind."""
    start = text.index(value)
    hits = find(text)
    return any(hit.start < start + len(value) and start < hit.end for hit in hits) and any(
        hit.kind == kind or kind in (Kind.PHONE, Kind.RECORD, Kind.DEVICE) for hit in hits
    )


def test_recall_and_false_alarms_on_the_labelled_set() -> None:
    found, missed = Counter[tuple[bool, bool]](), []
    for kind, text, value in labelled():
        hit = is_found(kind, text, value)
        found[hit, kind != Kind.NAME] += 1
        if not hit:
            missed.append((kind, text))
    patterned = found[True, True] / (found[True, True] + found[False, True])
    overall = (found[True, True] + found[True, False]) / found.total()
    alarms = [(line, find(line)) for line in CLEAN if find(line)]
    began = time.perf_counter()
    for line in CLEAN:
        find(line * 4)
    each = (time.perf_counter() - began) / len(CLEAN) * 1000
    print(  # noqa: T201 -- the figures are what the test is for
        f"{found.total()} labelled: recall {patterned:.3f} patterned, {overall:.3f} overall; "
        f"{len(alarms)} of {len(CLEAN)} clean met; {each:.2f} ms an entry"
    )
    assert patterned >= 0.99, missed
    assert overall >= 0.98, missed
    assert len(alarms) / len(CLEAN) < 0.05, alarms


def test_hits_are_in_order_apart_and_say_how_to_mend() -> None:
    text = "Mr. Okafor (MRN 4481223), born 5 March 1931, 95 years old, tel 312-555-0142."
    hits = find(text)
    assert [hit.kind for hit in hits] == [
        Kind.NAME, Kind.RECORD, Kind.DATE, Kind.AGE, Kind.PHONE
    ]  # fmt: skip
    assert all(text[hit.start : hit.end] == hit.words and hit.mend for hit in hits)
    assert all(one.end <= two.start for one, two in itertools.pairwise(hits))


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Are 6 July to 31 July 2026 still open?", []),
        ("You can reach me at +91 98765 43210.", [Kind.PHONE]),
        ("My patient was admitted on 6 July 2026.", [Kind.DATE]),
        ("I worked with John Miller in Ohio.", []),
    ],
)
def test_letters_may_hold_dates_and_names(text: str, kinds: list[Kind]) -> None:
    assert [hit.kind for hit in find_in_letter(text)] == kinds


def test_own_paper_is_met_only_by_what_is_a_patients() -> None:
    own = (
        "Amina Rahman, 12 Oak Street, tel +91 98765 43210, a@example.org\nBorn 5 March 1999\n"
        "ECFMG ID 01234567, license no. 44812, admitted to the residency track on 1 July 2024"
    )
    assert about_patients(own) == []
    case = "Case report: MRN 4481223, aged 93, patient Johnson, seen on 3/5/2024."
    assert [hit.kind for hit in about_patients(case)] == [Kind.RECORD, Kind.AGE, Kind.NAME]


def test_very_long_text_ends_soon() -> None:
    assert find("ab1_" * LONGEST) == []
    assert find("9" * LONGEST) == []
