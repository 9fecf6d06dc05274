"""What a person types as the address of a CommServe, and what is refused before anything is asked."""

from __future__ import annotations

import pytest

from pgbackup_tui.commserve.address import Address, candidates
from pgbackup_tui.commserve.errors import AddressError


@pytest.mark.parametrize(
    "typed",
    [
        "cs.example.com",
        "https://cs.example.com",
        "https://cs.example.com/commandcenter/#/login",
        " cs.example.com/ ",
    ],
)
def test_a_host_means_the_current_base_first_and_the_old_one_second(typed: str) -> None:
    assert [found.base for found in candidates(typed)] == [
        "https://cs.example.com/commandcenter/api/",
        "https://cs.example.com/webconsole/api/",
    ]


@pytest.mark.parametrize(
    ("typed", "base"),
    [
        ("https://cs.example.com/commandcenter/api", "https://cs.example.com/commandcenter/api/"),
        ("cs.example.com:8443/webconsole/api/", "https://cs.example.com:8443/webconsole/api/"),
        ("http://127.0.0.1:81/SearchSvc/CVWebService.svc", "http://127.0.0.1:81/SearchSvc/CVWebService.svc/"),
        ("http://[::1]:8080/commandcenter/api", "http://[::1]:8080/commandcenter/api/"),
    ],
)
def test_a_whole_base_is_taken_as_it_is(typed: str, base: str) -> None:
    assert [found.base for found in candidates(typed)] == [base]


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("http://cs.example.com", "unencrypted"),
        ("HTTP://10.0.0.5/commandcenter/api", "unencrypted"),
        ("http://127.0.0.1.example.com", "unencrypted"),
        ("ftp://cs.example.com", "not https"),
        ("https://admin:s3cret@cs.example.com", "user name"),
        ("admin@cs.example.com", "user name"),
        ("", "No address"),
        ("https://", "no host"),
        ("cs.example.com\nEvil: 1", "control character"),
        ("cs.example.com\\@evil", "backslash"),
        ("https://cs.example.com:port", "can't be read"),
        ("https://cs.example.com/?q=1", "question mark"),
    ],
)
def test_an_address_that_can_not_be_used_is_refused_with_the_reason(typed: str, problem: str) -> None:
    with pytest.raises(AddressError, match=problem) as refused:
        candidates(typed)
    assert refused.value.advice
    assert "s3cret" not in refused.value.problem + refused.value.advice


@pytest.mark.parametrize(
    ("base", "origin"),
    [
        ("https://CS.example.com:443/commandcenter/api/", "https://cs.example.com"),
        ("https://cs.example.com:8443/x/", "https://cs.example.com:8443"),
        ("http://[::1]:81/x/", "http://[::1]:81"),
    ],
)
def test_the_origin_is_scheme_host_and_port_in_one_spelling(base: str, origin: str) -> None:
    assert Address(base).origin == origin
