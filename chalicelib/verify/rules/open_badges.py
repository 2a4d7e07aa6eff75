"""The rules of the JSON schema of Open Badges 3.0 (`ob_v3p0_achievementcredential_schema.json`), by the classes of B.1.

The rules are more lenient than the schema where RDF, and so a signature over RDF, does not show a difference: in
whether a single value is in a list, and in the order of contexts.
"""

from __future__ import annotations

from chalicelib.credential import vocabulary
from chalicelib.language.phrase import phrase
from chalicelib.verify.members import as_list
from chalicelib.verify.rules.data_model import V1_CREDENTIAL, V2_CREDENTIAL
from chalicelib.verify.rules.rule import Node, Rule, Shape, Whole
from chalicelib.verify.rules.values import (
    BOOLEAN,
    FILLED,
    NUMBER,
    OBJECT,
    OBJECTS,
    REFERENCE,
    TEXT,
    TEXTS,
    TIMESTAMP,
    TYPES,
    URL,
    Value,
    matching,
    one_of,
    types_with,
)

CLAUSE = "Open Badges 3.0, B.1"
_JWT = matching(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+", phrase("one or more tokens"), many=True)
_LANGUAGE = matching(r"[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?", phrase("a language code"))
_DAY = matching(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", phrase("a date"))
_ACHIEVEMENT_TYPE = one_of(
    *("Achievement", "ApprenticeshipCertificate", "Assessment", "Assignment", "AssociateDegree", "Award", "Badge"),
    *("BachelorDegree", "Certificate", "CertificateOfCompletion", "Certification", "CommunityService", "Competency"),
    *("Course", "CoCurricular", "Degree", "Diploma", "DoctoralDegree", "Fieldwork", "GeneralEducationDevelopment"),
    *("JourneymanCertificate", "LearningProgram", "License", "Membership", "ProfessionalDoctorate"),
    *("QualityAssuranceCredential", "MasterCertificate", "MasterDegree", "MicroCredential", "ResearchDoctorate"),
    "SecondarySchoolDiploma",
    extensible=True,
)
_IDENTIFIER_TYPE = one_of(
    *("name", "sourcedId", "systemId", "productId", "userName", "accountId", "emailAddress", "nationalIdentityNumber"),
    *("isbn", "issn", "lisSourcedId", "oneRosterSourcedId", "sisSourcedId", "ltiContextId", "ltiDeploymentId"),
    *("ltiToolId", "ltiPlatformId", "ltiUserId", "identifier"),
    extensible=True,
)
_TARGET_TYPE = one_of(
    *("ceasn:Competency", "ceterms:Credential", "CFItem", "CFRubric", "CFRubricCriterion", "CFRubricCriterionLevel"),
    "CTDL",
    extensible=True,
)
_RESULT_TYPE = one_of(
    *("GradePointAverage", "LetterGrade", "Percent", "PerformanceLevel", "PredictedScore", "RawScore", "Result"),
    *("RubricCriterion", "RubricCriterionLevel", "RubricScore", "ScaledScore", "Status"),
    extensible=True,
)
_RESULT_STATUS = one_of("Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Provisional", "Withdrew")


def rule(member: str, value: Value, shape: str = "", *, required: bool = False) -> Rule:
    """A rule of this schema."""
    return Rule(CLAUSE, member, value, required, shape)


def _typed(kind: str, *rules: Rule, closed: bool = False) -> Shape:
    """An object with the type ``kind``."""
    return Shape(rule("type", types_with(kind), required=True), *rules, closed=closed)


def identifies(subject: Node) -> bool:
    """Whether the subject has an id or an identifier (B.1, AchievementSubject; CLR 2.0, ClrSubject)."""
    return "id" in subject or bool(as_list(subject.get("identifier")))


IDENTIFIED = Whole(CLAUSE, identifies, phrase("an id or an identifier"))
BADGE_TYPE = types_with(vocabulary.OPEN_BADGE, vocabulary.ACHIEVEMENT_CREDENTIAL)
_IN_EVERY_CREDENTIAL = (
    rule("id", URL, required=True),
    rule("issuer", REFERENCE, "Profile", required=True),
    rule("awardedDate", TIMESTAMP),
    rule("credentialStatus", OBJECTS, "CredentialStatus"),
    rule("refreshService", OBJECTS, "RefreshService"),
)
_IN_A_BADGE = (
    *_IN_EVERY_CREDENTIAL,
    rule("image", OBJECT, "Image"),
    rule("credentialSubject", OBJECT, "AchievementSubject", required=True),
    rule("endorsement", OBJECTS),
    rule("endorsementJwt", _JWT),
    rule("evidence", OBJECTS, "Evidence"),
)
V1_BADGE = V1_CREDENTIAL.extended(*_IN_A_BADGE)
V2_BADGE = V2_CREDENTIAL.extended(*_IN_A_BADGE)
_IN_AN_ENDORSEMENT = (
    *_IN_EVERY_CREDENTIAL,
    rule("name", FILLED, required=True),
    rule("credentialSubject", OBJECT, "EndorsementSubject", required=True),
)
V1_ENDORSEMENT = V1_CREDENTIAL.extended(*_IN_AN_ENDORSEMENT)
V2_ENDORSEMENT = V2_CREDENTIAL.extended(*_IN_AN_ENDORSEMENT)
"""An endorsement. One inside another credential is a credential of its own, whose faults are not those of the outer
one, so only a submitted endorsement is checked."""
_SERVICE = Shape(rule("id", URL, required=True), rule("type", TYPES, required=True))
SHAPES = {
    "CredentialStatus": _SERVICE,
    "RefreshService": _SERVICE,
    "AchievementSubject": Shape(
        rule("id", URL),
        rule("type", types_with("AchievementSubject"), required=True),
        rule("activityEndDate", TIMESTAMP),
        rule("activityStartDate", TIMESTAMP),
        rule("creditsEarned", NUMBER),
        rule("achievement", OBJECT, "Achievement", required=True),
        rule("identifier", OBJECTS, "IdentityObject"),
        rule("image", OBJECT, "Image"),
        rule("licenseNumber", TEXT),
        rule("narrative", TEXT),
        rule("result", OBJECTS, "Result"),
        rule("role", TEXT),
        rule("source", OBJECT, "Profile"),
        rule("term", TEXT),
        whole=(IDENTIFIED,),
    ),
    "IdentityObject": _typed(
        "IdentityObject",
        rule("hashed", BOOLEAN, required=True),
        rule("identityHash", TEXT, required=True),
        rule("identityType", _IDENTIFIER_TYPE, required=True),
        rule("salt", TEXT),
        closed=True,
    ),
    "Evidence": _typed(
        "Evidence",
        rule("id", URL),
        rule("narrative", TEXT),
        rule("name", TEXT),
        rule("description", TEXT),
        rule("genre", TEXT),
        rule("audience", TEXT),
    ),
    "EndorsementSubject": _typed(
        "EndorsementSubject", rule("id", URL, required=True), rule("endorsementComment", TEXT)
    ),
    "Achievement": _typed(
        "Achievement",
        rule("id", URL, required=True),
        rule("name", FILLED, required=True),
        rule("description", FILLED, required=True),
        rule("criteria", OBJECT, "Criteria", required=True),
        rule("alignment", OBJECTS, "Alignment"),
        rule("achievementType", _ACHIEVEMENT_TYPE),
        rule("creator", OBJECT, "Profile"),
        rule("creditsAvailable", NUMBER),
        rule("endorsement", OBJECTS),
        rule("endorsementJwt", _JWT),
        rule("fieldOfStudy", TEXT),
        rule("humanCode", TEXT),
        rule("image", OBJECT, "Image"),
        rule("inLanguage", _LANGUAGE),
        rule("otherIdentifier", OBJECTS, "IdentifierEntry"),
        rule("related", OBJECTS, "Related"),
        rule("resultDescription", OBJECTS, "ResultDescription"),
        rule("specialization", TEXT),
        rule("tag", TEXTS),
        rule("version", TEXT),
    ),
    "Alignment": _typed(
        "Alignment",
        rule("targetName", TEXT, required=True),
        rule("targetUrl", TEXT, required=True),
        rule("targetCode", TEXT),
        rule("targetDescription", TEXT),
        rule("targetFramework", TEXT),
        rule("targetType", _TARGET_TYPE),
    ),
    "Criteria": Shape(rule("id", URL), rule("narrative", TEXT)),
    "IdentifierEntry": _typed(
        "IdentifierEntry",
        rule("identifier", TEXT, required=True),
        rule("identifierType", _IDENTIFIER_TYPE, required=True),
        closed=True,
    ),
    "Image": _typed("Image", rule("id", URL, required=True), rule("caption", TEXT), closed=True),
    "Result": _typed(
        "Result",
        rule("achievedLevel", TEXT),
        rule("alignment", OBJECTS, "Alignment"),
        rule("resultDescription", TEXT),
        rule("status", _RESULT_STATUS),
        rule("value", TEXT),
    ),
    "ResultDescription": _typed(
        "ResultDescription",
        rule("id", URL, required=True),
        rule("name", TEXT, required=True),
        rule("resultType", _RESULT_TYPE, required=True),
        rule("alignment", OBJECTS, "Alignment"),
        rule("allowedValue", TEXTS),
        rule("requiredLevel", TEXT),
        rule("requiredValue", TEXT),
        rule("rubricCriterionLevel", OBJECTS, "RubricCriterionLevel"),
        rule("valueMax", TEXT),
        rule("valueMin", TEXT),
    ),
    "RubricCriterionLevel": _typed(
        "RubricCriterionLevel",
        rule("id", URL, required=True),
        rule("name", TEXT, required=True),
        rule("alignment", OBJECTS, "Alignment"),
        rule("description", TEXT),
        rule("level", TEXT),
        rule("points", TEXT),
    ),
    "Related": _typed("Related", rule("id", URL, required=True), rule("inLanguage", _LANGUAGE), rule("version", TEXT)),
    "Profile": _typed(
        "Profile",
        rule("id", URL, required=True),
        rule("endorsement", OBJECTS),
        rule("endorsementJwt", _JWT),
        rule("image", OBJECT, "Image"),
        rule("address", OBJECT, "Address"),
        rule("otherIdentifier", OBJECTS, "IdentifierEntry"),
        rule("parentOrg", OBJECT, "Profile"),
        rule("dateOfBirth", _DAY),
        *(
            rule(name, TEXT)
            for name in (
                *("name", "url", "phone", "description", "email", "official", "familyName", "givenName"),
                *("additionalName", "patronymicName", "honorificPrefix", "honorificSuffix", "familyNamePrefix"),
            )
        ),
    ),
    "Address": _typed(
        "Address",
        rule("geo", OBJECT, "GeoCoordinates"),
        *(
            rule(name, TEXT)
            for name in (
                *("addressCountry", "addressCountryCode", "addressRegion", "addressLocality", "streetAddress"),
                *("postOfficeBoxNumber", "postalCode"),
            )
        ),
    ),
    "GeoCoordinates": _typed(
        "GeoCoordinates", rule("latitude", NUMBER, required=True), rule("longitude", NUMBER, required=True)
    ),
}
"""The classes, by their names in B.1."""
