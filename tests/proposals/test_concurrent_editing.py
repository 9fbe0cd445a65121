"""Two colleagues edit the same offer: the second keeps the typed text and sees the saved version."""

from marketplace.proposals import use_cases
from tests import factories
from tests.factories.offers import full_content


def test_concurrent_edit_shows_both_versions(app, market):
    path = f"/briefs/{market.reference}/proposal"
    use_cases.save(market.kvistverk, market.reference, full_content())
    supplier = market.proposal("kvistverk").supplier
    first, second = (
        app.test_client().sign_in(factories.member(supplier, person=factories.user()).user_id)
        for _each in range(2)
    )
    form = {"act": "save", "seen": "1", "understanding": "Vi tar over bilder og betaling."}
    assert first.post(path, data=form | {"understanding": "Vi begynner med varene."}).status_code == 303
    refused = second.post(path, data=form)
    assert refused.status_code == 409
    assert "Vi tar over bilder og betaling." in refused.text
    assert "Vi begynner med varene." in refused.text
    assert 'name="seen" type="hidden" value="2"' in refused.text
    assert second.post(path, data=form | {"seen": "2"}).status_code == 303
