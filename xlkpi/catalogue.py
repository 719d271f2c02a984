"""The catalogue: role files (TOML) → `Role`, `Measure`, `Indicator`; every fault named by file, key and value.

A role file is read whole before it is refused, so that one look at the message mends all of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import groupby, pairwise
from pathlib import Path

from xlkpi.expression import Expression, Operand
from xlkpi.grades import Grade, grade_scale, write_grade_scale
from xlkpi.rules.language import LANGUAGES
from xlkpi.rules.parse import parse
from xlkpi.rules.rule import Levels, Rule, RuleError
from xlkpi.tables import CatalogueError, Fault, Table, read_toml

TEMPLATES = "workbook_templates"
BLOCKS = ("events", "review", "confirmation")
"""The parts of a form that a company may leave out."""


class UnknownRoleError(CatalogueError):
    """An id that no role of the catalogue has."""


@dataclass(frozen=True)
class Duty:
    """One duty (岗位职责); `share` is its share of working time in per cent, where the source gives one."""

    heading: str
    text: str
    share: float | None = None


@dataclass(frozen=True)
class Measure:
    """One row of data entry (数据录入).

    entry: "month" (three cells, joined by `aggregate`: "sum", "mean" or "last") or "quarter" (one cell).
    unit: printed; it also decides the number format. low, high: what is plausible, rates as fractions.
    previous: a value of the period before; `newcomer` is what an empty one counts as for a person who was not there
    (None: the indicators that read it do not apply). optional: an empty one is never missing.
    """

    id: str
    label: str
    definition: str
    unit: str
    owner: str
    entry: str = "month"
    aggregate: str = "sum"
    low: float | None = None
    high: float | None = None
    previous: bool = False
    newcomer: float | None = None
    optional: bool = False

    @property
    def monthly(self) -> bool:
        return self.entry == "month"


@dataclass(frozen=True)
class Choice:
    """A usual target, offered in the target cell's list."""

    label: str
    value: float


@dataclass(frozen=True)
class Part:
    """One measure of an indicator's rule, one row of the scoring block: how its actual and target come about."""

    label: str
    definition: str
    unit: str
    actual: Expression
    target: float | None = None
    target_formula: Expression | None = None
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Indicator:
    """One indicator (指标): parts[0] is the indicator itself, further parts are what its rule names besides.

    weight is relative inside `group`. applies: a condition; where it is known and not met, `unmet` says whether the
    weight goes to the rest of the group ("redistribute") or the indicator scores 0 ("zero").
    """

    id: str
    group: str
    weight: Fraction
    rule_text: str
    parts: tuple[Part, ...]
    note: str = ""
    applies: Expression | None = None
    unmet: str = "redistribute"

    @property
    def label(self) -> str:
        return self.parts[0].label

    @property
    def unit(self) -> str:
        return self.parts[0].unit

    @cached_property
    def rule(self) -> Rule:
        return parse(self.rule_text, self.unit)

    @property
    def dimension(self) -> str:
        """The top-level group (维度)."""
        return self.group.split("/")[0]

    @property
    def levels(self) -> tuple[str, ...]:
        """The words of a rated indicator, best first; none where numbers score."""
        return tuple(name for name, _ in self.rule.base.levels) if isinstance(self.rule.base, Levels) else ()

    @property
    def expressions(self) -> Iterator[tuple[str, Expression]]:
        """All its arithmetic, each under the key that the role file has it at."""
        if self.applies is not None:
            yield "applies", self.applies
        for key, part in zip(self.part_keys, self.parts, strict=True):
            yield f"{key}actual", part.actual
            if part.target_formula is not None:
                yield f"{key}target_formula", part.target_formula

    @property
    def part_keys(self) -> tuple[str, ...]:
        """What stands before a part's keys in the role file: nothing, further[1]., further[2]. …"""
        return ("", *(f"further[{number}]." for number in range(1, len(self.parts))))

    @property
    def operands(self) -> Iterator[Operand]:
        """What its actuals are computed from, without the condition."""
        for part in self.parts:
            yield from part.actual.operands


@dataclass(frozen=True)
class Alert:
    """A warning beside the score: it shows where any of the conditions is known and met; it never scores.

    A red line also keeps the grade at or under the company's ceiling.
    """

    id: str
    text: str
    when: tuple[Expression, ...]
    red_line: bool = False


@dataclass(frozen=True)
class Role:
    """One role (岗位) with all that its form holds."""

    id: str
    title: str
    source: str
    effective_from: str
    duties: tuple[Duty, ...]
    group_weights: dict[str, Fraction]
    measures: tuple[Measure, ...]
    indicators: tuple[Indicator, ...]
    alerts: tuple[Alert, ...] = ()
    guidance: tuple[str, ...] = ()

    @cached_property
    def measure(self) -> dict[str, Measure]:
        return {measure.id: measure for measure in self.measures}

    @cached_property
    def labels(self) -> dict[str, str]:
        """Labels of the measures by id."""
        return {measure.id: measure.label for measure in self.measures}

    @cached_property
    def weights(self) -> dict[str, Fraction]:
        """The exact share of every indicator in the total when everything applies; they sum to 1.

        Indicators and sub-groups are parts of their group, each weighing its weight among its siblings.
        """
        siblings: dict[str, Fraction] = {}
        for path, weight in [*self.group_weights.items(), *((f"{i.group}/", i.weight) for i in self.indicators)]:
            parent = path.rpartition("/")[0]
            siblings[parent] = siblings.get(parent, Fraction(0)) + weight

        def share(path: str) -> Fraction:
            parent = path.rpartition("/")[0]
            return self.group_weights[path] / siblings[parent] * (share(parent) if parent else 1)

        return {i.id: share(i.group) * i.weight / siblings[i.group] for i in self.indicators}

    @cached_property
    def levels(self) -> dict[str, tuple[str, ...]]:
        """The words that may be typed for a measure that is rated; other measures are numbers."""
        return {i.parts[0].actual.operands[0].measure: i.levels for i in self.indicators if i.levels}

    def newcomer_conditions(self, indicator: Indicator) -> tuple[str, ...]:
        """Measures of the period before whose absence takes the indicator off a newcomer's form."""
        ids = dict.fromkeys(operand.measure for operand in indicator.operands)
        return tuple(id for id in ids if self.measure[id].previous and self.measure[id].newcomer is None)


@dataclass(frozen=True)
class Company:
    """What is one company's own: its name, its grades, and which parts its forms have.

    events_limit: the sum of events counts at most so many points either way. red_line_grade: the best grade where a
    red line is crossed, None for no ceiling. share_minimum: teams of fewer people are not compared with the shares of the
    grades. versions: what its forms in a language have instead of a translation.
    """

    name: str
    grades: tuple[Grade, ...]
    blocks: tuple[str, ...] = BLOCKS
    events_limit: Decimal = Decimal(5)
    red_line_grade: str | None = None
    share_minimum: int = 10
    versions: Mapping[str, Company] = field(default_factory=dict)

    @property
    def red_line_total(self) -> Decimal | None:
        """The highest total that a crossed red line leaves for the grade: a cent under the next better one."""
        better = next((a for a, b in pairwise(self.grades) if b.name == self.red_line_grade), None)
        return None if better is None or better.at_least is None else better.at_least - Decimal("0.01")

    @property
    def grade_scale(self) -> str:
        return write_grade_scale(self.grades)


# --- loading --------------------------------------------------------------------------------------------------------


@cache
def load_company() -> Company:
    """The company file of the templates. Raises `CatalogueError`."""
    return read_company(files(TEMPLATES) / "company.toml")


def read_company(path: Traversable | Path) -> Company:
    """A company file. Raises `CatalogueError`."""
    table = Table(read_toml(path), path.name, "", [])
    company = Company(
        table.get("name", str),
        _grades(table),
        tuple(table.strings("blocks")) if "blocks" in table.data else BLOCKS,
        _decimal(table.optional("events_limit", float, 5.0)) or Decimal(0),
        table.optional("red_line_grade", str),
        int(table.optional("share_minimum", float, 10.0) or 0),
    )
    if company.share_minimum < 0:
        table.fault("share_minimum", "须不小于0")
    if company.events_limit < 0:
        table.fault("events_limit", "须不小于0")
    if set(company.blocks) - set(BLOCKS):
        table.fault("blocks", f"只能从这些里选：{'、'.join(BLOCKS)}")
    _check_grades(table, company)
    versions = {}
    for language in LANGUAGES:
        if own := table.table(language):
            name = own.optional("name", str) or company.name
            version = replace(
                company, name=name, grades=_grades(own), red_line_grade=own.optional("red_line_grade", str)
            )
            _check_grades(own, version)
            versions[language] = version
    table.name_unknown_keys()
    if table.faults:
        raise CatalogueError(table.faults)
    return replace(company, versions=versions)


def _grades(table: Table) -> tuple[Grade, ...]:
    entries = table.tables("grades")
    grades = tuple(
        Grade(
            entry.get("name", str), _decimal(entry.optional("at_least", float)), entry.optional("share", float)
        )
        for entry in entries
    )
    shares = [grade.share for grade in grades if grade.share is not None]
    if shares and (len(shares) < len(grades) or min(shares) < 0 or abs(sum(shares) - 1) > 1e-9):
        table.fault("grades", "share 是各等级的参考占比：每级都写，不小于0，合计为1；不比较就都不写")
    return grades


def _check_grades(table: Table, company: Company) -> None:
    if company.red_line_grade is not None and company.red_line_grade not in [grade.name for grade in company.grades]:
        table.fault("red_line_grade", "须为 grades 里的一个等级")
    try:
        faithful = grade_scale(company.grade_scale) == company.grades
    except RuleError as error:
        table.fault("grades", error.message)
    else:
        if not faithful:
            table.fault("grades", "等级名称里不能有“；”和“≥”")


def load_roles() -> dict[str, Role]:
    """All roles of the catalogue by id, in the order of their files. Raises `CatalogueError`."""
    return {id: load_role(id) for id in role_files()}


def load_role(source: str | Path) -> Role:
    """One role, by its id in the catalogue or by the path of a role file.

    Raises `CatalogueError`, `UnknownRoleError` where the catalogue does not have the id.
    """
    return _load(source) if isinstance(source, Path) else _load_known(source)


def role_files() -> dict[str, Traversable]:
    """The role files of the catalogue by id, in the order of their names."""
    paths = sorted((files(TEMPLATES) / "roles").iterdir(), key=lambda path: path.name)
    return {path.name.removesuffix(".toml"): path for path in paths if path.name.endswith(".toml")}


@cache
def _load_known(source: str) -> Role:
    known = role_files()
    if source not in known:
        raise UnknownRoleError([Fault("", "", f"没有岗位“{source}”；已有的岗位：{'、'.join(known)}")])
    return _load(known[source])


def _load(path: Traversable | Path) -> Role:
    faults: list[Fault] = []
    table = Table(read_toml(path), path.name, "", faults)
    role = _role(table, path.name.removesuffix(".toml"))
    table.name_unknown_keys()
    faults += _inconsistencies(role, path.name)
    if not faults:  # what is written wrongly may be what uses a measure
        faults += _unused(role, path.name)
    if faults:
        raise CatalogueError(faults)
    return role


def _decimal(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(repr(number))


def _role(table: Table, expected_id: str) -> Role:
    role_id = table.get("id", str)
    if role_id and role_id != expected_id:
        table.fault("id", f"须与文件名相同：{expected_id}")
    groups = [(entry.get("path", str), _weight(entry)) for entry in table.tables("groups")]
    role = Role(
        id=role_id,
        title=table.get("title", str),
        source=table.get("source", str),
        effective_from=table.get("effective_from", str),
        duties=tuple(
            Duty(entry.get("heading", str), entry.get("text", str), entry.optional("share", float))
            for entry in table.tables("duties")
        ),
        group_weights=dict(groups),
        measures=tuple(map(_measure, table.tables("measures"))),
        indicators=tuple(map(_indicator, table.tables("indicators"))),
        alerts=tuple(map(_alert, table.tables("alerts"))),
        guidance=table.strings("guidance"),
    )
    for kind, ids in (
        ("groups", [path for path, _ in groups]),
        ("measures", [measure.id for measure in role.measures]),
        ("indicators", [indicator.id for indicator in role.indicators]),
        ("alerts", [alert.id for alert in role.alerts]),
    ):
        doubled = (id for id, times in Counter(ids).items() if id and times > 1)
        table.faults += (Fault(table.file, f"{kind}[{id}]", "写了两次，请改名或删去一个") for id in doubled)
        if not ids and kind != "alerts":
            table.fault(kind, f"至少要有一项，写成 [[{kind}]]")
    return role


def _weight(table: Table) -> Fraction:
    weight = table.get("weight", float)
    if weight > 0:
        return Fraction(repr(weight))
    if type(table.data.get("weight")) in (int, float):
        table.fault("weight", "须大于0")
    return Fraction(1)


def _measure(table: Table) -> Measure:
    entry = table.choice("entry", ("month", "quarter"))
    measure = Measure(
        id=table.identifier("id"),
        label=table.get("label", str),
        definition=table.get("definition", str),
        unit=table.get("unit", str),
        owner=table.get("owner", str),
        entry=entry,
        aggregate=table.choice("aggregate", ("sum", "mean", "last")),
        low=table.optional("low", float),
        high=table.optional("high", float),
        previous=bool(table.optional("previous", bool, False)),
        newcomer=table.optional("newcomer", float),
        optional=bool(table.optional("optional", bool, False)),
    )
    if measure.low is not None and measure.high is not None and measure.low >= measure.high:
        table.fault("low", "须小于 high")
    if measure.newcomer is not None and (measure.newcomer != 0 or not measure.previous):
        table.fault("newcomer", "只能是0，且只用于上期的数据项（previous = true）")
    if measure.previous and measure.monthly:
        table.fault("previous", '上期的数据项按季填写：entry = "quarter"')
    return measure


def _part(table: Table) -> Part:
    actual_text = table.get("actual", str)
    actual = table.parsed("actual", actual_text) if actual_text else None
    target_formula = table.expression("target_formula")
    target = table.optional("target", float)
    if target is not None and target_formula is not None:
        table.fault("target", "target 与 target_formula 只能写一个")
    return Part(
        label=table.get("label", str),
        definition=table.get("definition", str),
        unit=table.get("unit", str),
        actual=actual or Expression("0"),
        target=target,
        target_formula=target_formula,
        choices=tuple(Choice(entry.get("label", str), entry.get("value", float)) for entry in table.tables("choices")),
    )


def _indicator(table: Table) -> Indicator:
    indicator = Indicator(
        id=table.identifier("id"),
        group=table.get("group", str),
        weight=_weight(table),
        rule_text=table.get("rule", str),
        parts=(_part(table), *map(_part, table.tables("further"))),
        note=table.optional("note", str) or "",
        applies=table.expression("applies", condition=True),
        unmet=table.choice("unmet", ("redistribute", "zero")),
    )
    if indicator.rule_text:
        _check_rule(table, indicator)
    return indicator


def _check_rule(table: Table, indicator: Indicator) -> None:
    try:
        rule = indicator.rule
    except RuleError as error:
        table.fault("rule", error.message, f"可以写：{error.suggestions[0]}" if error.suggestions else "")
        return
    if rule.measures != len(indicator.parts):
        table.fault(
            "rule", f"评分标准说到{rule.measures}个数据项，这里有{len(indicator.parts)}个（其余的写在 further）"
        )
    for label, part in zip(rule.labels[1:], indicator.parts[1:], strict=False):
        if label != part.label:
            table.fault("rule", f"“{label}”与 further 里的“{part.label}”须同名")
    if isinstance(rule.base, Levels) and (len(indicator.parts) > 1 or not indicator.parts[0].actual.is_measure):
        table.fault("rule", "按等级评分的指标，actual 只能是一个数据项")


def _alert(table: Table) -> Alert:
    conditions = [table.parsed("when", text, condition=True) for text in table.strings("when", needed=True)]
    red_line = bool(table.optional("red_line", bool, False))
    return Alert(table.get("id", str), table.get("text", str), tuple(filter(None, conditions)), red_line)


def _inconsistencies(role: Role, file: str) -> Iterator[Fault]:
    """Faults between tables: names that nothing declares, groups without parts or apart."""
    for indicator in role.indicators:
        where = f"indicators[{indicator.id}]"
        if indicator.group and indicator.group not in role.group_weights:
            known = "、".join(role.group_weights)
            yield Fault(file, f"{where}.group", f"groups 里没有这一组；已有的：{known}", repr(indicator.group))
        for key, expression in indicator.expressions:
            yield from _unknown(role, file, f"{where}.{key}", expression)
    for alert in role.alerts:
        for expression in alert.when:
            yield from _unknown(role, file, f"alerts[{alert.id}].when", expression)
    for path in filter(None, role.group_weights):
        where, parent = f"groups[{path}].path", path.rpartition("/")[0]
        if parent and parent not in role.group_weights:
            yield Fault(file, where, f"上一级“{parent}”没有写在 groups 里")
        inside = [(indicator.group + "/").startswith(path + "/") for indicator in role.indicators]
        if not any(inside):
            yield Fault(file, where, "组里没有指标，请删去这一组或补上指标")
        directly = [indicator.group == path for indicator in role.indicators]
        # Formulas and the summary take a group's rows as one range.
        if any(sum(belongs for belongs, _ in groupby(belong)) > 1 for belong in (inside, directly)):
            yield Fault(file, "indicators", f"“{path}”组的指标须写在一起")


def _unused(role: Role, file: str) -> Iterator[Fault]:
    used = set(_used(role))
    for measure in role.measures:
        if measure.id not in used:
            yield Fault(file, f"measures[{measure.id}]", "没有指标或提醒用到它，请删去")


def _used(role: Role) -> Iterator[str]:
    for indicator in role.indicators:
        for _, expression in indicator.expressions:
            yield from (operand.measure for operand in expression.operands)
    for alert in role.alerts:
        for expression in alert.when:
            yield from (operand.measure for operand in expression.operands)


def _unknown(role: Role, file: str, key: str, expression: Expression) -> Iterator[Fault]:
    for operand in expression.operands:
        measure = role.measure.get(operand.measure)
        if measure is None:
            yield Fault(file, key, f"measures 里没有数据项“{operand.measure}”", repr(expression.text))
        elif operand.month is not None and not measure.monthly:
            said = f"“{operand.measure}”不是按月填写的，没有 .{operand.month}"
            yield Fault(file, key, said, repr(expression.text))
