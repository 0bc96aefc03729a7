"""Whether what was read looks like a privacy policy, or like a page that a site shows instead of one."""

from __future__ import annotations

import re
from itertools import islice
from math import ceil, inf

from policytools.reading.blocks import Block
from policytools.reading.language import is_english
from policytools.text.clauses import is_prose

# Set on 267 policies of online services, 96 of apps and 35 web pages: the shortest of the services' has 149 words
# of prose, of the apps' 20, 54 and 70; terms of service among them speak 2 to 8 times in a thousand words of
# personal data, policies 7 times and more.
MIN_WORDS = 50
SHORT = 400  # words of prose; of a longer text the beginning nearly always tells
MIN_CHARACTERS = 400  # of a text in another language, which must name privacy or personal data this often:
MIN_NAMED = 3
MIN_SUBJECTS = 3
MIN_PER_THOUSAND = 6.0

# What privacy policies speak of.
_SUBJECTS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:privacy|data protection)\b",
        r"\b(?:personal|personally|private|sensitive|identif\w+|user)\b[\w ,-]{0,25}\b(?:data|information|details)\b",
        r"\b(?:collect|gather|obtain|record|receiv)",
        r"\b(?:shar(?:e|es|ed|ing)|disclos|sell|sold|transfer|transmit|third[- ]part)",
        r"\b(?:cookies?|analytics|tracking|log files?|ip address)",
        r"\b(?:retain|retention|stor(?:e|es|ed|age|ing)|keep|kept)\b",
        r"\b(?:delet|eras(?:e|ure)|access|correct|rectif|opt[- ]?out|unsubscribe|withdraw|rights?\b)",
        r"\b(?:secur|protect|safeguard|encrypt|confidential)",
        r"\b(?:gdpr|ccpa|coppa|laws?|legal|children|consent)\b",
    )
]
_CORE = re.compile(
    r"\b(?:privacy\b|data protection\b|cookies?\b|(?:personal|personally|your|user|sensitive|health|identif\w+)\b(?: [\w-]+)? "
    r"(?:data|information|details)\b|(?:information|data) (?:we|that|about|you|is|are|from|collected|provided)\b"
    r"|collect\w*(?: [\w-]+){0,2} (?:data|information)\b|ip address)"
)  # of lower-cased text
_ABROAD = re.compile(
    r"datenschutz|personenbezogen|données|confidentialité|vie privée|datos|privacidad|dados|privacidade|dati personali|"
    r"riservatezza|privacy|gegevens|dan(?:e|ych|ymi) osobow|prywatno|osobní|osobné|soukrom|súkrom|personuppgift|"
    r"personoplysning|personopplysning|persondata|integritet|personvern|privatliv|henkilötie|tietosuoj|персональн|"
    r"персонални|персональні|конфиденциальн|конфіденційн|поверителност|隐私|隱私|个人信息|個人資料|個人情報|プライバシー|개인정보|"
    r"kişisel veri|gizlilik|προσωπικ|απορρήτου|خصوصية|بيانات|פרטיות|מידע אישי|गोपनीयता|dữ liệu cá nhân|riêng tư|data pribadi|"
    r"privasi|datele|confidențialitate|személyes adat|adatkezel|adatvédel|ข้อมูลส่วนบุคคล|ความเป็นส่วนตัว",
    re.IGNORECASE,
)
# Sentences that a site says around or instead of a policy; in a short text they do not count as one.
_INSTEAD = re.compile(
    r"\bcookies?\b|\bpartners\b|\bclick(?:ing)?\b|\baccept all\b|\breject all\b|\b(?:your|my) (?:choices|preferences)\b|\bbrowsing\b|"
    r"\bpersonali[sz]ed\b|\bconsent\b|\b(?:log|sign)(?:ged|ging|ning)?[- ]?(?:in|up)\b|\bpasswords?\b|\bsubscri|\bnewsletter\b|"
    r"\bby (?:continuing|registering|creating|joining)\b|\bpage\b|\bjavascript\b|\bcaptcha\b|\brobot\b|\bbrowser\b",
    re.IGNORECASE,
)
_PAGES = {
    "an error page": r"\b404\b|\b(?:page|file|url|resource|content)\b[^.]{0,40}\b(?:not (?:be )?found|n[o']t exist|does not exist|no longer|unavailable|"
    r"missing|moved|can(?:no|')t be)|\bnot found\b|\b403\b|\bforbidden\b|\baccess denied\b|\b50[0-4]\b|\bserver error\b|\bservice unavailable\b|"
    r"\bsomething went wrong\b|\bunder (?:maintenance|construction)\b",
    "a check for robots": r"\bjust a moment\b|\bare (?:you )?(?:a )?(?:human|robot)\b|\bcaptcha\b|\bchecking (?:your browser|if the site)\b|"
    r"\bverify\w* (?:that )?you\b|\bunusual traffic\b|\b(?:enable|requires?|turn on|disabled)\b[^.]{0,30}\bjavascript\b|"
    r"\bjavascript\b[^.]{0,30}\b(?:enabled?|disabled|required)\b",
    "a cookie dialogue": r"\bwe (?:and our [\w ]*partners|use cookies)\b|\baccept all\b",
    "a log-in page": r"\b(?:log(?:ged)?|sign(?:ed)?)[- ]?in\b|\bpassword\b|\bcreate (?:an |your )?account\b|\bsubscribers? only\b",
}  # fmt: skip
# A short text with one of these is no policy, however much it speaks of privacy.
_WALL = re.compile(
    r"\b(?:log|sign)[- ]?in to (?:your|continue|view|read|see|access)\b|\bmust be (?:logged|signed) in\b|\bforgot(?:ten)? (?:your )?password|"
    r"\bpage (?:was )?not found\b|\b404\b|\baccess denied\b",
    re.IGNORECASE,
)


def doubt(blocks: list[Block]) -> str:
    """Why a document is probably no privacy policy; "" where it looks like one.

    Parameters
    ----------
    blocks : list of Block
        A document after cleaning.

    Returns
    -------
    str
        For messages and for ``policies.note``.

    Notes
    -----
    Judged is the kept prose: how many words it has, of how many of nine subjects of privacy policies it speaks,
    and how often of personal data. In a short text, sentences of cookie dialogues, log-in and error pages do not
    count. A text in another language is only asked for its length and for naming its matter.

    Examples
    --------
    >>> doubt([Block("heading", "404"), Block("paragraph", "Sorry, the page you are looking for does not exist.")])
    'too little to be a privacy policy: 0 words of policy text; reads like an error page'
    """
    kept = [block.text for block in blocks if block.keep]
    if not kept:
        return f"nothing in the file was kept as policy text{_named(blocks)}"
    whole = " ".join(map(str.lower, kept))  # one by one: in ASCII that takes no time
    words = whole.split()
    if not is_english(words) and len(whole) >= MIN_CHARACTERS:
        if len(_ABROAD.findall(whole)) >= MIN_NAMED:
            return ""
        return (
            f"not English, and hardly a privacy policy: no word for it in any known language{_named(blocks)}"
        )
    prose, n_words = _prose(kept, up_to=SHORT)
    if n_words < SHORT:
        prose = [
            part for text in prose for part in re.split(r"(?<=[.!?])\s", text) if not _INSTEAD.search(part)
        ]
        n_words = sum(len(text.split()) for text in prose)
    if n_words < MIN_WORDS or (n_words < 150 and _WALL.search(whole)):
        return f"too little to be a privacy policy: {n_words} words of policy text{_named(blocks)}"
    n_subjects = _n_subjects(prose)
    if n_subjects < MIN_SUBJECTS and n_words >= SHORT:
        n_subjects = _n_subjects(_prose(kept)[0])
    if n_subjects < MIN_SUBJECTS:
        return f"speaks of too little to be a privacy policy: of {n_subjects} of its nine subjects{_named(blocks)}"
    enough = ceil(
        MIN_PER_THOUSAND * len(words) / 1000
    )  # a policy has named it that often after its first paragraphs
    per_thousand = 1000 * sum(1 for _ in islice(_CORE.finditer(whole), enough)) / len(words)
    if per_thousand < MIN_PER_THOUSAND:
        return f"speaks too seldom of personal data to be a privacy policy ({per_thousand:.0f} times in a thousand words)"
    return ""


def _prose(texts: list[str], *, up_to: float = inf) -> tuple[list[str], int]:
    """The texts that are prose, and how many words they have; no more of them than make up so many words."""
    prose, n_words = [], 0
    for text in texts:
        if is_prose(text):
            prose.append(text)
            n_words += len(text.split())
            if n_words >= up_to:
                break
    return prose, n_words


def _n_subjects(prose: list[str]) -> int:
    """Of how many subjects the texts speak; that they are enough is enough."""
    text = " ".join(prose)
    return sum(1 for _ in islice(filter(lambda subject: subject.search(text), _SUBJECTS), MIN_SUBJECTS))


def _named(blocks: list[Block]) -> str:
    any_kept = any(block.keep for block in blocks)
    texts = [block.text for block in blocks if block.keep or block.kind == "heading" or not any_kept]
    for page, sign in _PAGES.items():
        if re.search(sign, "\n".join(texts), re.IGNORECASE):
            return f"; reads like {page}"
    return ""
