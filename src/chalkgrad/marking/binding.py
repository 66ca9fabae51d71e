"""From the names on a page to quantities: what a page has shown a name to be comes first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chalkgrad.marking.beside import beside
from chalkgrad.marking.course import Course
from chalkgrad.marking.evaluating import Meaning
from chalkgrad.marking.name_parts import bare, columns_of, counts_of, last_word, named_below
from chalkgrad.marking.naming import Key, aliases_of, key_of, key_of_text
from chalkgrad.marking.page import written
from chalkgrad.marking.page.written import Name, Term
from chalkgrad.marking.quantities import Quantity, quantities_of
from chalkgrad.marking.relations import Relations

__all__ = ["Binder"]

_NEW = re.compile(r"new|neu|next|updated|upd|t\+1|k\+1|n\+1|i\+1|\+|\*")
# A number in square brackets is that of a layer.
_STAGE = re.compile(r"\(?(\d{1,3})\)?")
_OLD = re.compile(r"old|alt|t|k|n")
_DIFFERENTIAL = re.compile(r"d([^\W\d_]+(?:_hat)?)")
_COUNTS = ("n", "N", "m")
_NUMBERS = {"pi": 3.141592653589793, "e": 2.718281828459045}


@dataclass
class Binder:
    """What the names of one page stand for.

    Args:
        course: the working of the problem.
        stage: the stage that the page is at, as far as it is known; it goes on as the page does.
    """

    course: Course
    stage: int = 1
    quantities: tuple[Quantity, ...] = ()
    _aliases: dict[Key, list[Quantity]] = field(default_factory=dict)
    _preferred: dict[Key, Quantity] = field(default_factory=dict)
    _definitions: dict[str, Meaning] = field(default_factory=dict)
    _indexed: set[Key] = field(default_factory=set)
    _meant: dict[tuple[str, int, int, Key | None], list[Meaning]] = field(default_factory=dict)
    _called: dict[tuple[str, int, Key | None], list[Quantity]] = field(default_factory=dict)
    descends: bool = False
    """Whether the page calls minus the gradients δ, so that a step adds them."""
    are_samples_above: bool = False
    """Whether the page numbers its samples above, as in `x_1^{(2)}`."""
    before_of: Key | None = None
    """The name of a memory that stands, inside the formula of its own new value, for the one before."""

    def __post_init__(self) -> None:
        self.quantities = quantities_of(self.course)
        self._aliases = self.course.once("aliases", lambda: aliases_of(self.course, self.quantities))
        self.relations = Relations(self.course)
        self.counts = counts_of(self.course.stages[0])

    # --- what a name may be ---

    def called(self, name: Name) -> list[Quantity]:
        """The quantities that a name may stand for where a line says what it is, the likeliest first."""
        spelled = (name.text, name.primes, self.before_of)
        if spelled not in self._called:
            self._called[spelled] = self._all_called(name)
        return list(self._called[spelled])

    def _all_called(self, name: Name) -> list[Quantity]:
        found: list[Quantity] = []
        plain = replace(name, primes=0)
        if name.primes or self._is_new(name):
            found += self._updates(self._without_marks(name))
        by_name, by_stage = self._plain(key_of(plain)), self.stages_named(plain)
        # A bare number above is that of a step where the name without it is one of the problem's own.
        if plain.superscript.isdigit():
            found += by_stage + by_name
        else:
            found += by_name if self.is_own(plain) else by_name + by_stage
        found += self._differentials(plain)
        found += self._memories(plain)
        if not name.primes and not found:
            found += self._updates(plain)
        if not found and name.subscript.isdigit() and not name.superscript:
            # The values of a parameter may be counted below: w_0, w_1, w_2.
            counted = replace(plain, subscript="", superscript=f"({name.subscript})")
            found += [q for q in self.stages_named(counted) if q.is_single and q.kind in ("given", "update")]
        # The difference of a prediction and its target may be taken either way round.
        found += [q.negative for q in found if q.kind == "error"]
        return list(dict.fromkeys(found))

    def meanings(self, name: Name) -> list[Meaning]:
        """What a name may stand for inside a formula, the likeliest first."""
        defined = self._definitions.get(name.text)
        if defined is not None:
            return [defined]
        spelled = (name.text, name.primes, self.stage, self.before_of)
        if spelled not in self._meant:
            self._meant[spelled] = self._all_meanings(name)
        return self._meant[spelled]

    def _all_meanings(self, name: Name) -> list[Meaning]:
        found = [Meaning(quantity) for quantity in self._now(self.called(name))]
        if name.superscript.isdigit() and not name.primes:
            base = replace(name, superscript="")
            raised = [Meaning(q, int(name.superscript)) for q in self._now(self.called(base))]
            found = found + raised if key_of(name) in self._indexed else raised + found
        if not found and name.text in _NUMBERS:
            return [Meaning(number=_NUMBERS[name.text])]
        if not found and name.text in _COUNTS:
            return [Meaning(number=float(count)) for count in self.counts]
        return found or self._entries(name)

    def _entries(self, name: Name) -> list[Meaning]:
        """`W_2`, where `W` is a matrix that has no other name for its second column."""
        if not name.subscript.isdigit() or name.primes:
            return []
        whole = self._now(self._plain(key_of(replace(name, subscript=""))))
        return [Meaning(column) for column in columns_of(whole, name)]

    def _now(self, found: Sequence[Quantity]) -> list[Quantity]:
        """Quantities of the stage that the page is at before those of others; no more of them than can be tried."""
        here = [q for q in found if q.stage == self.stage]
        # One of several samples, or all of them at once.
        here[1:] = sorted(here[1:], key=lambda q: q.is_single)
        others = [q for q in found if q.stage != self.stage and q.name not in {h.name for h in here}]
        return (here + others)[:4]

    def _plain(self, key: Key) -> list[Quantity]:
        preferred = self._preferred.get(key) or self._as_siblings(key)
        known = self._aliases.get(key) or self._aliases.get(replace(key, below=key.below.lower()), [])
        if preferred is None:
            return self._of_own_name(key, known)
        meant = (preferred.name, preferred.kind, preferred.sample)
        alike = [q for q in self.quantities if (q.name, q.kind, q.sample) == meant]
        alike = [q if preferred.sign == q.sign else q.negative for q in alike]
        return alike + [q for q in known if q not in alike]

    def _as_siblings(self, key: Key) -> Quantity | None:
        """Who calls `o_2` what stands before the unit o2 means the same by `o_1`."""
        for other, quantity in self._preferred.items():
            is_sibling = key.below and other.below and (other.base, other.above) == (key.base, key.above)
            if is_sibling and quantity in self.before_unit(*self._own(other, quantity.stage)):
                return next(iter(self.before_unit(*self._own(key, quantity.stage))), None)
        return None

    def _own(self, key: Key, stage: int) -> list[Quantity]:
        """The quantities of a stage that the problem itself calls so."""
        return [q for q in self._aliases.get(key, ()) if key_of_text(q.of) == key and q.stage == stage]

    def before_unit(self, *units: Quantity) -> list[Quantity]:
        """What stands before the activations of some units, which is not what they are themselves."""
        units = tuple(unit for unit in units if unit.kind == "forward")
        return [before for before in self.relations.before(units) if before not in units]

    def is_preferred(self, name: Name) -> bool:
        """Whether the page has shown what a name stands for."""
        return key_of(replace(name, primes=0)) in self._preferred

    def _of_own_name(self, key: Key, known: Sequence[Quantity]) -> list[Quantity]:
        """A name of the problem itself is that quantity, or what stands before its activation; no habit counts."""
        own = [q for q in known if key_of_text(q.of) == key]
        if not own:
            return list(known)
        before = {q.name for q in self.relations.before(own)}
        # Where h1 is a whole layer, a page may call its first unit so.
        is_whole = not any(q.is_single for q in own)
        return own + [q for q in known if q not in own and (q.name in before or (is_whole and q.is_single))]

    def _is_new(self, name: Name) -> bool:
        return bool(_NEW.fullmatch(name.superscript.strip("(){}[] ")) or _NEW.search(last_word(name.subscript)))

    def _without_marks(self, name: Name) -> Name:
        superscript = name.superscript
        if _NEW.fullmatch(superscript.strip("(){}[] ")):
            superscript = ""
        subscript = re.sub(r"[,_ ]*(?:new|neu|next|updated)$", "", name.subscript)
        return replace(name, primes=0, superscript=superscript, subscript=subscript)

    def _updates(self, name: Name) -> list[Quantity]:
        """The new values of what a name stands for."""
        return [new for old in self._plain(key_of(name)) for new in self.relations.new_values(old)]

    def stages_named(self, name: Name) -> list[Quantity]:
        """What a name with a number above may be: `w^{(2)}` the value of w at stage 2, `out^1` the output at 1."""
        number = _STAGE.fullmatch(name.superscript)
        base = replace(name, superscript="")
        if number is None:
            if _OLD.fullmatch(name.superscript.strip("()[]")):
                return self._plain(key_of(base))
            return []
        wanted = int(number[1])
        found: list[Quantity] = []
        for quantity in self._plain(key_of(base)):
            is_first = quantity.kind == "given" and wanted < 2 and quantity.stage == 1
            if is_first or (quantity.stage == wanted and quantity.kind != "given"):
                found.append(quantity)
            if quantity.stage == wanted - 1:
                found += self.relations.new_values(quantity)
        for quantity in self._plain(key_of(base)):
            # Who counts from 0 calls the first new value w^{(1)}.
            if quantity.stage == wanted:
                found += self.relations.new_values(quantity)
        return found

    def _differentials(self, name: Name) -> list[Quantity]:
        """`dZ_{o1}`, `dW`, `\\delta_1`, `g_{w1}` are gradients."""
        key = key_of(name)
        if key.base in ("delta", "Delta", "δ"):
            units = [
                Key("z", key.below, key.above),
                Key("net", key.below, key.above),
                Key("o" if not key.below else key.below),
            ]
            own = named_below(key.below)
            found = self.relations.gradients(q for k in [*units, own] for q in self.relations.before(self._plain(k)))
            return [q.negative for q in found] if self.descends else found
        if key.base in ("g", "grad", "G"):
            return self.relations.gradients(self._parameters_below(key.below)) if key.below else []
        if key.base.startswith("Delta"):
            return self.relations.changes(self._plain(Key(key.base.removeprefix("Delta"), key.below, key.above)))
        differential = _DIFFERENTIAL.fullmatch(key.base)
        if differential is None:
            return []
        inner = Key(differential[1], key.below, key.above)
        lower = Key(differential[1].lower(), key.below, key.above)
        return self.relations.gradients(q for k in dict.fromkeys([inner, lower]) for q in self._plain(k))

    def _parameters_below(self, below: str) -> list[Quantity]:
        """What the subscript of a gradient names: `w5` in full, or the only parameters with the number 5."""
        named = self._plain(named_below(below))
        numbered = [q for q in self.quantities if key_of_text(q.of).below == below and self.relations.new_values(q)]
        return named or (numbered if len({q.of for q in numbered}) == 1 else [])

    def _memories(self, name: Name) -> list[Quantity]:
        """`m_{w1}`, `v_1`, `\\hat{m}`: memory of the optimizer."""
        key = key_of(name)
        roles = {"m": ("m",), "v": ("v", "velocity"), "s": ("squares",), "m_hat": ("m_hat",), "v_hat": ("v_hat",)}
        roles |= {
            "velocity": ("velocity",),
            "V": ("velocity",),
            "S": ("squares",),
            "r": ("squares",),
            "G": ("squares",),
        }
        if key.base not in roles:
            return []
        below = re.sub(r"t$", "", key.below)
        is_old = _OLD.fullmatch(key.above) is not None or key.above in ("0", "t1") or key == self.before_of
        if is_old:
            olds = {f"{role}({q.of}) before" for role in roles[key.base] for q in self.quantities if q.role == "before"}
            found = [q for q in self.quantities if q.name in olds]
        else:
            found = [q for q in self.quantities if q.kind == "memory" and q.role in roles[key.base]]
        named = [q for q in found if below and named_below(below) == key_of_text(q.of)]
        if named:
            return named
        stage = _STAGE.fullmatch(key.above or below or "")
        at = [q for q in found if stage and q.stage == int(stage[1])]
        return at or (found if not below else [])

    # --- what the page shows ---

    def prefer(self, name: Name, quantity: Quantity) -> None:
        """From here on a name stands for a quantity before anything else."""
        key = key_of(replace(name, primes=0))
        if self._preferred.get(key) is not quantity:
            self._preferred[key] = quantity
            self._called.clear()
            self._meant.clear()

    def index(self, name: Name) -> None:
        """From here on the superscript of a name is a label and no power."""
        self._indexed.add(key_of(name))
        self._meant.clear()

    def define(self, name: Name, term: Term, parameter: str = "") -> None:
        """From here on a name stands for a term of the page, or for a function of an argument."""
        self._definitions[name.text] = Meaning(term=term, parameter=parameter)

    def is_own(self, name: Name) -> bool:
        """Whether the problem file itself has a name."""
        key = key_of(name)
        return any(key == key_of_text(q.of) for q in self._aliases.get(key, ()))

    def is_defined(self, name: Name) -> bool:
        """Whether the page gave a name a meaning of its own."""
        return name.text in self._definitions

    # --- what a line speaks of ---

    def subjects(self, term: Term) -> list[Quantity]:
        """What a line that begins with a term may speak of, the likeliest first."""
        term = bare(term)
        if isinstance(term, written.Product) and len(term.factors) == 2 and term.signs[1] == "":
            first, second = term.factors
            if isinstance(first, Name) and first.text == "d" and isinstance(second, Name):
                return self.relations.gradients(self._plain(key_of(second)))
        if isinstance(term, Name):
            return self.called(term)
        if isinstance(term, written.Derivative):
            by = bare(term.by) if term.by is not None else None
            if not isinstance(by, Name):
                return []
            if not self.is_loss(term.of):
                return self._slopes(term.of, by)
            return self.relations.gradients(q for q in self._differentiable(by))
        if isinstance(term, written.Call) and term.primes == 1 and len(term.arguments) == 1:
            inner = bare(term.arguments[0])
            return self._slopes(None, inner) if isinstance(inner, Name) else []
        if isinstance(term, written.Sum) and len(term.terms) == 2 and term.signs == ("+", "-"):
            return self._errors(*term.terms)
        return []

    def before_activation(self, term: written.Derivative) -> list[Quantity]:
        """The gradients by the pre-activations, where a derivative of the loss is taken by the name of a unit."""
        by = bare(term.by) if term.by is not None else None
        if not isinstance(by, Name) or not self.is_loss(term.of):
            return []
        own = [
            q for q in self._aliases.get(key_of(by), ()) if key_of_text(q.of) == key_of(by) and q.stage == self.stage
        ]
        after = self.relations.gradients(own)
        return [q for q in self.relations.gradients(self.relations.before(own)) if q not in after]

    def _slopes(self, of: Term | None, by: Name) -> list[Quantity]:
        """The slope of an activation by its pre-activation."""
        outer = bare(of) if of is not None else None
        above = self.called(outer) if isinstance(outer, Name) else None
        names = None if above is None else {(q.stage, q.flat) for q in above}
        return beside(self.course, self.quantities, "slope", self._plain(key_of(by)), names)

    def _errors(self, prediction: Term, target: Term) -> list[Quantity]:
        """The difference of a prediction and its target."""
        prediction, target = bare(prediction), bare(target)
        if not isinstance(prediction, Name) or not isinstance(target, Name):
            return []
        targets = {(q.stage, symbol) for q in self.called(target) for symbol in q.flat}
        found = beside(self.course, self.quantities, "error", self.called(prediction), None)
        stages = self.course.stages
        return [
            q
            for q in found
            if {(q.stage, stages[q.stage - 1].side[symbol].formula.arguments[1]) for symbol in q.flat} <= targets
        ]

    def _differentiable(self, by: Name) -> list[Quantity]:
        """What a derivative may be taken by: a name, also one with the number of a step."""
        base = replace(by, superscript="", primes=0)
        number = _STAGE.fullmatch(by.superscript)
        plain = list(self._plain(key_of(by)))
        if self.is_own(by) and key_of(by) not in self._preferred:
            # Whoever takes a derivative by a name of the problem means just that, or what the page has shown it to be.
            sibling = self._as_siblings(key_of(by))
            own = [q for q in plain if key_of_text(q.of) == key_of(by)]
            units = [] if any(q.is_single for q in own) else [q for q in plain if q.is_single]
            plain = [q for q in plain if q is sibling] if sibling else own + units
        elif self.is_own(by):
            plain = [q for q in plain if q in plain[:1] or not self._has_another_name(q, key_of(by))]
        if number is not None:
            wanted = int(number[1])
            plain += [q for q in self._plain(key_of(base)) if q.stage == wanted]
            plain += [q for q in self._plain(key_of(base)) if q.stage == wanted + 1]
        if not plain:
            plain = self._plain(key_of(base))
        return plain

    def _has_another_name(self, quantity: Quantity, key: Key) -> bool:
        """Whether the page calls a quantity by another name than one that stands for something else."""
        meant = self._preferred.get(key)
        others = [q for other, q in self._preferred.items() if other != key]
        return quantity is not meant and any(q.name == quantity.name and q.kind == quantity.kind for q in others)

    def is_loss(self, of: Term | None) -> bool:
        """Whether a term is what the problem differentiates."""
        if of is None:
            return True
        of = bare(of)
        if not isinstance(of, Name):
            return False
        return any(set(q.flat) <= self.course.losses for q in self.called(of)[:2])
