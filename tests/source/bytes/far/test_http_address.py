"""Addresses: names beyond ASCII, wrong ones, and where redirects may lead."""

from __future__ import annotations

import pytest

from weightscope.source.bytes.far.http_address import HttpAddress


def test_a_host_beyond_ascii_has_the_name_that_the_name_service_knows() -> None:
    assert HttpAddress.parse("https://b\u00fccher.example/a.keras").host_header == "xn--bcher-kva.example"


@pytest.mark.parametrize("url", ["http://a b/x", "http:///x", "http://[::1/x", "http://h:99999/x", "http://a..b/x"])
def test_an_address_without_a_valid_host_is_refused(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of several libraries
        HttpAddress.parse(url)


def test_a_redirect_leads_to_no_connection_that_is_less_safe() -> None:
    address = HttpAddress.parse("https://user:password@host/a.keras")
    assert address.redirected("/b.keras").authorization == address.authorization
    assert address.redirected("https://other/b.keras").authorization is None
    for where in ("http://host/b.keras", "http://other/b.keras", "file:///etc/passwd", "//a b/"):
        with pytest.raises(ValueError):  # noqa: PT011 - of several libraries
            address.redirected(where)
