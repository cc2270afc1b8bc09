"""Words that make a sentence stronger or weaker: all, only, may, not, causes, should; and what may stand for each."""

from __future__ import annotations

import re


def any_of(words: str) -> re.Pattern[str]:
    """A pattern for any of the words; `*` stands for any ending."""
    parts = (re.escape(w.strip()).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for w in words.split("|"))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(parts)})(?![\w])", re.IGNORECASE)


def raw(pattern: str) -> re.Pattern[str]:
    """A pattern as written, upper or lower case."""
    return re.compile(pattern, re.IGNORECASE)


STOP = frozenset([
    "a", "an", "the", "of", "in", "on", "at", "to", "for", "from", "by", "with", "as", "and", "or", "but",
    "nor", "so", "than", "that", "this", "these", "those", "it", "its", "they", "them", "their", "he", "she",
    "his", "her", "is", "are", "was", "were", "be", "been", "being", "has", "have", "had", "do", "does", "did",
    "will", "would", "can", "could", "may", "might", "must", "should", "shall", "not", "no", "if", "when",
    "while", "where", "which", "who", "whom", "whose", "what", "how", "there", "here", "then", "also", "too",
    "very", "such", "into", "over", "under", "about", "after", "before", "during", "between", "through", "per",
    "each", "more", "most", "less", "least", "up", "down", "out", "off", "only", "just", "both", "all", "any",
    "some", "one", "two", "people", "patients", "person", "patient",
])  # fmt: skip
_TIMED = r"(?! (?:\w+ )?(?:day|week|month|year|night|morning|evening|hour|minute|other)s?\b)"
_ALL = (
    rf"\b(?:all\b|every\b{_TIMED}|each\b{_TIMED}|everyone|everybody|everything|any\b|always|both|whole|throughout|"
    rf"entire\w*|total\w*|none|never|"
    r"without exception|wholly|either|altogether|invariably|regardless|whatever|whenever|universal\w*|constant\w*|"
    r"in full|complete\w*|nobody|no one)\b|100 ?%"
)
_FIRM = (
    "prove*|proof|proven|establish*|confirm*|demonstrat*|certain*|definit*|clear*|show*|guarantee*|undoubt*|"
    "conclusive*|known|fact|"
    "evident*|sure|reliabl*|consistent*|found|finding*"
)
_UNDENIED = r"(?<!not )(?<!n't )(?<!rather than )(?<!without )(?<!nor )(?<!than )"
STRENGTHS = (
    (
        raw(
            _UNDENIED + r"(?<!almost )(?<!nearly )(?<!not )"
            r"\b(?:(?<!at )(?<!above )(?<!in )(?<!are )(?<!of )(?<!were )(?<!can )(?<!may )(?<!have )all(?! of a)|"
            r"every|everyone|everybody|always|invariably|without exception|in every case|whoever|"
            r"whenever|any (?:kind|type|case|"
            r"patient|person|adult|child|company|form)s?)\b(?! (?:day|week|month|year|night|morning|\d|few|other|"
            r"hour|second|third|one (?:of|in)|two|three|four|five|six|seven|eight|nine|ten|hundred|thousand))"
        ),
        raw(_ALL),
        "that it is so in every case",
    ),
    (
        raw(
            _UNDENIED + r"\b(?:completely|entirely|fully|totally|wholly|in full|altogether|permanently|forever|"
            r"for good|for life|lifelong|irreversibly)\b"
        ),
        any_of(
            "complete*|entire*|full*|total*|whole*|altogether|permanent*|all|every|lasting|life*|forever|irrevers*|"
            "never|not at all|no|100%"
        ),
        "that it is complete or lasting",
    ),
    (
        any_of("never|under no circumstances|nobody|no one|none|at no time"),
        raw(
            r"\b(?:never|no|none|nobody|cannot|without|nothing|neither|nor|absent|lack\w*|fail\w*|zero|un\w+|"
            r"rul\w+ out|"
            r"not(?! (?:always|every|all|necessarily|fully|only|yet|often|usually|completely|entirely)))\b|n't\b"
        ),
        "“never” or “none”",
    ),
    (
        raw(
            r"\b(?:only(?! (?:about|around|for a|some|a (?:few|small|minority)|\d|slightly|half|one|two|three|four|"
            r"five|six|seven|eight|nine|ten|"
            r"once|when|after|if))|solely|exclusively|sole|nothing but)\b"
        ),
        any_of(
            "few*|minority|small*|low*|less|little|rare*|only|sole*|exclusiv*|alone|just|nothing|no other|merely|"
            "unless|except*|single|limited|restrict*|confin*|one|apart from|"
            "no|not|none|purely|uniquely|itself|by itself|on its own"
        ),
        "“only”",
    ),
    (
        any_of(
            "prove|proves|proved|proven|established|establishes|definitively|certainly|undoubtedly|guarantee*|"
            "conclusive*|beyond doubt|"
            "no doubt|ensure*|certain to be|clearly shows|clearly show|demonstrates|bound to|has been shown|"
            "have been shown|has shown"
        ),
        any_of(_FIRM),
        "that it is certain",
    ),
    (
        any_of("cure|cures|cured|eliminates|eradicates|eliminate"),
        any_of("cure*|eliminat*|eradicat*|clear*|resolv*|rid|disappear*|remove*|heal*|kill*|destroy*"),
        "that it is cured or gone",
    ),
    (
        raw(_UNDENIED + r"\b(?:immediately|at once|instantly|straight away|overnight)\b"),
        any_of(
            "immediate*|at once|instant*|straight away|overnight|within minutes|within hours|rapid*|fast*|quick*|"
            "soon|same|prompt*|sudden*|direct*"
        ),
        "that it is immediate",
    ),
    (
        raw(_UNDENIED + r"\b(?:essential|indispensable|necessary|vital|crucial|compulsory|obligatory|mandatory)\b"),
        any_of(
            "essential|indispensable|necess*|vital|crucial|compuls*|obligat*|mandat*|need*|must|requir*|have to|"
            "has to|importan*|key"
        ),
        "that it is necessary",
    ),
)
_MOST = (
    "most|mostly|majority|mainly|chiefly|largely|predominant*|usual*|typical*|general*|normally|as a rule|commonly|"
    "nearly all|almost all|"
    "almost|nearly|whole|all|every|more than half|over half|main|principal*|above all|bulk|primarily|tend*|often|"
    "common*|frequent*|leading|each|half|any"
)
_PERCENT_HIGH = (
    r"(?:[5-9]\d(?:\.\d+)?|100)(?:\s*(?:-|–|to|and)\s*\d+)?\s*(?:%|per\s?cent)|(?:two|three|four) (?:thirds|"
    r"quarters|fifths|in five|in four|out of)"
)
_SEVEN = (
    r"\b(?:three|four|six|seven|eight|nine)\b[ \w]* (?:in|out of|of) (?:every )?(?:four|five|ten)|\d+ of (?:the )?\d+"
)
QUANTITIES = (
    (
        raw(
            r"\b(?:most(?= (?:of|people|patients|cases|adults|children|\w+s\b))|mostly|(?:the |a )?majority|"
            r"nearly all|almost all|the bulk)\b"
        ),
        raw(rf"{any_of(_MOST).pattern}|{_PERCENT_HIGH}|{_SEVEN}"),
        "that it holds for most",
    ),
    (
        any_of("rare|rarely|seldom|hardly ever|uncommon|few|only a few|exceptional*"),
        raw(
            any_of(
                "rare*|few*|seldom|uncommon*|unusual*|little|less|minority|hardly|small*|low*|not|no|exception*|"
                "infrequent*|only|unlikely|some"
            ).pattern
            + r"|\b[0-9](?:\.\d+)?\s*(?:%|per\s?cent)|\bin \d"
        ),
        "that it is rare",
    ),
    (
        raw(
            r"\b(?:often|frequently|commonly|very common|(?:is|are) common|regularly|usually|typically|generally|"
            r"as a rule|normally|routinely)\b"
        ),
        raw(
            any_of(
                _MOST + "|regular*|many|routine*|prevalen*|repeated*|high|customar*|standard|conventional*|likely|"
                "largest|average|mean|on the whole|regarded|recommended|are|is"
            ).pattern
            + r"|\d"
        ),
        "that it is common",
    ),
    (
        raw(
            r"\b(?:many|numerous|widespread|countless|plenty of|a large (?:number|share|proportion))\b(?! (?:as|more|"
            r"times))"
        ),
        raw(
            any_of(
                _MOST
                + "|many|numerous|widespread|large*|lots|several|plenty|hundred*|thousand*|million*|wide*|sizeable|"
                "share|prevalen*|various"
            ).pattern
            + r"|\d"
        ),
        "that there are many",
    ),
)
HEDGE = any_of(
    "may|might|can|could|possibl*|perhaps|probabl*|likely|unlikely|suggest*|appear*|seem*|propos*|suspect*|think|"
    "thought|believ*|hypothes*|"
    "speculat*|theor*|assum*|some|sometimes|often|usual*|typical*|general*|tend*|potential*|associat*|link*|relat*|"
    "correlat*|presum*|expect*|"
    "estimat*|claim*|argue*|consider*|uncertain*|unclear|unknown|disput*|debat*|question*|not certain|about|risk|"
    "chance|risks|reported*|"
    "report|according|contribut*|candidate*|would|unproven|idea|view|held|regarded|opinion|apparently|indicat*|"
    "hint*|point*|remain*|whether|"
    "suspicion*|as a rule|sign*|if|maybe|open|doubt*|contested|not been|no one|not yet|controvers*|capable|able|"
    "liable|prone|threat*|danger*|weak*|low|supposed|"
    "cannot be ruled out|not known|nobody|never been|no support|find* no|finds no|unable|many|most|certain|in part|"
    "partly|prefer*|recommend*|advise*|should|reckon*|conjecture*|"
    "feel*|hope*|say*|warn*|mostly"
)
MODAL = raw(
    r"\b(?:may|might|can|could|perhaps|possib\w*|probab\w*|suggest\w*|seem\w*|appear\w*|likel\w+|thought|believed)\b"
)
UNCERTAIN = raw(
    r"\b(?:may(?! take)|might|could(?! (?:not|no|bear|tell|only)\b)|possibly|perhaps|probably|suggest(?:s|"
    r"ed)?(?! (?:start|giv|tak))|appear(?:s|"
    r"ed)? to|seem(?:s|ed)?|propos(?:e|es|ed)|"
    r"suspect(?:s|ed)?|(?:is|are|was|were) thought|believed|hypothesis|speculat\w*|"
    r"(?<!more )(?<!less )(?<!as )likely|unclear|uncertain|unknown|"
    r"disputed|debated|not known|candidate)\b"
)
NEGATION = raw(
    r"\b(?:not|no(?! longer| (?:more|less|fewer|later) than)|never|cannot|without|neither|nor|none|nothing|"
    r"nobody)\b|n['’]t\b"
)
NEGATIVE_LIKE = raw(
    r"\b(?:not|no|never|cannot|without|neither|nor|none|nothing|nobody|fail\w*|lack\w*|absen\w+|little|seldom|"
    r"rare\w*|hardly|barely|only|"
    r"un(?!der|til|it|i)\w+|in(?:effective|active|dependent|sufficient|complete|conclusive|adequate|significant|"
    r"soluble|visible|capable)\w*|"
    r"im(?:possible|mature|perfect)\w*|ir(?:respective|regular|reversible)\w*|dis(?:appear|proved|continu|agree|ab|"
    r"like)\w*|non\w*|free|"
    r"stop\w*|avoid\w*|prevent\w*|los[ets]\w*|fewer|less|rather|instead|despite|although|however|but|beyond|"
    r"against|except\w*|"
    r"exclud\w*|rul\w+ out|refut\w*|den(?:y|ies|ied)|deaf|same|equal\w*|alike|similar\w*|whether|too|yet|remain\w*|"
    r"hold\w*|"
    r"contraindicat\w*|prohibit\w*|ban\w*|forbid\w*|oppos\w*|abstain\w*|withh\w*|miss\w*|zero|nil|cease\w*|end\w*|"
    r"myth|wrong\w*|false\w*|"
    r"constant|stable|untouched|else\w*|apart|low\w*|weak\w*|small\w*|spare\w*|off|out|away|minim\w*|refus\w*|poor\w*|"
    r"doubt\w*|problem\w*|harmless|\w+less|keep|kept|needless|still|safe\w*|at all|excess\w*|different\w*|"
    r"differ\w*|resist\w*|worse\w*)\b"
    r"|n['’]t\b"
)


CAUSED = raw(
    r"\b(?:caus\w+|because|due to|owing to|leads? to|led to|leading to|results? in|resulted in|resulting in|"
    r"therefore|thus|hence|thereby|prevent(?:s|ed|ing)?|"
    r"trigger\w*|provok\w*|induc(?:e|es|ed|ing)|so that|responsible for|brings? (?:about|on)|brought (?:about|on)|"
    r"protects? (?:against|from)|as a result|"
    r"consequence\w*|consequently|explains?|explained by|accounts? for|accounted for|attributable|stems? from|"
    r"drives?)\b"
)
LINKED = raw(
    r"\b(?:link(?:s|ed)?|associat\w+|correlat\w+|related|relationship|goes? (?:along|hand in hand) with|went along|"
    r"accompan\w+|predict\w*|odds|likel\w+)\b"
)
POSSIBLE = raw(
    r"\b(?:can|may|might|could)\b(?: (?:also|even|sometimes|still|then|well|rarely|occasionally|"
    r"\w+ly))? (?P<verb>[a-z]+)\b(?: on| about| down| up)?"
)
CAUSES = raw(r"\bcaus(?:e|es|ed|ing)\b")
BROUGHT = raw(
    r"\b(?:caus\w*|because|due|owing|lead\w*|led|result\w*|prevent\w*|trigger\w*|provok\w*|induc\w*|bring\w*|"
    r"brought|produc\w*|mak\w*|made|rise to|"
    r"respons\w*|blam\w*|damag\w*|harm\w*|kill\w*|consequen\w*|effects?|explain\w*|reason\w*|why|side|reaction\w*|"
    r"turn\w*|giv\w*|set off|"
    r"adverse|unwanted|aris\w*|stem\w*|from|leav\w*|left|keep\w*|creat\w*|so|therefore|through)\b"
)
CAUSAL = raw(
    r"\b(?:caus\w+|because|due to|owing to|leads? to|led to|leading to|result\w*|therefore|thus|hence|thereby|"
    r"consequen\w*|so that|prevent\w*|trigger\w*|"
    r"provok\w*|induc\w*|produc\w*|bring\w* (?:about|on)|brought|giv\w+ rise|gave rise|stem\w* from|aris\w+ from|"
    r"aris\w+|explain\w*|account\w* for|responsible for|"
    r"mak\w+|made|through|by \w+ing|since|as a result|attribut\w*|owe\w*|via|effect\w*|affect\w*|influenc\w*|"
    r"contribut\w*|reduc\w*|increas\w*|rais\w*|lower\w*|"
    r"improv\w*|lift\w*|eas(?:e|es|ed|ing)\b|reliev\w*|enabl\w*|allow\w*|help\w*|let|lets|forc\w*|driv\w+|drove|"
    r"protect\w*|spar\w*|harm\w*|damag\w*|kill\w*|block\w*|"
    r"inhibit\w*|slow\w*|speed\w*|boost\w*|worsen\w*|aggravat\w*|precipitat\w*|unleash\w*|as (?:the|it|they|he|"
    r"she)\b|so\b|why|reason\w*|for\b|when\b|if\b|once\b|"
    r"with\b|contraindicat\w*|so long|blam\w*|drawback|depend\w*|keep\w*|kept|turn\w*|creat\w*|generat\w*|form\w*|"
    r"yield\w*|deliver\w*|achiev\w*|cure\w*|treat\w*|respon\w*|work\w*|act\w*|"
    r"after\b|follow\w*|under\b|on\b|from\b|limit\w*|stop\w*|remov\w*|carry|carries|stretch\w*|delay\w*|advanc\w*|"
    r"shift\w*|halv\w*|doubl\w*|cut\w*|add\w*)"
)
ADVISED = raw(
    r"\b(?:should|ought to|must|(?:is|are|be|strongly|generally|therefore|widely) (?:recommended|advised|advisable|"
    r"preferred)|needs? to|it is best|"
    r"is best(?! \w+ed\b)|are best(?! \w+ed\b)|had better|treatment of choice|first[- ]line|first[- ]choice|"
    r"are encouraged|is encouraged|"
    r"to be avoided|recommends?|advises?|"
    r"(?:patients|people|adults|you|everyone|clinicians|doctors|parents|services) (?:have|has) to)\b|^(?:take|"
    r"avoid|stop|start|use|do not|never|always)\b"
)
ADVICE = raw(
    r"\b(?:should|ought|must|need(?:s|ed)? to|has to|have to|had to|recommend\w*|advis\w*|advice|suggest\w*|"
    r"is to be|are to be|avoid|avoided|encourag\w*|discourag\w*|"
    r"urge\w*|prefer\w*|first[- ](?:line|choice)|best (?:taken|avoided|treated|done|to)|better to|worth|"
    r"consider(?:ed)?|warn\w*|caution\w*|contraindicat\w*|"
    r"required|requires?|guideline\w*|necessary|essential|instruct\w*|told to|asked to|do not|don't|not be \w+ed|"
    r"sensible|wise|begin with|start with|tried|provided|have to|call\w* for|insist\w*|"
    r"not within|but not|can be|comes? first|never|only if|suitable|appropriate|indicated|start(?:ed)? (?:at|with)|"
    r"limit(?:ed)?|maximum|minimum|monitor\w*|check\w*|may not|cannot|allowed|"
    r"obliged|safe|at least|no more than|not more than|at most)\b"
)
IMPERATIVE = raw(
    r"(?:^|[.;:!?] +|, (?:and|then|but) )(?:take|give|sit|use|start|begin|avoid|stop|reduce|increase|check|ask|do|"
    r"don't|keep|measure|turn|make|put|wash|add|"
    r"apply|call|seek|tell|store|discard|repeat|try|choose|let|go|see|monitor|offer|consider|continue|test|allow|"
    r"wait|swallow|drink|eat|rinse|hold|place|write|"
    r"set|leave|remove|warn|refer|switch|never|always|only|if \w+[^.;]*, \w+)\b"
)
