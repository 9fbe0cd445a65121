"""Examples for strategies: eight trades or more, with codes that exist and all languages."""

import pytest

from marketplace.core import taxonomy
from marketplace.core.i18n import LOCALES, use_locale
from marketplace.strategy.completeness import VISIBILITY
from marketplace.strategy.examples import TradeExamples, trade_examples
from marketplace.strategy.indicators import indicators
from marketplace.strategy.plan_warnings import SELLING_KINDS
from marketplace.strategy.strategy_template import strategy_template

TRADES = {trade.code: trade for code in (*taxonomy.sectors(), "") for trade in [trade_examples(code)]}


def test_there_are_examples_for_eight_trades_and_more() -> None:
    assert len(TRADES) > 8
    assert trade_examples("accommodation") is not trade_examples("manufacturing")
    assert trade_examples("no such sector").code == "general"


@pytest.mark.parametrize("trade", TRADES.values(), ids=list(TRADES))
def test_examples_of_a_trade_have_known_codes_and_all_languages(trade: TradeExamples) -> None:
    kinds = {indicators()[str(objective["indicator"])].kind for objective in trade.objectives}
    fields = [field.code for section in strategy_template().sections for field in section.fields]

    assert set(trade.services) <= set(taxonomy.services())
    assert set(trade.channels) <= set(strategy_template().channels)
    assert VISIBILITY in kinds
    assert kinds & SELLING_KINDS
    assert set(trade.fields) <= set(fields)
    for texts in (
        trade.names,
        trade.small,
        trade.large,
        *(line for lines in trade.fields.values() for line in lines),
    ):
        assert set(texts) == set(LOCALES)


def test_tip_depends_on_the_size_of_the_company() -> None:
    trade = trade_examples("accommodation")
    with use_locale("nn"):
        assert trade.tip(None) == trade.tip(3) == trade.small["nn"]
        assert trade.tip(20) == trade.large["nn"]
