"""How instructions say “hand over to …”, in the languages that are read: patterns, and where a name stands in them.

English is read most closely, for most instructions are written in it. Of other languages a sentence is looked at that
has one of their words for it, and in it what stands where the name of the one stands who is to get the task. A
language that is not among them is not understood; then nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

SENTENCE = re.compile(r"[.;!?\n。；！？]+")
SIGNS = ("", ".", ",", ";", ":", "!", "?")
"""What may follow a word without a space."""


class Language(NamedTuple):
    """How one language says it."""

    words: frozenset[str]
    """Forms of its verbs, or what they are told by."""
    to: re.Pattern[str]
    """What stands before the name."""
    never: re.Pattern[str]
    """What makes a ban of the sentence."""
    after: frozenset[str]
    """Words that may follow the name; before any other one it is not sure to be a name."""


def _language(words: str, to: str, never: str, after: str) -> Language:
    return Language(
        frozenset(words.split()),
        re.compile(rf"(?<![^\W_])(?:{to})[\s*`„“\"«»']*", re.IGNORECASE),
        re.compile(rf"(?<![^\W_])(?:{never})(?![^\W_])", re.IGNORECASE),
        frozenset(after.split()),
    )


SPACED = (
    _language(
        "weiter weiterleiten weitergeben weiterreichen weiterzuleiten weiterzugeben weitergeleitet übergib übergibst "
        "übergibt übergebe übergeben übergebt überträgst übertrage übertragen verweise verweist verweisen delegiere "
        "delegieren eskaliere eskalieren",
        r"(?:an|zu[mr]?)\s+(?:(?:den|die|das|unsere[nr]?)\s+)?",
        "nie|niemals|nichts?|kein\\w*",
        "weiter weiterleiten weitergeben weiterreichen weiterzuleiten weiterzugeben übergeben übertragen verweisen "
        "delegieren eskalieren und oder wenn falls sobald sofern damit der die das",
    ),
    _language(
        "transfère transfères transférer transférez transmets transmettre transmettez passe passer passez redirige "
        "rediriger redirigez renvoie renvoyer renvoyez confie confier confiez délègue déléguer déléguez oriente "
        "orienter orientez escalade escalader",
        r"(?:à|au|aux|vers)\s+(?:(?:la|le|les|notre)\s+)?(?:l['’])?",
        "jamais|ne|n['’]\\w+|pas",
        "si quand lorsque dès et ou pour en qui afin",
    ),
    _language(
        "transfiere transfiera transferir pasa pase pasar deriva derive derivar remite remita remitir redirige "
        "redirija redirigir escala escale escalar delega delegue delegar entrega entregue entregar",
        r"(?:a|al|hacia)\s+(?:(?:la|el|los|las|nuestr[oa])\s+)?",
        "nunca|jamás|no",
        "si cuando y o para en que con",
    ),
    _language(
        "transfira transfere transferir passe passa passar encaminhe encaminha encaminhar redirecione redireciona "
        "redirecionar escale escalar delegue delega delegar entregue entregar",
        r"(?:para|ao|à|aos|às|a)\s+(?:(?:o|a|os|as|nossa|nosso)\s+)?",
        "nunca|jamais|não",
        "se quando e ou para em que com",
    ),
    _language(
        "trasferisci trasferire trasferisca passa passare passi inoltra inoltrare inoltri rimanda rimandare indirizza "
        "indirizzare delega delegare affida affidare",
        r"(?:a|ad|al|alla|allo|ai|alle|verso)\s+(?:(?:il|la|lo)\s+)?|all['’]",
        "mai|non",
        "se quando e o per in che con",
    ),
    _language(
        "door doorgeven doorsturen doorverwijzen overdragen overdraag overgedragen verwijs verwijst verwijzen delegeer "
        "delegeren escaleer escaleren over",
        r"(?:aan|naar)\s+(?:(?:de|het|onze|ons)\s+)?",
        "nooit|niet|geen",
        "door over doorgeven doorsturen doorverwijzen overdragen als wanneer en of om die",
    ),
)
"""German, French, Spanish, Portuguese, Italian and Dutch."""
UNSPACED = (
    (
        r"(?:{name})\s*(?:さん|チーム)?[」』]?\s*(?:に|へ).{{0,12}}?"
        r"(?:引き継|引継|転送|渡し|渡す|回し|回す|委譲|任せ|エスカレ)",
        r"ない|禁止|な(?:いで|さらず)|ません",
    ),
    (
        r"(?:转交|移交|转给|交给|转接|升级|委派|轉交|轉給|交給|轉接)(?:给|到|至|給)?\s*[“「]?(?:{name})",
        r"不要|不得|请勿|別|别|禁止|切勿|不能",
    ),
    (
        r"(?:{name})\s*(?:팀|담당자)?\s*(?:에게|에|으로|로).{{0,12}}?(?:넘기|넘겨|이관|전달|인계|위임|연결)",
        r"마세요|말고|말 것|않|금지",
    ),
)
"""Japanese, Chinese and Korean: where a name stands among the words, and what makes a ban of the sentence."""
_FORMS = frozenset(word + sign for language in SPACED for word in language.words for sign in SIGNS)
_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def may_say_so(text: str) -> bool:
    """Whether a text may tell to hand over in one of these languages: a quick look."""
    return not _FORMS.isdisjoint(text.casefold().split()) or (not text.isascii() and _ASIAN.search(text) is not None)


def places(text: str) -> Iterator[tuple[str, frozenset[str]]]:
    """What stands where a name would stand in the sentences of spaced languages that tell to hand over, to the end of
    the sentence, and the words that may follow a name there."""
    for sentence in SENTENCE.split(text):
        words = frozenset(word.strip("".join(SIGNS)) for word in sentence.casefold().split())
        for language in SPACED:
            if words.isdisjoint(language.words) or language.never.search(sentence):
                continue
            for found in language.to.finditer(sentence):
                yield sentence[found.end() :], language.after


def told_without_spaces(text: str, name: str) -> bool:
    """Whether a Japanese, Chinese or Korean sentence of the text tells to hand over to somebody of this name."""
    if not _ASIAN.search(name):
        return False
    folded = re.escape(name.strip())
    return any(
        re.search(where.format(name=folded), sentence) and not re.search(never, sentence)
        for sentence in SENTENCE.split(text)
        if name.strip() in sentence
        for where, never in UNSPACED
    )
