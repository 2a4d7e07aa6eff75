"""Names of achievement types for people: `MicroCredential` is shown as "Micro-credential"."""

from __future__ import annotations

import re

from chalicelib.language.phrase import phrase

_NAMES = {
    "Achievement": phrase("Achievement"),
    "ApprenticeshipCertificate": phrase("Apprenticeship certificate"),
    "Assessment": phrase("Assessment"),
    "Assignment": phrase("Assignment"),
    "AssociateDegree": phrase("Associate degree"),
    "Award": phrase("Award"),
    "BachelorDegree": phrase("Bachelor’s degree"),
    "Badge": phrase("Badge"),
    "Certificate": phrase("Certificate"),
    "CertificateOfCompletion": phrase("Certificate of completion"),
    "Certification": phrase("Certification"),
    "CoCurricular": phrase("Co-curricular activity"),
    "CommunityService": phrase("Community service"),
    "Competency": phrase("Competency"),
    "Course": phrase("Course"),
    "Degree": phrase("Degree"),
    "Diploma": phrase("Diploma"),
    "DoctoralDegree": phrase("Doctoral degree"),
    "Fieldwork": phrase("Fieldwork"),
    "GeneralEducationDevelopment": phrase("General Educational Development (GED)"),
    "JourneymanCertificate": phrase("Journeyman certificate"),
    "LearningProgram": phrase("Learning programme"),
    "License": phrase("Licence"),
    "MasterCertificate": phrase("Master certificate"),
    "MasterDegree": phrase("Master’s degree"),
    "Membership": phrase("Membership"),
    "MicroCredential": phrase("Micro-credential"),
    "ProfessionalDoctorate": phrase("Professional doctorate"),
    "QualityAssuranceCredential": phrase("Quality assurance credential"),
    "ResearchDoctorate": phrase("Research doctorate"),
    "SecondarySchoolDiploma": phrase("Secondary school diploma"),
}
"""Types of Open Badges 3.0 (B.1.21)."""
_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SEPARATORS = re.compile(r"[._-]+")


def kind_name(kind: str) -> str:
    """Return the name to show for the achievement type ``kind``, including a custom one (`ext:...`)."""
    if kind in _NAMES:
        return _NAMES[kind]
    words = _SEPARATORS.sub(" ", _WORD_STARTS.sub(" ", kind.removeprefix("ext:"))).split()
    shown = [word if word.isupper() else word.lower() for word in words]
    return " ".join([shown[0][:1].upper() + shown[0][1:], *shown[1:]]) if shown else kind
