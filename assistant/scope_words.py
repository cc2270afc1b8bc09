"""Words that say for whom, when, how much and by whom: groups of people, times, comparisons, sources of a statement."""

from __future__ import annotations

import re

from assistant.strong_words import any_of, raw


def _group(name: str, words: str, more: str = "") -> tuple[str, re.Pattern[str], re.Pattern[str]]:
    return name, any_of(words), any_of(f"{words}|{more}" if more else words)


POPULATIONS = (
    _group(
        "children",
        "child|children|childhood|toddler*|paediatric|pediatric|boys|girls|infant*|infancy|newborn*|babies|baby",
        "adolescen*|teenager*|young*|kid*|pupil*|school*|parent*|mother*|birth|born|offspring|son|daughter|"
        "juvenile*|preschool*|family|son*|year-old*|aged|minors|foetus|fetal|womb|pregnan*|son",
    ),
    _group(
        "adolescents",
        "adolescen*|teenager*|teenage|teens|youth|young people",
        "young*|child*|puberty|school*|pupil*|student*|juvenile*|girls|boys|minors|aged",
    ),
    _group(
        "adults",
        "adults|adult|grown-ups|adulthood",
        "men|women|people|person*|patients|elderly|older|aged|worker*|employee*|student*|grown*|outpatient*|"
        "client*|participant*|volunteer*|soldiers|human*|humans|smoker*|drinker*|veteran*|carrier*|respondent*|"
        "survivor*|users",
    ),
    _group(
        "older people",
        "older people|older adults|older patients|elderly|older men|older women|old age|pensioners|seniors",
        "older|elderly|aged|old|over 60|over 65|above 60|above 65|later life|ageing|pension*|retire*",
    ),
    _group(
        "younger people",
        "younger people|younger adults|younger patients|young adults",
        "young*|adolescen*|child*|student*|teen*|earl*|junior|in adults|older*|over *",
    ),
    _group(
        "women",
        "women|woman|female|females|girls|mothers",
        "gender*|sex|pregnan*|birth|postpartum|menopaus*|menstrua*|wife|girl*|nun*|she|her|oestrogen|postnatal*|"
        "ovar*|breastfeeding|uterus|mother*|queen*",
    ),
    _group(
        "men",
        "men|man|male|males|boys|fathers",
        "gender*|sex|husband*|boy*|testost*|prostat*|he|his|soldiers|father*|drone*",
    ),
    _group(
        "pregnancy",
        "pregnant|pregnancy|breastfeeding|postpartum|postnatal",
        "pregnan*|birth|breast*|lactat*|womb|antenatal|perinatal|mother*|postnatal|postpartum|trimester|deliver*",
    ),
    _group(
        "animals",
        "mice|mouse|rats|rat|animals|animal|monkeys|dogs|cats|rodents",
        "mice|mouse|rodent*|rat|rats|animal*|monkey*|primate*|dog*|cat*|species|bee*|whale*|fish*|bird*|cow*|sheep",
    ),
    _group(
        "human beings",
        "humans|human",
        "people|person*|patient*|adult*|men|women|human*|man|volunteer*|participant*|child*",
    ),
    _group(
        "healthy people",
        "healthy|general population|the public|the population at large",
        "health*|population|normal*|control*|volunteer*|well|everyone|communit*|people",
    ),
    _group(
        "in-patients",
        "inpatient*|in-patient*|hospitalised|hospitalized|hospital patients|intensive care|intensive-care",
        "hospital*|ward*|admi*|intensive*|inpatient*|in-patient*|clinic*|surg*",
    ),
    _group(
        "out-patients",
        "outpatient*|out-patient*",
        "clinic*|communit*|outpatient*|ambulat*|out-patient*",
    ),
    _group(
        "athletes",
        "athletes|athlete",
        "sport*|athlet*|runner*|player*|cyclist*",
    ),
)
TIME_NOUNS = {
    "second": any_of("seconds"),
    "minute": any_of("minute|minutes|minutely"),
    "hour": any_of("hour|hours|hourly|*hour|half-hour*"),
    "day": any_of("day|days|daily|everyday|*-day|overnight|night*|*-days|today|midday|tomorrow|birthday"),
    "week": any_of("week|weeks|weekly|*-week|fortnight*|*-weekly|week-long"),
    "month": any_of("month|months|monthly|*-month|*-monthly"),
    "year": any_of("year|years|yearly|annual*|*-year|*-year-old*|per annum"),
    "decade": any_of("decade|decades"),
    "centurie": any_of("century|centuries"),
}
RATES = {
    base: raw(rf"\b(?:{adverbs})\b|(?:\b(?:per|each|every|(?P<one>an?))|/) ?(?:single |additional |further )?{base}\b")
    for base, adverbs in (
        ("day", "daily|nightly|(?:per|each|every) night|in 24 hours"),
        ("week", "weekly"),
        ("month", "monthly"),
        ("year", "yearly|annual|annually|per annum"),
    )
}
DAY_PARTS = (
    _group(
        "morning",
        "morning|mornings|breakfast|dawn|on waking|waking",
        "morning*|wak*|woke|breakfast|dawn|a.m.|a.m|sunrise|awak*|get up|rising|earl*|overnight|start|next day",
    ),
    _group(
        "evening or night",
        "evening|evenings|bedtime|at night|night-time|night|nights|nightly|before bed",
        "evening*|bed*|night*|sleep*|overnight|p.m.|dark|sunset|dusk|nocturnal*|lights out",
    ),
    _group(
        "afternoon",
        "afternoon|noon|midday|lunch",
        "afternoon|noon|midday|lunch*|p.m.|day",
    ),
    _group(
        "winter",
        "winter|winters|autumn|midwinter",
        "winter*|autumn|season*|cold*|midwinter",
    ),
    _group(
        "summer",
        "summer|spring|springtime",
        "summer*|spring*|season*|warm*|hot*",
    ),
    _group(
        "weekend",
        "weekend|weekends|monday*|tuesday*|wednesday*|thursday*|friday*|saturday*|sunday*",
        "week*|monday*|friday*|saturday*|sunday*",
    ),
    _group(
        "present",
        "nowadays|currently|these days",
        "already|now*|today|current*|present*|at present|these days|is|are|still|so far|has|have|recent*",
    ),
)
BEFORE_AFTER = raw(
    r"\b(?P<side>before|after|until|prior to|following) (?:the |a |an |each |every |his |her |their |your |any |"
    r"first |last )*(?P<word>[a-z]+)"
)
COMPARED = raw(
    r"\b(?:get\w* well|respond\w*|recover\w*|peak\w*|down|than|better|worse|superior|inferior|outperform\w*|"
    r"surpass\w*|exceed\w*|best|worst|higher|lower|greater|fewer|larger|smaller|faster|slower|"
    r"longer|shorter|earlier|later|stronger|weaker|older|younger|safer|easier|harder|cheaper|more|less|most|least|"
    r"highest|lowest|largest|biggest|"
    r"smallest|strongest|weakest|fastest|commonest|oldest|youngest|earliest|safest|leading|chief(?:ly)?|"
    r"main(?:ly)?|primary|primarily|principal\w*|number one|top|"
    r"first[- ](?:line|choice)|preferred|prefer\w*|compar\w*|versus|against|relative to|as \w+ as|equal\w*|"
    r"equivalent\w*|same|similar\w*|alike|different\w*|"
    r"differ\w*|match\w*|twice|double\w*|half|\w+fold|outstrip\w*|rather|whereas|while|unlike|surplus|beyond|"
    r"dominat\w*|predominant\w*|mostly|above all|over|"
    r"increas\w*|decreas\w*|reduc\w*|rais\w*|ris\w*|rose|drop\w*|fall\w*|fell|gain\w*|improv\w*|declin\w*|lower\w*|"
    r"extra|exceptional\w*|"
    r"low|high|large\w*|small\w*|additional\w*|further|rank\w*|classic\w*|typical\w*|central\w*|key|even|but|only|"
    r"common\w*|usual\w*|instead|advantage\w*|"
    r"\w{3,}est|\w{4,}er)\b"
)
RANKED = raw(
    r"\b(?:than|superior|inferior|outperform\w*|surpass\w*|best|worst|highest|lowest|largest|biggest|strongest|"
    r"weakest|safest|fastest|commonest|leading|"
    r"main|principal|number one|first[- ](?:line|choice)|(?:most|least) [a-z]+|more [a-z]+|as (?:effective|good|"
    r"safe|common|well|strong)\w* as|"
    r"equally|better|worse|higher|lower|greater|fewer|larger|smaller|stronger|weaker|safer)\b"
)
EQUAL = raw(
    r"\b(?:(?<!times )(?<!twice )(?<!half )as \w+ (?:\w+ )*?as|equally|equal to|same|no (?:more|less|better|worse|"
    r"different)|no (?:\w+ )?difference|similar\w*|comparable|alike|equivalent|"
    r"not (?:more|less|superior|inferior)|non-inferior|to the same degree|did not differ)\b"
)
UNEQUAL = raw(
    r"\b(?:(?<!no )(?<!not )(?:more|less|fewer|better|worse|higher|lower|greater|smaller|larger|"
    r"\w{3,}er)(?: \w+){0,6}? than|superior to|inferior to|outnumber\w*|less well|"
    r"outperform\w*|exceeds?|exceeded)\b"
)
_EFFECT = (
    r"(?: \w+){0,1} (?:effects?|benefits?|gains?|improvements?|differences?|increases?|decreases?|reductions?|"
    r"risks?|falls?|rises?|associations?|links?|correlations?|loss|changes?|advantage|impact)\b"
)
_WAS = (
    r"\b(?:effects?|benefits?|gains?|improvements?|differences?|advantage|impact)\b[^.;,]{0,40}\b(?:was|were|is|"
    r"are|remained) "
)
MAGNITUDES = {
    name: raw(
        rf"\b(?:{words})(?: to \w+| or \w+| and \w+)?{_EFFECT}|{_WAS}(?:\w+ to )?(?:{words})\b|"
        rf"\bto (?:{words}){_EFFECT}"
    )
    for name, words in {
        "small": r"small|modest|slight|little|minor|minimal|limited|tiny|smaller|weak|slightly|modestly",
        "moderate": r"moderate|medium|middling|medium-sized|moderately",
        "large": r"large|strong|substantial|marked|considerable|great|big|huge|dramatic|major|larger|greatly|"
        r"markedly|pronounced|powerful|profound",
    }.items()
}
DIRECTIONS = {
    "a rise": any_of(
        "increase|increases|increased|increasing|rise|rises|rose|rising|raise|raises|raised|raising|elevat*|climb*"
    ),
    "a fall": any_of(
        "decrease|decreases|decreased|decreasing|fall|falls|fell|falling|reduce|reduces|reduced|reducing|reduction|"
        "lowers|"
        "lowered|lowering|decline*|drop|drops|dropped|diminish*"
    ),
}
ATTRIBUTIONS = (
    (
        any_of("authors|author"),
        any_of(
            "author*|research*|team|we|investigator*|writer*|stud*|wrote|analys*|trial*|review*|scientist*|our|group"
        ),
    ),
    (
        any_of("meta-analysis|meta-analyses|systematic review|pooled analysis|cochrane review"),
        any_of("meta-analy*|pool*|review*|combined|cochrane|network|individual patient data"),
    ),
    (
        any_of(
            "randomised trial|randomised trials|controlled trial|controlled trials|clinical trial|clinical trials|"
            "a trial|trials"
        ),
        any_of(
            "trial*|random*|placebo*|experiment*|participants|controlled|study|studies|pilot|arm|test*|meta-analysis"
        ),
    ),
    (
        any_of("survey|surveys|questionnaire"),
        any_of("survey*|question*|poll*|ask*|respond*|interview*|report*|sample*"),
    ),
    (
        any_of("guideline|guidelines"),
        any_of("guid*|recommend*|advis*|advice|committee|panel|consensus|we|college|institute"),
    ),
    (
        any_of(
            "studies show|research shows|studies have shown|research has shown|science has shown|scientists|"
            "researchers|experts|specialists|doctors|clinicians"
        ),
        any_of(
            "stud*|research*|trial*|scientist*|expert*|analys*|cohort*|review*|data|evidence|author*|investigat*|"
            "specialist*|*ologist*|doctor*|clinician*|psychiatr*|physician*|"
            "biologist*|historian*|engineer*|experiment*|we|observation*|imaging|team|found|laborator*|astronomer*|"
            "archae*|therapist*|surveyor*|gps"
        ),
    ),
    (
        any_of("manufacturer*|the company|regulator*|the authorities|the ministry|the government|trade union*"),
        any_of(
            "manufactur*|compan*|regulat*|authorit*|ministr*|government*|agenc*|maker*|producer*|firm*|"
            "food authority|licens*|operator*|union*"
        ),
    ),
)
ENGLISH = any_of(
    "the|of|and|is|are|was|in|to|a|an|it|may|can|for|with|not|that|by|on|or|has|have|be|as|from|at|"
    "some|most|people|helps|help"
)
FOREIGN = any_of(
    "der|die|das|und|ist|nicht|mit|eine|einen|kann|für|auf|den|dem|von|le|la|les|des|du|une|est|sont|pas|plus|chez|"
    "dans|pour|aide|"
    "el|los|las|una|es|son|con|por|para|puede|il|lo|gli|che|sono|non|della|di|het|een|niet|van|voor|zijn|och|att|"
    "som|är|nie|jest|się|"
    "może|na|że|bir|ve|için|pode|não|uma|dos|mais|com"
)
