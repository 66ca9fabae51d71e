"""Mistakes of the optimizer: the update of a parameter and what is remembered for it."""

from __future__ import annotations

from collections.abc import Iterator

from chalkgrad.core.algebra import power, sqrt
from chalkgrad.core.node import ONE, ZERO, Node
from chalkgrad.marking.mistakes.mistake import Edit, Mistake
from chalkgrad.marking.mistakes.rewriting import holds, parts_of, replaced, total
from chalkgrad.marking.mistakes.site import Site

__all__ = ["OPTIMIZERS"]

_MOMENTS = ("m", "v", "squares", "velocity")
_SHARES = ("beta1", "beta2", "decay")


def _is_new_value(site: Site) -> bool:
    return site.parameter is not None and site.statement.role == "parameter"


def _ascent(site: Site) -> Iterator[Edit]:
    if _is_new_value(site):
        flipped = [(1 if term is site.parameter else -sign, term) for sign, term in site.terms]
        yield Edit(total(flipped))


def _rate_left_out(site: Site) -> Iterator[Edit]:
    rate = site.setting("learning_rate")
    if rate is not None:
        yield Edit(replaced(site.formula, {rate: ONE}))


def _rate_twice(site: Site) -> Iterator[Edit]:
    rate = site.setting("learning_rate")
    if rate is not None:
        yield Edit(replaced(site.formula, {rate: power(rate, 2)}))


def _gradient_left_out(site: Site) -> Iterator[Edit]:
    if _is_new_value(site) and site.gradient is not None and holds(site.formula, site.gradient):
        yield Edit(replaced(site.formula, {site.gradient: ONE}))


def _step_alone(site: Site) -> Iterator[Edit]:
    if _is_new_value(site) and len(site.terms) > 1:
        step = [(-sign, term) for sign, term in site.terms if term is not site.parameter]
        yield Edit(total(step), {}, "step")
        yield Edit(-total(step), {}, "negative step")


def _uncorrected(site: Site) -> Iterator[Edit]:
    plain = {"m_hat": "m", "v_hat": "v"}
    if site.statement.role in plain and site.formula.op.name == "divide":
        yield Edit(site.formula.arguments[0], {"moment": plain[site.statement.role]})
        return
    found = {name: _corrected(site, name) for name in plain}
    meaning = {site.memory(name): plain_ for name, plain_ in found.items() if plain_ is not None}
    hats = {hat: plain_ for hat, plain_ in meaning.items() if hat is not None}
    if _is_new_value(site) and hats:
        yield Edit(replaced(site.formula, hats), {"moment": "m and v"}, "both")
        for hat, plain_ in hats.items() if len(hats) > 1 else ():
            yield Edit(replaced(site.formula, {hat: plain_}), {"moment": plain_}, hat.name.partition(":")[0])


def _corrected(site: Site, name: str) -> Node | None:
    """The moment that a corrected moment in the formula is made of."""
    hat = site.memory(name)
    made = site.around.statements.get(hat) if hat is not None else None
    return made.formula.arguments[0] if made is not None and made.formula.op.name == "divide" else None


def _one_minus_beta(site: Site) -> Iterator[Edit]:
    step = site.setting("t")
    if step is None:
        return
    powers = [part for part in parts_of(site.formula) if part.op is power and part.arguments[1] is step]
    if powers:
        yield Edit(replaced(site.formula, {part: part.arguments[0] for part in powers}))


def _wrong_step(site: Site) -> Iterator[Edit]:
    step = site.setting("t")
    if step is not None:
        yield Edit(replaced(site.formula, {step: step - ONE}), {"number": "t − 1"}, "before")
        yield Edit(replaced(site.formula, {step: step + ONE}), {"number": "t + 1"}, "after")


def _share(site: Site) -> tuple[str, Node] | None:
    """The share that a moment keeps: its name and its symbol."""
    if site.statement.role not in _MOMENTS or site.parameter is None:
        return None
    return next(((name, symbol) for name in _SHARES if (symbol := site.setting(name)) is not None), None)


def _share_swapped(site: Site) -> Iterator[Edit]:
    share = _share(site)
    if share is not None:
        yield Edit(replaced(site.formula, {share[1]: ONE - share[1]}), {"share": share[1]})


def _new_share_left_out(site: Site) -> Iterator[Edit]:
    share = _share(site)
    if share is not None:
        yield Edit(replaced(site.formula, {ONE - share[1]: ONE}), {"share": share[1]})


def _shares_confused(site: Site) -> Iterator[Edit]:
    settings, share = site.around.view.settings, _share(site)
    if share is not None and {"beta1", "beta2"} <= set(settings):
        other = settings["beta2" if share[0] == "beta1" else "beta1"]
        yield Edit(replaced(site.formula, {share[1]: other}), {"share": share[1], "other": other})


def _inside_root(site: Site) -> Iterator[Edit]:
    epsilon = site.setting("epsilon")
    for part in parts_of(site.formula) if epsilon is not None and _is_new_value(site) else ():
        if part.op.name == "add" and part.arguments[0].op is sqrt and part.arguments[1] is epsilon:
            yield Edit(replaced(site.formula, {part: sqrt(part.arguments[0].arguments[0] + epsilon)}))


def _root_left_out(site: Site) -> Iterator[Edit]:
    for part in parts_of(site.formula) if site.parameter is not None else ():
        if part.op is sqrt:
            yield Edit(replaced(site.formula, {part: part.arguments[0]}))


def _not_squared(site: Site) -> Iterator[Edit]:
    if site.statement.role in ("v", "squares") and site.gradient is not None:
        square = power(site.gradient, 2)
        if holds(site.formula, square):
            yield Edit(replaced(site.formula, {square: site.gradient}))


def _momentum_left_out(site: Site) -> Iterator[Edit]:
    if site.statement.role == "velocity" and site.gradient is not None:
        yield Edit(site.gradient)
    velocity = site.memory("velocity")
    if _is_new_value(site) and velocity is not None and site.gradient is not None:
        yield Edit(replaced(site.formula, {velocity: site.gradient}), {}, "update")


def _momentum_as_mean(site: Site) -> Iterator[Edit]:
    momentum = site.setting("momentum")
    if momentum is not None and site.statement.role == "velocity" and site.gradient is not None:
        yield Edit(replaced(site.formula, {site.gradient: (ONE - momentum) * site.gradient}), {"share": momentum})


def _momentum_sign(site: Site) -> Iterator[Edit]:
    momentum = site.setting("momentum")
    if momentum is not None and site.statement.role == "velocity":
        yield Edit(replaced(site.formula, {momentum: -momentum}))


def _no_look_ahead(site: Site) -> Iterator[Edit]:
    velocity, momentum = site.memory("velocity"), site.setting("momentum")
    if _is_new_value(site) and velocity is not None and momentum is not None and site.gradient is not None:
        yield Edit(replaced(site.formula, {site.gradient + momentum * velocity: velocity}))


def _memory_lost(site: Site) -> Iterator[Edit]:
    if site.statement.role in ("m", "v", "squares") and site.old_memory():
        yield Edit(replaced(site.formula, dict.fromkeys(site.old_memory(), ZERO)))


OPTIMIZERS = (
    Mistake(
        "ascent",
        "step in the direction of the gradient",
        "For {this}, the step was added, and not subtracted.",
        "Descent goes against the gradient: the step is subtracted.",
        1,
        _ascent,
    ),
    Mistake(
        "learning-rate-left-out",
        "learning rate left out",
        "For {this}, the gradient was not multiplied by the learning rate.",
        "A step is the gradient times the learning rate.",
        1,
        _rate_left_out,
    ),
    Mistake(
        "learning-rate-twice",
        "learning rate used twice",
        "For {this}, the learning rate was multiplied in twice.",
        "A step is the gradient times the learning rate, once.",
        2,
        _rate_twice,
    ),
    Mistake(
        "gradient-left-out",
        "gradient left out of the update",
        "For {this}, the learning rate alone was subtracted.",
        "A step is the gradient times the learning rate.",
        4,
        _gradient_left_out,
    ),
    Mistake(
        "step-for-new-value",
        "step written in place of the new value",
        "For {this}, the step alone was written.",
        "The new value is the old value minus the step.",
        3,
        _step_alone,
    ),
    Mistake(
        "no-bias-correction",
        "no bias correction",
        "For {this}, {moment} went in without the correction by 1 − βᵗ.",
        "The moments of Adam start at 0, so each is divided by 1 − βᵗ.",
        1,
        _uncorrected,
    ),
    Mistake(
        "one-minus-beta",
        "1 − β in place of 1 − βᵗ",
        "In {this}, the moment was divided by 1 − β, and not by 1 − βᵗ.",
        "The correction of step t divides by 1 − βᵗ, with the number of the step as exponent.",
        1,
        _one_minus_beta,
    ),
    Mistake(
        "wrong-step-number",
        "wrong number of the step",
        "In {this}, the exponent was {number}.",
        "The first step of an optimizer has t = 1, and every step adds 1.",
        3,
        _wrong_step,
    ),
    Mistake(
        "beta-swapped",
        "β and 1 − β exchanged",
        "In {this}, {share} and 1 − {share} were exchanged.",
        "A running mean keeps the share β of the old value and takes 1 − β of the new one.",
        2,
        _share_swapped,
    ),
    Mistake(
        "one-minus-beta-left-out",
        "factor 1 − β left out",
        "In {this}, the new part was not multiplied by 1 − {share}.",
        "A running mean keeps the share β of the old value and takes 1 − β of the new one.",
        3,
        _new_share_left_out,
    ),
    Mistake(
        "betas-confused",
        "β₁ and β₂ exchanged",
        "In {this}, {other} was used where {share} belongs.",
        "β₁ belongs to the mean of the gradient, β₂ to the mean of its square.",
        4,
        _shares_confused,
    ),
    Mistake(
        "epsilon-inside-root",
        "ε inside the root",
        "For {this}, ε was added below the root.",
        "ε is added to the root, and not below it.",
        2,
        _inside_root,
    ),
    Mistake(
        "root-left-out",
        "root left out",
        "For {this}, the root of the mean square was not taken.",
        "The step is divided by the root of the mean of squared gradients.",
        2,
        _root_left_out,
    ),
    Mistake(
        "second-moment-not-squared",
        "gradient not squared",
        "In {this}, the gradient was not squared.",
        "The second moment is the mean of the squared gradient.",
        1,
        _not_squared,
    ),
    Mistake(
        "momentum-left-out",
        "momentum left out",
        "For {this}, the velocity of the step before was left out.",
        "With momentum each step keeps a share of the velocity of the step before.",
        1,
        _momentum_left_out,
    ),
    Mistake(
        "momentum-as-mean",
        "new gradient multiplied by 1 − β",
        "In {this} the gradient was multiplied by 1 − {share}.",
        "The velocity keeps a share of the old one and takes all of the new gradient; only a running mean takes 1 − β.",
        1,
        _momentum_as_mean,
    ),
    Mistake(
        "momentum-sign",
        "momentum with the wrong sign",
        "In {this}, the old velocity was subtracted.",
        "The old velocity and the new gradient are added.",
        3,
        _momentum_sign,
    ),
    Mistake(
        "look-ahead-left-out",
        "Nesterov's look ahead left out",
        "For {this}, the plain velocity was used.",
        "Nesterov momentum adds the gradient and the share of the new velocity.",
        2,
        _no_look_ahead,
    ),
    Mistake(
        "memory-lost",
        "memory of the optimizer started again at 0",
        "In {this}, the value of the step before was taken as 0.",
        "Moments start at 0 only in the first step and are carried on after it.",
        2,
        _memory_lost,
    ),
)
