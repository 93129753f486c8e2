"""The head and the order of rows of the template, as the European Commission publishes it.

Commission Implementing Regulation (EU) 2024/2835, Annex I, part 3, "member_states_orders" as CSV.
"""

from __future__ import annotations

import csv
import io

import pycountry

from joinfence.report.dsa_template import CATEGORIES, COLUMNS, MEMBER_STATES

HEAD = (
    'Applicability,Service,Reporting period,Category of illegal content,"Description of the sub-category ""Other""",'
    "Scope,Number of orders to act against illegal content received,Number of specific items of information included "
    "in the total number of orders to act against illegal content,Median time to inform the authority of the receipt "
    "of the order to act against illegal content,Median time to give effect to the order to act against illegal "
    "content,Number of orders to provide information,Median time to inform the authority of the receipt of the order "
    "to provide information,Median time to give effect to the order to provide information,Contextual information on "
    "number of orders to act against illegal content received,Contextual information on number of specific items of "
    "information included in the total number of orders to act against illegal content,Contextual information on "
    "Median time to inform the authority of the receipt of the order to act against illegal content,Contextual "
    "information on Median time to give effect to the order to act against illegal content,Contextual information on "
    "Number of orders to provide information,Contextual information on Median time to inform the authority of the "
    "receipt of the order to provide information,Contextual information on Median time to give effect to the order to "
    "provide information"
)


def test_the_columns_are_in_the_order_of_the_template() -> None:
    assert tuple(next(csv.reader(io.StringIO(HEAD)))) == COLUMNS
    assert len(COLUMNS) == 20


def test_the_categories_are_in_the_order_of_the_template() -> None:
    assert list(CATEGORIES)[:3] == ["ANIMAL_WELFARE", "CONSUMER_INFORMATION", "CYBER_VIOLENCE"]
    assert list(CATEGORIES)[-2:] == ["VIOLENCE", "NOT_SPECIFIED_ORDER"]
    # One row for the total, one for each category and one for each keyword.
    assert 1 + len(CATEGORIES) + sum(map(len, CATEGORIES.values())) == 91


def test_there_are_27_member_states_and_all_are_countries() -> None:
    assert len(set(MEMBER_STATES)) == 27
    assert all(pycountry.countries.get(alpha_2=code) for code in MEMBER_STATES)
