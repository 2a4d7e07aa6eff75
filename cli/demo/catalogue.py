"""Fictional issuers and achievements of the demo."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chalicelib.award.issuers.issuer_actions import Method, NewIssuer
from chalicelib.credential.achievement import Skill
from chalicelib.credential.issuer import DIRECTORY_ON

HARBOUR = NewIssuer(
    id="harbour-college",
    name="Harbour College of Trades",
    url="https://harbour-college.example/",
    description="Evening and weekend training in waterfront trades.",
    email="records@harbour-college.example",
    directory=DIRECTORY_ON,
)
ATLAS = NewIssuer(
    id="atlas-open-university",
    name="Atlas Open University",
    url="https://atlas-open.example/",
    description="University courses for working people, with exams in person.",
    email="registry@atlas-open.example",
)
LANTERN = NewIssuer(
    id="lantern-mountain-rescue",
    name="Lantern Mountain Rescue",
    url="https://lantern-rescue.example/",
    description="Volunteers who train volunteers to help people in the hills.",
)
NORTHBRIDGE = NewIssuer(
    id="northbridge-business-school",
    name="Northbridge Business School",
    url="https://northbridge-business.example/",
    description="Degrees in business for people who lead.",
    email="office@northbridge-business.example",
)


@dataclass(frozen=True, slots=True)
class DemoIssuer:
    """An issuer of the demo. One that is not ``registered`` only claims its name, as anyone can."""

    profile: NewIssuer
    method: Method
    registered: bool = True

    @property
    def id(self) -> str:
        return self.profile.id


ISSUERS = (
    DemoIssuer(HARBOUR, Method.WEB),
    DemoIssuer(ATLAS, Method.WEB),
    DemoIssuer(LANTERN, Method.KEY),
    DemoIssuer(NORTHBRIDGE, Method.WEB, registered=False),
)


@dataclass(frozen=True, slots=True)
class Course:
    """An achievement of the demo; ``picture`` is a name in `pictures`."""

    issuer_id: str
    name: str
    kind: str
    description: str
    criteria: str
    picture: str
    picture_alt: str
    skills: tuple[Skill, ...]

    @property
    def enrolment_url(self) -> str:
        """Its page on the website of its issuer: the simulated year has visits there."""
        (website,) = (issuer.profile.url for issuer in ISSUERS if issuer.id == self.issuer_id)
        words = re.findall("[a-z0-9]+", self.name.casefold())
        return f"{website}courses/{'-'.join(words)}"


def _onet(name: str, code: str) -> Skill:
    """Build a skill of the O*NET Content Model, published by the United States Department of Labor."""
    return Skill(name, f"https://www.onetonline.org/find/descriptor/result/{code}", "O*NET Content Model", code)


_OPERATION = _onet("Operation and Control", "2.B.3.h")
_COORDINATION = _onet("Coordination", "2.B.1.b")
_JUDGMENT = _onet("Judgment and Decision Making", "2.B.4.e")

REGISTERED_COURSES = (
    Course(
        HARBOUR.id,
        "Underwater Welding, Level 2",
        "Certification",
        "Welds and cuts steel under water to a depth of 20 metres, alone and in a team.",
        "Six test seams in open water, inspected by ultrasound, and a written examination in dive safety.",
        "flame",
        "A white flame on an orange hexagon",
        (_OPERATION, _onet("Quality Control Analysis", "2.B.3.m")),
    ),
    Course(
        HARBOUR.id,
        "Crane Signalling",
        "Certificate",
        "Guides lifts on the quay by hand and by radio.",
        "Forty supervised hours on the quay, then three lifts without a fault in front of two examiners.",
        "hook",
        "A white crane hook on a blue octagon",
        (_COORDINATION, _onet("Operations Monitoring", "2.B.3.g")),
    ),
    Course(
        HARBOUR.id,
        "Boat Electrics",
        "Course",
        "Finds and repairs faults in the 12 and 24 volt systems of small boats.",
        "Found and repaired five faults within an hour, and drew a wiring plan for a boat of their choice.",
        "bolt",
        "A white lightning bolt on an amber cushion shape",
        (_onet("Troubleshooting", "2.B.3.k"), _onet("Repairing", "2.B.3.l")),
    ),
    Course(
        ATLAS.id,
        "Data Analysis with Python",
        "Course",
        "Cleans, explores and explains everyday data sets with Python.",
        "Four graded notebooks and a report on a public data set, defended in a twenty-minute conversation.",
        "bars",
        "White bars under a rising line on a blue disc",
        (_onet("Programming", "2.B.3.e"), _onet("Mathematics", "2.A.1.e")),
    ),
    Course(
        ATLAS.id,
        "Clear Academic Writing",
        "MicroCredential",
        "Writes arguments that a reader from another field can follow and check.",
        "Two essays, each revised after peer review, and a review of another student’s essay.",
        "pen",
        "A white pen on a violet rosette",
        (_onet("Writing", "2.A.1.c"), _onet("Reading Comprehension", "2.A.1.a")),
    ),
    Course(
        ATLAS.id,
        "Renewable Energy Systems",
        "Certificate",
        "Sizes small wind and solar plants and estimates their yield.",
        "A design for a real site with a yield estimate within a tenth of the measured one.",
        "turbine",
        "A white wind turbine on a green star",
        (_onet("Systems Analysis", "2.B.4.g"), _onet("Science", "2.A.1.f")),
    ),
    Course(
        LANTERN.id,
        "First Responder in the Hills",
        "Certification",
        "Keeps an injured person alive and warm until the helicopter comes.",
        "A sixteen-hour weekend course and two simulated rescues, one of them at night.",
        "heart",
        "A white heart with a pulse line on a red shield",
        (_JUDGMENT, _onet("Service Orientation", "2.B.1.f")),
    ),
    Course(
        LANTERN.id,
        "Search Team Navigation",
        "Badge",
        "Navigates and keeps a search team together without satellite positioning.",
        "A ten-kilometre night course by map and compass, with every control point found.",
        "peaks",
        "Two white peaks on a slate pentagon",
        (_COORDINATION, _JUDGMENT),
    ),
)
UNPROVEN_COURSE = Course(
    NORTHBRIDGE.id,
    "Master of Business Administration",
    "MasterDegree",
    "Leads companies and plans their finances and their growth.",
    "Two years of courses, an internship and a thesis.",
    "columns",
    "A white building with four columns on a crimson heptagon",
    (_onet("Management of Financial Resources", "2.B.5.b"), _onet("Management of Personnel Resources", "2.B.5.d")),
)
COURSES = (*REGISTERED_COURSES, UNPROVEN_COURSE)
