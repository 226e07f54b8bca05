"""Parts of a name that some write together and others apart: “O'Brien” and “O Brien”, “McDonald” and “Mc Donald”, “J K” and “JK”.

For `steppingup.formats.sameness`, which folds the words first: an apostrophe and a full stop are gone by then."""

#: What stands before an apostrophe, by surnames that are written so; many people type a space there, or nothing.
ELIDED = {
    "o": frozenset([
        "brien", "connor", "connell", "neill", "neil", "sullivan", "reilly", "donnell", "donoghue", "donovan",
        "hara", "leary", "keefe", "keeffe", "dwyer", "rourke", "shea", "grady", "malley", "callaghan", "mahony",
        "mahoney", "toole", "farrell", "driscoll", "hagan", "hanlon", "kane", "kelly", "flaherty", "byrne", "dowd",
        "loughlin", "riordan", "regan", "rorke", "gorman", "halloran", "meara", "nolan", "boyle", "doherty", "hare",
        "dea", "carroll",
    ]),
    "d": frozenset([
        "arcy", "souza", "sousa", "costa", "cruz", "silva", "sa", "angelo", "amico", "mello", "almeida", "ambrosio",
        "andrea", "agostino", "oliveira",
    ]),
}  # fmt: skip
#: Parts of a surname that are written together with it or apart; what is a first name as well, only behind one.
TOGETHER = {"mc": 0, "mac": 1, "fitz": 1}


def as_one(words: list[str]) -> list[str]:
    """The words of a folded name, with what belongs to one of them written together."""
    return _with_particles(_initials_together(_with_elided(words)))


def _with_elided(words: list[str]) -> list[str]:
    """“Zoe O Brien” as “Zoe O'Brien”. An O between a first name and a word is no initial; behind other initials, where only some
    surnames tell, it mostly is (“M O Lee”); a D is one but before surnames that have it."""
    found: list[str] = []
    for word in words:
        before = found[-1] if len(found) > 1 else ""
        known = ELIDED.get(before, frozenset())
        if word in known or (before == "o" and len(word) > 1 and len(found[-2]) > 1):
            found[-1] += word
        else:
            found.append(word)
    return found


def _initials_together(words: list[str]) -> list[str]:
    """“J K Lee” as “JK Lee”: single letters that follow one another, before a longer word."""
    found: list[str] = []
    run = ""
    for word in words:
        if len(word) == 1 and word.isalpha():
            run += word
            continue
        found += [run, word] if run else [word]
        run = ""
    return found + list(run)  # at the end they are no initials: nobody's surname is put together


def _with_particles(words: list[str]) -> list[str]:
    """“Mc Donald” as “McDonald”."""
    found: list[str] = []
    for word in words:
        least = TOGETHER.get(found[-1], len(words)) if found else len(words)
        if len(found) > least and len(word) > 1:
            found[-1] += word
        else:
            found.append(word)
    return found
