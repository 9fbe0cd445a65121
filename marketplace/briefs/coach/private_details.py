"""Detection of contact details and passwords in a text. Finds all of them, so that each can be named."""

import re
from collections.abc import Iterable

_DOT = r"(?:\.|\s?[(\[]\s?(?:dot|punktum|punkt)\s?[)\]]\s?|\s(?:dot|punktum)\s)"
# The local part is bounded, so that a long text without spaces takes linear time.
_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}\s?(?:@|[(\[]\s?(?:at|@|krøllalfa|alfakrøll)\s?[)\]]|\b(?:krøllalfa|alfakrøll)\b)\s?"
    rf"[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,9}}{_DOT}[a-zæøå]{{2,63}}\b",
    re.IGNORECASE,
)
# Eight digits in the groupings that are used for telephone numbers. Dates, years and amounts are grouped differently. A
# slash separates two numbers.
_PHONE = re.compile(
    r"(?:(?<![\d/-])|(?<=[\d ]{8}/))(?<!\d[.,])(?:(?:\+|00)47[ .-]?)?"
    r"(?:(?!20[0-4]\d[01]\d[0-3]\d)[2-9]\d{7}|[2-9]\d([ .-])\d\d\1\d\d\1\d\d|[4589]\d\d([ .-])\d\d\2\d\d\d|[49]\d{3} \d{4})"
    r"(?![\d-]|/(?![2-9][\d ]{7})|[.,]\d| \d{3}\b|\s?(?:kr|kroner|nok)\b)"
    r"|(?<![\d+])(?:\+|00)(?!47)[1-9]\d{0,2}[ .-]?\(?\d(?:[ .()-]{0,2}\d){5,11}",
    re.IGNORECASE,
)
_NAME = (
    r"(?:\w*passord(?:et|ene|a)?|\w*password|passwd|pwd?|pass(?=\s*[:=])|passphrase|adgangskode[nr]?|tilgangskode[nr]?|påloggingskode[nr]?|"
    r"\w*pin(?:-?kode[nr]?)?|engangskode[nr]?|kode(?:n|ord(?:et)?)?|access code|api[- ]?(?:key|nøkkel(?:en)?)|lisensnøkkel(?:en)?|secret|token)"
)
_SECRET = re.compile(
    rf"\b(?P<name>{_NAME})\b(?P<about>(?:\s+(?!er\b|is\b|var\b|was\b)[^\s:=.;!?]+){{0,6}}?)\s*"
    rf"(?P<link>[:=]|->|\ber\b|\bis\b|\bvar\b|\bwas\b)\s*[«“\"']?(?P<value>[^\s«»“”\"']+)[»”\"']?",
    re.IGNORECASE,
)
# A second password that directly follows another one: "… og til Instagram er Katt456".
_NEXT_SECRET = re.compile(
    r"[\s,;.]*(?:(?:og|and|samt)\s+)?(?P<name>til|for|på|to|on)(?P<about>(?:\s+(?!er\b|is\b)[^\s:=.;!?]+){1,4}?)\s*"
    r"(?P<link>[:=]|->|\ber\b|\bis\b)\s*[«“\"']?(?P<value>[^\s«»“”\"']+)[»”\"']?",
    re.IGNORECASE,
)
_BARE_SECRET = re.compile(
    rf"\b{_NAME}\s+[«“\"']?(?P<value>(?=\S*\d)(?=\S*[A-Za-zÆØÅæøå!#$%&*?_-])[^\s,;]{{4,}}|\d{{4,8}})(?=[\s,;.]|$)",
    re.IGNORECASE,
)
_REVERSED_SECRET = re.compile(
    rf"(?<!\S)(?=\S{{0,60}}\d)(?P<value>\S{{1,60}})\s+(?:er|is)\s+{_NAME}\b", re.IGNORECASE
)
# A user name and a password without a label of its own, as in "Innlogging: kari, Hest123" or "logg inn med kari / Hest123".
_LOGIN = re.compile(
    r"\b(?:(?:pålogging|innlogging|log-?in|brukernavn|brukarnamn|bruker|brukar|user(?:name)?|wi-?fi)\s*[:=]|logg inn (?:med|som)|"
    r"log in (?:with|as))\s*[^\s/,;]{1,60}\s*[/,;]\s*"
    r"(?P<value>(?=\S*\d)(?=\S*[A-Za-zÆØÅæøå!#$%&*?_-])\S{4,60})",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"\b(?:sk|pk|rk)_(?:live|test)_\w{8,}|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{20,}|\bAIza[\w-]{30,}|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
# Labels that also have other meanings: they mark a secret only if the value has digits or symbols.
_COMMON_NAMES = {"kode", "koden", "token", "secret", "til", "for", "på", "to", "on"}
# Words that say something about a password instead of being one: "passordet er glemt".
_NO_SECRET = re.compile(
    r"(?:ikke|ikkje|not|glemt|gløymt|forgotten|borte|vekke|lost|ukjent|unknown|kjent|hos|i|på|in|at|with|hjemme|det|den|de|the|a|an|en|et|"
    r"ein|eit|noe|noko|something|for|som|så|veldig|alltid|aldri|never|lagret|lagra|stored|saved|byttet|bytta|changed|delt|shared|gammelt|gamle|"
    r"gammalt|old|nytt|nye|new|trygt|safe|viktig|important|sendt|sent|likt|same|samme|svak|svakt|svake|weak|sterkt|lett|easy|vanskelig|"
    r"nødvendig|påkrevd|required|satt|tatt|felles|vårt|deres|ulikt|ulike|krevd|av|fra|frå|til|to|from|hva|kva|noen|nokon|kun|bare|berre|only|"
    r"her|der|avtalt|tilgjengelig|available|klart?|ready|\W*)[.,;!?]*",
    re.IGNORECASE,
)  # fmt: skip


def find_contact_details(text: str) -> list[str]:
    """Return the e-mail addresses and telephone numbers of a text, in order, without duplicates."""
    plain = _plain(text)
    found = [match for pattern in (_EMAIL, _PHONE) for match in pattern.finditer(plain)]
    return _in_order((match.start(), match[0].strip(" .")) for match in found)


def find_secrets(text: str) -> list[str]:
    """Return the phrases of a text that give away a password, PIN code or access key, in order, without duplicates."""
    plain = _plain(text)
    found = []
    for match in _SECRET.finditer(plain):
        following: re.Match[str] | None = match
        while following and _looks_secret(following):
            found.append(following)
            following = _NEXT_SECRET.match(plain, following.end())
    found += [
        match
        for pattern in (_BARE_SECRET, _REVERSED_SECRET, _LOGIN, _KEY)
        for match in pattern.finditer(plain)
    ]
    phrases: list[tuple[int, str]] = []
    end = -1
    for match in sorted(found, key=lambda item: (item.start(), -item.end())):
        if match.start() >= end:
            phrases.append((match.start(), match[0].strip().rstrip(".,;!?")))
            end = match.end()
    return _in_order(phrases)


def _looks_secret(match: re.Match[str]) -> bool:
    """Return True if the value after a name looks like a password, and not like a remark about one."""
    value = match["value"].rstrip(".,;!?")
    if re.search(r"\d|[^\W\d_][A-ZÆØÅ]|[!#$%&*?_]", value):
        return True
    return match["name"].casefold() not in _COMMON_NAMES and not _NO_SECRET.fullmatch(value)


def _plain(text: str) -> str:
    return re.sub(r"[^\S\n]", " ", text)


def _in_order(found: Iterable[tuple[int, str]]) -> list[str]:
    return list(dict.fromkeys(text for _start, text in sorted(found)))
