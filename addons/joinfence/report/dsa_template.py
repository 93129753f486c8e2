"""Part 3 of the European Union's template for transparency reports: its columns and rows.

Source: Commission Implementing Regulation (EU) 2024/2835, Annex I, part 3 ("member_states_orders"), for
Article 15(1)(a) of Regulation (EU) 2022/2065. All names are as in the template that the Commission
publishes.
"""

from __future__ import annotations

from typing import Final

_ITEMS: Final = (
    "of specific items of information included in the total number of orders to act against illegal content"
)
_INFORM_ACT: Final = (
    "Median time to inform the authority of the receipt of the order to act against illegal content"
)
_EFFECT_ACT: Final = "Median time to give effect to the order to act against illegal content"
_INFORM_INFORMATION: Final = (
    "Median time to inform the authority of the receipt of the order to provide information"
)
_EFFECT_INFORMATION: Final = "Median time to give effect to the order to provide information"

COLUMNS: Final = (
    "Applicability",
    "Service",
    "Reporting period",
    "Category of illegal content",
    'Description of the sub-category "Other"',
    "Scope",
    "Number of orders to act against illegal content received",
    f"Number {_ITEMS}",
    _INFORM_ACT,
    _EFFECT_ACT,
    "Number of orders to provide information",
    _INFORM_INFORMATION,
    _EFFECT_INFORMATION,
    "Contextual information on number of orders to act against illegal content received",
    f"Contextual information on number {_ITEMS}",
    f"Contextual information on {_INFORM_ACT}",
    f"Contextual information on {_EFFECT_ACT}",
    "Contextual information on Number of orders to provide information",
    f"Contextual information on {_INFORM_INFORMATION}",
    f"Contextual information on {_EFFECT_INFORMATION}",
)

TOTAL: Final = "TOTAL"
OTHER: Final = "OTHER"
UNSPECIFIED: Final = "NOT_SPECIFIED_ORDER"

CATEGORIES: Final = {
    "ANIMAL_WELFARE": ("ANIMAL_HARM", "UNLAWFUL_SALE_ANIMALS", OTHER),
    "CONSUMER_INFORMATION": (
        "HIDDEN_ADVERTISEMENT",
        "INSUFFICIENT_INFORMATION_ON_TRADERS",
        "MISLEADING_INFO_GOODS_SERVICES",
        "MISLEADING_INFO_CONSUMER_RIGHTS",
        "NONCOMPLIANCE_PRICING",
        OTHER,
    ),
    "CYBER_VIOLENCE": (
        "CYBER_BULLYING_INTIMIDATION",
        "CYBER_HARASSMENT",
        "CYBER_INCITEMENT",
        "CYBER_STALKING",
        "NON_CONSENSUAL_IMAGE_SHARING",
        "NON_CONSENSUAL_MATERIAL_DEEPFAKE",
        OTHER,
    ),
    "CYBER_VIOLENCE_AGAINST_WOMEN": (
        "BULLYING_AGAINST_GIRLS",
        "CYBER_HARASSMENT_AGAINST_WOMEN",
        "CYBER_STALKING_AGAINST_WOMEN",
        "FEMALE_GENDERED_DISINFORMATION",
        "INCITEMENT_AGAINST_WOMEN",
        "NON_CONSENSUAL_IMAGE_SHARING_AGAINST_WOMEN",
        "NON_CONSENSUAL_MATERIAL_DEEPFAKE_AGAINST_WOMEN",
        OTHER,
    ),
    "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS": (
        "BIOMETRIC_DATA_BREACH",
        "DATA_FALSIFICATION",
        "MISSING_PROCESSING_GROUND",
        "RIGHT_TO_BE_FORGOTTEN",
        OTHER,
    ),
    "ILLEGAL_OR_HARMFUL_SPEECH": ("DEFAMATION", "DISCRIMINATION", "HATE_SPEECH", OTHER),
    "INTELLECTUAL_PROPERTY_INFRINGEMENTS": (
        "COPYRIGHT_INFRINGEMENT",
        "DESIGN_INFRINGEMENT",
        "GEOGRAPHIC_INDICATIONS_INFRINGEMENT",
        "PATENT_INFRINGEMENT",
        "TRADE_SECRET_INFRINGEMENT",
        "TRADEMARK_INFRINGEMENT",
        OTHER,
    ),
    "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS": (
        "MISINFORMATION_DISINFORMATION",
        "VIOLATION_EU_LAW",
        "VIOLATION_NATIONAL_LAW",
        OTHER,
    ),
    "PROTECTION_OF_MINORS": (
        "AGE_SPECIFIC_RESTRICTIONS_MINORS",
        "CHILD_SEXUAL_ABUSE_MATERIAL",
        "CHILD_SEXUAL_ABUSE_MATERIAL_DEEPFAKE",
        "GROOMING_SEXUAL_ENTICEMENT_MINORS",
        "UNSAFE_CHALLENGES",
        OTHER,
    ),
    "RISK_FOR_PUBLIC_SECURITY": (
        "ILLEGAL_ORGANIZATIONS",
        "RISK_ENVIRONMENTAL_DAMAGE",
        "RISK_PUBLIC_HEALTH",
        "TERRORIST_CONTENT",
        OTHER,
    ),
    "SCAMS_AND_FRAUD": (
        "IMPERSONATION_ACCOUNT_HIJACKING",
        "INAUTHENTIC_ACCOUNTS",
        "INAUTHENTIC_LISTINGS",
        "INAUTHENTIC_USER_REVIEWS",
        "PHISHING",
        "PYRAMID_SCHEMES",
        OTHER,
    ),
    "SELF_HARM": ("CONTENT_PROMOTING_EATING_DISORDERS", "SELF_MUTILATION", "SUICIDE", OTHER),
    "UNSAFE_AND_PROHIBITED_PRODUCTS": ("PROHIBITED_PRODUCTS", "UNSAFE_PRODUCTS", OTHER),
    "VIOLENCE": (
        "COORDINATED_HARM",
        "INCITEMENT_VIOLENCE_HATRED",
        "HUMAN_EXPLOITATION",
        "HUMAN_TRAFFICKING",
        "TRAFFICKING_WOMEN_GIRLS",
        OTHER,
    ),
    UNSPECIFIED: (),
}
"""Category -> keywords, in the order of the template's rows."""

MEMBER_STATES: Final = (
    *("AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE"),
    *("IT", "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE"),
)
"""ISO 3166-1 codes of the member states, in alphabetical order of their English names."""
