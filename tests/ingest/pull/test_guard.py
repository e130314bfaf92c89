"""Which addresses may be visited."""

import httpx
import pytest

from ingest.pull import Fetcher, Guard, Limits
from ingest.pull.cache import Cache
from ingest.pull.fetch import Wanted
from ingest.pull.guard import is_public
from kb.errors import IngestError, SettingsError


def resolver(*answers):
    """A name server that gives the answers in turn, the last for good."""
    left = list(answers)

    def resolve(host, port):
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "198.18.0.1",
        "192.0.0.1",
        "192.88.99.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:10.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2001::1",
        "2002:7f00:1::",
        "2001:db8::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff0e::1",
        "no number",
    ],
)
def test_inner_addresses_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "223.5.5.5", "2400:3200::1", "2606:4700:4700::1111"])
def test_outer_addresses_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("ftp://a.example/x", "不是 http"),
        ("file:///etc/passwd", "不是 http"),
        ("http:///x", "不是 http"),
        ("http://a.example:6379/", "端口 6379"),
        ("https://a.example:0/", "端口"),
        ("http://a.example:99999/", "端口 99999"),
        ("http://a b/", "不是 http|写法不对"),
        ("http://１２７.０.０.１/", "写法不对"),
        ("http://a.example/\r\nX: y", "写法不对"),
    ],
)
def test_addresses_refused_by_their_words(address, words):
    with pytest.raises(IngestError, match=words):
        Guard().check(address)


def test_a_password_is_refused_and_not_repeated():
    with pytest.raises(IngestError, match="用户名或密码") as caught:
        Guard().check("https://user:geheim@a.example/")
    assert "geheim" not in str(caught.value)


def test_one_inner_address_among_outer_ones_is_enough_to_refuse():
    guard = Guard(resolve=resolver(["1.1.1.1", "10.0.0.1"]))
    with pytest.raises(IngestError, match=r"内部地址 10\.0\.0\.1"):
        guard.addresses("a.example", 443)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "localhost"])
def test_other_spellings_of_this_machine_are_refused(host):
    with pytest.raises(IngestError, match="内部地址"):
        Guard().addresses(host, 80)


def test_an_unknown_host_is_named():
    def resolve(host, port):
        raise OSError("no such name")

    with pytest.raises(IngestError, match=r"找不到主机 a\.example"):
        Guard(resolve=resolve).addresses("a.example", 80)


def test_an_allowed_host_may_be_inner_but_only_at_its_port():
    guard = Guard(["docs.example:8080", "[::1]"], resolver(["10.0.0.1"]))
    assert guard.check("http://Docs.example:8080/a").host == "docs.example"
    assert guard.addresses("docs.example", 8080) == ("10.0.0.1",)
    assert guard.addresses("::1", 443) == ("10.0.0.1",)
    with pytest.raises(IngestError, match="内部地址"):
        guard.addresses("docs.example", 443)
    with pytest.raises(IngestError, match="端口 8081"):
        guard.check("http://docs.example:8081/")


def test_a_port_80_that_is_named_allows_no_other():
    guard = Guard(["docs.example:80"], resolver(["10.0.0.1"]))
    assert guard.addresses("docs.example", 80)
    with pytest.raises(IngestError, match="内部地址"):
        guard.addresses("docs.example", 443)


@pytest.mark.parametrize("entry", ["", "http://a.example", "a.example/path", "user@a.example", "a b"])
def test_a_wrong_setting_is_refused(entry):
    with pytest.raises(SettingsError, match="ANWEN_PULL_HOSTS"):
        Guard([entry])


def test_the_address_checked_is_the_address_connected_to(site, tmp_path):
    """A name server that first gives an outer address and then this machine (rebinding) gains nothing."""
    port = int(site.host.rpartition(":")[2])
    given = []

    def resolve(host, asked):
        given.append(host)
        return ["127.0.0.1"]

    site.page("/a.html", "<p>内网</p>".encode())
    with (
        Fetcher(Guard([], resolve), Limits(delay=0, attempts=1)) as fetcher,
        pytest.raises(IngestError, match="端口"),
    ):
        fetcher.fetch(Wanted(f"http://rebind.example:{port}/a.html", "a"), Cache(tmp_path))
    assert not given  # not even asked

    class Rebinding(Guard):
        def check(self, address):  # as if the port were allowed
            return httpx.URL(address)

    answers = resolver(["1.1.1.1"], ["127.0.0.1"])
    answers("rebind.example", port)  # whoever asks first sees an outer address
    with (
        Fetcher(Rebinding([], answers), Limits(delay=0, attempts=1)) as fetcher,
        pytest.raises(IngestError, match=r"内部地址 127\.0\.0\.1"),
    ):
        fetcher.fetch(Wanted(f"http://rebind.example:{port}/a.html", "a"), Cache(tmp_path))
    assert not site.asked


def test_a_host_is_resolved_once_for_each_connection(site, tmp_path):
    """The numbers checked are the numbers used: no second look-up in between could answer otherwise."""
    port = int(site.host.rpartition(":")[2])
    looked_up = []

    def resolve(host, asked):
        looked_up.append((host, asked))
        return ["127.0.0.1"]

    site.page("/a.html", "<p>甲</p>".encode())
    host = f"not-in-any-dns.example:{port}"
    with Fetcher(Guard([host], resolve), Limits(delay=0, attempts=1)) as fetcher:
        fetcher.fetch(Wanted(f"http://{host}/a.html", "a"), Cache(tmp_path))
    assert site.paths() == ["/robots.txt", "/a.html"]
    assert set(looked_up) == {("not-in-any-dns.example", port)}
    assert site.asked[1][1]["host"] == host
