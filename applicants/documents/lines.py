"""The lines of an immunization record: what each can be, and what is told with it."""

from dataclasses import dataclass
from enum import StrEnum

from django.db import models


class Item(models.TextChoices):
    """The sections of the record, in the order of the usual form."""

    MMR = "mmr", "Measles, mumps, rubella"
    VARICELLA = "varicella", "Varicella (chickenpox)"
    TDAP = "tdap", "Tetanus, diphtheria, pertussis"
    HEPATITIS_B = "hepatitis_b", "Hepatitis B"
    INFLUENZA = "influenza", "Influenza"
    TB = "tb", "Tuberculosis"
    EXAM = "exam", "Physical exam"
    COVID = "covid", "COVID-19"


class What(models.TextChoices):
    MMR = "mmr", "MMR dose"
    MEASLES = "measles", "Measles dose"
    MUMPS = "mumps", "Mumps dose"
    RUBELLA = "rubella", "Rubella dose"
    MEASLES_IGG = "measles_igg", "Measles IgG"
    MUMPS_IGG = "mumps_igg", "Mumps IgG"
    RUBELLA_IGG = "rubella_igg", "Rubella IgG"
    VARICELLA = "varicella", "Varicella dose"
    VARICELLA_IGG = "varicella_igg", "Varicella IgG"
    TDAP = "tdap", "Tdap dose"
    TD = "td", "Td booster"
    HEP_B = "hep_b", "Hepatitis B dose"
    HEP_B_TWO = "hep_b_two", "Heplisav-B dose"
    ANTI_HBS = "anti_hbs", "Anti-HBs level"
    HBSAG = "hbsag", "HBsAg test"
    INFLUENZA = "influenza", "Influenza dose"
    TST = "tst", "TB skin test"
    IGRA = "igra", "TB blood test (IGRA)"
    XRAY = "xray", "Chest X-ray"
    EXAM = "exam", "Physical exam"
    COVID = "covid", "COVID-19 dose"


class Result(models.TextChoices):
    POSITIVE = "positive", "Positive"
    NEGATIVE = "negative", "Negative"
    UNCLEAR = "unclear", "Equivocal or indeterminate"
    NORMAL = "normal", "No sign of tuberculosis"
    ABNORMAL = "abnormal", "A finding"


class Unit(models.TextChoices):
    """The two are the same figure in other words."""

    MIU_ML = "miu_ml", "mIU/mL"
    IU_L = "iu_l", "IU/L"


class Shape(StrEnum):
    """What is told beside the day."""

    DAY = "day"
    RESULT = "result"
    LEVEL = "level"
    SKIN = "skin"
    PICTURE = "picture"


@dataclass(frozen=True)
class About:
    """`days`: how many lines of the kind can be told at once."""

    item: Item
    shape: Shape = Shape.DAY
    days: int = 1
    day_label: str = "Day of the dose"


TITER = "Day the blood was taken"


def _titer(item: Item) -> About:
    return About(item, Shape.RESULT, day_label=TITER)


ABOUT: dict[str, About] = {
    What.MMR: About(Item.MMR, days=2),
    What.MEASLES: About(Item.MMR, days=2),
    What.MUMPS: About(Item.MMR, days=2),
    What.RUBELLA: About(Item.MMR),
    What.MEASLES_IGG: _titer(Item.MMR),
    What.MUMPS_IGG: _titer(Item.MMR),
    What.RUBELLA_IGG: _titer(Item.MMR),
    What.VARICELLA: About(Item.VARICELLA, days=2),
    What.VARICELLA_IGG: _titer(Item.VARICELLA),
    What.TDAP: About(Item.TDAP),
    What.TD: About(Item.TDAP),
    What.HEP_B: About(Item.HEPATITIS_B, days=3),
    What.HEP_B_TWO: About(Item.HEPATITIS_B, days=2),
    What.ANTI_HBS: About(Item.HEPATITIS_B, Shape.LEVEL, day_label=TITER),
    What.HBSAG: _titer(Item.HEPATITIS_B),
    What.INFLUENZA: About(Item.INFLUENZA),
    What.TST: About(Item.TB, Shape.SKIN, day_label="Day it was placed"),
    What.IGRA: _titer(Item.TB),
    What.XRAY: About(Item.TB, Shape.PICTURE, day_label="Day of the X-ray"),
    What.EXAM: About(Item.EXAM, day_label="Day of the exam"),
    What.COVID: About(Item.COVID, days=3),
}


def whats_of(*shapes: Shape) -> list[str]:
    return [what for what, about in ABOUT.items() if about.shape in shapes]
