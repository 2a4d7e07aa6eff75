# ruff: noqa: SIM905 - lists of words are easier to read as text
"""Synthetic people with realistic skew and correlated attributes, the same for the same size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, product
from random import Random

from chalicelib.directory.listing import Listing, Named

NOW = datetime(2026, 11, 30, tzinfo=UTC)
_FIRST = (
    "Maria Ana Jan John Anna David Peter Sara Thomas Laura Michael Eva Daniel Julia Paul Emma Martin Sofia Robert Lisa "
    "Mohammed Fatima Ahmed Ali Omar Layla Yusuf Amina Wei Li Min Chen Priya Arjun Anil Sunita Carlos José Luis Carmen "
    "Miguel Lucía Pierre Marie Jean Claire François Zoë Łukasz Agnieszka Piotr Katarzyna Jürgen Björn Søren Ingrid Åsa "
    "Olga Ivan Dmitri Natalia Giulia Marco Francesca Luca Jeroen Sanne Daan Femke Bram Nguyễn Minh Linh Kwame Ama "
    "Chidi Ngozi Thabo Naledi Emily Jessica James William Grace Oliver Charlotte Henry Alice George Hannah Samuel"
).split()
_LAST = (
    "Smith Jones Jansen Janssen Müller Schmidt García Fernández López Silva Santos Rossi Russo Novak Kowalski Nowak "
    "Dubois Martin Bernard Petit Johansson Andersson Hansen Nielsen Ivanov Petrov Kim Park Nguyen Tran Khan Ahmed Ali "
    "Hussein Patel Singh Kumar Sharma Okafor Mensah Dlamini O'Brien Murphy Kelly Walsh Bakker Visser Meijer Mulder"
).split()
_HEADS = (
    "Ber Wol Stein Kar Lind Hart Mont Val Dor Fer Gar Hol Kel Mar Nor Ols Per Ros Sal Tor Van Wes Zan Bel Cas".split()
)
_MIDDLES = ["", *"en er an in el ov ar il on as et un".split()]
_TAILS = "berg mann son sen ski dale field ford wood stein er ez ini ova feld brook ley ton bach ner".split()
_CJK_LAST = "王李张刘陈杨黄赵吴周"
_CJK_FIRST = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文华玉红梅建国英"
_FIELDS = (
    "Welding Nursing Accounting Marketing Cybersecurity Logistics Teaching Carpentry Cooking Data Cloud Design Law "
    "Chemistry Electronics Agriculture Tourism Finance Robotics Writing"
).split()
_ASPECTS = (
    "basics,safety,quality control,project management,communication,planning,analysis,inspection,documentation,tools,"
    "leadership,standards,maintenance,ethics,reporting"
).split(",")
_LEVELS = ("Certificate", "Professional", "Advanced Diploma", "Foundations", "Certified Specialist")
_COUNTRIES = (
    "Netherlands:nl Germany:de France:fr Spain:es Brazil:pt India:hi Nigeria:en Ghana:en Poland:pl Vietnam:vi "
    "Japan:ja China:zh Canada:en Ireland:en Italy:it Mexico:es Kenya:en Sweden:sv Egypt:ar Portugal:pt"
).split()
_OPEN_TO = ("work", "internship", "freelance", "mentoring")


def zipf(random: Random, values: Sequence[str], cumulative: Sequence[float]) -> str:
    return random.choices(values, cum_weights=cumulative)[0]


def weights(values: Sequence[object], exponent: float = 1.0) -> list[float]:
    """Cumulative weights by Zipf's law."""
    return list(accumulate(1 / rank**exponent for rank in range(1, len(values) + 1)))


@dataclass(frozen=True, slots=True)
class _Achievement:
    named: Named
    issuer: Named
    field: str
    skills: tuple[str, ...]


class People:
    """Makes people: fields decide achievements and skills, countries decide issuers and languages."""

    def __init__(self, seed: int = 11) -> None:
        self.random = Random(seed)
        surnames = ["".join(parts) for parts in product(_HEADS, _MIDDLES, _TAILS)]
        self.random.shuffle(surnames)
        self.last = [*_LAST, *surnames]
        self.places = [f"City {number} {country}" for country in _COUNTRIES for number in range(1, 11)]
        self.random.shuffle(self.places)
        self.issuers = [
            Named(f"issuer-{number}", f"{_HEADS[number % 25]}field College {number}") for number in range(50)
        ]
        self.achievements = list(self._achievements())
        self.weights = {
            id(values): weights(values, exponent)
            for values, exponent in ((self.last, 0.8), (_FIRST, 0.7), (self.places, 0.9), (_FIELDS, 0.8))
        }

    def make(self, size: int) -> Iterator[Listing]:
        for number in range(size):
            yield self.person(number, NOW - timedelta(minutes=size - number))

    def pick(self, values: Sequence[str]) -> str:
        return zipf(self.random, values, self.weights[id(values)])

    def person(self, number: int, recent: datetime) -> Listing:
        random = self.random
        field, place = self.pick(_FIELDS), self.pick(self.places)
        city, country, language = _place(place)
        count = 1 + min(9, int(random.expovariate(1.1)))
        held = [
            self._achievement(field if random.random() < 0.85 else self.pick(_FIELDS), country) for _ in range(count)
        ]
        achievements = tuple(dict.fromkeys(one.named for one in held))[:5]
        skills = tuple(dict.fromkeys(skill for one in held for skill in one.skills))[:8]
        old = random.random() < 0.2
        issued = recent - timedelta(days=random.randrange(1_500)) if old else recent
        languages = tuple(dict.fromkeys((language, "en") if random.random() < 0.6 else (language,)))
        headline = f"{random.choice(('Junior', 'Senior', 'Lead'))} {field} {random.choice(('engineer', 'specialist'))}"
        return Listing(
            id=f"h{number:08}{random.getrandbits(64):016x}",
            version=1,
            recent_at=recent,
            name=self._name(country),
            headline=headline if random.random() < 0.6 else "",
            place=f"{city}, {country}",
            languages=languages,
            open_to=(random.choice(_OPEN_TO),) if random.random() < 0.7 else (),
            skills=skills,
            achievements=achievements,
            issuers=tuple(dict.fromkeys(one.issuer for one in held)),
            credentials=count,
            issued_at=issued,
        )

    def _name(self, country: str) -> str:
        if country in ("Japan", "China") and self.random.random() < 0.7:
            given = self.random.choices(_CJK_FIRST, k=self.random.choice((1, 2, 2)))
            return self.random.choice(_CJK_LAST) + "".join(given)
        last = self.pick(self.last)
        return f"{self.pick(_FIRST)} {last}" + (f" {self.pick(self.last)}" if self.random.random() < 0.1 else "")

    def _achievement(self, field: str, country: str) -> _Achievement:
        fitting = self._by_field[field]
        local = hash_of(country) % 5
        at = min(int(self.random.expovariate(0.25)) + local, len(fitting) - 1)
        return fitting[at]

    def _achievements(self) -> Iterator[_Achievement]:
        self._by_field: dict[str, list[_Achievement]] = {field: [] for field in _FIELDS}
        for number in range(500):
            field, level = _FIELDS[number % 20], _LEVELS[number // 20 % 5]
            aspects = self.random.sample(_ASPECTS, 3)
            skills = tuple(one if one in _ASPECTS[3:5] else f"{field} {one}" for one in aspects)
            title = f"{level} in {field} {aspects[0]}"
            made = _Achievement(
                Named(f"achievement-{number}", title), self.issuers[number * 7 % 50], field, (field, *skills[:2])
            )
            self._by_field[field].append(made)
            yield made


def hash_of(text: str) -> int:
    return sum(text.encode())


def _place(place: str) -> tuple[str, str, str]:
    _, number, country = place.split()
    name, _, language = country.partition(":")
    return f"{name[:4]}ville {number}", name, language
