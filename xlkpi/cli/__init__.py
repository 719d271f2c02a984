"""The command line: a command reads its arguments, calls other rooms, prints, and exits (0, 1 problems, 2 misuse).

Door: `main`, the entry point. May use every room but udfs. The module of a command is imported when it is called, by
the table below, and adds the command to `main`. It imports at its top only what its arguments need, and inside the
command what does the work: so a command waits for its own libraries only.
"""

from xlkpi.cli.app import main

__all__ = ["main"]

main.modules |= {
    name: f"{__name__}.{module}"
    for module, names in {
        "addin": "addin",
        "company.adopt": "adopt",
        "company.init": "init",
        "company.roles": "roles",
        "forms.demo": "demo",
        "forms.new": "new",
        "forms.recalc": "recalc",
        "forms.refresh": "refresh",
        "forms.renew": "renew",
        "forms.roster": "roster-template",
        "forms.score": "score",
        "numbers.fill": "fill",
        "numbers.request": "request",
        "people.agree": "agree",
        "people.appeal": "appeal",
        "people.finalise": "finalise reopen",
        "people.raters": "raters",
        "quarter.check": "check",
        "quarter.collect": "collect",
        "quarter.guide": "guide",
        "quarter.next": "next",
        "quarter.send": "send",
        "quarter.trend": "trend",
        "results.calibrate": "calibrate",
        "results.payroll": "payroll",
        "results.year": "year",
        "rules.explain": "explain",
        "rules.lint": "lint",
    }.items()
    for name in names.split()
}
